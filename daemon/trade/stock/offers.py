"""Where an offer of a vendor stands: staged, on sale, sold, withdrawn or over (domain 13, VA line).

The state is read off the row, never kept beside it: what is published and bought changes with every
sale, and a second copy of that could only be wrong (decision 12). Whoever changes what an offer is
of asks `check_offer` first, so that nothing that the table forbids is ever written: above all, what
is sold stays what it is sold as, and is never staged again (M-14). Counts alone can't break that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from daemon.config import Partner
from daemon.errors import DataError
from daemon.ledger.states import OFFER, OfferState, check_move
from daemon.trade.desk import Desk
from daemon.trade.stock.lots import SMALLEST, ZERO
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from daemon.trade.unmapped import MOST_NAMED
from formats.findings import Finding, warning
from formats.records import InventoryLine, UnitType

COLUMNS = (*("product", "unit_type", "is_confirmed", "published", "bought", "available_to"),)
"""What of a lot says how it stands."""


_AS_SOLD = ("product", "unit_type")
_STAYS = (
    *("unit_cost", "cost_unit", "currency"),
    *("box_type_code", "box_type", "bunches_per_box", "stems_per_bunch"),
)


class SoldOfferError(DataError):
    """What is sold of an offer would be something else with a change, or be staged (M-14)."""

    def __init__(self, words: str, what: str) -> None:
        message = f"some of the offer {words} is sold, so {what}; it stays what it is sold as"
        super().__init__("offer.sold", message)


def offer_state(lot: Mapping[str, Any], today: date) -> OfferState:
    """Return the state of a lot, of which `COLUMNS` are given."""
    until = lot["available_to"]
    if until and until < today.isoformat():
        return OfferState.EXPIRED
    if lot["bought"] > ZERO:
        is_left = lot["published"] > lot["bought"]
        return OfferState.PARTLY_SOLD if is_left else OfferState.SOLD_OUT
    if lot["published"] <= ZERO:
        return OfferState.WITHDRAWN
    is_known = lot["product"] is not None and lot["unit_type"] is not None
    return OfferState.ON_SALE if is_known and lot["is_confirmed"] else OfferState.STAGED


def check_offer(
    words: str, before: Mapping[str, Any], values: Mapping[str, Any], today: date
) -> None:
    """Raise ForbiddenMoveError where `values` would bring a lot into a state that can't follow.

    `words` is what its vendor calls it. Raises SoldOfferError where some of it is sold and it would
    be another product, by another unit, or without the word of a person that it had (M-14).
    """
    was = offer_state(before, today)
    changed = {name: values.get(name, before[name]) for name in COLUMNS}
    becomes = offer_state(changed, today)
    if becomes is not was:
        check_move(OFFER, f"the offer {words}", was, becomes)
    if before["bought"] <= ZERO:
        return
    for name in _AS_SOLD:
        if before[name] is not None and changed[name] != before[name]:
            what = f"its {name.replace('_', ' ')} can't become {changed[name]} from {before[name]}"
            raise SoldOfferError(words, what)
    if before["is_confirmed"] and not changed["is_confirmed"]:
        raise SoldOfferError(words, "it can't be staged again")


def count_as_sold(
    lot: Mapping[str, Any], values: MutableMapping[str, Any], pack: PackRate
) -> Decimal | None:
    """Let what a file says of a lot be in the unit that some of it is sold in; return how much.

    What is bought is counted in the lot's unit: beside a quantity in another one it would mean
    other goods. None where nobody can say how many that is; the lot keeps its unit, its cost and
    its pack then, and what is published of it is the caller's to keep.
    """
    unit, said = lot["unit_type"], values["unit_type"]
    published: Decimal = values["published"]
    if lot["bought"] <= ZERO or unit is None or said == unit:
        return published
    found = _converted(published, said, unit, pack)
    if found is None:
        # A cost is worth nothing without its currency, nor a unit without its pack.
        values.update((name, lot[name]) for name in _STAYS)
    elif values["cost_unit"] is None:
        values["cost_unit"] = said
    values.update(unit=lot["unit"], unit_type=unit)
    return found


def _converted(quantity: Decimal, said: str | None, unit: str, pack: PackRate) -> Decimal | None:
    """Return a quantity in another unit; what is beyond the books' places is cut."""
    if said is None:
        return None
    try:
        exact = convert(quantity, UnitType(said), UnitType(unit), pack)
    except PackMissingError:
        return None
    return exact.quantize(SMALLEST, ROUND_FLOOR)


def pack_of_line(desk: Desk, vendor: Partner, product: str | None, line: InventoryLine) -> PackRate:
    """Return how goods are packed: as the file says, else as `packs.csv` does."""
    known = desk.tables.pack(vendor.name, product, desk.today) if product else None
    return PackRate(
        line.bunches_per_box or (known.bunches_per_box if known else None),
        line.stems_per_bunch or (known.stems_per_bunch if known else None),
    )


def words_of(line: InventoryLine) -> str:
    """Return what a vendor calls what a line offers."""
    return line.seller_item or line.description or line.buyer_item or line.gtin or "?"


def uncounted(found: Sequence[tuple[str, str, str]]) -> Iterator[Finding]:
    """Tell a vendor which of its goods stay as they were: nobody knows how many it means.

    `found` has the words, the unit that they are sold in, and the file's.
    """
    for words, unit, said in found[:MOST_NAMED]:
        message = (
            f"{words} is sold by the {unit} here, and nobody knows how many of those a {said} is,"
            f" so what is on sale of it stays as it was; count it by the {unit}, or say bunches and"
            " stems"
        )
        yield warning("stock.unit", message)
