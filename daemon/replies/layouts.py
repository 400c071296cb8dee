"""Files for partners in a layout of their own, as the tables of layouts declare it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

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
from formats.steps import OrderChange, ShipNotice
from formats.tabular.kinds import Kind
from formats.tabular.order_change import change_rows
from formats.tabular.write import Cell

Layouts = Mapping[str, DeclaredLayout]
_SAY_ALL = frozenset({"x12", "edifact", "csv"})
"""Forms that say of an order what a partner's own layout may have no column for."""
_EXTENSIONS = {Form.CSV: "csv", Form.XLSX: "xlsx", Form.FIXED: "txt"}


def is_layout(form: str) -> bool:
    """Tell whether a partner takes files in a layout of its own."""
    return form.startswith(LAYOUT_PREFIX)


def order_file(
    layouts: Layouts, vendor: Partner, order: PurchaseOrder, form: str
) -> OutgoingFile | None:
    """Return an order for a vendor; None where its layout can't say it and another form does.

    Raises ValueError where none does.
    """
    layout = _layout(layouts, vendor, form, Kind.ORDER)
    return _of_order(vendor, order.number, lambda: order_rows(order), layout)


def change_file(
    layouts: Layouts, vendor: Partner, change: OrderChange, form: str
) -> OutgoingFile | None:
    """Return the lines of an order that changed, as `order_file` does an order.

    In a layout without `action` they would read as an order.
    """
    layout = _layout(layouts, vendor, form, Kind.ORDER)

    def rows() -> Iterable[Mapping[str, Cell]]:
        if layout.says("action"):
            return change_rows(change)
        raise ValueError(
            f"layout {layout.name} has no column for action, so a change would read as an order;"
            " add a column of that field"
        )

    return _of_order(vendor, change.number, rows, layout)


def _of_order(
    vendor: Partner,
    number: str,
    rows: Callable[[], Iterable[Mapping[str, Cell]]],
    layout: DeclaredLayout,
) -> OutgoingFile | None:
    try:
        body = write_rows(rows(), layout)
    except ValueError:
        if _SAY_ALL & {*vendor.receives_orders}:
            return None
        raise
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
