"""Loading: what an admin or a spreadsheet saved, checked as a whole (F31, domain 9.5)."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import SiteError
from daemon.mapping.load import load
from daemon.mapping.parse import layouts
from daemon.mapping.rows import Kind
from formats.records import UnitType
from tests.daemon.mapping.samples import (
    BOX_TYPES,
    HEAD,
    PACKS,
    PARTNERS,
    SAMPLE_FOLDER,
    TODAY,
    copied_sample,
    products,
    sample,
    small,
)

ROW = "florsol,,F1,Rosa roja,R60,,,,,\n"


def test_sample_network_loads_without_a_warning() -> None:
    tables = sample()
    assert tables.warnings == ()
    assert len(tables.catalogue) >= 12
    assert tables.entries[Kind.BOX_TYPES]["QB"].fbe == Decimal("0.25")
    assert tables.entries[Kind.SHIP_TO]["BLOOM-MIA"].city == "Miami"
    assert tables.entries[Kind.CARRIERS]["TRUCK1"].direction == "both"


def test_sample_leaves_the_demonstrated_description_unmapped() -> None:
    tables = sample()
    assert tables.product("axerrio-florsol", None, "Rose Explorer 60", "florsol", TODAY) is None
    assert tables.product("axerrio-florsol", "RE60", "Rose Explorer 60", None, TODAY) is None


def test_every_partner_of_the_sample_can_be_written_to_in_its_own_codes() -> None:
    tables = sample()
    for product in ("ROS-EXP-60", "ROS-FRE-50", "CAR-RED-SEL"):
        row = tables.partner_code(Kind.PRODUCTS, "bloom", product, TODAY)
        assert row is not None
        assert tables.product("bloom", row.source_code, None, None, TODAY) == product


def test_units_of_the_sample_go_out_in_x12_codes() -> None:
    rows = [sample().partner_code(Kind.UNITS, "*", unit, TODAY) for unit in UnitType]
    assert [row.source_code for row in rows if row] == ["BX", "X2", "EA"]


def test_hash_says_what_the_tables_say_not_how_they_were_saved() -> None:
    plain = small({"products.csv": HEAD + ROW})
    saved = (HEAD + ROW).replace(",", ";").replace("\n", "\r\n").encode("utf-8-sig")
    assert small({"products.csv": saved}).hash == plain.hash
    assert small({"products.csv": HEAD + ROW.replace("R60", "R50")}).hash != plain.hash
    assert small({"products.csv": saved}).files["products.csv"] == saved


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_what_spreadsheets_save_is_read(delimiter: str, end: str, encoding: str) -> None:
    text = (HEAD + "florsol,,F1,Rosa cañón,R60,,,,,\n").replace(",", delimiter)
    tables = small({"products.csv": text.replace("\n", end).encode(encoding)})
    assert tables.product("florsol", None, "ROSA CAÑÓN", None, TODAY) == "R60"
    assert tables.warnings == ()


def test_windows_1252_is_read_with_a_warning() -> None:
    text = (HEAD + "florsol,,F1,Rosa cañón,R60,,,,,\n").encode("cp1252")
    tables = small({"products.csv": text})
    assert tables.product("florsol", None, "Rosa cañón", None, TODAY) == "R60"
    assert tables.warnings == (
        "products.csv, row 2: not UTF-8; read as Windows-1252. Save it as CSV UTF-8",
    )


def test_decimal_comma_of_a_semicolon_file_is_read() -> None:
    text = BOX_TYPES.replace(",", ";").replace("0.5", "0,5")
    assert small({"box_types.csv": text}).entries[Kind.BOX_TYPES]["HB"].fbe == Decimal("0.5")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("F1\r", "F1"),
        ('"F1\r\n"', "F1"),
        ("F1\u00a0", "F1"),
        ("\u200bF1", "F1"),
        ("\ufeffF1", "F1"),
        ("F\u00ad1", "F1"),
        ('"F1\nA"', "F1 A"),
        ("F1 \u2003 A", "F1 A"),
        ("'=F1", "=F1"),
    ],
)
def test_hidden_characters_of_a_code_do_not_make_it_another_code(written: str, code: str) -> None:
    tables = products(f"florsol,,{written},,R60,,,,,")
    assert tables.product("florsol", code, None, None, TODAY) == "R60"
    assert tables.product("florsol", f"{code}\r\n", None, None, TODAY) == "R60"


def test_header_may_be_in_any_order_and_leave_out_optional_columns() -> None:
    text = "Target Code,source_description,SOURCE_CODE,partner\nR60,,F1,florsol\n"
    tables = small({"products.csv": text})
    assert tables.product("florsol", "F1", None, None, TODAY) == "R60"


def test_blank_rows_and_empty_cells_at_the_end_are_nothing() -> None:
    text = HEAD.replace("\n", ",,\n") + "\n,,,,,,,,,,,\n" + ROW.replace("\n", ",,\n")
    assert small({"products.csv": text}).rows[Kind.PRODUCTS][0].number == 4


def test_row_written_by_hand_may_stop_early() -> None:
    assert products("florsol,,F1,,R60").product("florsol", "F1", None, None, TODAY) == "R60"


def test_missing_table_is_refused_and_misnamed_one_is_named(tmp_path: Path) -> None:
    folder = copied_sample(tmp_path)
    (folder / "units.csv").rename(folder / "unit.csv")
    with pytest.raises(SiteError) as caught:
        load(folder, partners=PARTNERS, today=TODAY)
    assert caught.value.problems[0].startswith(f"units.csv: not in {folder}; restore it")


def test_stray_table_is_said(tmp_path: Path) -> None:
    folder = copied_sample(tmp_path)
    (folder / "product.csv").write_text(HEAD)
    (folder / "~products.csv").write_text(HEAD)
    assert load(folder, partners=PARTNERS, today=TODAY).warnings == (
        "product.csv: no table has this name, so it is not used; did you mean products.csv?",
    )


def test_unreadable_table_is_a_site_error(tmp_path: Path) -> None:
    folder = copied_sample(tmp_path)
    (folder / "units.csv").unlink()
    (folder / "units.csv").mkdir()
    with pytest.raises(SiteError, match=r"units\.csv: can't be read"):
        load(folder, partners=PARTNERS, today=TODAY)


def test_pack_is_the_vendors_else_everybodys_and_keeps_its_days() -> None:
    rows = (
        "*,R60,HB,10,25,Stem,,,,\n"
        "florsol,R60,HB,12,25,bunch,,2026-11-01,2026-11-30,\n"
        "andes,R60,HB,9,25,Stem,no,,,\n"
    )
    tables = small({"packs.csv": PACKS + rows})
    pack = tables.pack("florsol", "R60", TODAY)
    assert pack is not None
    assert (pack.bunches_per_box, pack.unit_type) == (12, UnitType.BUNCH)
    december = tables.pack("florsol", "R60", TODAY.replace(month=12))
    assert december is not None
    assert december.partner == "*"
    assert tables.pack("andes", "R60", TODAY) == december
    assert tables.pack("florsol", "R50", TODAY) is None


@settings(max_examples=200)
@given(st.binary(max_size=80), st.booleans(), st.sampled_from(sorted(layouts())))
def test_no_bytes_do_more_than_be_refused(junk: bytes, has_header: bool, file: str) -> None:
    header = (",".join(layouts()[file].columns) + "\n").encode() if has_header else b""
    with suppress(SiteError):
        small({file: header + junk})


@settings(max_examples=100)
@given(st.integers(0, 10_000))
def test_f31_table_cut_anywhere_is_refused_or_ends_where_a_row_ends(cut: int) -> None:
    whole = (SAMPLE_FOLDER / "units.csv").read_bytes()
    part = whole[: cut % len(whole)]
    try:
        tables = small({"units.csv": part})
    except SiteError as error:
        assert error.problems[0].startswith("units.csv")
    else:
        # What is lost in the last row is at most a line end or a comment.
        rest = b"" if part.endswith(b"\n") else whole[len(part) :].split(b"\n")[0]
        assert b"," not in rest
        assert len(tables.rows[Kind.UNITS]) == part.rstrip(b"\n").count(b"\n")
