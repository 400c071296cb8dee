"""What is shared by all that makes documents of golden cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from formats.findings import Finding
from formats.layouts.layout import DeclaredLayout
from formats.offers import Offer, OfferRow
from formats.records import InventoryAdvice, Party
from tests.golden.cases import HERE, reading_of

VENDOR = Party("V0044", "92", "FINCA ALTA")
BUYER = Party("0614141000005", "UL", "PETAL ROW")
_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class Written:
    """A document that we write: `name` is its kind and release, `suffix` that of its file.

    `write` adds to a list what had to be replaced or cut; `layout` is the one that it is read by.
    """

    name: str
    write: Callable[[list[Finding]], bytes]
    suffix: str = "edi"
    layout: DeclaredLayout | None = None


def said_in(case: str, kind: type[_Record]) -> _Record:
    """Return the first record of a kind that a golden case has."""
    documents = reading_of(HERE / case).documents()
    return next(each.record for each in documents if isinstance(each.record, kind))


def offers() -> list[OfferRow]:
    """Return what the golden 846 has for sale, as its buyers are told of it."""
    advice = said_in("x12/846_availability", InventoryAdvice)
    return [
        OfferRow(
            Offer(
                seller_item=each.seller_item or each.buyer_item,
                description=each.description or "",
                quantity=each.quantity,
                unit=each.unit,
                box_type=each.box_type_code,
                bunches_per_box=each.bunches_per_box,
                stems_per_bunch=each.stems_per_bunch,
                unit_cost=each.unit_cost,
                cost_unit=each.cost_unit,
                currency=advice.currency,
                available_to=each.available_to,
                color=each.color,
                location=each.location,
                grade=each.grade,
            ),
            each.buyer_item,
            each.available_from,
            cut_on=each.cut_on,
        )
        for each in advice.lines
    ]
