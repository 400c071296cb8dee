"""Categories, grades and colours reach every partner in its own words (domain 9.1, section 16)."""

from __future__ import annotations

import csv
from io import StringIO

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, only
from tests.daemon.today import day

HEADER = (
    "vendorId,productDescription,availableFrom,quantityUnits,unitType,postHarvest,category,color,"
    "unitCost,stemsBunch,tag,grade,variety\n"
)
SHOWN = ("product_code", "quantity_units", "category", "grade", "color")


def offer(
    text: str, category: str, grade: str, color: str, *, variety: str = "", header: str = HEADER
) -> bytes:
    row = f"111,{text},{day()},500,Stem,PH1,{category},{color},0.34,25,,{grade},{variety}\n"
    return (header + row).encode()


def told(files: dict[str, bytes], beginning: str = "tulipan/availability") -> list[tuple[str, ...]]:
    """Return what a buyer's CSV says of each offer."""
    rows = csv.DictReader(StringIO(only(files, beginning).decode()))
    return [tuple(row[name] for name in SHOWN) for row in rows]


def test_each_buyer_reads_the_vendors_words_as_its_own(each_site: Desktop) -> None:
    site = each_site
    files = site.send("florsol", "a.csv", offer("Rosa Explorer 60cm", "ROSAS", "60CM", "Rojo"))
    assert told(files) == [("TUL-EXP60", "500", "Rozen", "60", "Rood")]
    network = only(files, "bloom/846")
    for segment in (b"PID*F*73***Red~", b"PID*F*38***60 cm~", b"PID*F****Roses~"):
        assert segment in network
    assert b"unknown" not in only(files, "florsol/advice")
    assert not site.holds()


def test_raw_words_stay_in_the_books(site: Desktop) -> None:
    site.send("florsol", "a.csv", offer("Rosa Explorer 60cm", "ROSAS", "60CM", "Rojo"))
    (lot,) = site.rows(select(schema.stock_lots))
    assert (lot.category, lot.grade, lot.color) == ("ROSAS", "60CM", "Rojo")


def test_unknown_word_is_warned_of_and_the_goods_are_on_sale_in_the_catalogues(
    each_site: Desktop,
) -> None:
    site = each_site
    files = site.send("florsol", "a.csv", offer("Rosa Explorer 60cm", "Flores", "largo", "rojizo"))
    advice = only(files, "florsol/advice").decode()
    for what, text in (("category", "Flores"), ("grade", "largo"), ("color", "rojizo")):
        assert f"{what}.unknown" in advice
        assert f"line 1, {what} '{text}' is not known here yet" in advice
    assert told(files) == [("TUL-EXP60", "500", "Rozen", "60", "Rood")]
    assert (site.states(), site.holds()) == (["posted"], [])


def test_word_that_is_mapped_later_is_told_anew_without_a_new_file(each_site: Desktop) -> None:
    site = each_site
    files = site.send("florsol", "a.csv", offer("Rosa Explorer 60cm", "ROSAS", "60 cm", "granate"))
    assert told(files) == [("TUL-EXP60", "500", "Rozen", "60", "Rood")]
    site.map_row("colors", "*,,Burgundy,Burgundy,Burgundy,,yes,,,")
    site.map_row("colors", "florsol,,,Granate,Burgundy,,yes,,,")
    site.map_row("colors", "tulipan,,,Bordeaux,Burgundy,,yes,,,")
    files = site.run()
    assert told(files) == [("TUL-EXP60", "500", "Rozen", "60", "Bordeaux")]
    assert b"PID*F*73***Burgundy~" in only(files, "bloom/846")


def test_buyers_of_a_word_that_is_not_theirs_are_not_told_anew(site: Desktop) -> None:
    site.send("florsol", "a.csv", offer("Rosa Explorer 60cm", "ROSAS", "60 cm", "Rojo"))
    site.map_row("colors", "tulipan,,,Vuurrood,Red,,no,,,")
    assert not [name for name in site.run() if name.startswith("bloom/")]


def test_labels_speak_as_the_buyer_does_who_receives_by_them(site: Desktop) -> None:
    site.map_row("colors", "bloom,,CRIMSON,,Red,,yes,,,")
    site.map_row("grades", "bloom,,LONG,,60 cm,,yes,,,")
    site.send("florsol", "a.csv", offer("Rosa Explorer 60cm", "ROSAS", "60 cm", "Rojo"))
    files = site.send("bloom", "1.edi", purchase_order("PO-1", ("BLM-100", "1", "BX")))
    (label,) = (text.decode() for name, text in files.items() if name.endswith(".zpl"))
    assert "CRIMSON" in label and "LONG" in label


def test_new_text_of_known_category_variety_colour_and_grade_needs_no_row(
    each_site: Desktop,
) -> None:
    """Step 6 of 9.4: the network's words for all four are those of one product."""
    site = each_site
    file = offer("Nueva 1", "ROSAS", "60cm", "ROJO", variety="freedom")
    files = site.send("florsol", "a.csv", file)
    assert told(files) == [("TUL-FRE60", "500", "Rozen", "60", "Rood")]
    assert not site.holds()


def test_staged_lot_finds_its_product_once_its_words_are_known(each_site: Desktop) -> None:
    site = each_site
    site.send("florsol", "a.csv", offer("Nueva 1", "ROSAS", "60cm", "encarnado", variety="Freedom"))
    assert [hold.mapping_kind for hold in site.holds()] == ["products"]
    site.map_row("colors", "florsol,,,encarnado,Red,,yes,,,")
    files = site.run()
    assert told(files) == [("TUL-FRE60", "500", "Rozen", "60", "Rood")]
    assert not site.holds()
