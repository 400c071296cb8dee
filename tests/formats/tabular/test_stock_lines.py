"""Availability lines: the quick way and the careful way read the same, and faults are placed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from formats.findings import Finding
from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import InventoryAdvice, InventoryLine, Party
from formats.tabular.availability import COLUMNS, TERMS, read_availability
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.rows import Row, Table
from formats.tabular.stock_lines import MOST_KNOWN, StockLines

CELLS = {
    "vendorId": ["111", "", "x", "111.0"],
    "productDescription": ["Rose Freedom", "", "R" * 201, "Rosé", "a\x01b"],
    "availableFrom": ["2026-11-21", "2026-11-3", "", "21-11-2026"],
    "quantityUnits": ["100", "100.0", "-1", "", "1e3"],
    "unitType": ["Bunch", "stem", "Box", ""],
    "postHarvest": ["PH1", "", "P" * 21],
    "category": ["Roses", ""],
    "color": ["Red", ""],
    "unitCost": ["0.34", "", "0", "0.12345", "abc"],
    "stemsBunch": ["25", "", "0"],
    "tag": ["promo", ""],
}
ROWS = st.lists(
    st.tuples(*(st.sampled_from(options) for options in CELLS.values())), min_size=1, max_size=12
)


def lines_of(rows: list[Row], *, careful: bool) -> tuple[list[InventoryLine], list[Finding]]:
    """Read each row; carefully is each by a reader of its own, which knows no text yet."""
    notes = FindingLog()
    columns = {name: at for at, name in enumerate(COLUMNS)}
    reader = StockLines(columns, TERMS, notes, decimal_comma=False)
    found = []
    for row in rows:
        if careful:
            reader = StockLines(columns, TERMS, notes, decimal_comma=False)
            line = reader.careful(row, 1)
        else:
            line = reader.line(row, 1)
        if line is not None:
            found.append(line)
    findings = [each for each in notes.findings() if each.code != "csv.duplicate"]
    return found, findings


@given(ROWS)
def test_both_ways_read_the_same_lines_and_findings(cells: list[tuple[str, ...]]) -> None:
    rows = [Row(at, list(each)) for at, each in enumerate(cells, 1)]
    assert lines_of(rows, careful=False) == lines_of(rows, careful=True)


def test_a_column_of_ever_new_texts_keeps_no_more_than_so_many() -> None:
    text = "".join(
        f"{at},Rose {at},2026-11-21,{at},Bunch,,Roses,Red,1\n" for at in range(1, MOST_KNOWN + 50)
    )
    (document,) = read_availability(
        text.encode(), vendor=Party(), dialect=Dialect(), limits=DEFAULT_LIMITS
    )
    assert isinstance(document.record, InventoryAdvice)
    last = document.record.lines[-1]
    assert (last.vendor_id, str(last.quantity)) == (str(MOST_KNOWN + 49), str(MOST_KNOWN + 49))


def rows_of(
    data: bytes, limits: Limits = DEFAULT_LIMITS
) -> tuple[list[tuple[int, list[str]]], list[str]]:
    notes = FindingLog()
    rows = [(row.line, row.cells) for row in Table(data, Dialect(delimiter=","), limits, notes)]
    return rows, [finding.code for finding in notes.findings()]


@given(st.lists(st.sampled_from(["a,b", '"a\nb",c', '"x', 'y"z,w', "", '"q""r",s', "k,l,m"])))
def test_a_file_with_a_nul_at_its_end_reads_as_one_without(lines: list[str]) -> None:
    """A NUL makes every line be looked at by itself; what is read may not differ."""
    data = "\n".join([*lines, "last,row", ""]).encode()
    assert rows_of(data) == rows_of(data + b"\0\n")
