"""What a person sees of staged offers and unknown words, and says to them (domain M-12 to M-14)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.daemon.cli.conftest import Run
from tests.daemon.partner_files import purchase_order
from tests.daemon.today import day

MAP = ("map", "products", "florsol", "Rosa Explorer 60cm")


def offer(site: Path, run: Run, *rows: tuple[str, str, str]) -> None:
    """Let florsol offer 500 stems of each (description, category, color), and take it in."""
    text = "".join(
        f"111,{words},{day()},500,Stem,PH7,{category},{color},0.34,25,\n"
        for words, category, color in rows
    )
    draft = site / "inbox" / "florsol" / ".offer"
    draft.write_text(text)
    draft.rename(draft.with_name("offer.csv"))
    assert run("run", "--once").code == 0


def without_pack(site: Path) -> None:
    file = site / "mappings" / "packs.csv"
    rows = file.read_text().splitlines(keepends=True)
    file.write_text("".join(row for row in rows if not row.startswith("florsol,ROS-EXP-60")))


def by_hand(site: Path) -> None:
    file = site / "k2kd.toml"
    before, _name, after = file.read_text().partition('[[partner]]\nname = "florsol"')
    hand = '[[partner]]\nselling.confirms_stock = "hand"\nname = "florsol"'
    file.write_text(before + hand + after)


def test_staged_offers_are_listed_with_what_each_lacks(run: Run, site: Path) -> None:
    without_pack(site)
    offer(site, run, ("Rosa Nueva", "Rosas", "Rojo"), ("Rosa Explorer 60cm", "Rosas", "Rojo"))
    said = run("staged", "florsol")
    assert said.code == 0
    assert "Rosa Nueva" in said.out and "▲ product" in said.out
    assert "ROS-EXP-60" in said.out and "▲ pack" in said.out
    assert "k2kd map products florsol 'Rosa Nueva' OUR-CODE" in said.out
    assert "packs.csv: florsol,ROS-EXP-60,BOX,BUNCHES,STEMS,Stem" in said.out
    found = run("staged", "--json").json()
    assert [(one["product"], one["needs"], one["lots"]) for one in found] == [
        (None, "product", 1),
        ("ROS-EXP-60", "pack", 1),
    ]


def test_a_persons_word_puts_offers_on_sale(run: Run, site: Path) -> None:
    by_hand(site)
    offer(
        site, run, ("Rosa Explorer 60cm", "Rosas", "Rojo"), ("Rosa Freedom 60cm", "Rosas", "Rojo")
    )
    assert "ready" in run("staged", "florsol").out
    said = run("staged", "florsol", "--product", "ROS-EXP-60", "--confirm")
    assert "put 1 offer on sale" in said.out
    left = run("staged", "florsol", "--json").json()
    assert [one["product"] for one in left] == ["ROS-FRE-60"]
    assert run("staged", "florsol", "--confirm", "--json").json()["lots"] == 1
    assert "everything that vendors offer is on sale" in run("staged").out
    assert "nothing was ready for it" in run("staged", "florsol", "--confirm").out


@pytest.mark.parametrize(
    ("words", "hint"),
    [(("--confirm",), "name the vendor"), (("florsl", "--confirm"), "did you mean florsol?")],
)
def test_a_word_for_nobodys_offers_is_refused(
    run: Run, site: Path, words: tuple[str, ...], hint: str
) -> None:
    said = run("staged", *words)
    assert said.code == 2
    assert hint in said.err


def test_unknown_words_are_listed_with_what_they_may_mean(run: Run, site: Path) -> None:
    offer(site, run, ("Rosa Explorer 60cm", "Rosas finas", "blanco puro"))
    said = run("words")
    assert said.code == 0
    assert "k2kd map categories florsol 'Rosas finas' Roses" in said.out
    assert "k2kd map colors florsol 'blanco puro' White" in said.out
    first = run("words", "--json").json()[0]
    assert (first["word"]["text"], first["word"]["kind"]) == ("Rosas finas", "categories")
    assert first["suggestions"][0]["code"] == "Roses"
    assert run("words", "--partner", "florsol", "--json").json()[0] == first
    assert run("words", "--partner", "andes", "--json").json() == []
    assert run("map", "category", "florsol", "Rosas finas", "Roses").code == 0
    assert run("map", "colour", "florsol", "blanco puro", "White").code == 0
    assert "is known" in run("words").out


def test_word_of_the_network_is_a_row_of_every_partner(run: Run, site: Path) -> None:
    assert run("map", "colors", "*", "Burgundy", "Burgundy").code == 0
    assert run("map", "colors", "florsol", "Granate", "Burgundy").code == 0
    said = run("map", "colors", "florsol", "Vino", "Burgundi")
    assert said.code == 2
    assert "did you mean Burgundy?" in said.err


def test_a_table_that_a_site_did_without_is_made_by_its_first_row(run: Run, site: Path) -> None:
    table = site / "mappings" / "grades.csv"
    table.unlink()
    assert run("map", "grades", "florsol", "LARGO", "60 cm").code == 0
    assert table.read_text().splitlines()[1:] == ["florsol,,LARGO,,60 cm,,yes,,,"]


def test_goods_that_are_sold_cannot_be_mapped_to_another_product(run: Run, site: Path) -> None:
    """M-14: the error names the sale, and the table stays as it was."""
    offer(site, run, ("Rosa Explorer 60cm", "Rosas", "Rojo"))
    assert run(*MAP, "ROS-FRE-60").code == 0
    assert run("map", "products", "florsol", "Rosa Explorer 60cm", "--undo").code == 0
    order = purchase_order("PO-77", ("BLM-100", "25", "EA"), control=977)
    draft = site / "inbox" / "bloom" / ".order"
    draft.write_bytes(order)
    draft.rename(draft.with_name("order.edi"))
    run("run", "--once")
    before = (site / "mappings" / "products.csv").read_bytes()
    said = run("map", "products", "florsol", "FS-1060", "ROS-FRE-60")
    assert said.code == 2
    assert "for some of it is sold as ROS-EXP-60: " in said.err
    assert "order PO-77 of bloom" in said.err
    assert (site / "mappings" / "products.csv").read_bytes() == before


def test_words_of_orders_are_listed_until_a_row_maps_them(run: Run, site: Path) -> None:
    offer(site, run, ("Rosa Explorer 60cm", "Rosas", "Rojo"))
    assert run(*MAP, "ROS-EXP-60").code == 0
    head = "po_number,line,vendor_code,ship_date,product_code,boxes,box_type,brand,incoterm"
    row = f"T-1,1,FLORSOL,{day(2)},BLM-100,1,HB,Solgold Premium,FCA"
    file = site / "inbox" / "bloom" / ".order"
    file.write_text(f"{head}\n{row}\n")
    file.rename(file.with_name("order.csv"))
    assert run("run", "--once").code == 0
    (found,) = run("words", "--json").json()
    assert found["word"] == {
        "kind": "brands",
        "partner": "bloom",
        "text": "Solgold Premium",
        "orders": 1,
    }
    assert found["suggestions"][0]["code"] == "SOLGOLD"
    said = run("words", "--partner", "bloom").out
    assert "1 order" in said
    assert "k2kd map brands bloom 'Solgold Premium' SOLGOLD" in said
    assert run("words", "--partner", "florsol", "--json").json() == []
    assert run("map", "brand", "bloom", "Solgold Premium", "SOLGOLD").code == 0
    assert run("words", "--json").json() == []


def test_a_location_that_an_order_was_refused_for_is_listed(run: Run, site: Path) -> None:
    file = site / "k2kd.toml"
    file.write_text(
        file.read_text().replace('name = "bloom"', 'name = "bloom"\nlocations = ["MIA"]', 1)
    )
    head = "po_number,line,vendor_code,ship_date,product_code,boxes,box_type,brand,location"
    row = f"T-1,1,FLORSOL,{day(2)},BLM-100,1,HB,Solgold Premium,00451"
    draft = site / "inbox" / "bloom" / ".order"
    draft.write_text(f"{head}\n{row}\n")
    draft.rename(draft.with_name("order.csv"))
    assert run("run", "--once").code == 0
    said = run("words", "--json").json()
    assert [each["word"]["text"] for each in said] == ["00451"]
    assert "k2kd map locations bloom 00451" in run("words").out


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("locations", "MIA"),
        ("cargo-agency", "SKYBOX"),
        ("order type", "STANDING"),
        ("incoterm", "DAP"),
        ("brands", "NOBRAND"),
        ("custom_fields", "SALESPERSON"),
    ],
)
def test_every_kind_of_word_is_mapped_by_the_command(
    run: Run, site: Path, kind: str, target: str
) -> None:
    assert run("map", kind, "bloom", "What we say", target).code == 0
    said = run("map", kind, "bloom", "What we say", "NONE-SUCH-HERE")
    assert said.code == 2
    assert "NONE-SUCH-HERE" in said.err
