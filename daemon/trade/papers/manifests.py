"""Which boxes a truck line is told of, and why others are left out (domain 11.1, E-01 to E-08).

Every box is checked by itself: carrier, account, code, size and address. One with a problem is left
out until it is corrected, and listed with all of its problems; one that was sent is not sent again,
unless the truck line refused it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import select

from daemon.config import Partner
from daemon.errors import UsageError
from daemon.ledger import schema
from daemon.mapping.rows import Kind
from daemon.trade.desk import Desk
from daemon.trade.exceptions import settled, tell_operator
from daemon.trade.orders.ship_tos import is_whole
from daemon.trade.orders.transfer import is_direct
from daemon.trade.papers.leaving import Leaving, LeavingBox, leaving
from daemon.trade.prices.box_types import BoxType
from formats.packing.csv_out import UNIT_ID
from formats.papers.manifest import BoxProblem, Manifest, ManifestBox, overlong
from formats.records import Party

SENT, REFUSED = "sent", "refused"


@dataclass(frozen=True, slots=True)
class Days:
    """Truck dates of the boxes, both included, and the shipping date in the file (E-02)."""

    first: date
    last: date
    carrier: date

    def __iter__(self) -> Iterator[date]:
        for at in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=at)

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Loading:
    """What goes to a truck line: `manifest` is None where no box is ready, and while it is only
    looked at.
    """

    partner: Partner
    manifest: Manifest | None
    problems: tuple[BoxProblem, ...]
    sent_before: int
    """Boxes that it was told of earlier."""
    refused_before: tuple[BoxProblem, ...] = ()
    """Boxes that it refused, with what it said; they go into this file again."""
    ready: int = 0
    unanswered: int = 0
    """Of the boxes that it was told of, those that it has not answered (E-05)."""


@dataclass(slots=True)
class _Found:
    """The boxes of some days, each judged."""

    ready: list[tuple[int, ManifestBox]] = field(default_factory=list)
    problems: list[BoxProblem] = field(default_factory=list)
    refused: list[BoxProblem] = field(default_factory=list)
    answered_again: set[str] = field(default_factory=set)
    """Batches whose refused boxes go with this one."""
    before: int = 0
    unanswered: int = 0


def look(desk: Desk, partner: Partner, days: Days) -> Loading:
    """Check the boxes of some days without telling anybody (E-03)."""
    return _loading(partner, None, _checked(desk, partner, days))


def load(desk: Desk, partner: Partner, days: Days) -> Loading:
    """Check the boxes of some days, and write down those that go into the truck line's file."""
    found = _checked(desk, partner, days)
    manifest = _written_down(desk, partner, days.carrier, found.ready) if found.ready else None
    _tell_operator(desk, partner, days, found.problems)
    for batch in found.answered_again:
        settled(desk, partner.name, batch_named(batch))
    return _loading(partner, manifest, found)


def batch_named(batch: str) -> str:
    """Name a batch as the exception about its answer does."""
    return f"batch {batch}"


def _loading(partner: Partner, manifest: Manifest | None, found: _Found) -> Loading:
    return Loading(
        *(partner, manifest, tuple(found.problems), found.before, tuple(found.refused)),
        ready=len(found.ready),
        unanswered=found.unanswered,
    )


def _checked(desk: Desk, partner: Partner, days: Days) -> _Found:
    own = partner.hauling.carriers
    if not own:
        raise UsageError(
            f"{partner.name} has no carrier: name our codes of carriers.csv in carriers of its"
            " [partner.hauling] section"
        )
    found = _Found()
    for on in days:
        for each in leaving(desk, on, carriers=(*own, None)):
            # Else nobody said that a truck takes the goods.
            if each.carrier is not None or is_direct(each.order) or each.carrier_said:
                _check_boxes(desk, partner, each, found)
    return found


def _check_boxes(desk: Desk, partner: Partner, each: Leaving, found: _Found) -> None:
    told, waybills = _told_before(desk, partner, each), _waybills(desk, each)
    for seq, box in enumerate(each.boxes, 1):
        before = told.get(box.id)
        if before is not None and before.status != REFUSED:
            found.before += 1
            found.unanswered += before.status == SENT
            continue
        if before is not None:
            why = before.message or "no reason was given"
            found.refused.append(_problem(each, box, "REFUSED", why))
        problems = list(_problems(partner, each, box))
        found.problems += problems
        if problems:
            continue
        words = replace(box, category=_category(desk, partner, box))
        row = _told(partner, each, words, seq, waybills.get(box.id, ""))
        terms = partner.hauling
        if long := overlong(row, terms.layout, terms.columns, terms.widths):
            text = f"{long}; change the order, or agree on a wider column"
            found.problems.append(_problem(each, box, "TOO_LONG", text))
            continue
        if before is not None:
            found.answered_again.add(before.batch)
        found.ready.append((box.id, row))


def _tell_operator(
    desk: Desk, partner: Partner, days: Days, problems: Sequence[BoxProblem]
) -> None:
    """Hold up what no account is there for (E-26), once a truck line and day."""
    what = f"boxes for {days}"
    settled(desk, partner.name, what)
    refused = [
        (each.code, f"order {each.order_number}, box {each.box_code}: {each.message}")
        for each in problems
    ]
    tell_operator(desk, partner.name, what, refused, arrival_id=None)


