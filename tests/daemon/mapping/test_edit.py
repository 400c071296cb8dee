"""Editing a table: one row changes, the rest stays, and nothing bad reaches the disk."""

from __future__ import annotations

import fcntl
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from daemon import safefile
from daemon.errors import EnvironmentFault, SiteError, UsageError
from daemon.mapping.edit import Edit, add_row, remove_row, undo
from daemon.mapping.load import load
from daemon.mapping.rows import Kind, clean, description_key
from daemon.mapping.sheet import SPREADSHEET_ERRORS
from tests.daemon.mapping.samples import HEAD, PARTNERS, TODAY, copied_sample

TEXT = "Rose Explorer 60"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copied_sample(tmp_path)


def add(
    folder: Path,
    source: str = TEXT,
    target: str = "ROS-EXP-60",
    *,
    partner: str = "axerrio-florsol",
    by_description: bool | None = None,
    vendor_code: str = "",
    comment: str = "",
    today: date = TODAY,
) -> Edit:
    return add_row(
        folder,
        Kind.PRODUCTS,
        partner,
        source,
        target,
        partners=PARTNERS,
        today=today,
        by_description=by_description,
        vendor_code=vendor_code,
        comment=comment,
    )


def test_new_row_maps_at_once_and_the_rest_stays_byte_for_byte(folder: Path) -> None:
    before = (folder / "products.csv").read_bytes()
    edit = add(folder, comment="asked by Ana")
    after = (folder / "products.csv").read_bytes()
    assert after == before + b"axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,asked by Ana\n"
    assert edit.number == before.count(b"\n") + 1
    assert edit.before is None
    assert edit.tables.product("axerrio-florsol", None, TEXT, "florsol", TODAY) == "ROS-EXP-60"
    assert load(folder, partners=PARTNERS, today=TODAY).hash == edit.tables.hash


def test_undo_brings_the_file_back(folder: Path) -> None:
    before = (folder / "products.csv").read_bytes()
    edit = add(folder)
    back = undo(folder, edit, partners=PARTNERS, today=TODAY)
    assert (folder / "products.csv").read_bytes() == before
    assert (back.before, back.after) == (edit.after, None)
    undo(folder, back, partners=PARTNERS, today=TODAY)
    assert load(folder, partners=PARTNERS, today=TODAY).hash == edit.tables.hash


def test_remapping_changes_the_row_in_place_and_undo_restores_it(folder: Path) -> None:
    before = (folder / "products.csv").read_bytes()
    edit = add(folder, "FS-1060", "ROS-EXP-50", partner="florsol")
    after = (folder / "products.csv").read_bytes()
    assert edit.before == "florsol,,FS-1060,Rosa Explorer 60cm,ROS-EXP-60,,yes,,,\n"
    assert after == before.replace(
        b"FS-1060,Rosa Explorer 60cm,ROS-EXP-60", b"FS-1060,Rosa Explorer 60cm,ROS-EXP-50"
    )
    undo(folder, edit, partners=PARTNERS, today=TODAY)
    assert (folder / "products.csv").read_bytes() == before


def test_same_edit_twice_changes_nothing_the_second_time(folder: Path) -> None:
    add(folder)
    identity = (folder / "products.csv").stat().st_ino
    assert not add(folder).is_change
    assert (folder / "products.csv").stat().st_ino == identity


def test_removed_row_maps_no_more(folder: Path) -> None:
    before = (folder / "products.csv").read_bytes()
    add(folder)
    edit = remove_row(
        folder, Kind.PRODUCTS, "axerrio-florsol", TEXT.upper(), partners=PARTNERS, today=TODAY
    )
    assert edit.tables.product("axerrio-florsol", None, TEXT, None, TODAY) is None
    assert (folder / "products.csv").read_bytes() == before


def test_removing_what_is_not_there_is_said(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"products\.csv has no row for XX of bloom"):
        remove_row(folder, Kind.PRODUCTS, "bloom", "XX", partners=PARTNERS, today=TODAY)


