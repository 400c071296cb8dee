"""Answers as CSV: what became of a file, and what a vendor confirms of a purchase order.

Every row of a file acknowledgement begins with its record type, so that a program can read it:
`file` (the result), `count` (received, accepted, held, rejected), then `line` and `finding` rows.
A person may open both in a spreadsheet, so text that looks like a formula is neutralised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from formats.findings import Finding
from formats.tabular.write import Cell, written

FILE_COLUMNS = ("record", "document", "line", "status", "count", "code", "where", "message")
ORDER_COLUMNS = (
    "po_number",
    "line",
    "status",
    "confirmed_boxes",
    "confirmed_cost",
    "ship_date",
    "reason_code",
    "message",
    "po_item_id",
)
PRICE_COLUMNS = ("landed_cost", "price")
"""Follow where the answer says what goods cost on arrival, or what may be asked for them."""
CURRENCY_COLUMNS = ("currency",)
"""Follow where costs are in another currency than their buyer's own."""


class FileResult(StrEnum):
    """What became of a file as a whole."""

    ACCEPTED = "accepted"
    WITH_EXCEPTIONS = "accepted-with-exceptions"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines of a file were received, and what became of them."""

    received: int
    accepted: int
    held: int = 0
    rejected: int = 0
    partly: int = 0
    """Of the accepted, those that were not accepted in full."""

    @property
    def result(self) -> FileResult:
        """Return the result these counts allow; partial success is never plain (L-08)."""
        is_plain = not (self.held or self.rejected or self.partly)
        if self.received and self.accepted == self.received and is_plain:
            return FileResult.ACCEPTED
        if self.accepted:
            return FileResult.WITH_EXCEPTIONS
        return FileResult.HELD if self.held else FileResult.REJECTED


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """What became of one line: `line` as the partner numbered it."""

    line: str
    status: str
    document: str | None = None
    code: str | None = None
    where: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmedLine:
    """One line of a purchase order as the vendor answered it; cost is per unit of the order.

    `landed_cost` and `price` are per the same unit, in the buyer's currency (domain 4.5);
    `currency` is that of the cost, None where it is the buyer's.
    """

    po_number: str
    line: str
    status: str
    confirmed_boxes: Decimal | None = None
    confirmed_cost: Decimal | None = None
    ship_date: date | None = None
    reason_code: str | None = None
    message: str | None = None
    po_item_id: str | None = None
    landed_cost: Decimal | None = None
    price: Decimal | None = None
    currency: str | None = None


def write_file_acknowledgement(
    file_name: str,
    counts: Counts,
    lines: Iterable[AnsweredLine] = (),
    findings: Iterable[Finding] = (),
) -> bytes:
    """Return the answer to one inbound file; the same input gives the same bytes.

    Findings that concern no single line (or all that is known of an unreadable file) follow the
    lines, each with its place.
    """
    rows = _file_rows(file_name, counts, lines, findings)
    return written(FILE_COLUMNS, rows, for_people=True)


def _file_rows(
    file_name: str, counts: Counts, lines: Iterable[AnsweredLine], findings: Iterable[Finding]
) -> Iterator[tuple[Cell, ...]]:
    findings = tuple(findings)
    result = counts.result
    if result is FileResult.ACCEPTED and any(finding.is_error for finding in findings):
        # Something of the file was left out, whatever the counts say (L-08).
        result = FileResult.WITH_EXCEPTIONS
    yield ("file", None, None, result.value, counts.received, None, None, file_name)
    for name in ("received", "accepted", "held", "rejected"):
        yield ("count", None, None, name, getattr(counts, name), None, None, None)
    for line in lines:
        yield (
            "line", line.document, line.line, line.status, None, line.code, line.where, line.message
        )  # fmt: skip
    for finding in findings:
        severity, where = finding.severity.value, str(finding.where)
        yield ("finding", None, None, severity, None, finding.code, where, finding.message)


def write_order_acknowledgement(lines: Iterable[ConfirmedLine]) -> bytes:
    """Return the answer to purchase orders, one row per line (domain 12.8).

    Where no line has a landed cost or a price, nor has the file their columns; so with the
    currency.
    """
    said = tuple(lines)
    columns: tuple[str, ...] = ORDER_COLUMNS
    if any(line.landed_cost is not None or line.price is not None for line in said):
        columns += PRICE_COLUMNS
    if any(line.currency is not None for line in said):
        columns += CURRENCY_COLUMNS
    rows = (tuple(getattr(line, name) for name in columns) for line in said)
    return written(columns, rows, for_people=True)
