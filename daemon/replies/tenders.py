"""Loads that truck lines are offered: a 204 for each bill of lading of theirs.

The load goes by the number of its bill. A bill that is printed again replaces the offer, because
boxes may have come to it or gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from daemon.config import Partner
from daemon.errors import UnwritableError
from daemon.ledger.acknowledged import by_reference
from daemon.ledger.posting import OutgoingFile
from daemon.replies.envelopes import numbers, to_partner
from daemon.trade.desk import Desk
from daemon.trade.papers.bills import PrintedBill
from formats.findings import Finding
from formats.hauling import LoadTender, Reference, Stop, StopKind
from formats.papers.bill import Address, BillOfLading, total
from formats.records import Party, Purpose
from formats.x12.load_tender_out import write_load_tender

KIND = "204"
_POUNDS = Decimal("2.20462")
_PLACES = Decimal("0.01")


def tender_files(desk: Desk, bills: Iterable[PrintedBill]) -> list[OutgoingFile]:
    """Return a 204 for each bill whose truck line takes one."""
    return [
        _file(desk, each.line, each.bill)
        for each in bills
        if each.line is not None and each.line.hauling.tenders == KIND
    ]


def _file(desk: Desk, line: Partner, bill: BillOfLading) -> OutgoingFile:
    is_known = by_reference(desk.post.conn, line.name, KIND, bill.number) is not None
    tender = tender_of(bill, line.hauling.scac or "", is_known=is_known)
    envelope = to_partner(desk.site, line)
    at = desk.post.at.astimezone(desk.site.site.zone)
    cuts: list[Finding] = []
    try:
        control = numbers(desk.post, envelope)
        body = write_load_tender(tender, envelope, control, at, warnings=cuts)
    except ValueError as error:
        raise UnwritableError(
            f"bill {bill.number} can't be offered to {line.name}: {error}"
        ) from error
    return OutgoingFile(
        *(line.name, KIND, bill.number, "edi", body), is_answer=False, notes=tuple(cuts)
    )


def tender_of(bill: BillOfLading, scac: str, *, is_known: bool) -> LoadTender:
    """Return the load of a bill: from the shipper's door to the consignee's, on the truck date.

    `is_known` for one that the truck line was offered before. A weight is named only where that of
    every box is known.
    """
    whole = total(bill.loads)
    weight = None if whole.weight_kg is None else (whole.weight_kg * _POUNDS).quantize(_PLACES)
    orders = tuple(Reference("PO", order.number) for order in bill.orders)
    account = (Reference("11", bill.carrier_account),) if bill.carrier_account else ()
    pick_up = Stop(
        number=1,
        kind=StopKind.LOAD,
        place=_place(bill.shipper),
        earliest=bill.truck_date,
        latest=bill.truck_date,
        weight_lb=weight,
        boxes=whole.boxes,
        references=orders,
    )
    drop = Stop(2, StopKind.UNLOAD, _place(bill.consignee), bill.truck_date, boxes=whole.boxes)
    return LoadTender(
        number=bill.number,
        carrier=scac,
        purpose=Purpose.REPLACE if is_known else Purpose.NEW,
        references=(Reference("BM", bill.number), *account),
        stops=(pick_up, drop),
        weight_lb=weight,
        boxes=whole.boxes,
    )


def _place(address: Address) -> Party:
    parts = (address.street, address.city, address.state, address.postal_code, address.country)
    street, city, state, postal_code, country = (part or None for part in parts)
    return Party(
        name=address.name[:60],
        street=street,
        city=city,
        state=state,
        postal_code=postal_code,
        country=country if country and 2 <= len(country) <= 3 else None,
    )