def _problems(partner: Partner, each: Leaving, box: LeavingBox) -> Iterator[BoxProblem]:
    """Yield what stops a box; each names what to do."""
    account = each.account(partner)
    if not partner.hauls(each.carrier):
        said = each.carrier_said or "no carrier"
        text = f"the order names {said}, which is no carrier of ours; map it in carriers.csv"
        yield _problem(each, box, "CARRIER", text)
    elif account is None:
        text = (
            f"{each.customer} has no account with {partner.title or partner.name}; add it to"
            f" accounts of {partner.name}"
        )
        yield _problem(each, box, "E-26", text)
    code = each.seen.box_code(box.code, box.external_code)
    if code is None:
        text = (
            "its code is the vendor's own, which is hidden from the customer; change the code, or"
            " give the box an external one"
        )
        yield _problem(each, box, "H-04", text)
    if box.size is None or box.size.sides_in is None:
        text = f"box type {box.box_type or 'unknown'} has no size; write it into box_types.csv"
        yield _problem(each, box, "NO_SIZE", text)
    if not is_whole(each.place):
        text = "the order has no address; add the ship-to to ship_to.csv, or change the order"
        yield _problem(each, box, "NO_SHIPTO", text)
    if partner.hauling.layout == "local-delivery" and len(code or box.code) not in UNIT_ID:
        text = (
            f"a list of local deliveries takes box codes of {UNIT_ID[0]} to {UNIT_ID[-1]}"
            " characters; change the code"
        )
        yield _problem(each, box, "UNIT_ID", text)
    if partner.hauling.scanned_only and not box.is_scanned:
        yield _problem(each, box, "NOT_SCANNED", "the box was not scanned; scan it first")


def _problem(each: Leaving, box: LeavingBox, code: str, message: str) -> BoxProblem:
    line = box.line.line
    vendor = each.way.vendor
    return BoxProblem(
        order_number=each.booked.number,
        line=line.reference,
        product=line.product or line.description or "",
        customer=each.customer,
        vendor=vendor.title or vendor.name,
        box_code=box.code,
        code=code,
        message=message,
    )


def _category(desk: Desk, partner: Partner, box: LeavingBox) -> str | None:
    """Return the category of a box as the truck line calls it."""
    return desk.tables.word_for(Kind.CATEGORIES, partner.name, box.category, desk.today)


def _told(partner: Partner, each: Leaving, box: LeavingBox, seq: int, awb: str) -> ManifestBox:
    """Return what a truck line reads of a box that has no problem."""
    place, size = each.place or Party(), box.size or BoxType("")
    sides, cubes = size.sides_in, size.cubes
    if sides is None or cubes is None:
        raise AssertionError("a box without a size is never ready")
    told, line = each.seen.told, box.line.line
    return ManifestBox(
        order_number=each.number,
        customer_account=each.account(partner) or "",
        ship_to_name=place.name or each.customer,
        ship_to_street=place.street or "",
        ship_to_city=place.city or "",
        ship_to_state=place.state or "",
        ship_to_zip=place.postal_code or "",
        box_code=each.seen.box_code(box.code, box.external_code) or box.code,
        box_type=box.box_type or "",
        length_in=sides[0],
        width_in=sides[1],
        height_in=sides[2],
        cubes=cubes,
        seq=seq,
        total_boxes=len(each.boxes),
        product_category=told(box.category) or "",
        po_number=told(each.order.customer_po) or "",
        mark_code=told(line.mark_code or each.order.mark_code) or "",
        awb=awb,
        farm_name=each.seen.name or each.seen.code or "",
        customer=each.customer,
        product=told(line.product) or "",
        description=told(box.description) or "",
    )


@dataclass(frozen=True, slots=True)
class _ToldBefore:
    """What a truck line has said of a box that it was told of with a batch."""

    status: str
    message: str | None
    batch: str


def _told_before(desk: Desk, partner: Partner, each: Leaving) -> dict[int, _ToldBefore]:
    """Return what became of the boxes of an order that the truck line was told of, the newest."""
    box, file = schema.manifest_boxes.c, schema.manifests.c
    query = (
        select(box.box_id, box.status, box.message, file.batch)
        .join(schema.manifests, file.id == box.manifest_id)
        .where(box.box_id.in_([one.id for one in each.boxes]), file.partner == partner.name)
        .order_by(box.id)
    )
    return {
        row.box_id: _ToldBefore(row.status, row.message, row.batch)
        for row in desk.post.conn.execute(query)
    }


def _waybills(desk: Desk, each: Leaving) -> dict[int, str]:
    """Return the air waybill of every box that flew; a temporary one is nobody else's business."""
    box, bill = schema.boxes.c, schema.shipments.c
    query = (
        select(box.id, bill.awb)
        .join(schema.shipments, bill.id == box.shipment_id)
        .where(box.id.in_([one.id for one in each.boxes]), bill.is_temporary.is_(False))
    )
    return {row.id: row.awb for row in desk.post.conn.execute(query)}


def _written_down(
    desk: Desk, partner: Partner, on: date, ready: list[tuple[int, ManifestBox]]
) -> Manifest:
    batch = f"M{desk.post.count(f'manifest:{partner.name}'):08}"
    key = desk.post.add(
        schema.manifests, {"partner": partner.name, "batch": batch, "carrier_date": on}
    )
    for box_id, box in ready:
        row = {"manifest_id": key, "box_id": box_id, "code": box.box_code, "status": SENT}
        desk.post.add(schema.manifest_boxes, row)
    return Manifest(
        sender=desk.site.site.title,
        batch=batch,
        created=desk.post.at.astimezone(desk.site.site.zone),
        carrier=partner.hauling.carriers[0],
        shipper_account=partner.hauling.shipper_account,
        carrier_date=on,
        boxes=tuple(box for _, box in ready),
    )
