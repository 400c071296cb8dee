"""A vendor's availability from the lines of a Florecom supply message."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from formats.florecom.header import Header
from formats.florecom.line import TradeLine
from formats.florecom.names import AVAILABLE, CANCELLED, OFFER, TEST_NOTE
from formats.records import InventoryAdvice, InventoryLine, Party


def supply_of(lines: Sequence[TradeLine], header: Header, vendor: Party) -> InventoryAdvice | None:
    """Return the advice that the lines make; one that can't be offered is left out, noted.

    None where no line is left: that nothing is there any more is never concluded. The counts are
    as old as the message says, else as its first line does.
    """
    first = lines[0]
    offers = [line for line in lines if _is_offer(line)]
    if not offers:
        return None
    return InventoryAdvice(
        reference=header.message_id or None,
        is_test=first.notes.get(TEST_NOTE) == "true",
        as_of=header.said_at or first.said_at,
        currency=first.currency,
        vendor=_party(first) or vendor,
        lines=tuple(_inventory_line(line, at) for at, line in enumerate(offers, 1)),
    )


def _party(line: TradeLine) -> Party | None:
    return line.parties.get("SupplierParty") or line.parties.get("SellerParty")


def _is_offer(line: TradeLine) -> bool:
    part = line.part
    if line.quantity is None or line.unit is None:
        message = "A quantity with its unit is expected. The line was left out; correct it and send"
        part.notes.found.error("florecom.Quantity", f"{message} it again.", part.where)
        return False
    has_code = line.vbn is not None and line.vbn.product is not None
    if not (has_code or line.seller_item or line.ids.get(OFFER) or line.description):
        message = "A VBN code, an item or a description is expected. The line was left out."
        part.notes.found.error("florecom.Product", message, part.where)
        return False
    if line.condition not in (None, AVAILABLE, CANCELLED):
        message = f"Condition {line.condition[:20]} isn't known; the line was taken as available."
        key = f"condition {line.condition}"
        part.notes.warn_once(key, "florecom.ConditionCode", message, part.where)
    if len(line.prices) > 1:
        message = "Of several prices the one of the smallest quantity was used."
        part.notes.warn_once("prices", "florecom.Price", message, part.where)
    return True


def _inventory_line(line: TradeLine, position: int) -> InventoryLine:
    least = min(line.prices, key=lambda price: price.least or Decimal(0), default=None)
    vbn = line.vbn
    is_over = line.condition == CANCELLED
    return InventoryLine(
        line=position,
        quantity=Decimal(0) if is_over or line.quantity is None else line.quantity,
        unit=line.unit or "",
        seller_item=_item(line),
        buyer_item=line.buyer_item,
        description=line.description,
        available_from=line.begins,
        available_to=line.ends,
        unit_cost=least.amount if least else None,
        cost_unit=least.unit if least else None,
        box_type_code=line.box_type,
        bunches_per_box=vbn.bunches_per_unit if vbn else None,
        stems_per_bunch=vbn.stems_per_bunch if vbn else None,
        vbn=vbn,
    )


def _item(line: TradeLine) -> str | None:
    """Return what tells an offer from the vendor's others.

    Where only a VBN code does, it is the item: a stock has to know its lots again.
    """
    item = line.seller_item or line.ids.get(OFFER)
    if item or line.buyer_item or line.description or line.vbn is None:
        return item
    return next(iter(line.vbn.lookups), None)
