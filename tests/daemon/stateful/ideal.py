"""What the trade comes to if every rule holds: a few dicts, and the rules in their plainest form.

It knows nothing of ledgers, postings or files. Orders that carts, shipments or a vendor's own
system have touched are `loose`: their figures are taken from the books, which `books` still judges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.daemon.stateful.books import Books
from tests.daemon.stateful.deals import (
    Changed,
    Confirmed,
    Deal,
    Item,
    Key,
    Known,
    Ordered,
    Waiting,
)
from tests.daemon.stateful.ideal_bills import IdealBills
from tests.daemon.stateful.world import (
    BUYERS,
    ITS_VENDOR,
    NEW_TO_BUYERS,
    NEW_TO_VENDORS,
    PACK,
    SYSTEM,
    VENDORS,
)

_OVER = ("cancelled", "rejected")
_WITH_VENDOR = ("approved", "confirmed", "shipped")
_SETTLED = ("partially confirmed", "confirmed", "shipped", "cancelled")


@dataclass(slots=True)
class Ideal:
    """What must be in the books."""

    lots: dict[Key, list[int]] = field(default_factory=dict)
    """Published and bought bunches, by vendor and product."""
    deals: dict[Known, Deal] = field(default_factory=dict)
    conflicts: dict[int, Ordered] = field(default_factory=dict)
    """By arrival, orders whose number was there with other content."""
    waiting: list[Waiting] = field(default_factory=list)
    """Steps whose order has not come so far, in the order in which they began to wait."""
    known: set[Key] = field(default_factory=set)
    """Partner and product of codes that were mapped."""
    shelved: set[Key] = field(default_factory=set)
    """Vendor and product of goods that nobody is asked about any more: they wait for the next file
    of their vendor, also when their code is mapped."""
    loose: set[str] = field(default_factory=set)
    """Numbers of orders."""
    published: set[str] = field(default_factory=set)
    """Vendors whose stock was counted anew in this step."""
    bills: IdealBills = field(default_factory=IdealBills)
    is_adopting: bool = False
    """Whether a loose order was touched in this step."""
    _of_vendor: dict[Key, Deal] = field(default_factory=dict)
    """The newest order that a vendor ever had under a number."""

    # --- what partners send ----------------------------------------------------------------------

    def publish(self, vendor: str, quantities: Mapping[str, int]) -> None:
        """K-42, K-43, K-44: as the vendor's file counts."""
        self.published.add(vendor)
        mode = VENDORS[vendor]
        for product, bunches in quantities.items():
            self.shelved.discard((vendor, product))
            lot = self.lots.setdefault((vendor, product), [0, 0])
            lot[0] = lot[0] + bunches if mode == "increase" else bunches
        for (owner, product), lot in self.lots.items():
            if mode == "replace" and owner == vendor and product not in quantities:
                lot[0] = lot[1]

    def order(self, order: Ordered, arrival: int, *, may_replace: bool = False) -> None:
        if order.number in self.loose:
            self.is_adopting = True
            return
        earlier = self.deals.get(order.key)
        if earlier is None or earlier.arrival == arrival:
            self._settle(order, arrival)
        elif earlier.state not in _OVER and earlier.order.lines == order.lines:
            return
        elif may_replace or order.replaces or earlier.state == "rejected":
            if not any(item.confirmed for item in earlier.items):
                self._withdraw(earlier)
                self._settle(order, arrival)
        else:
            self.conflicts[arrival] = order

    def change(self, change: Changed, arrival: int) -> None:
        """P-28: what its vendor has answered stays; the rest is taken, given back or cut."""
        if change.number in self.loose:
            self.is_adopting = True
            return
        meant = self._meant(change)
        if len(meant) > 1:
            # It names no vendor, so it is never guessed which one is to change (2.4).
            return
        deal = meant[0] if meant else None
        if deal is None or (deal.state == "held" and change.lines):
            self.waiting.append(Waiting(change.buyer, change, arrival))
            return
        if deal.state in _OVER:
            return
        if deal.state == "held":
            self._withdraw(deal)
            return
        wanted = change.lines or tuple((item.at, None) for item in deal.items)
        done = [self._change(deal, at, boxes) for at, boxes in wanted]
        if any(done):
            self._move_on(deal, when_empty="cancelled")
            self._follow(deal)

    def _meant(self, change: Changed) -> list[Deal]:
        """Return the orders that a change may be about; one that is over only if no other is."""
        said = change.buyer, change.number
        found = [
            each for each in self.deals.values() if (each.order.buyer, each.order.number) == said
        ]
        alive = [each for each in found if each.state not in _OVER]
        return (alive or found) if len(found) > 1 else found

    def confirm(self, answer: Confirmed, arrival: int) -> None:
        """P-20, P-21, P-27: more or less may come while it isn't shipped; what is lost is lost."""
        if answer.number in self.loose:
            self.is_adopting = True
            return
        deal = self._of_vendor.get((answer.vendor, answer.number))
        if deal is None or not _is_visible(deal):
            self.waiting.append(Waiting(answer.vendor, answer, arrival))
            return
        if deal.state not in ("approved", "confirmed"):
            return
        was, done = deal.state, []
        if answer.whole == "rejected":
            done = [self._answer(deal, item, 0, 0) for item in deal.items]
        else:
            items = {item.at: item for item in deal.items}
            done = [
                self._answer(deal, items[at], now, later)
                for at, now, later in answer.lines
                if at in items
            ]
            named = {at for at, _, _ in answer.lines}
            if answer.whole:
                others = [item for item in deal.items if item.is_live and item.at not in named]
                done += [self._answer(deal, item, item.accepted, 0) for item in others]
        if any(done):
            self._move_on(deal, when_empty="rejected" if was == "approved" else "cancelled")
            self._follow(deal)

    # --- what people do --------------------------------------------------------------------------

    def map_code(self, partner: str, product: str) -> None:
        self.known.add((partner, product))
        for deal in sorted(self.deals.values(), key=lambda deal: deal.arrival):
            if deal.state == "held" and not self._unknown(deal.order):
                self.order(deal.order, deal.arrival)

    def release(self, kind: str, arrival: int) -> None:
        if kind == "order exists" and arrival in self.conflicts:
            self.order(self.conflicts.pop(arrival), arrival, may_replace=True)
            return
        mine = next((each for each in self.waiting if each.arrival == arrival), None)
        if mine is None:
            self.is_adopting = True
            return
        # It is tried again, and may have to wait again, behind the others.
        self.waiting.remove(mine)
        self._carry_out(mine)

    def reject(self, kind: str, arrival: int) -> None:
        self.conflicts.pop(arrival, None)
        self.waiting = [each for each in self.waiting if each.arrival != arrival]
        for deal in self.deals.values():
            if kind == "unmapped" and deal.arrival == arrival and deal.state == "held":
                deal.state = "rejected"

    # --- rules -----------------------------------------------------------------------------------

    def left(self, vendor: str, product: str) -> int:
        """Return how many whole boxes can be sold."""
        key = (vendor, product)
        if product == NEW_TO_VENDORS and (key not in self.known or key in self.shelved):
            return 0
        published, bought = self.lots.get(key, (0, 0))
        return max(0, published - bought) // PACK

    def _left_for(self, deal: Deal, item: Item) -> int:
        if self.is_adopting:
            # Nobody knows what the loose orders of this step left of the stock.
            self.loose.add(deal.order.number)
        return self.left(deal.order.vendor, item.product)

    def _unknown(self, order: Ordered) -> bool:
        return any(
            product == NEW_TO_BUYERS and (order.buyer, product) not in self.known
            for _, product, _ in order.lines
        )

    def _settle(self, order: Ordered, arrival: int) -> None:
        items = [Item(at, product, boxes) for at, product, boxes in order.lines]
        deal = Deal(order, arrival, "held", items)
        self.deals[deal.key] = self._of_vendor[order.vendor, order.number] = deal
        if self._unknown(order):
            for item in items:
                item.state = "unmapped" if item.product == NEW_TO_BUYERS else "pending"
            return
        for item in items:
            self._judge(deal, item)
        deal.state = "approved" if any(item.accepted for item in items) else "rejected"
        self._follow(deal)

    def _judge(self, deal: Deal, item: Item) -> None:
        there = self._left_for(deal, item)
        cuts = BUYERS[deal.order.buyer] == "cut"
        item.accepted = item.said if item.said <= there else there if cuts else 0
        item.state = "refused"
        if item.accepted:
            item.state = "accepted" if item.accepted == item.said else "cut"
        self._take(deal, item, item.accepted)

    def _take(self, deal: Deal, item: Item, boxes: int) -> None:
        if boxes:
            self.lots[deal.order.vendor, item.product][1] += boxes * PACK

    def _withdraw(self, deal: Deal) -> None:
        if deal.state in _OVER:
            return
        for item in deal.items:
            self._take(deal, item, -item.held)
            item.progress = "cancelled"
        deal.state = "cancelled"

    def _change(self, deal: Deal, at: int, boxes: int | None) -> bool:
        """Change one line; tell whether anything changed."""
        item = next((each for each in deal.items if each.at == at), None)
        if item is None or item.is_fixed:
            return False
        if boxes is None:
            if item.is_live:
                self._take(deal, item, -item.held)
                item.accepted, item.state, item.progress = 0, "cancelled", "cancelled"
                return True
            return False
        if boxes == item.said or item.state == "cancelled":
            return False
        more = boxes - item.accepted
        if more > 0:
            there = self._left_for(deal, item)
            if there < more and (there == 0 or BUYERS[deal.order.buyer] != "cut"):
                return False
            more = min(more, there)
        self._take(deal, item, more)
        item.accepted, item.said = item.accepted + more, boxes
        item.state = "accepted" if item.accepted == boxes else "cut"
        return True

    def _answer(self, deal: Deal, item: Item, now: int, later: int) -> bool:
        """Answer one line; tell whether anything changed."""
        if item.state == "refused" or item.progress == "cancelled" or now + later > item.accepted:
            return False
        if (now, later) == (item.confirmed, item.later):
            return False
        lot = self.lots[deal.order.vendor, item.product]
        delta = (now + later - item.held) * PACK
        short = max(0, lot[1] - lot[0])
        lot[0] += delta if delta > 0 else min(0, delta + short)
        lot[1] += delta
        item.confirmed, item.later = now, later
        if now == item.accepted:
            item.progress = "confirmed"
        elif now:
            item.progress = "partially confirmed"
        elif not later:
            item.progress = "cancelled"
        elif item.progress != "pending":
            item.progress = "partially confirmed"
        return True

    def _move_on(self, deal: Deal, *, when_empty: str) -> None:
        live = [item for item in deal.items if item.is_live]
        if not live:
            deal.state = when_empty
        elif deal.state == "approved" and all(item.progress in _SETTLED for item in live):
            deal.state = "confirmed"

    def _follow(self, deal: Deal) -> None:
        """Carry out the steps that waited for an order."""
        sides = {deal.order.buyer, deal.order.vendor}
        if deal.order.vendor == ITS_VENDOR:
            sides.add(SYSTEM)
        number = deal.order.number
        mine = [w for w in self.waiting if w.sender in sides and w.step.number == number]
        self.waiting = [w for w in self.waiting if w not in mine]
        for each in mine:
            self._carry_out(each)

    def _carry_out(self, waiting: Waiting) -> None:
        if isinstance(waiting.step, Changed):
            self.change(waiting.step, waiting.arrival)
        else:
            self.confirm(waiting.step, waiting.arrival)

    # --- against the books -----------------------------------------------------------------------

    def compare(self, books: Books) -> list[str]:
        """Return where the books say something else; take over what is loose."""
        found: list[str] = []
        lots = {
            (lot.vendor, lot.source[-1].upper()): [lot.published, lot.bought]
            for lot in books.lots.values()
        }
        if self.is_adopting:
            self.lots = lots
        elif lots != self.lots:
            found.append(f"lots are {lots}, not {self.lots}")
        for deal in self.deals.values():
            if deal.order.number not in self.loose:
                found += _differences(books, deal)
        self.is_adopting = False
        self.published.clear()
        return found


def _is_visible(deal: Deal) -> bool:
    """Tell whether its vendor has ever had an order (P-20)."""
    if deal.state in _OVER:
        return any(item.progress != "pending" for item in deal.items)
    return deal.state in _WITH_VENDOR


def _differences(books: Books, deal: Deal) -> Sequence[str]:
    order = books.newest(*deal.key)
    if order is None:
        return [f"{deal} is not in the books"]
    found = []
    if order.state != deal.state:
        found.append(f"{order} is not {deal.state}: {deal}")
    lines = {line.reference: line for line in books.lines[order.id]}
    if set(lines) != {str(item.at) for item in deal.items}:
        return [*found, f"{order} has lines {sorted(lines)}: {deal}"]
    for item in deal.items:
        line = lines[str(item.at)]
        stands = (line.state, line.accepted, line.progress, line.confirmed, line.backordered)
        should = (item.state, item.accepted, item.progress, item.confirmed, item.later)
        if stands != should:
            found.append(f"{order} {line} should be {should}")
    return found
