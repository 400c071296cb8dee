"""Step files as CSV: confirmation, approval, shipment, box codes, waybills, charges, invoices.

What a file is shows in its header (`kinds.kind_of`). Whatever is in it, reading never raises, and a
file whose syntax is lost on the way is never half used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from formats.documents import ReadDocument
from formats.findings import Finding, Where
from formats.limits import Limits
from formats.records import Party
from formats.tabular.confirmations import read_confirmations
from formats.tabular.dialect import Dialect
from formats.tabular.invoices import read_invoice_answer, read_invoices, read_open_invoices
from formats.tabular.kinds import Kind, kind_of, layout_of
from formats.tabular.packing_list import read_packing_list
from formats.tabular.sheet import StepFile
from formats.tabular.shipments import read_shipments
from formats.tabular.single_steps import (
    read_air_waybills,
    read_approval,
    read_box_code_change,
    read_manifest_answer,
    read_receiving,
)
from formats.tabular.source import Content, digest_of
from formats.tabular.waybill_charges import read_waybill_charges

_READERS: Mapping[Kind, Callable[[StepFile], Iterator[ReadDocument]]] = {
    Kind.CONFIRMATION: read_confirmations,
    Kind.APPROVAL: read_approval,
    Kind.SHIPMENT: read_shipments,
    Kind.BOX_CODE_CHANGE: read_box_code_change,
    Kind.AIR_WAYBILL: read_air_waybills,
    Kind.WAYBILL_CHARGES: read_waybill_charges,
    Kind.RECEIVING: read_receiving,
    Kind.MANIFEST_ANSWER: read_manifest_answer,
    Kind.INVOICE: read_invoices,
    Kind.OPEN_INVOICES: read_open_invoices,
    Kind.INVOICE_ANSWER: read_invoice_answer,
    Kind.PACKING_LIST: read_packing_list,
}


def is_step(kind: Kind | None) -> bool:
    """Tell whether a file of this kind is for `read_steps`."""
    return kind in _READERS


def read_steps(
    data: Content,
    *,
    dialect: Dialect,
    limits: Limits,
    vendor: Party,
    kind: Kind | None = None,
) -> Iterator[ReadDocument]:
    """Yield the documents of a step file; `vendor` is the partner whose file it is.

    A confirmation comes for each order, an invoice for each number, a receiving scan for each
    location and day; any other file is one document. `kind` is found out where it isn't given.
    """
    kind = kind_of(data, dialect) if kind is None else kind
    reader = None if kind is None else _READERS.get(kind)
    layout = None if kind is None else layout_of(kind)
    if reader is None or layout is None:
        message = "The header isn't that of a confirmation, approval, shipment, box code change, "
        message += "air waybill, receiving or invoice file. Name the columns as they are described."
        finding = Finding("csv.header", message, Where(row=1))
        yield ReadDocument(None, (finding,), digest=digest_of(data))
        return
    yield from reader(StepFile(data, layout, dialect, limits, vendor))
