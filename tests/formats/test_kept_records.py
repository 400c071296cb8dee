"""What a record leaves open isn't kept, so nothing may be lost by leaving it out."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

import formats
from formats.records import OrderLine, Party, PurchaseOrder, Record

for _module in pkgutil.walk_packages(formats.__path__, "formats."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)


def _below(kind: type[Record]) -> Iterator[type[Record]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _defaults(kind: type) -> dict[str, Any]:
    if issubclass(kind, BaseModel):
        return {name: each.get_default() for name, each in kind.model_fields.items()}
    return {each.name: each.default for each in fields(kind)}  # type: ignore[arg-type]  # a dataclass


def _parts(said: Any) -> Iterator[type]:
    """Yield the models and dataclasses in an annotation."""
    for each in get_args(said):
        yield from _parts(each)
    if isinstance(said, type) and (issubclass(said, BaseModel) or is_dataclass(said)):
        yield said


def _kept() -> set[type]:
    """Return all that records are made of."""
    found: set[type] = set()
    waiting: list[type] = list(_below(Record))
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found.add(kind)
            waiting += [part for said in get_type_hints(kind).values() for part in _parts(said)]
    return found


KEPT = sorted(_kept(), key=lambda kind: kind.__qualname__)


@pytest.mark.parametrize("kind", KEPT, ids=lambda kind: kind.__qualname__)
def test_what_may_be_left_open_is_open_where_it_is_left_out(kind: type) -> None:
    defaults, hints = _defaults(kind), get_type_hints(kind)
    for name, default in defaults.items():
        if type(None) in get_args(hints[name]):
            assert default is None, f"{kind.__qualname__}.{name} would be read as {default}"


@pytest.mark.parametrize("kind", KEPT, ids=lambda kind: kind.__qualname__)
def test_no_table_in_a_record_has_open_values(kind: type) -> None:
    for name, said in get_type_hints(kind).items():
        if getattr(said, "__origin__", None) is dict:
            assert type(None) not in get_args(get_args(said)[1]), f"{kind.__qualname__}.{name}"


def test_a_record_is_read_as_it_was_kept() -> None:
    line = OrderLine(
        line=1, reference="1", quantity=Decimal("2.50"), unit="BX", description="Rosa", awb=None
    )
    order = PurchaseOrder(
        number="10045", order_date=date(2026, 11, 22), buyer=Party(name="Bloom"), lines=(line,)
    )
    kept = order.to_keep()
    assert "null" not in kept
    assert PurchaseOrder.model_validate_json(kept) == order
