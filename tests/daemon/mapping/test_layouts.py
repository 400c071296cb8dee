"""The tables of layouts: read, checked with file, row and column, and hot like the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.errors import SiteError
from daemon.mapping import parse
from daemon.mapping.layouts import COLUMNS_FILE, LAYOUTS_FILE
from daemon.mapping.load import load
from formats.layouts.layout import Form
from formats.tabular.kinds import Kind
from tests.daemon.today import day

LAYOUTS = "layout,kind,form,delimiter,encoding,decimal_mark,date_format,header_row,sheet,files\n"
COLUMNS = "layout,field,column,start,width,default,constant,decimals,values\n"
DUTCH = (
    "kweker,availability,csv,semicolon,cp1252,comma,DD-MM-YYYY,,,voorraad*.csv\n",
    "kweker,product_description,Omschrijving|Artikel,,,,,,\n"
    "kweker,quantity,Aantal,,,,,,\n"
    "kweker,unit_type,Eenheid,,,,,,bs=Bunch|st=Stem\n"
    "kweker,category,,,,,Roses,,\n",
)


def site(folder: Path, layouts: str = DUTCH[0], columns: str = DUTCH[1]) -> Path:
    for name, table in parse.layouts().items():
        (folder / name).write_text(",".join(table.columns) + "\n")
    (folder / LAYOUTS_FILE).write_text(LAYOUTS + layouts)
    (folder / COLUMNS_FILE).write_text(COLUMNS + columns)
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(SiteError) as error:
        load(folder, partners=["florsol"], today=day())
    return list(error.value.problems)


def test_a_layout_is_read_with_its_columns(tmp_path: Path) -> None:
    layout = load(site(tmp_path), partners=[], today=day()).layouts["kweker"]
    assert (layout.kind, layout.form, layout.delimiter) == (Kind.AVAILABILITY, Form.CSV, ";")
    assert (layout.decimal_comma, layout.date_format) == (True, "DD-MM-YYYY")
    assert layout.columns[0].names == ("Omschrijving", "Artikel")
    assert layout.columns[2].values == {"bs": "Bunch", "st": "Stem"}
    assert layout.columns[3].constant == "Roses"


def test_a_site_does_without_layouts(tmp_path: Path) -> None:
    folder = site(tmp_path)
    (folder / LAYOUTS_FILE).unlink()
    (folder / COLUMNS_FILE).unlink()
    assert load(folder, partners=[], today=day()).layouts == {}


def test_a_changed_layout_changes_the_set(tmp_path: Path) -> None:
    before = load(site(tmp_path), partners=[], today=day()).hash
    (tmp_path / LAYOUTS_FILE).write_text(LAYOUTS + DUTCH[0].replace("comma", "point"))
    assert load(tmp_path, partners=[], today=day()).hash != before


@pytest.mark.parametrize(
    ("layouts", "columns", "place"),
    [
        ("kweker,avail,csv,,,,,,,\n", "", "layouts.csv, row 2, column kind"),
        ("a,order,,dot,,,,,,\n", "", "layouts.csv, row 2, column delimiter"),
        ("a,order,,,klingon,,,,,\n", "", "layouts.csv, row 2, column encoding"),
        ("a,order,,,,,DD-MM,,,\n", "", "layouts.csv, row 2, column date_format"),
        ("a,order,,,,,,x,,\n", "", "layouts.csv, row 2, column header_row"),
        ("", "b,line,x,,,,,,\n", "layout_columns.csv, row 2, column layout"),
        (DUTCH[0], DUTCH[1] + "kweker,colr,x,,,,,,\n", "layout_columns.csv, row 6, column field"),
        (DUTCH[0], DUTCH[1] + "kweker,color,,,,,,,\n", "layout_columns.csv, row 6, column column"),
        (
            DUTCH[0],
            DUTCH[1] + "kweker,color,a,,,,,,x\n",
            "layout_columns.csv, row 6, column values",
        ),
        (
            DUTCH[0],
            DUTCH[1] + "kweker,quantity,a,,,,,,\n",
            "layout_columns.csv, row 6, column field",
        ),
        (DUTCH[0], "kweker,quantity,a,,,,,,\n", "layout_columns.csv, row 2, column field"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    tmp_path: Path, layouts: str, columns: str, place: str
) -> None:
    found = problems(site(tmp_path, layouts, columns))
    assert any(each.startswith(f"{place}:") for each in found), found


def test_a_fixed_width_layout_needs_places(tmp_path: Path) -> None:
    layouts = "breed,availability,fixed,,,,YYYYMMDD,,,\n"
    columns = "breed,quantity,,1,6,,,2,\nbreed,product_code,,7,,,,,\nbreed,unit_type,,,,,Stem,,\n"
    assert problems(site(tmp_path, layouts, columns)) == [
        "layout_columns.csv, row 3, column start: a fixed-width column needs start and width"
    ]
