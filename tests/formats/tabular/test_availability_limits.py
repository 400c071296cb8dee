"""Vendor availability that is wide, long or endless is refused at its limit; good rows survive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from formats.limits import DEFAULT_LIMITS
from formats.tabular.dialect import Dialect
from formats.tabular.findings import MAX_FINDINGS
from tests.formats.tabular.availability_files import ROW, codes, lines, read


def test_million_columns_are_refused() -> None:
    document = read(f"{ROW}\n{',' * 1_000_000}x\n{ROW}\n")
    assert codes(document) == ["csv.columns"]
    assert len(lines(document)) == 2


@pytest.mark.parametrize(("columns", "is_good"), [(199, True), (200, True), (201, False)])
def test_columns_are_limited(columns: int, is_good: bool) -> None:
    limits = replace(DEFAULT_LIMITS, columns=200)
    row = ROW + "," * (columns - 11)
    assert (read(row, limits=limits).record is not None) == is_good


@pytest.mark.parametrize(("rows", "is_good"), [(2, True), (3, True), (4, False)])
def test_rows_are_limited(rows: int, is_good: bool) -> None:
    document = read("\n".join([ROW] * rows), limits=replace(DEFAULT_LIMITS, rows=3))
    assert (document.record is not None) == is_good
    assert codes(document) == ([] if is_good else ["csv.rows"])


@pytest.mark.parametrize(("size", "is_good"), [(-1, True), (0, True), (1, False)])
def test_bytes_are_limited(size: int, is_good: bool) -> None:
    document = read(ROW, limits=replace(DEFAULT_LIMITS, file_bytes=len(ROW) - size))
    assert (document.record is not None) == is_good
    assert codes(document) == ([] if is_good else ["csv.size"])


@pytest.mark.parametrize(
    ("size", "code"), [(999, "csv.tag"), (1000, "csv.tag"), (1001, "csv.fieldLength")]
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_cells_are_limited(size: int, code: str, quote: str) -> None:
    long = ROW.replace("promo", quote + "x" * size + quote)
    document = read(f"{long}\n{ROW}", limits=replace(DEFAULT_LIMITS, field_bytes=1000))
    assert codes(document) == [code]
    assert len(lines(document)) == 1


def test_open_quote_that_swallows_a_megabyte_refuses_the_file() -> None:
    document = read(f'{ROW}\n111,"' + "x,y\n" * 300_000)
    assert document.record is None
    assert [(f.code, f.where.row) for f in document.findings] == [("csv.fieldLength", 2)]


def test_endless_line_refuses_the_file() -> None:
    limits = replace(DEFAULT_LIMITS, field_bytes=1000)
    document = read(f"{ROW}\n" + "x" * 5000, Dialect(delimiter=","), limits=limits)
    assert document.record is None
    assert codes(document) == ["csv.rowLength"]


def test_findings_are_bounded_and_counted() -> None:
    document = read("\n".join([ROW.replace("111", "x1")] * (MAX_FINDINGS + 50) + [ROW]))
    assert len(document.findings) == MAX_FINDINGS + 1
    assert "50 more errors" in document.findings[-1].message
