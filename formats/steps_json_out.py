"""Write `k2k.steps/1`: steps as JSON, to be read back as they are.

What isn't said is left out. Numbers are decimal strings. The same step gives the same bytes.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

from pydantic.alias_generators import to_camel

from formats.invoices import Invoice, InvoiceAnswer
from formats.steps import (
    AirWaybillNotice,
    Approval,
    BoxCodeChange,
    LineChange,
    OrderChange,
    OrderConfirmation,
    ReceivingScan,
    ShipNotice,
    Step,
)
from formats.steps_contract import CONTRACT, StepKind

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_KINDS: dict[type[Step], StepKind] = {
    OrderChange: StepKind.ORDER_CHANGE,
    OrderConfirmation: StepKind.CONFIRMATION,
    Approval: StepKind.APPROVAL,
    ShipNotice: StepKind.SHIPMENT,
    BoxCodeChange: StepKind.BOX_CODE_CHANGE,
    AirWaybillNotice: StepKind.AIR_WAYBILL,
    ReceivingScan: StepKind.RECEIVING,
    Invoice: StepKind.INVOICE,
    InvoiceAnswer: StepKind.INVOICE_ANSWER,
}
_OF_THE_FILE = {"kind", "came_as"}
"""What the step was called in the file that it came in; here `_KINDS` names it."""
_OWN_FIELDS = {"line", "canonical", "product", "box_type", "unit_type", "price_unit_type"}
"""Positions, which the list shows, and what our tables resolved, which is nobody else's."""


def write_step(step: Step) -> bytes:
    """Return one step as UTF-8 JSON."""
    return _bytes(_step(step))


def write_steps(steps: Iterable[Step]) -> bytes:
    """Return steps as a list."""
    return _bytes([_step(step) for step in steps])


def _bytes(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return (text + "\n").encode(errors="backslashreplace")


def _step(step: Step) -> dict[str, object]:
    if type(step) not in _KINDS:
        raise ValueError(f"the contract has no {step.kind.replace('_', ' ')}; write it as CSV")
    if isinstance(step, ShipNotice):
        step.check_counted()
    head: dict[str, object] = {"contract": CONTRACT, "kind": _KINDS[type(step)].value}
    for name, field in type(step).model_fields.items():
        value = getattr(step, name)
        if name in _OF_THE_FILE or value in (field.default, (), ""):
            continue
        head[to_camel(name)] = _value(value)
    return head


def _value(value: object) -> object:
    found = value
    if isinstance(value, Enum):
        found = value.value
    elif isinstance(value, Decimal):
        found = f"{value:f}"
    elif isinstance(value, date):
        found = value.isoformat()
    elif isinstance(value, tuple):
        found = [_value(one) for one in value]
    elif isinstance(value, LineChange):
        found = _line_change(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = dict(_fields(value))
    return found


def _fields(value: DataclassInstance) -> Iterator[tuple[str, object]]:
    """Yield what a dataclass says that isn't its default."""
    for field in dataclasses.fields(value):
        found = getattr(value, field.name)
        if field.name not in _OWN_FIELDS and found not in (field.default, (), ""):
            yield to_camel(field.name), _value(found)


def _line_change(change: LineChange) -> dict[str, object]:
    """Return a change with its line in one object; a unit is the canonical one where it's known."""
    line = change.line
    said = dict(_fields(line))
    said["unit"] = line.unit_type.value if line.unit_type else line.unit
    if line.price_unit_type is not None:
        said["priceUnit"] = line.price_unit_type.value
    if not change.says_quantity:
        del said["quantity"]
    of_change = dict(_fields(change))
    return {
        "action": change.action.value,
        **said,
        **{
            name: of_change[name]
            for name in ("code", "shipDate", "deliveryDate")
            if name in of_change
        },
    }
