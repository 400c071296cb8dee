"""An availability under known column names, whatever made them: any unit, code or description.

What Komet's own layout demands of every row (`availability`) isn't demanded here: an offer needs a
quantity, its unit, and a product.
"""

from __future__ import annotations

from collections.abc import Iterator

from formats.collection import no_collection
from formats.documents import ReadDocument
from formats.limits import Limits
from formats.records import InventoryAdvice, InventoryLine, Party, UnitType
from formats.tabular.cells import column_key, match_columns
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.source import Content, RowStream, digest_of, open_table
from formats.tabular.stock_lines import COLUMNS, StockLines, Terms

_UNITS = {"stem": UnitType.STEM, "bunch": UnitType.BUNCH, "box": UnitType.BOX}
TERMS = Terms(frozenset({"quantityUnits", "unitType"}), _UNITS, has_numbers=False)
_NAMES = {column_key(name): name for name in COLUMNS}


def read_stock(
    content: Content, *, vendor: Party, dialect: Dialect, limits: Limits
) -> ReadDocument:
    """Return the one inventory advice of a table; a bad row is left out and named."""
    notes = FindingLog()
    table = open_table(content, dialect, limits, notes)
    with no_collection():
        lines = tuple(_lines(table, dialect, notes))
    record = None
    if lines and not table.is_lost:
        record = InventoryAdvice(vendor=vendor, lines=lines)
    elif not any(finding.is_error for finding in notes.findings()):
        message = "The file has no row that can be used. Correct it and send it again."
        notes.error("csv.empty", message)
    return ReadDocument(record, notes.findings(), digest=digest_of(content))


def _lines(table: RowStream, dialect: Dialect, notes: FindingLog) -> Iterator[InventoryLine]:
    reader: StockLines | None = None
    position = 0
    for row in table:
        if reader is None:
            columns = match_columns(row, _NAMES, notes, required=sorted(TERMS.required))
            if columns is None:
                return
            comma = dialect.decimal_comma
            reader = StockLines(columns, TERMS, notes, decimal_comma=comma)
        elif (line := reader.line(row, position + 1)) is not None:
            position += 1
            yield line
