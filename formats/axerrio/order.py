"""Read `floral.order/1`: orders and what follows them, with every error at its JSON path.

Paths count from 0, as JSON does: `order.lines[2].boxType` is in the third line. An error of the
header refuses the order; a bad line is left out by name, and only when none is left the order is
refused (L-08). What the contract doesn't know is reported, never dropped in silence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from formats.axerrio.contract import Envelope, Header, Line
from formats.axerrio.lines import (
    Lines,
    is_named_before,
    lines_of,
    order_line,
    party,
    read_header,
)
from formats.axerrio.parts import PartReader, digest, message_id_of, without
from formats.axerrio.steps import BESIDE, read_step
from formats.axerrio.strictjson import Json, parsed
from formats.documents import ReadDocument
from formats.findings import Finding
from formats.limits import Limits
from formats.records import (
    AxerrioOrder,
    CartStatus,
    OrderLine,
    Party,
    ShipVia,
)
from formats.steps import Step


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
    record: AxerrioOrder | Step | None = None
    if isinstance(value, dict):
        record = _record(value, reader)
    else:
        reader.refuse("json.order", "", "an object in { } is expected")
    return ReadDocument(record, reader.findings, message_id_of(value), digest=digest(value))


def _record(value: dict[str, Json], reader: PartReader) -> AxerrioOrder | Step | None:
    """Return the order, or the step after one, that a message is about."""
    action = value.get("action")
    action = action.strip().lower() if isinstance(action, str) else ""
    beside = BESIDE.get(action, ("order", "lines"))
    envelope = reader.part(Envelope, without(value, *beside), "")
    if action in BESIDE:
        return read_step(value, action, envelope, reader)
    found = lines_of(value, reader)
    header = read_header(Header, value, reader)
    lines = _lines(found, reader)
    if envelope is None or header is None:
        return None
    if not lines:
        reader.refuse("json.lines", found.path, "at least one line that is right is needed")
        return None
    return _order(envelope, header, *_cart(header, lines))


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
        cart=cart,
        lines=lines,
        message_id=envelope.message_id,
        created_at=envelope.created_at,
        sender=envelope.sender.code,
        receiver=envelope.receiver.code,
        prebook_number=header.prebook_number,
    )
