"""`k2kd layout`: a layout is proposed, added, and shown at work, and what is wrong is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daemon.cli import main
from daemon.mapping.layouts import COLUMNS_FILE, LAYOUTS_FILE
from tests.daemon.network import make_site
from tests.formats.layouts.test_guess import DUTCH
from tests.formats.xlsx.books import book

Out = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    file = tmp_path / "voorraad.csv"
    file.write_text(DUTCH)
    return file


def run(root: Path, *words: str) -> int:
    return main([*words, "--site", str(root)])


def test_a_proposal_says_what_it_is_unsure_of_and_changes_nothing(
    root: Path, sample: Path, capsys: Out
) -> None:
    assert run(root, "layout", "guess", str(sample)) == 0
    said = capsys.readouterr().out
    assert "Omschrijving" in said
    assert "unsure" in said
    assert not (root / "mappings" / LAYOUTS_FILE).exists()


def test_a_written_layout_reads_the_sample(root: Path, sample: Path, capsys: Out) -> None:
    assert run(root, "layout", "guess", str(sample), "--write", "kweker") == 0
    assert 'layouts = ["kweker"]' in capsys.readouterr().out
    assert run(root, "layout", "check", "kweker", str(sample)) == 1
    said = capsys.readouterr().out
    assert "description=Rosa Avalanche" in said
    assert "row 5, column Eenheid" in said


def test_a_second_layout_goes_behind_the_first_and_a_taken_name_is_refused(
    root: Path, sample: Path, capsys: Out
) -> None:
    assert run(root, "layout", "guess", str(sample), "--write", "one") == 0
    before = (root / "mappings" / COLUMNS_FILE).read_text()
    assert run(root, "layout", "guess", str(sample), "--write", "two") == 0
    assert (root / "mappings" / COLUMNS_FILE).read_text().startswith(before)
    assert run(root, "layout", "guess", str(sample), "--write", "two") == 2
    assert "give another name" in capsys.readouterr().err


def test_a_proposal_for_programs_is_json(root: Path, sample: Path, capsys: Out) -> None:
    assert run(root, "layout", "guess", str(sample), "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["layout"]["decimal_mark"] == "comma"
    assert [each["field"] for each in said["columns"]][:2] == ["product_description", "quantity"]


def test_a_workbook_is_looked_at_sheet_by_sheet(root: Path, tmp_path: Path, capsys: Out) -> None:
    file = tmp_path / "stock.xlsx"
    rows = [["Variety", "Qty", "UOM"], ["Freedom", 10, "stems"]]
    file.write_bytes(book({"Stock": rows}))
    assert run(root, "layout", "guess", str(file), "--write", "stock") == 0
    assert run(root, "layout", "check", "stock", str(file)) == 0
    assert "quantity=10" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["layout", "check", "nobody", "x"], 2, "no layout is called nobody"),
        (["layout", "guess", "/nowhere/x.csv"], 2, "there is no file /nowhere/x.csv"),
        (["layout", "guess", "x", "--kind", "avail"], 2, "no kind is called avail"),
    ],
)
def test_what_is_wrong_with_the_words_is_said(
    root: Path, capsys: Out, words: list[str], code: int, said: str
) -> None:
    assert run(root, *words) == code
    assert said in capsys.readouterr().err


def test_check_names_a_layout_that_settings_name_and_tables_lack(root: Path, capsys: Out) -> None:
    settings = root / "k2kd.toml"
    old = 'receives_orders = ["x12", "csv"]'
    new = 'layouts = ["kweker"]\nreceives_orders = ["layout:komet-standalone-order"]\n'
    new += 'receives_shipments = "layout:envio"'
    settings.write_text(settings.read_text().replace(old, new, 1))
    assert run(root, "check") != 0
    said = capsys.readouterr().out
    assert "layout kweker isn't in layouts.csv" in said
    assert "layout envio isn't in layouts.csv" in said
    assert "komet" not in said


def test_a_workbook_is_read_without_a_site(tmp_path: Path, capsys: Out) -> None:
    file = tmp_path / "codes.xlsx"
    rows = [["current_box_code", "new_box_code"], ["KS001001", "PT991001"], ["KS001002", "ä"]]
    file.write_bytes(book({"Codes": rows}))
    assert main(["read", str(file), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["format"] == "xlsx"
    assert [str(each["where"]) for each in said["findings"]] == [
        "sheet Codes, row 3, column B new_box_code"
    ]