@pytest.mark.parametrize(
    ("source", "by_description", "written"),
    [
        ("FS-77", None, ",FS-77,,ROS-EXP-60"),
        ("two words", None, ",,two words,ROS-EXP-60"),
        ("Gypsophila", True, ",,Gypsophila,ROS-EXP-60"),
        ("AB 12", False, ",AB 12,,ROS-EXP-60"),
        ("  odd\u00a0 blanks\r\n", None, ",,odd blanks,ROS-EXP-60"),
        ("=cmd()", None, ",'=cmd(),,ROS-EXP-60"),
        ("'=x", None, ",''=x,,ROS-EXP-60"),
        ("-5", None, ",-5,,ROS-EXP-60"),
        ("Rose, red", None, ',,"Rose, red",ROS-EXP-60'),
        ('6" pot', None, ',,"6"" pot",ROS-EXP-60'),
    ],
)
def test_source_is_written_as_code_or_description(
    folder: Path, source: str, by_description: bool | None, written: str
) -> None:
    edit = add(folder, source, by_description=by_description)
    assert edit.after is not None
    assert edit.after.startswith("axerrio-florsol," + written)
    code, text = (None, source) if ",,," in edit.after[:20] else (source, None)
    assert edit.tables.product("axerrio-florsol", code, text, None, TODAY) == "ROS-EXP-60"


def test_known_code_with_a_blank_stays_a_code(folder: Path) -> None:
    add(folder, "AB 12", by_description=False)
    edit = add(folder, "AB 12", "ROS-EXP-50")
    assert edit.after == "axerrio-florsol,,AB 12,,ROS-EXP-50,,yes,,,\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_style_of_the_file_is_kept(folder: Path, end: str, delimiter: str, encoding: str) -> None:
    columns = "target_code,partner,source_description,source_code,active"
    text = f"{columns}\nROS-EXP-50,bloom,Cañón,B1,yes\n"
    before = text.replace(",", delimiter).replace("\n", end).encode(encoding)
    (folder / "products.csv").write_bytes(before)
    add(folder)
    row = delimiter.join(("ROS-EXP-60", "axerrio-florsol", TEXT, "", "yes")) + end
    assert (folder / "products.csv").read_bytes() == before + row.encode()


def test_row_without_line_end_gets_one_before_the_new_row(folder: Path) -> None:
    (folder / "products.csv").write_text(HEAD + "bloom,,B1,,ROS-EXP-50,,,,,")
    add(folder)
    tables = load(folder, partners=PARTNERS, today=TODAY)
    assert tables.product("bloom", "B1", None, None, TODAY) == "ROS-EXP-50"
    assert tables.product("axerrio-florsol", None, TEXT, None, TODAY) == "ROS-EXP-60"


def test_letter_that_the_old_encoding_lacks_makes_the_file_utf_8(folder: Path) -> None:
    (folder / "products.csv").write_bytes(
        (HEAD + "bloom,,B1,Caño,ROS-EXP-50,,,,,\n").encode("cp1252")
    )
    edit = add(folder, "玫瑰 60")
    assert (folder / "products.csv").read_bytes().decode("utf-8-sig").count("Caño") == 1
    assert edit.tables.product("axerrio-florsol", None, "玫瑰 60", None, TODAY) == "ROS-EXP-60"


def test_row_of_several_lines_is_replaced_whole(folder: Path) -> None:
    rows = 'bloom,,B1,"Rose\nred",ROS-EXP-50,,,,,\nbloom,,B2,,ROS-EXP-60,,,,,\n'
    (folder / "products.csv").write_text(HEAD + rows)
    add(folder, "B1", "ROS-EXP-60", partner="bloom")
    assert (folder / "products.csv").read_text() == (
        HEAD + "bloom,,B1,Rose red,ROS-EXP-60,,yes,,,\nbloom,,B2,,ROS-EXP-60,,,,,\n"
    )


def test_row_switched_off_is_switched_on_again(folder: Path) -> None:
    (folder / "products.csv").write_text(HEAD + "bloom,,B1,,,,no,,,\n")
    edit = add(folder, "B1", partner="bloom")
    assert edit.number == 2
    assert edit.tables.product("bloom", "B1", None, None, TODAY) == "ROS-EXP-60"


