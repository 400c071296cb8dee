"""Read `floral.order/1`: orders and what follows them, with every error at its JSON path.

Paths count from 0, as JSON does: `order.lines[2].boxType` is in the third line. An error of the
header refuses the order; a bad line is left out by name, and only when none is left the order is
refused (L-08). What the contract doesn't know is reported, never dropped in silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from formats.axerrio.contract import (
    Envelope,
    Header,
    HeaderFields,
    Line,
    PrebookHeader,
    PrebookLine,
)
from formats.axerrio.lines import (
    Lines,
    is_named_before,
    lines_of,
    order_line,
    party,
    read_header,
    terms,
)
from formats.axerrio.parts import PartReader, digest, message_id_of, without
from formats.axerrio.steps import BESIDE, read_step
from formats.documents import ReadDocument
from formats.findings import Finding
from formats.limits import Limits
from formats.records import (
    AxerrioOrder,
    CartStatus,
    OrderLine,
    Party,
    PurchaseOrder,
    ShipVia,
)
from formats.steps import Step
from formats.strictjson import Json, parsed

PREBOOK = "prebook"


def read_order(data: bytes, limits: Limits) -> Iterator[ReadDocument]:
    """Yield the document of every message in a file: an order, or the step that its action names.

    One that can't be used has no record, and findings say why.

    `control` is the messageId; `digest` is of the order's content, whatever its spacing and the
    order of its fields.
    """
    value, finding = parsed(data, limits)
    if finding is not None:
        yield ReadDocument(None, (finding,), digest=hashlib.sha256(data).hexdigest())
    elif isinstance(value, list):
        if not value:
            empty = Finding("json.empty", "The list holds no order. Send the file with its orders.")
            yield ReadDocument(None, (empty,), digest=hashlib.sha256(data).hexdigest())
        for at, one in enumerate(value):
            yield _document(one, f"[{at}]")
    else:
        yield _document(value, "")


def _document(value: Json, root: str) -> ReadDocument:
    reader = PartReader(root)
    record: AxerrioOrder | PurchaseOrder | Step | None = None
    if isinstance(value, dict):
        record = _record(value, reader)
    else:
        reader.refuse("json.order", "", "an object in { } is expected")
    return ReadDocument(record, reader.findings, message_id_of(value), digest=digest(value))


def _record(
    value: dict[str, Json], reader: PartReader
) -> AxerrioOrder | PurchaseOrder | Step | None:
    """Return the order, the prebook, or the step after one that a message is about."""
    action = value.get("action")
    action = action.strip().lower() if isinstance(action, str) else ""
    beside = BESIDE.get(action, ("order", "lines"))
    envelope = reader.part(Envelope, without(value, *beside), "")
    if action in BESIDE:
        return read_step(value, action, envelope, reader)
    found = lines_of(value, reader)
    if action == PREBOOK:
        return _prebook(value, found, envelope, reader)
    header = read_header(Header, value, reader)
    _check_vendor(header, reader, is_ignored=True)
    lines = _lines(found, reader)
    if envelope is None or header is None:
        return None
    if not lines:
        reader.refuse("json.lines", found.path, "at least one line that is right is needed")
        return None
    return _order(envelope, header, *_cart(header, lines))


def _check_vendor(header: HeaderFields | None, reader: PartReader, *, is_ignored: bool) -> bool:
    """Tell whether the vendor is named in one way (A-03, E-22).

    Where the sender speaks for the vendor itself, what it says here is ignored anyway (A-02), so
    that it is only warned.
    """
    vendor = header.vendor if header else None
    if vendor is None or vendor.id is None or vendor.code is None:
        return True
    if is_ignored:
        message = "Both id and code are given (E-22). Neither was used: an order of a vendor's own"
        reader.warn(
            "json.vendor", f"{message} system is that vendor's.", reader.where("order.vendor")
        )
        return True
    reader.refuse("json.vendor", "order.vendor", "either id or code is expected, not both (E-22)")
    return False


def _prebook(
    value: dict[str, Json], found: Lines, envelope: Envelope | None, reader: PartReader
) -> PurchaseOrder | None:
    """Return a buyer's prebook (domain 8.3): what it lacks is no error, it only isn't shown."""
    header = read_header(PrebookHeader, value, reader)
    is_named_once = _check_vendor(header, reader, is_ignored=False)
    lines = _prebook_lines(found, reader)
    if envelope is None or header is None or not is_named_once:
        return None
    if not lines:
        reader.refuse("json.lines", found.path, "at least one line that is right is needed")
        return None
    customer = header.customer
    return PurchaseOrder(
        number=header.number,
        is_prebook=True,
        is_test=envelope.test,
        order_date=header.date,
        ship_date=header.ship_date,
        buyer=Party(code=envelope.sender.code),
        vendor=party(header.vendor) or Party(),
        ship_to=party(customer.ship_to) if customer else None,
        customer=Party(code=customer.code, name=customer.name) if customer else None,
        customer_po=header.customer_po,
        location=header.location_code,
        carrier=header.carrier.code if header.carrier else None,
        ship_via=ShipVia(header.ship_via or ShipVia.WAREHOUSE.value),
        currency=header.currency,
        mark_code=header.mark_code,
        comments=header.comments,
        **terms(header),
        lines=lines,
    )


def _prebook_lines(found: Lines, reader: PartReader) -> tuple[OrderLine, ...]:
    good: list[OrderLine] = []
    seen: set[str] = set()
    for one, here in found:
        line = reader.part(PrebookLine, one, here)
        if line is not None and not is_named_before(line.line, seen, here, reader):
            good.append(order_line(line, len(good) + 1))
    return tuple(good)


def _lines(found: Lines, reader: PartReader) -> list[tuple[Line, OrderLine]]:
    good: list[tuple[Line, OrderLine]] = []
    seen: set[str] = set()
    for one, here in found:
        line = reader.part(Line, one, here)
        if line is None or is_named_before(line.line, seen, here, reader):
            continue
        reader.check_air_waybill(line.awb, f"{here}.awb")
        good.append((line, order_line(line, len(good) + 1)))
    return good


def _cart(
    header: Header, lines: list[tuple[Line, OrderLine]]
) -> tuple[CartStatus | None, tuple[OrderLine, ...]]:
    """Return the cart's status, and its lines with theirs: all must be checked out (domain 13)."""
    words = [line.cart_status or header.cart_status for line, _ in lines]
    plain = tuple(line for _, line in lines)
    if not any(words):
        return None, plain
    done = [word == CartStatus.CHECKED_OUT.value for word in words]
    marked = tuple(
        replace(line, is_checked_out=is_done) for line, is_done in zip(plain, done, strict=True)
    )
    return CartStatus.CHECKED_OUT if all(done) else CartStatus.DRAFT, marked


def _order(
    envelope: Envelope, header: Header, cart: CartStatus | None, lines: tuple[OrderLine, ...]
) -> AxerrioOrder:
    customer = header.customer
    return AxerrioOrder(
        number=header.number,
        is_test=envelope.test,
        order_date=header.date,
        ship_date=header.ship_date,
        vendor=party(header.vendor) or Party(),
        ship_to=party(customer.ship_to),
        customer=Party(code=customer.code, name=customer.name),
        customer_po=header.customer_po,
        location=header.location_code,
        carrier=header.carrier.code,
        ship_via=ShipVia(header.ship_via or ShipVia.WAREHOUSE.value),
        currency=header.currency,
        mark_code=header.mark_code,
        comments=header.comments,
        **terms(header),
        cart=cart,
        lines=lines,
        message_id=envelope.message_id,
        created_at=envelope.created_at,
        sender=envelope.sender.code,
        receiver=envelope.receiver.code,
        prebook_number=header.prebook_number,
    )
