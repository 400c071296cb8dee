"""Write availability as a Florecom `SupplyResponse`.

Each offer is a line of its own, with condition 71 while there is any of it and 64 once there is
none. Offers in bunches are written as stems where it is known how many a bunch has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from formats.florecom.names import AVAILABLE, CANCELLED, LINE_TYPE, TEST_NOTE
from formats.florecom.tree import (
    FERAM,
    SUPPLY,
    Sending,
    add,
    day,
    identity,
    known_stems,
    message,
    moment,
    note,
    packing,
    party,
    price,
    product,
    quantity,
    written,
)
from formats.records import InventoryAdvice, InventoryLine, UnitType
from formats.vbn import Vbn

if TYPE_CHECKING:
    from lxml.etree import _Element

_BUNCH, _STEM = UnitType.BUNCH.value, UnitType.STEM.value


def write_supply(advice: InventoryAdvice, sending: Sending) -> bytes:
    """Return an availability as UTF-8 XML; the file's id and time are `sending`'s.

    Raises ValueError for an offer in bunches whose stems nobody knows.
    """
    root, body = message("SupplyResponse", SUPPLY, sending)
    holder = add(body, SUPPLY, "SupplyResponseDetails")
    for line in advice.lines:
        _line(holder, advice, _in_stems(line), sending)
    return written(root)


def _in_stems(line: InventoryLine) -> InventoryLine:
    if _BUNCH not in (line.unit, line.cost_unit):
        return line
    stems = known_stems(f"offer {line.line}", line.stems_per_bunch)
    counted = line
    if line.unit == _BUNCH:
        counted = replace(line, quantity=line.quantity * stems, unit=_STEM)
    if line.cost_unit == _BUNCH and line.unit_cost is not None:
        counted = replace(counted, unit_cost=round(line.unit_cost / stems, 6), cost_unit=_STEM)
    return counted


def _line(holder: _Element, advice: InventoryAdvice, line: InventoryLine, sending: Sending) -> None:
    made = add(holder, SUPPLY, "SupplyTradeLineItem")
    if line.seller_item:
        identity(made, "AAG", line.seller_item)
    add(made, FERAM, "DocumentType", LINE_TYPE, {"listID": "1001", "listVersionID": "D09A"})
    add(made, FERAM, "LineDateTime", moment(sending.at))
    if line.available_from or line.available_to:
        period = add(add(made, FERAM, "TradingTerms"), FERAM, "TradePeriod")
        if line.available_from:
            add(period, FERAM, "StartDateTime", day(line.available_from))
        if line.available_to:
            add(period, FERAM, "EndDateTime", f"{line.available_to.isoformat()}T23:59:59")
    if advice.is_test:
        note(made, "true", TEST_NOTE)
    party(made, "SupplierParty", advice.vendor)
    vbn = (line.vbn or Vbn()).with_pack(line.bunches_per_box, line.stems_per_bunch)
    product(made, line.seller_item, line.buyer_item, line.description, vbn)
    quantity(made, "Quantity", line.quantity, line.unit)
    if line.unit_cost is not None:
        price(made, line.unit_cost, line.cost_unit, advice.currency)
    packing(made, vbn, line.box_type_code)
    status = add(made, FERAM, "Status")
    add(status, FERAM, "ConditionCode", AVAILABLE if line.quantity else CANCELLED)
