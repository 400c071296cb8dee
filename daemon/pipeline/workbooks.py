"""A workbook on its way: opened in a process of its own, then read and posted as CSV would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.config import Configuration, Partner, Role
from daemon.errors import DataError
from daemon.ledger.arrivals import Arrival
from daemon.pipeline.content import HEAD_BYTES, SpoolBytes, bytes_of, head_of
from daemon.pipeline.documents import Tally
from daemon.pipeline.layouts import own_layout, read_own
from daemon.pipeline.tabular import post_kind
from daemon.trade.desk import Desk, limits_of
from daemon.trade.orders.parties import as_party
from daemon.workbooks.opening import open_workbook
from formats.documents import ReadDocument
from formats.findings import Finding
from formats.identify import Format, identify
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind
from formats.xlsx.tables import read_tables
from formats.xlsx.workbook import Sheet, Workbook

ARCHIVE = b"PK\x03\x04"
"""How a ZIP archive begins."""


def post_workbook(desk: Desk, partner: Partner, arrival: Arrival, data: bytes) -> Tally:
    """Post the sheets of a workbook; raises DataError for one that can't be used at all."""
    dialect = Dialect(decimal_comma=partner.decimal_comma)

    def own(sheet: Sheet) -> tuple[Kind, list[ReadDocument]] | None:
        layout = own_layout(desk, partner, arrival, sheet)
        return None if layout is None else read_own(desk, partner, layout, sheet)

    book = desk.workbooks.pop(arrival.id, None) or open_workbook(data, limits=desk.limits)
    tables = read_tables(
        book,
        fallback=Kind.AVAILABILITY if partner.has(Role.VENDOR) else Kind.ORDER,
        vendor=as_party(partner),
        dialect=dialect,
        limits=desk.limits,
        own=own,
    )
    if not tables.documents:
        first = next((each for each in tables.findings if each.is_error), tables.findings[0])
        raise DataError(first.code.replace(".", "-"), first.message)
    tally = Tally()
    notes = tables.findings
    for kind, documents in tables.documents.items():
        tally.join(post_kind(desk, partner, arrival, kind, _noted(documents, notes)))
        notes = ()
    return tally


def is_workbook(arrival: Arrival, spool: SpoolBytes) -> bool:
    """Tell whether an arrival looks like one, as any ZIP archive does."""
    return head_of(arrival, spool, len(ARCHIVE)) == ARCHIVE


def open_ahead(
    site: Configuration, batch: Sequence[Arrival], spool: SpoolBytes
) -> dict[int, Workbook]:
    """Open the one workbook of a batch of one before its posting; empty for any other batch.

    A posting holds the ledger, and a workbook may take two minutes to open: the others would wait.
    Raises EnvironmentFault where no process can be started.
    """
    if len(batch) != 1 or not is_workbook(batch[0], spool):
        return {}
    data = bytes_of(batch[0], spool)
    if identify(data[:HEAD_BYTES]) is not Format.XLSX:
        return {}
    return {batch[0].id: open_workbook(data, limits=limits_of(site))}


def _noted(documents: tuple[ReadDocument, ...], notes: tuple[Finding, ...]) -> list[ReadDocument]:
    """Return documents with what was found of the whole workbook in the first of them."""
    first, *rest = documents
    return [replace(first, findings=(*notes, *first.findings)), *rest]