def test_row_of_another_time_or_vendor_is_left_alone(folder: Path) -> None:
    rows = (
        "bloom,,B1,,ROS-EXP-50,,,,2026-11-20,\nbloom,andes,B1,,ROS-MON-50,,,,,\n"
        "bloom,,B1,,ROS-EXP-50,,,2026-11-21,2026-11-21,\n"
    )
    (folder / "products.csv").write_text(HEAD + rows)
    assert add(folder, "B1", partner="bloom").number == 4
    assert add(folder, "B1", partner="bloom", vendor_code="andes").number == 3
    assert add(folder, "B1", partner="bloom", vendor_code="florsol").number == 5


@pytest.mark.parametrize(
    ("partner", "source", "target", "text"),
    [
        ("axerrio-florsol", TEXT, "ROS-EXP-61", "ROS-EXP-61 is not in catalogue.csv; did you mean"),
        ("florsoll", TEXT, "ROS-EXP-60", "florsoll is no partner of this site; did you mean"),
    ],
)
def test_row_that_would_spoil_the_set_is_not_written(
    folder: Path, partner: str, source: str, target: str, text: str
) -> None:
    before = (folder / "products.csv").read_bytes()
    with pytest.raises(SiteError) as caught:
        add(folder, source, target, partner=partner)
    assert text in caught.value.problems[0]
    assert (folder / "products.csv").read_bytes() == before


def test_spoilt_table_is_not_edited(folder: Path) -> None:
    (folder / "products.csv").write_text(HEAD + "bloom,,B1,,ROS-EXP-50,,,someday,,\n")
    with pytest.raises(SiteError, match=r"row 2, column valid_from: 'someday' won't do"):
        add(folder, "B1", partner="bloom")
    (folder / "products.csv").write_bytes(b"")
    with pytest.raises(SiteError, match="the file is empty"):
        add(folder)


@pytest.mark.parametrize(("source", "target"), [("", "ROS-EXP-60"), (TEXT, " "), ("\u200b", "X")])
def test_nothing_to_map_is_said(folder: Path, source: str, target: str) -> None:
    with pytest.raises(UsageError, match="nothing to map"):
        add(folder, source, target)


def test_header_without_a_needed_column_is_said(folder: Path) -> None:
    (folder / "products.csv").write_text("partner,source_code,source_description,target_code\n")
    with pytest.raises(UsageError, match="the header lacks vendor_code, which this row needs"):
        add(folder, vendor_code="florsol")
    assert add(folder).after == f"axerrio-florsol,,{TEXT},ROS-EXP-60\n"


def test_two_edits_at_once_are_refused(folder: Path) -> None:
    with safefile.open_directory(folder) as directory:
        fcntl.flock(directory.fd, fcntl.LOCK_EX)
        with pytest.raises(EnvironmentFault, match="somebody else is editing the tables"):
            add(folder)
    assert add(folder).is_change


def test_undo_after_another_edit_is_refused(folder: Path) -> None:
    edit = add(folder)
    add(folder, target="ROS-EXP-50")
    with pytest.raises(UsageError, match=r"products\.csv was edited since"):
        undo(folder, edit, partners=PARTNERS, today=TODAY)


def test_permissions_of_the_file_are_kept_and_no_draft_is_left(folder: Path) -> None:
    (folder / "products.csv").chmod(0o600)
    add(folder)
    assert (folder / "products.csv").stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in folder.iterdir() if p.name.startswith(".")) == []


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=30), st.booleans())
def test_any_text_maps_by_the_row_written_for_it(text: str, by_description: bool) -> None:
    assume(clean(text).upper() not in {"", *SPREADSHEET_ERRORS} and description_key(text))
    with tempfile.TemporaryDirectory() as name:
        folder = copied_sample(Path(name))
        edit = add(folder, text, by_description=by_description)
        code, words = (None, text) if by_description else (text, None)
        assert edit.tables.product("axerrio-florsol", code, words, None, TODAY) == "ROS-EXP-60"
