"""Steps from the parts of `k2k.steps/1`, and what must hold among the items of a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import BaseModel

from formats.axerrio.parts import PartReader, without
from formats.findings import Where
from formats.invoices_build import answer as invoice_answer
from formats.invoices_build import invoice
from formats.records import Content, CustomField, OrderLine, Party, UnitType
from formats.step_checks import (
    BoxRow,
    distinct_scans,
    distinct_swaps,
    distinct_verdicts,
    distinct_waybills,
    settled_lines,
    shared_travel,
    whole_items,
)
from formats.steps import (
    AirWaybill,
    AirWaybillNotice,
    Approval,
    BoxCodeChange,
    CodeSwap,
    ConfirmedLine,
    LineChange,
    OrderChange,
    OrderConfirmation,
    ReceivingScan,
    Scan,
    ShipNotice,
    ShippedBox,
    Step,
    Verdict,
)
from formats.steps_contract import (
    AirWaybillHead,
    ApprovalHead,
    BoxCodeHead,
    BoxPart,
    ChangeHead,
    ChangePart,
    ConfirmationHead,
    ConfirmedPart,
    Head,
    PartyPart,
    ReceivingHead,
    ScanPart,
    ShipmentHead,
    StepKind,
    SwapPart,
    VerdictPart,
    WaybillPart,
)
from formats.strictjson import Json

_UNITS = {unit.value.lower(): unit for unit in UnitType}
_Head = TypeVar("_Head", bound=Head)
_Item = TypeVar("_Item", bound=BaseModel)
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class _Items(Generic[_Item]):
    """The items of a document that are right, each with its place and its number from 1."""

    placed: list[tuple[Where, int, _Item]]
    bad: list[tuple[Where, Json]]
    is_lost: bool
    """What stands in place of the list is none."""

    @property
    def is_short(self) -> bool:
        """Something in the list can't be used."""
        return bool(self.bad) or self.is_lost


def _items(
    kind: type[_Item], value: dict[str, Json], name: str, reader: PartReader
) -> _Items[_Item]:
    found = reader.items(value, name)
    is_lost = value.get(name) is not None and not isinstance(value[name], list)
    items: _Items[_Item] = _Items([], [], is_lost)
    for at, one in enumerate(found):
        where = reader.where(f"{name}[{at}]")
        item = reader.part(kind, one, f"{name}[{at}]")
        if item is None:
            items.bad.append((where, one))
        else:
            items.placed.append((where, at + 1, item))
    return items


def _head(kind: type[_Head], value: dict[str, Json], name: str, reader: PartReader) -> _Head | None:
    """Return a document without its list `name`."""
    return reader.part(kind, without(value, name), "")


def _said(part: BaseModel) -> dict[str, object]:
    """Return what a part says by the names of its record; None is left out."""
    found: dict[str, object] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if value is not None and name not in ("contract", "kind"):
            found[name] = Party(**_texts(value)) if isinstance(value, PartyPart) else value
    return found


def _texts(part: PartyPart) -> dict[str, str]:
    return {name: text for name in type(part).model_fields if (text := getattr(part, name))}


def _made(kind: Callable[..., _Made], part: BaseModel, **more: object) -> _Made:
    """Return a record of what a part says, with more beside it."""
    return _filled(kind, _said(part) | more)


def _filled(kind: Callable[..., _Made], said: Mapping[str, object]) -> _Made:
    return kind(**said)


def _by(head: Head, vendor: Party) -> dict[str, object]:
    """Return what a head says, of `vendor` where it names none."""
    said = _said(head)
    return said if said.get("vendor", Party()) != Party() else said | {"vendor": vendor}


def _needs(name: str, reader: PartReader) -> None:
    reader.refuse(f"json.{name}", name, "at least one item that is right is needed")


