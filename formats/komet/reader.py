"""Read API-shaped JSON into canonical records; which method it is shows in the lists it has.

A file has no address that names a method and no server that gives numbers, so an order says its own
`purchaseOrderNumber`, a prebook its `prebookNumber` or `customerPO`. A bad item is left out by
name; a bad head refuses its document (E-17). A token is a password: it is reported, never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from formats.axerrio.parts import PartReader, digest
from formats.documents import ReadDocument
from formats.komet.orders import Sender, read_order, read_prebook
from formats.komet.steps import is_deletion, read_box_codes, read_deletion, read_shipment
from formats.komet.stock import STOCK_LIST, is_stock_item, read_stock
from formats.records import InventoryAdvice, Party, PurchaseOrder
from formats.steps import BoxCodeChange, OrderChange, ShipNotice
from formats.strictjson import Json

ORDER_LIST = "purchaseOrders"
_Read = PurchaseOrder | InventoryAdvice | ShipNotice | BoxCodeChange | OrderChange
_Body = dict[str, Json]

READERS: Mapping[str, Callable[[_Body, PartReader, Sender], _Read | None]] = {
    "purchaseOrderItems": read_order,
    "prebookItems": read_prebook,
    "poItems": lambda body, reader, sender: read_shipment(body, reader, sender.party),
}
"""By the list that a body has."""
DELETED = "poItemId"
BOXES, SWAP = "boxes", "currentBoxCode"


def is_api_shaped(value: Json) -> bool:
    """Tell whether a JSON value is for this reader: no contract is named, and a list is known."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and "contract" not in first and _kind(first) is not None


def _kind(body: _Body) -> str | None:
    """Return the list that tells what a body is."""
    for name in (*READERS, ORDER_LIST, STOCK_LIST):
        if name in body:
            return name
    boxes = body.get(BOXES)
    if isinstance(boxes, list) and any(isinstance(one, dict) and SWAP in one for one in boxes):
        return BOXES
    if is_deletion(body):
        return DELETED
    return STOCK_LIST if is_stock_item(body) else None


def read_value(value: Json, vendor: Party, *, is_vendors: bool = False) -> Iterator[ReadDocument]:
    """Yield the documents of a parsed file; `vendor` is the partner whose file it is.

    `is_vendors` says that it is one of a vendor's own system: whom it names as vendor is ignored,
    as with a vendor's token (A-02).
    """
    sender = Sender(vendor, is_vendors=is_vendors)
    if isinstance(value, list):
        if all(isinstance(one, dict) and is_stock_item(one) for one in value):
            yield _document({STOCK_LIST: value}, "", sender)
            return
        for at, one in enumerate(value):
            yield from _documents(one, f"[{at}]", sender)
        return
    yield from _documents(value, "", sender)


def _documents(value: Json, root: str, sender: Sender) -> Iterator[ReadDocument]:
    if isinstance(value, dict) and isinstance(orders := value.get(ORDER_LIST), list):
        for at, one in enumerate(orders):
            yield _document(one, f"{root}.{ORDER_LIST}[{at}]".lstrip("."), sender, "details")
        return
    yield _document(value, root, sender)


def _document(value: Json, root: str, sender: Sender, items: str | None = None) -> ReadDocument:
    reader = PartReader(root, "document")
    record: _Read | None = None
    if not isinstance(value, dict):
        reader.refuse("api.document", "", "an object in { } is expected")
    else:
        if value.get("authenticationToken") not in (None, ""):
            message = "A file needs no token, and whoever has the file has it. Leave it out."
            reader.warn("api.token", message, reader.where("authenticationToken"))
        record = _record(value, reader, sender, items)
    return ReadDocument(record, reader.findings, digest=digest(value))


def _record(body: _Body, reader: PartReader, sender: Sender, items: str | None) -> _Read | None:
    if items is not None:
        return read_order(body, reader, sender, items=items)
    kind = _kind(body)
    if kind is not None and kind in READERS:
        return READERS[kind](body, reader, sender)
    if kind == DELETED:
        return read_deletion(body, reader, sender.party)
    if kind == BOXES:
        return read_box_codes(body, reader, sender.party)
    if kind == STOCK_LIST:
        return read_stock(body, reader, sender.party)
    names = ", ".join((*READERS, ORDER_LIST, STOCK_LIST))
    reader.refuse("api.document", "", f"one of the lists {names} is expected")
    return None
