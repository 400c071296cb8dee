"""One order of florsol's Axerrio system in every body that may carry it, and how each is answered.

It is the order of `floral_orders.order`: three lines, the second of a product that is not known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from formats.edifact.order_out import write_purchase_order as write_orders
from formats.edifact.write import Envelope as UnbEnvelope
from formats.edifact.write import un_message
from formats.florecom.order_out import write_order as write_florecom
from formats.florecom.tree import Sending
from formats.komet.out import write_order as write_api
from formats.records import OrderLine, Party, PurchaseOrder, Purpose
from formats.tabular.purchase_order import write_purchase_order as write_csv
from formats.x12.purchase_order_out import write_purchase_order as write_850
from formats.x12.write import ControlNumbers
from formats.x12.write import Envelope as IsaEnvelope
from formats.xlsx.from_csv import workbook_of
from tests.daemon.network import NETWORK
from tests.daemon.today import day
from tests.daemon.trade.systems import floral_orders

SYSTEM = "axerrio-florsol"
EXPLORER = f"{SYSTEM},,,Rose Explorer 60,ROS-EXP-60,,yes,,,"
SITE_GLN, SYSTEM_GLN = "8714231208747", "8713782537153"
BODIES_NETWORK = NETWORK.replace(
    'x12 = { id = "K2KNET" }',
    f'x12 = {{ id = "K2KNET" }}\nedifact = {{ id = "{SITE_GLN}", qualifier = "14" }}',
).replace(
    'vendor = "florsol"\n\n[[connection]]',
    'vendor = "florsol"\nbuyer = "bloom"\n'
    f'edifact = {{ id = "{SYSTEM_GLN}", qualifier = "14" }}\n\n[[connection]]',
    1,
)
"""The sample network, whose Axerrio system serves bloom and has an EDIFACT identity."""


@dataclass(frozen=True, slots=True)
class SystemBody:
    """How an order is written in a body, and what comes back: kinds of files, as `ack-AX-1`."""

    name: str
    write: Callable[[PurchaseOrder, int], bytes]
    answer: str
    back: str


def _lines(units: Mapping[str, str], *, is_vendors_code: bool) -> tuple[OrderLine, ...]:
    """Return the lines with the words that a body has for units, and its column for codes."""
    goods = (
        ("FS-1160", "Rose Freedom 60", 2, "HALF", "0.36"),
        (None, "Rose Explorer 60", 1, "HALF", "0.36"),
        ("FS-2001", "Alstroemeria Whistler Select", 3, "QUARTER", "0.21"),
    )
    return tuple(
        OrderLine(
            at,
            str(at),
            Decimal(boxes),
            units["Box"],
            seller_item=code if is_vendors_code else None,
            buyer_item=None if is_vendors_code else code,
            description=text,
            unit_price=Decimal(price),
            price_unit=units["Stem"],
            box_type_code=box,
        )
        for at, (code, text, boxes, box, price) in enumerate(goods, 1)
    )


_WORDS = {"Box": "Box", "Stem": "Stem"}
_X12_UNITS = {"Box": "BX", "Stem": "EA"}
_EDIFACT_UNITS = {"Box": "BX", "Stem": "PCE"}


def sale(number: str = "AX-1", units: Mapping[str, str] = _WORDS, **more: object) -> PurchaseOrder:
    """Return the order as florsol's system says it, to bloom."""
    is_vendors_code = bool(more.pop("is_vendors_code", True))
    said: dict[str, object] = {
        "number": number,
        "order_date": day(),
        "ship_date": day(3),
        "buyer": Party(code="bloom", qualifier="92"),
        "customer": Party(code="BLM", qualifier="92"),
        "carrier": "AAC",
        "currency": "USD",
        "lines": _lines(units, is_vendors_code=is_vendors_code),
    }
    return PurchaseOrder(**{**said, **more})


def _contract(order: PurchaseOrder, control: int) -> bytes:
    body = json.loads(floral_orders.order(order.number, f"m-{control}"))
    if order.purpose is not Purpose.NEW:
        body["action"] = "cancel"
        body["order"] = {"number": order.number}
    return json.dumps(body).encode()


def _api(order: PurchaseOrder, _control: int) -> bytes:
    lines = _lines(_WORDS, is_vendors_code=False)
    plain = order.model_copy(update={"lines": lines, "vendor": Party()})
    return write_api(plain)


def _florecom(order: PurchaseOrder, control: int) -> bytes:
    return write_florecom(order, Sending(f"M-{control}", datetime.now(UTC)))


def _csv(order: PurchaseOrder, _control: int) -> bytes:
    return write_csv(order)


def _xlsx(order: PurchaseOrder, control: int) -> bytes:
    return workbook_of(_csv(order, control), "orders")


def _x12(order: PurchaseOrder, control: int) -> bytes:
    around = IsaEnvelope(
        sender_qualifier="ZZ", sender="AXFLORSOL", receiver_qualifier="ZZ", receiver="K2KNET"
    )
    said = order.model_copy(update={"lines": _lines(_X12_UNITS, is_vendors_code=True)})
    return write_850(said, around, ControlNumbers(control, control), datetime.now(UTC))


def _edifact(order: PurchaseOrder, control: int) -> bytes:
    around = UnbEnvelope(
        sender=SYSTEM_GLN, sender_qualifier="14", recipient=SITE_GLN, recipient_qualifier="14"
    )
    said = order.model_copy(update={"lines": _lines(_EDIFACT_UNITS, is_vendors_code=True)})
    return write_orders(
        said, around, un_message("ORDERS"), reference=str(control), at=datetime.now(UTC)
    )


BODIES = (
    SystemBody("o.json", _contract, "ack-AX-1", "order-AX-1"),
    SystemBody("api.json", _api, "ack-AX-1", "order-AX-1"),
    SystemBody("o.xml", _florecom, "order-response-AX-1", "put-order-AX-1"),
    SystemBody("o.csv", _csv, "order-ack-AX-1", "order-AX-1"),
    SystemBody("o.xlsx", _xlsx, "order-ack-AX-1", "order-AX-1"),
    SystemBody("o.edi", _x12, "855-AX-1", "850-AX-1"),
    SystemBody("orders.edi", _edifact, "order-ack-AX-1", "ORDERS-AX-1"),
)


def id_of(body: SystemBody) -> str:
    """Name a body in a test's id."""
    return body.write.__name__.strip("_")
