"""Lines and headers of `floral.order/1`, from the contract's parts to canonical ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from formats.axerrio.contract import (
    Breakdown,
    HeaderFields,
    Line,
    OptionalCode,
    PrebookLine,
    VendorCode,
)
from formats.axerrio.contract import Vbn as VbnPart
from formats.axerrio.parts import PartReader, without
from formats.records import Content, CustomField, OrderLine, Party, UnitType
from formats.strictjson import Json
from formats.vbn import Vbn

_UNITS = {unit.value.lower(): unit for unit in UnitType}
_Header = TypeVar("_Header", bound=HeaderFields)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a message as they stand in the file, and the path to them."""

    path: str
    values: list[Json]
    is_lost: bool = False
    """Something stands there that is no list, so nobody can say what it was to be."""

    @property
    def is_empty(self) -> bool:
        """The sender names no lines."""
        return not self.values and not self.is_lost

    def __iter__(self) -> Iterator[tuple[Json, str]]:
        for at, value in enumerate(self.values):
            yield value, f"{self.path}[{at}]"


def lines_of(value: dict[str, Json], reader: PartReader, name: str = "lines") -> Lines:
    """Return the lines (or the list `name`), which may stand in the order or beside it."""
    order = value.get("order")
    inner = order.get(name) if isinstance(order, dict) else None
    outer = value.get(name)
    if inner is not None and outer is not None:
        reader.refuse(f"json.{name}", name, f"{name} stand twice; leave one of them out")
        return Lines(f"order.{name}", [], is_lost=True)
    path = name if inner is None and outer is not None else f"order.{name}"
    found = outer if path == name else inner
    if found is None:
        return Lines(path, [])
    if not isinstance(found, list):
        reader.refuse(f"json.{name}", path, "a list in [ ] is expected")
        return Lines(path, [], is_lost=True)
    return Lines(path, found)


def read_header(kind: type[_Header], value: dict[str, Json], reader: PartReader) -> _Header | None:
    """Return the header of a message, without its lists."""
    if "order" not in value:
        reader.refuse("json.order", "order", "the field is missing")
        return None
    return reader.part(kind, without(value["order"], "lines"), "order")


def is_named_before(number: str, seen: set[str], here: str, reader: PartReader) -> bool:
    """Tell whether another line has this number already; note it if so."""
    if number in seen:
        reader.refuse("json.line", f"{here}.line", "another line has this number", number)
        return True
    seen.add(number)
    return False


def party(code: OptionalCode | None) -> Party | None:
    """Return a party by its code and name; a vendor may go by an id instead."""
    if code is None:
        return None
    own = code.id if isinstance(code, VendorCode) else None
    return Party(code=code.code or own, name=code.name)


def order_line(line: Line | PrebookLine, position: int) -> OrderLine:
    """Return a line of an order: boxes of one product, or of the contents of its breakdown."""
    unit = _UNITS[line.unit_type]
    return OrderLine(
        line=position,
        reference=line.line,
        quantity=Decimal(line.boxes),
        unit=UnitType.BOX.value,
        unit_type=UnitType.BOX,
        seller_item=line.vendor_item,
        buyer_item=line.product_code,
        description=line.description,
        unit_price=line.unit_price,
        price_unit=unit.value,
        price_unit_type=unit,
        box_type_code=line.box_type,
        bunches_per_box=line.bunches_per_box,
        stems_per_bunch=line.stems_per_bunch,
        mark_code=line.mark_code,
        contents=contents(line.breakdown),
        box_codes=tuple(line.box_ids or ()) if isinstance(line, Line) else (),
        prebook_item=line.prebook_item,
        awb=line.awb if isinstance(line, Line) else None,
        vbn=vbn(line.vbn),
        brand=line.brand,
    )


def terms(header: HeaderFields) -> dict[str, object]:
    """Return the words of a header that no rule of the trade needs (domain 9.1)."""
    own = header.custom_fields or {}
    return {
        "order_type": header.order_type,
        "incoterm": header.incoterm,
        "cargo_agency": agency(header),
        "custom_fields": tuple(CustomField(name, value) for name, value in own.items()),
    }


def agency(header: HeaderFields) -> str | None:
    """Return the cargo agency by its code, else by its name."""
    named = header.cargo_agency
    return (named.code or named.name) if named else None


def contents(breakdown: list[Breakdown] | None) -> tuple[Content, ...]:
    """Return what is in an assorted box, numbered from 1."""
    return tuple(
        Content(
            line=position,
            seller_item=part.vendor_item,
            buyer_item=part.product_code,
            description=part.description,
            bunches=Decimal(part.bunches),
            stems_per_bunch=part.stems_per_bunch,
            unit_price=part.price,
            vbn=vbn(part.vbn),
        )
        for position, part in enumerate(breakdown or (), 1)
    )


def vbn(part: VbnPart | None) -> Vbn | None:
    """Return Dutch codes as they were written; None where the part says nothing."""
    if part is None or (part.product is None and not part.features):
        return None
    return Vbn(product=part.product, features=tuple((part.features or {}).items()))


def unit_of(word: str | None) -> UnitType | None:
    """Return the unit that a word of the contract means."""
    return None if word is None else _UNITS[word]
