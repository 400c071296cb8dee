"""Files for partners in a layout of their own, as the tables of layouts declare it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from daemon.config import Partner
from daemon.errors import UnwritableError
from daemon.ledger.posting import OutgoingFile
from daemon.sections import LAYOUT_PREFIX
from formats.invoices import Invoice
from formats.layouts.komet import KOMET_LAYOUTS
from formats.layouts.layout import DeclaredLayout, Form
from formats.layouts.write import offer_rows, order_rows, write_rows, write_step
from formats.offers import OfferRow
from formats.records import PurchaseOrder
from formats.steps import ShipNotice
from formats.tabular.kinds import Kind
from formats.tabular.write import Cell

Layouts = Mapping[str, DeclaredLayout]
_EXTENSIONS = {Form.CSV: "csv", Form.XLSX: "xlsx", Form.FIXED: "txt"}


def is_layout(form: str) -> bool:
    """Tell whether a partner takes files in a layout of its own."""
    return form.startswith(LAYOUT_PREFIX)


def order_file(layouts: Layouts, vendor: Partner, order: PurchaseOrder, form: str) -> OutgoingFile:
    """Return an order for a vendor. Raises ValueError for what its layout can't say."""
    return rows_file(layouts, vendor, order.number, order_rows(order), form)


def rows_file(
    layouts: Layouts, vendor: Partner, number: str, rows: Iterable[Mapping[str, Cell]], form: str
) -> OutgoingFile:
    """Return rows of an order, or of its change, for a vendor."""
    layout = _layout(layouts, vendor, form, Kind.ORDER)
    body = write_rows(rows, layout)
    extension = _EXTENSIONS[layout.form]
    return OutgoingFile(vendor.name, "order", number, extension, body, is_answer=False)


def availability_file(
    layouts: Layouts, buyer: Partner, rows: Iterable[OfferRow], reference: str, *, is_full: bool
) -> OutgoingFile:
    """Return what a buyer is told of a vendor's offers."""
    layout = _layout(layouts, buyer, buyer.receives_availability, Kind.AVAILABILITY)
    # Descriptions are other companies' text, and buyers open these files in spreadsheets.
    body = write_rows(offer_rows(rows, layout), layout, for_people=True)
    kind = "availability" if is_full else "availability-change"
    extension = _EXTENSIONS[layout.form]
    return OutgoingFile(buyer.name, kind, reference, extension, body, is_answer=False)


def step_file(
    layouts: Layouts,
    partner: Partner,
    named: tuple[str, str],
    step: ShipNotice | Invoice,
    form: str,
) -> OutgoingFile:
    """Return a shipment or an invoice for a buyer; `named` is what its file is called, and by what.

    Raises ValueError for what its layout can't say.
    """
    kind = Kind.INVOICE if isinstance(step, Invoice) else Kind.SHIPMENT
    layout = _layout(layouts, partner, form, kind)
    body = write_step(step, layout)
    return OutgoingFile(partner.name, *named, _EXTENSIONS[layout.form], body, is_answer=False)


def _layout(layouts: Layouts, partner: Partner, form: str, kind: Kind) -> DeclaredLayout:
    """Return the layout called `form`; without it nothing can be written until it is back."""
    name = form.removeprefix(LAYOUT_PREFIX)
    layout = layouts.get(name) or KOMET_LAYOUTS.get(name)
    if layout is None or layout.kind is not kind:
        what = "isn't in layouts.csv" if layout is None else f"is of another kind than {kind.value}"
        raise UnwritableError(
            f"layout {name}, in which {partner.name} gets its files, {what}; add it, or change the"
            " partner's settings, and release the file from quarantine"
        )
    return layout