def _confirmation(
    value: dict[str, Json], reader: PartReader, vendor: Party
) -> OrderConfirmation | None:
    head = _head(ConfirmationHead, value, "lines", reader)
    items = _items(ConfirmedPart, value, "lines", reader)
    placed = [
        (where, _made(ConfirmedLine, item, line=at, reference=item.reference or ""))
        for where, at, item in items.placed
    ]
    lines = settled_lines(placed, reader)
    if head is None:
        return None
    flags = [head.is_whole, head.is_rejection, head.is_held]
    answered = {(line.reference, line.po_item) for line in lines}
    asked = {(line.reference, line.po_item) for _, line in placed}
    if sum(flags) > 1:
        reader.refuse("json.isWhole", "isWhole", "one answer to the whole order is expected")
        return None
    if head.is_whole and (items.is_short or answered != asked):
        message = "other lines can't be used, so the order isn't taken as accepted whole"
        reader.refuse("json.isWhole", "isWhole", message)
        return None
    if not lines and not any(flags):
        _needs("lines", reader)
        return None
    return OrderConfirmation.model_validate(_by(head, vendor) | {"lines": lines})


def _approval(value: dict[str, Json], reader: PartReader, vendor: Party) -> Approval | None:
    head = _head(ApprovalHead, value, "verdicts", reader)
    items = _items(VerdictPart, value, "verdicts", reader)
    placed = [(where, _made(Verdict, item, line=at)) for where, at, item in items.placed]
    verdicts = distinct_verdicts(placed, reader)
    if not verdicts:
        _needs("verdicts", reader)
    if head is None or not verdicts:
        return None
    return Approval.model_validate(_said(head) | {"verdicts": verdicts})


def _shipment(value: dict[str, Json], reader: PartReader, vendor: Party) -> ShipNotice | None:
    head = _head(ShipmentHead, value, "boxes", reader)
    items = _items(BoxPart, value, "boxes", reader)
    rows: list[BoxRow] = []
    for where, at, item in items.placed:
        count = 1 if item.boxes is None else item.boxes
        box = _made(ShippedBox, item, line=at, boxes=count)
        reader.check_air_waybill(box.awb, f"boxes[{at - 1}].awb")
        rows.append(BoxRow(where, (item.number, item.po_item or item.reference), box))
    rows += _doubtful(items.bad, rows)
    if head is None:
        return None
    reader.check_air_waybill(head.awb, "awb")
    boxes = whole_items(rows, reader)
    if not boxes:
        _needs("boxes", reader)
        return None
    given = [_travelling(box, head) for box in boxes]
    awb, house_awb, ship_date, plain = shared_travel(given)
    travel = {"awb": awb, "house_awb": house_awb, "ship_date": ship_date}
    said = _by(head, vendor) | {"number": head.number or head.message_id or ""}
    said.pop("message_id", None)
    return ShipNotice.model_validate(said | travel | {"boxes": plain})


def _doubtful(bad: list[tuple[Where, Json]], rows: list[BoxRow]) -> list[BoxRow]:
    """Return a row without a box for every order line that a bad item is of, or may be of."""
    named = {_order_line_of(raw): where for where, raw in bad}
    doubtful: list[BoxRow] = []
    for row in rows:
        if row.box is not None:
            number, item = row.box.number, row.box.po_item or row.box.reference
            of_it = ((number, item), (number, None), (None, item), (None, None))
            doubtful += [BoxRow(named[key], row.item, None) for key in of_it if key in named]
    return doubtful


def _order_line_of(raw: Json) -> tuple[str | None, str | None]:
    """Return the order line that a bad item names, as far as it can be told."""
    if not isinstance(raw, dict):
        return None, None
    number, item = raw.get("number"), raw.get("poItem") or raw.get("reference")
    return (
        number.strip() if isinstance(number, str) else None,
        item.strip() if isinstance(item, str) else None,
    )


def _travelling(box: ShippedBox, head: ShipmentHead) -> ShippedBox:
    """Return a box with how all of them travel, where it says nothing itself."""
    return replace(
        box,
        awb=box.awb or head.awb,
        house_awb=box.house_awb or head.house_awb,
        ship_date=box.ship_date or head.ship_date,
    )


def _box_codes(value: dict[str, Json], reader: PartReader, vendor: Party) -> BoxCodeChange | None:
    head = _head(BoxCodeHead, value, "swaps", reader)
    items = _items(SwapPart, value, "swaps", reader)
    placed = [
        (where, CodeSwap(at, item.current, item.new or item.current, item.external))
        for where, at, item in items.placed
    ]
    swaps = distinct_swaps(placed, reader)
    if not swaps:
        _needs("swaps", reader)
    if head is None or not swaps:
        return None
    return BoxCodeChange.model_validate(_by(head, vendor) | {"swaps": swaps})


