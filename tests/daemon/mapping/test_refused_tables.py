"""What can't be used of a table is said with its place and the remedy (F31, domain 9.5)."""

from __future__ import annotations

import pytest
from sqlalchemy import String

from daemon.ledger import schema
from daemon.mapping.problems import MOST_SHOWN
from daemon.mapping.rows import LONGEST_CELL, TRAITS, Kind
from tests.daemon.mapping.samples import (
    BOX_TYPES,
    CATALOGUE,
    HEAD,
    PACKS,
    TODAY,
    problems,
    products,
    small,
    small_files,
)

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "unknown partner": (
        HEAD + "florsal,,F1,,R60,,,,,\n",
        "products.csv, row 2, column partner: florsal is no partner of this site; "
        "did you mean florsol?",
    ),
    "unknown partner, none near": (
        HEAD + "zzz,,F1,,R60,,,,,\n",
        "products.csv, row 2, column partner: zzz is no partner of this site; "
        "partners: andes, axerrio-florsol, bloom, florsol, tulipan",
    ),
    "no partner": (
        HEAD + ",,F1,,R60,,,,,\n",
        "products.csv, row 2, column partner: empty; name a partner, or * for every partner",
    ),
    "unknown vendor": (
        HEAD + "bloom,Florsol,F1,,R60,,,,,\n",
        "products.csv, row 2, column vendor_code: Florsol is no partner of this site; "
        "did you mean florsol?",
    ),
    "star as vendor": (
        HEAD + "bloom,*,F1,,R60,,,,,\n",
        "products.csv, row 2, column vendor_code: * means nothing here; "
        "leave it empty for every vendor",
    ),
    "no source": (
        HEAD + "bloom,,,,R60,,,,,\n",
        "products.csv, row 2, column source_code: no code and no description; "
        "write at least one of them",
    ),
    "dangling target": (
        HEAD + "bloom,,B1,,R61,,,,,\n",
        "products.csv, row 2, column target_code: R61 is not in catalogue.csv; did you mean R60?",
    ),
    "dangling target, none near": (
        HEAD + "bloom,,B1,,XYZ,,,,,\n",
        "products.csv, row 2, column target_code: XYZ is not in catalogue.csv; "
        "add the product there first",
    ),
    "equal rank by code": (
        HEAD + "bloom,,B1,,R60,,,,,\nbloom,,B1,,R50,,,,,\n",
        "products.csv, row 3, column source_code: row 2 maps the same code B1 to R60, "
        "this one to R50; keep one, or part them by dates",
    ),
    "equal rank by description": (
        HEAD + "bloom,,,Red  ROSE,R60,,,,,\nbloom,,,red rose,R50,,,,,\n",
        "products.csv, row 3, column source_description: row 2 maps the same description to R60, "
        "this one to R50; keep one, or part them by dates",
    ),
    "overlapping dates": (
        HEAD + "bloom,,B1,,R60,,,,2026-12-01,\nbloom,,B1,,R50,,,2026-12-01,,\n",
        "products.csv, row 3, column source_code: row 2 maps the same code B1 to R60, "
        "this one to R50; keep one, or part them by dates",
    ),
    "bad date": (
        HEAD + "bloom,,B1,,R60,,,11/21/2026,,\n",
        "products.csv, row 2, column valid_from: '11/21/2026' won't do; "
        "a date such as 2026-11-21 is expected",
    ),
    "backward dates": (
        HEAD + "bloom,,B1,,R60,,,2026-11-21,2026-11-20,\n",
        "products.csv, row 2, column valid_to: 2026-11-20 is before valid_from 2026-11-21; "
        "swap or mend them",
    ),
    "bad active": (
        HEAD + "bloom,,B1,,R60,,perhaps,,,\n",
        "products.csv, row 2, column active: 'perhaps' won't do; write yes or no (empty means yes)",
    ),
    "formula": (
        HEAD + "bloom,,=A1,,R60,,,,,\n",
        "products.csv, row 2, column source_code: the cell looks like a formula; "
        "write its value, or put an apostrophe before it",
    ),
    "formula that keeps zeros": (
        HEAD + 'bloom,,"=""007""",,R60,,,,,\n',
        "products.csv, row 2, column source_code: the cell looks like a formula; "
        "write its value, or put an apostrophe before it",
    ),
    "spreadsheet error": (
        HEAD + "bloom,,B1,,#N/A,,,,,\n",
        "products.csv, row 2, column target_code: #N/A is a spreadsheet's error; "
        "write the value itself",
    ),
    "long cell": (
        HEAD + f"bloom,,B1,,R60,,,,,{'x' * (LONGEST_CELL + 1)}\n",
        "products.csv, row 2, column comment: the cell is longer than 1000 characters; shorten it",
    ),
    "unknown column": (
        HEAD.replace("valid_from", "valid_form"),
        "products.csv, row 1: valid_form is not a column; did you mean valid_from?",
    ),
    "missing column": (
        "partner,source_code,source_description\n",
        "products.csv, row 1, column target_code: the header lacks this column; add it",
    ),
    "column twice": (
        HEAD.replace("comment", "active"),
        "products.csv, row 1, column active: this column stands twice; keep one",
    ),
    "too many cells": (
        HEAD + "bloom,,B1,Rose, red,R60,,,,,late\n",
        "products.csv, row 2: 11 cells under 10 columns; "
        "put a text that holds the delimiter in quotes",
    ),
    "empty file": (
        "",
        "products.csv: the file is empty; save it again with its header, or restore it",
    ),
    "hidden formula": (
        HEAD + "bloom,,\u200b=A1,,R60,,,,,\n",
        "products.csv, row 2, column source_code: the cell looks like a formula; "
        "write its value, or put an apostrophe before it",
    ),
    "delimiters only": (
        ",,,\n,,\n",
        "products.csv: no header; restore it, or write it as the first row",
    ),
    "blank file": (
        "\ufeff \n\n",
        "products.csv: the file is empty; save it again with its header, or restore it",
    ),
    "cut in a row": (
        HEAD + "florsol,,F1,Rosa roja,R60,,,,,\n" + "florsol,,F2,Ro",
        "products.csv, row 3: the last row stops after 4 of 10 cells, as after a half-finished "
        "save; complete it",
    ),
    "cut in the header": (
        "partner,vendor_co",
        "products.csv, row 1: vendor_co is not a column; did you mean vendor_code?",
    ),
    "cut between columns of the header": (
        "partner,source_code,source_description,target_code",
        "products.csv, row 1: the file ends inside its header, as after a half-finished save; "
        "complete it and end it with a line end",
    ),
    "cut in a letter": (
        (HEAD + "florsol,,F1,Rosa caño").encode()[:-2],
        "products.csv, row 2: the file ends inside a letter; save it again, whole",
    ),
    "cut in a quotation": (
        HEAD + 'florsol,,F1,"Rosa\nroja,R60\n',
        "products.csv, row 2: unexpected end of data; "
        "look for a quotation mark that is not closed or not doubled",
    ),
    "bad UTF-8": (
        HEAD.encode() + "florsol,,F1,Cañón ".encode() + b"\xff,R60,,,,,\n",
        "products.csv, row 2: these bytes are not UTF-8; save the table as CSV UTF-8",
    ),
    "neither encoding": (
        HEAD.encode() + b"florsol,,F1,\x81,R60,,,,,\n",
        "products.csv, row 2: these bytes are not UTF-8; save the table as CSV UTF-8",
    ),
    "NUL bytes": (
        HEAD + "\0\0\0\0",
        "products.csv: the file holds NUL bytes, as after a half-finished save; restore it",
    ),
    "UTF-16": (
        HEAD.encode("utf-16"),
        "products.csv: this is UTF-16; save it as CSV UTF-8",
    ),
    "a workbook": (
        b"PK\x03\x04rest",
        "products.csv: this is a workbook, not a CSV file; save it as CSV UTF-8",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_f31_bad_products_table_is_refused_with_place_and_remedy(case: str) -> None:
    content, text = REFUSED[case]
    assert text in problems({"products.csv": content})


OTHERS_REFUSED = {
    "unit": (
        "units.csv",
        HEAD + "*,,EA,,stemm,,,,,\n",
        "units.csv, row 2, column target_code: 'stemm' won't do; a unit is one of Box, Bunch, Stem",
    ),
    "box type outside the own list": (
        "box_types.csv",
        BOX_TYPES + "florsol,,H,,hb,,,,,,\n",
        "box_types.csv, row 3, column target_code: hb is not in the own list (the rows of *); "
        "did you mean HB?",
    ),
    "carrier outside the own list": (
        "carriers.csv",
        HEAD + "florsol,,A,,AIR,,,,,\n",
        "carriers.csv, row 2, column target_code: AIR is not in the own list (the rows of *); "
        "add a row of * with source_code and target_code AIR",
    ),
    "own list entry twice": (
        "box_types.csv",
        BOX_TYPES + "*,,HB,Half,HB,,,,,,0.4\n",
        "box_types.csv, column source_code: the own list has HB twice; keep one row of *",
    ),
    "weight": (
        "box_types.csv",
        BOX_TYPES.replace("0.5", "half"),
        "box_types.csv, row 2, column fbe: 'half' won't do; a number such as 12 or 0.365 is "
        "expected",
    ),
    "weight of nothing": (
        "box_types.csv",
        BOX_TYPES.replace("0.5", "0"),
        "box_types.csv, row 2, column fbe: '0' won't do; a weight above 0 in full boxes is "
        "expected, as 0.5",
    ),
    "direction": (
        "carriers.csv",
        HEAD.replace("comment", "comment,direction") + "*,,A,Air,A,,,,,,sideways\n",
        "carriers.csv, row 2, column direction: 'sideways' won't do; "
        "write inbound, outbound or both",
    ),
    "product twice": (
        "catalogue.csv",
        CATALOGUE + "R60,Another,,,,,\n",
        "catalogue.csv, column code: R60 stands twice; keep one",
    ),
    "product without description": (
        "catalogue.csv",
        CATALOGUE + "R70,,,,,,\n",
        "catalogue.csv, row 5, column description: empty; say what the product is",
    ),
    "pack of an unknown product": (
        "packs.csv",
        PACKS + "florsol,R61,HB,10,25,Stem,,,,\n",
        "packs.csv, row 2, column product_code: R61 is not in catalogue.csv; did you mean R60?",
    ),
    "pack in an unknown box": (
        "packs.csv",
        PACKS + "florsol,R60,QB,10,25,Stem,,,,\n",
        "packs.csv, row 2, column box_type: QB is not in the own list of box_types.csv; "
        "add it there first",
    ),
    "pack of nothing": (
        "packs.csv",
        PACKS + "florsol,R60,HB,0,25,Stem,,,,\n",
        "packs.csv, row 2, column bunches_per_box: 0 won't do; write a whole number of at least 1",
    ),
    "pack that no ledger holds": (
        "packs.csv",
        PACKS + "florsol,R60,HB,1000000000,25,Stem,,,,\n",
        "packs.csv, row 2, column bunches_per_box: write a whole number from 1 to 999999999",
    ),
    "two packs": (
        "packs.csv",
        PACKS + "florsol,R60,HB,10,25,Stem,,,,\nflorsol,R60,HB,12,25,Stem,,,,\n",
        "packs.csv, row 3, column product_code: row 2 packs the same product; "
        "keep one, or part them by dates",
    ),
}


@pytest.mark.parametrize("case", OTHERS_REFUSED)
def test_bad_table_is_refused_with_place_and_remedy(case: str) -> None:
    file, content, text = OTHERS_REFUSED[case]
    assert text in problems({file: content})


WARNED = {
    "repeated": (
        "florsol,,F1,,R60,,,,,\nflorsol,,F1,,R60,,,,,\n",
        "products.csv, row 3: repeats row 2; remove one of them",
    ),
    "narrow row that adds nothing": (
        "bloom,florsol,B1,,R60,,,,,\nbloom,,B1,,R60,,,,,\n",
        "products.csv, row 2: says the same as row 3, which holds for every vendor; remove it",
    ),
    "description hidden by a better row": (
        "bloom,,B1,Red rose,R60,,,,,\nbloom,,,red rose,R50,,,,,\n",
        "products.csv, row 2, column source_description: row 3 maps this description to R50; "
        "only the code of this row is used",
    ),
    "description of two codes": (
        "bloom,,B1,Red rose,R60,,,,,\nbloom,,B2,red rose,R50,,,,,\n",
        "products.csv, row 3, column source_description: rows 2, 3 share this description but not "
        "their target; only codes map here",
    ),
    "inactive target": (
        "bloom,,B1,,OLD,,,,,\n",
        "products.csv, row 2, column target_code: OLD is inactive, so this row maps nothing; "
        "choose another",
    ),
}


@pytest.mark.parametrize("case", WARNED)
def test_odd_rows_are_said_but_used(case: str) -> None:
    rows, text = WARNED[case]
    assert text in small({"products.csv": HEAD + rows}).warnings


def test_weight_that_is_missing_or_stands_where_it_is_not_used_is_said() -> None:
    text = BOX_TYPES.replace("0.5", "") + "florsol,,MEDIA,,HB,,,,,,0.4\n"
    tables = small({"box_types.csv": text})
    assert tables.entries[Kind.BOX_TYPES]["HB"].fbe is None
    assert tables.warnings == (
        "box_types.csv, row 3, column fbe: fbe belongs to the own list (the rows of *), and is "
        "not used here",
        "box_types.csv, row 2, column fbe: a box type without its weight in full boxes can't be "
        "counted; write it, as 0.5",
    )


def test_products_of_one_description_are_said() -> None:
    tables = small({"catalogue.csv": CATALOGUE + "R61,ROSE red 60 cm,,,,,\n"})
    assert tables.warnings == (
        "catalogue.csv: R60 and R61 have the same description; a partner's text can't choose, so "
        "neither is used",
    )
    assert tables.product("bloom", None, "Rose Red 60 cm", None, TODAY) is None


def test_every_problem_of_every_table_is_listed_at_once() -> None:
    found = problems(
        {
            "products.csv": HEAD + "zz,,A,,R60,,,,,\nbloom,,A,,R60,,maybe,,,\n",
            "units.csv": HEAD + "*,,EA,,heap,,,,,\n",
        }
    )
    assert [text.split(":")[0] for text in found] == [
        "products.csv, row 2, column partner",
        "products.csv, row 3, column active",
        "units.csv, row 2, column target_code",
    ]


def test_endless_problems_are_cut_short_with_a_count() -> None:
    rows = "".join(f"bloom,,B{n},,NONE,,,,,\n" for n in range(MOST_SHOWN + 7))
    found = problems({"products.csv": HEAD + rows})
    assert len(found) == MOST_SHOWN + 1
    assert found[-1] == "and 7 more; mend these first"


def test_past_row_may_outlive_its_product() -> None:
    tables = products("bloom,,B1,,GONE,,,,2026-11-20,")
    assert tables.product("bloom", "B1", None, None, TODAY.replace(day=1)) is None


@pytest.mark.parametrize(
    ("file", "column", "longest", "row"),
    [
        ("catalogue.csv", "code", 60, "{code},A rose,Roses,,,,yes"),
        ("products.csv", "target_code", 60, "florsol,,F1,,{code},,no,,,"),
        ("box_types.csv", "target_code", 20, "*,,{code},A box,{code},,,,,,0.5"),
        ("carriers.csv", "target_code", 60, "*,,{code},A truck,{code},,,,,"),
    ],
)
def test_a_code_that_the_books_cannot_hold_is_refused_with_its_place(
    file: str, column: str, longest: int, row: str
) -> None:
    table = small_files()[file].decode()
    number = len(table.splitlines()) + 1
    assert small({file: table + row.format(code="C" * longest) + "\n"}).hash
    found = problems({file: table + row.format(code="C" * (longest + 1)) + "\n"})
    assert found[0] == (
        f"{file}, row {number}, column {column}: {longest + 1} characters; a code of ours has at"
        f" most {longest}: shorten it here and wherever it stands"
    )


def test_the_longest_codes_are_those_of_the_books() -> None:
    names = {Kind.PRODUCTS: "product", Kind.BOX_TYPES: "box_type", Kind.CARRIERS: "carrier"}
    for kind, name in names.items():
        columns = [t.c[name] for t in schema.metadata.tables.values() if name in t.c]
        lengths = [c.type.length for c in columns if isinstance(c.type, String)]
        assert TRAITS[kind].longest == min(length for length in lengths if length)
