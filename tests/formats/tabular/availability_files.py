"""A vendor's availability as a test writes it, and what is read of it."""

from __future__ import annotations

from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import InventoryAdvice, InventoryLine, Party
from formats.tabular.availability import read_availability
from formats.tabular.dialect import Dialect

ROW = "111,Rose Freedom 60 Cm,2026-11-3,100,Bunch,ph1,Roses,Red,2.5,25,promo"
VENDOR = Party(code="V1")


def read(
    data: bytes | str, dialect: Dialect | None = None, limits: Limits = DEFAULT_LIMITS
) -> ReadDocument:
    raw = data.encode() if isinstance(data, str) else data
    documents = read_availability(raw, vendor=VENDOR, dialect=dialect or Dialect(), limits=limits)
    (document,) = documents
    return document


def lines(document: ReadDocument) -> tuple[InventoryLine, ...]:
    assert isinstance(document.record, InventoryAdvice)
    return document.record.lines


def codes(document: ReadDocument, *, errors: bool = True) -> list[str]:
    return [finding.code for finding in document.findings if finding.is_error is errors]