def _air_waybill(
    value: dict[str, Json], reader: PartReader, vendor: Party
) -> AirWaybillNotice | None:
    head = _head(AirWaybillHead, value, "waybills", reader)
    items = _items(WaybillPart, value, "waybills", reader)
    placed = [(where, _made(AirWaybill, item, line=at)) for where, at, item in items.placed]
    waybills = distinct_waybills(placed, reader)
    if not waybills:
        _needs("waybills", reader)
    if head is None or not waybills:
        return None
    return AirWaybillNotice.model_validate(_by(head, vendor) | {"waybills": waybills})


def _receiving(value: dict[str, Json], reader: PartReader, vendor: Party) -> ReceivingScan | None:
    head = _head(ReceivingHead, value, "scans", reader)
    items = _items(ScanPart, value, "scans", reader)
    placed = [(where, _made(Scan, item, line=at)) for where, at, item in items.placed]
    scans = distinct_scans(placed, reader)
    if not scans:
        _needs("scans", reader)
    if head is None or not scans:
        return None
    return ReceivingScan.model_validate(_said(head) | {"scans": scans})


def _order_change(value: dict[str, Json], reader: PartReader, vendor: Party) -> OrderChange | None:
    head = _head(ChangeHead, value, "changes", reader)
    items = _items(ChangePart, value, "changes", reader)
    changes: list[LineChange] = []
    seen: set[str] = set()
    for where, _, item in items.placed:
        if item.reference in seen:
            message = "Another item changes this line. Say all of it in one item."
            reader.error("json.reference", message, where, item.reference)
            continue
        seen.add(item.reference)
        changes.append(_line_change(item, len(changes) + 1))
    is_short = items.is_short or len(changes) < len(items.placed)
    if head is None:
        return None
    if head.is_cancellation and (changes or is_short):
        expected = "no changes are expected where the whole order is cancelled"
        reader.refuse("json.changes", "changes", expected)
        return None
    if head.is_replacement and is_short:
        expected = "all lines of a replacement that are right are needed, since any other line ends"
        reader.refuse("json.changes", "changes", expected)
        return None
    news = _said(head).keys() - {"number", "message_id", "is_test", "is_cancellation",
                                 "is_replacement", "order_date", "change_date"}  # fmt: skip
    if not changes and not head.is_cancellation and (is_short or not news):
        _needs("changes", reader)
        return None
    own = tuple(_made(CustomField, each) for each in head.custom_fields or ())
    told = _said(head) | {"changes": tuple(changes), "custom_fields": own}
    return OrderChange.model_validate(told)


def _line_change(item: ChangePart, position: int) -> LineChange:
    said = _said(item)
    of_change = {name: said.pop(name, None) for name in ("code", "ship_date", "delivery_date")}
    action = said.pop("action")
    quantity, unit = said.pop("quantity", Decimal(0)), said.pop("unit", UnitType.BOX.value)
    contents = tuple(
        _made(Content, part, line=at) for at, part in enumerate(item.contents or (), 1)
    )
    known = {
        "unit_type": _UNITS.get(str(unit).lower()),
        "price_unit_type": _UNITS.get((item.price_unit or "").lower()),
        "contents": contents,
        "box_codes": tuple(item.box_codes or ()),
    }
    line = _filled(OrderLine, said | known | {"line": position, "quantity": quantity, "unit": unit})
    is_said = item.quantity is not None
    return _filled(
        LineChange, of_change | {"action": action, "line": line, "says_quantity": is_said}
    )


BUILDERS: Mapping[str, Callable[[dict[str, Json], PartReader, Party], Step | None]] = {
    StepKind.ORDER_CHANGE.value: _order_change,
    StepKind.CONFIRMATION.value: _confirmation,
    StepKind.APPROVAL.value: _approval,
    StepKind.SHIPMENT.value: _shipment,
    StepKind.BOX_CODE_CHANGE.value: _box_codes,
    StepKind.AIR_WAYBILL.value: _air_waybill,
    StepKind.RECEIVING.value: _receiving,
    StepKind.INVOICE.value: invoice,
    StepKind.INVOICE_ANSWER.value: invoice_answer,
}
"""How each kind of document is read; a builder returns None where findings say why."""
