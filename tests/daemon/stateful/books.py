"""What must be true of the books after every step of a play, whatever happened.

Read with plain SQL and judged with sums of its own, so that no rule of the trade is asked whether
it was right. Quantities are whole: bunches of a lot, boxes of a line.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from daemon.ledger import moves, states
from daemon.ledger.moves import Machine
from daemon.trade.stock.offers import COLUMNS, offer_state
from tests.daemon.stateful.world import CART, PACK, SYSTEM, World

OF_LOT, OF_LINE = 10**6, 10**4
"""Parts of a unit in which the books count lots, and lines."""
_OVER = ("cancelled", "rejected")
_ENDED = ("refused", "cancelled")
NOTHING = "exception"
"""The kind of a hold for which nothing waits: it is shown to a person."""
_UNORDERED = ("held", "pending approval", *_OVER)
"""An order in these states has taken nothing."""

MACHINES: tuple[Machine[Any], ...] = (
    *(moves.ORDERS, moves.LINES, moves.TRANSFERS, moves.BOXES, moves.WAYBILLS),
    *(moves.INVOICES, moves.CHARGES),
)
_MACHINES: dict[str, Machine[Any]] = {machine.name: machine for machine in MACHINES}
_STATES: dict[str, tuple[str, Mapping[Any, frozenset[Any]]]] = {
    "arrival": ("SELECT id, state FROM arrivals", states.ARRIVAL),
    "document": ("SELECT id, state FROM documents", states.DOCUMENT),
    "hold": ("SELECT id, state FROM holds", states.HOLD),
    "outgoing": ("SELECT id, state FROM outgoing", states.OUTGOING),
    **{
        name: (f"SELECT id, {machine.column} FROM {machine.table.name}", machine.allowed)
        for name, machine in _MACHINES.items()
    },
}


KINDS: dict[str, Mapping[Any, frozenset[Any]]] = {
    **{kind: table for kind, (_, table) in _STATES.items()},
    "acknowledgement": states.ACKNOWLEDGEMENT,
    "offer": states.OFFER,
}
"""Whatever has states, and the table that they go by."""
reached: set[tuple[str, str]] = set()
"""Every state that anything had after a step of a play in this process."""


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot in bunches."""

    id: int
    vendor: str
    product: str | None
    source: str
    published: int
    bought: int

    @property
    def shortage(self) -> int:
        return max(0, self.bought - self.published)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a purchase order, in boxes."""

    id: int
    order_id: int
    reference: str
    product: str | None
    quantity: int
    accepted: int
    state: str
    progress: str
    confirmed: int | None
    backordered: int
    is_checked_out: bool | None

    @property
    def is_live(self) -> bool:
        return self.state not in _ENDED and self.progress != "cancelled"

    @property
    def held(self) -> int:
        """How many boxes its vendor still owes, or has sent."""
        if not self.is_live:
            return 0
        return self.accepted if self.confirmed is None else self.confirmed + self.backordered


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order."""

    id: int
    document: int
    origin: str
    number: str
    buyer: str | None
    vendor: str | None
    state: str
    transfer: str
    prebook_state: str | None
    expires_at: str | None


@dataclass(slots=True)
class Books:
    """The books after a step, and what was seen of them before."""

    lots: dict[int, Lot] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    lines: dict[int, list[Line]] = field(default_factory=dict)
    """By order."""
    boxes: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    """By line: code and state of each box."""
    problems: list[str] = field(default_factory=list)
    _states: dict[str, dict[int, str]] = field(default_factory=dict)
    _forgotten: set[int] = field(default_factory=set)
    _last_move: int = 0
    _moved: dict[tuple[str, int], str] = field(default_factory=dict)

    def look(self, world: World, *, publishers: Collection[str]) -> list[str]:
        """Read the books and return what is wrong with them; `publishers` sent their stock."""
        before, self.problems = self.lots, []
        # What is taken out of a cart before anybody ordered it is not kept.
        self._forgotten = {
            line.id
            for order in self.orders.values()
            for line in self.lines[order.id]
            if order.number.startswith(CART) and line.is_checked_out is not True
        }
        self._read(world)
        self._stock(world, before, publishers)
        self._orders()
        self._boxes_are_whole()
        self._states_follow_rules(world)
        self._moves_are_whole(world)
        self._holds(world)
        self._answers(world)
        return self.problems

    def say(self, problem: str) -> None:
        self.problems.append(problem)

    def newest(self, origin: str, vendor: str, number: str) -> Order | None:
        """Return the newest order of a sender, a vendor and a number."""
        key = origin, vendor, number
        found = [o for o in self.orders.values() if (o.origin, o.vendor, o.number) == key]
        return max(found, key=lambda order: order.id, default=None)

    # --- reading ---------------------------------------------------------------------------------

    def _read(self, world: World) -> None:
        lots = world.rows(
            "SELECT id, vendor, product, source_key, published, bought FROM stock_lots"
        )
        self.lots = {
            key: Lot(
                key, vendor, product, source, _whole(published, OF_LOT), _whole(bought, OF_LOT)
            )
            for key, vendor, product, source, published, bought in lots
        }
        orders = world.rows(
            "SELECT o.id, o.document_id, o.origin, o.number, o.buyer, o.vendor, o.state,"
            " o.transfer, p.state, o.expires_at"
            " FROM orders o LEFT JOIN orders p ON p.id = o.prebook_id"
            " WHERE o.kind = 'purchase_order'"
        )
        self.orders = {row[0]: Order(*row) for row in orders}
        self.lines = defaultdict(list)
        for row in world.rows(
            "SELECT id, order_id, reference, product, quantity, accepted, state, progress,"
            " confirmed, coalesce(backordered, 0), is_checked_out FROM order_lines"
            " ORDER BY order_id, line"
        ):
            key, order, reference, product, quantity, accepted, *rest = row
            state, progress, confirmed, later, out = rest
            if order in self.orders:
                done = None if confirmed is None else _whole(confirmed, OF_LINE)
                line = Line(
                    *(
                        key,
                        order,
                        reference,
                        product,
                        _whole(quantity, OF_LINE),
                        _whole(accepted, OF_LINE),
                    ),
                    *(
                        state,
                        progress,
                        done,
                        _whole(later, OF_LINE),
                        None if out is None else bool(out),
                    ),
                )
                self.lines[order].append(line)
        self.boxes = defaultdict(list)
        for line, code, state in world.rows(
            "SELECT order_line_id, code, state FROM boxes ORDER BY id"
        ):
            self.boxes[line].append((code, state))

    # --- what must be true -----------------------------------------------------------------------

    def _stock(self, world: World, before: Mapping[int, Lot], publishers: Collection[str]) -> None:
        """K-40: what is bought of a lot is what live order lines hold of it, and no more."""
        reserved = Counter[int]()
        of_line = Counter[int]()
        for lot, line, units in world.rows(
            "SELECT lot_id, order_line_id, units FROM stock_reservations"
        ):
            reserved[lot] += units
            of_line[line] += units
            if units < 0:
                self.say(f"line {line} has {units} of lot {lot}")
        for lot in self.lots.values():
            if lot.bought < 0 or lot.published < 0:
                self.say(f"{lot} is below zero")
            if reserved[lot.id] != lot.bought * OF_LOT:
                self.say(f"{lot}: {reserved[lot.id]} reserved")
            was = before.get(lot.id)
            if lot.vendor not in publishers and lot.shortage > (was.shortage if was else 0):
                self.say(f"{lot} is oversold; it was {was}")
        for order in self.orders.values():
            for line in self.lines[order.id]:
                holds = 0 if order.state in _UNORDERED else line.held * PACK * OF_LOT
                has = of_line[line.id]
                if has > holds or (has < holds and order.origin != SYSTEM):
                    self.say(f"{order} {line} has {has} of stock, and holds {holds}")

    def _orders(self) -> None:
        living: Counter[tuple[str, str | None, str]] = Counter(
            (o.origin, o.vendor, o.number) for o in self.orders.values() if o.state not in _OVER
        )
        for name, count in living.items():
            if count > 1:
                self.say(f"order {name} lives {count} times")
        for order in self.orders.values():
            lines = self.lines[order.id]
            for line in lines:
                self._line_adds_up(order, line)
            self._order_fits_lines(order, lines)

    def _line_adds_up(self, order: Order, line: Line) -> None:
        """Ordered is confirmed, plus what is open or comes later, plus what was cut or lost."""
        is_sound = {
            "accepted": line.accepted == line.quantity,
            "cut": 0 < line.accepted < line.quantity,
            "refused": line.accepted == 0,
        }.get(line.state, 0 <= line.accepted <= line.quantity)
        if not is_sound:
            self.say(f"{order} {line}: accepted does not fit")
        if line.confirmed is None:
            if line.progress in ("partially confirmed", "confirmed", "shipped"):
                self.say(f"{order} {line}: nothing is confirmed")
            return
        if line.confirmed < 0 or line.backordered < 0:
            self.say(f"{order} {line}: below zero")
        if line.confirmed + line.backordered > line.accepted:
            self.say(f"{order} {line}: more confirmed than ordered")
        if line.progress == "confirmed" and line.confirmed != line.accepted:
            self.say(f"{order} {line}: not all is confirmed")
        if line.progress == "partially confirmed" and line.confirmed >= line.accepted:
            self.say(f"{order} {line}: all is confirmed")

    def _order_fits_lines(self, order: Order, lines: list[Line]) -> None:
        live = [line for line in lines if line.is_live]
        open_lines = [line for line in live if line.progress == "pending"]
        if order.state == "confirmed" and (open_lines or not live):
            self.say(f"{order} is confirmed with {open_lines or 'no line'}")
        if order.state == "shipped" and any(line.progress != "shipped" for line in live):
            self.say(f"{order} is shipped with {live}")
        if order.state == "confirmed" and all(line.progress == "shipped" for line in live):
            self.say(f"{order} is not shipped, and all its lines are")
        if order.state in ("approved", "draft") and not live:
            self.say(f"{order} has no line left")
        if order.transfer == "transferred" and order.state in ("held", "draft", "pending approval"):
            self.say(f"{order} is transferred")
        if order.prebook_state not in (None, order.state) and order.expires_at is None:
            self.say(f"{order}: its prebook is {order.prebook_state}")

    def _boxes_are_whole(self) -> None:
        """A line has the boxes that it holds, once its vendor has the order."""
        for order in self.orders.values():
            for line in self.lines[order.id]:
                found = Counter(state for _, state in self.boxes[line.id])
                live = found.total() - found["cancelled"]
                has_boxes = order.state in ("approved", "confirmed", "shipped")
                wanted = line.held if has_boxes and line.is_checked_out is not False else 0
                if live != wanted:
                    self.say(f"{order} {line} has boxes {dict(found)}, not {wanted}")
                gone = live - found["allotted"]
                if (gone > 0) != (line.progress == "shipped") or (gone and found["allotted"]):
                    self.say(f"{order} {line} has boxes {dict(found)}")

    def _states_follow_rules(self, world: World) -> None:
        """Nothing is in a state that its table can't lead to from the one before."""
        found = {kind: dict(world.rows(statement)) for kind, (statement, _) in _STATES.items()}
        found["offer"] = _offers(world)
        for kind, now in found.items():
            before = self._states.get(kind, {})
            reach = _reach(kind, KINDS[kind])
            for key, state in now.items():
                was = before.get(key)
                if was is not None and state not in reach[was]:
                    self.say(f"{kind} {key} was {was} and is {state}")
            gone = before.keys() - now.keys() - self._forgotten
            if gone:
                self.say(f"{kind} {sorted(gone)} are gone")
            reached.update((kind, state) for state in now.values())
            self._states[kind] = now

    def _moves_are_whole(self, world: World) -> None:
        """Each move is allowed and begins where the last one ended; the last one is what is so."""
        for key, entity, thing, before, after in world.rows(
            'SELECT id, entity, entity_id, "before", "after" FROM moves WHERE id > ? ORDER BY id',
            self._last_move,
        ):
            self._last_move = key
            machine = _MACHINES.get(entity)
            if machine is None:
                continue
            kinds = {state.value: state for state in machine.allowed}
            if before is not None and kinds[after] not in machine.allowed[kinds[before]]:
                self.say(f"move {key}: {entity} {thing} from {before} to {after}")
            last = self._moved.get((entity, thing))
            if last not in (None, before):
                self.say(f"move {key}: {entity} {thing} was {last}, not {before}")
            self._moved[entity, thing] = after
        for (entity, thing), after in self._moved.items():
            stands = self._states.get(entity, {}).get(thing, after)
            if stands != after:
                self.say(f"{entity} {thing} is {stands}; its last move was to {after}")

    def _holds(self, world: World) -> None:
        """What is held waits for something, and what waits is held."""
        waiting = world.rows(
            "SELECT arrival_id, document_id FROM holds WHERE state = 'open' AND kind <> ?", NOTHING
        )
        documents = {document for _, document in waiting if document is not None}
        held = {key for key, state in self._states["document"].items() if state == "held"}
        if documents != held:
            self.say(f"documents {documents} have open holds; {held} are held")
        arrivals = {arrival for arrival, _ in waiting}
        stopped = {key for key, state in self._states["arrival"].items() if state == "held"}
        if arrivals != stopped:
            self.say(f"arrivals {arrivals} have open holds; {stopped} are held")

    def _answers(self, world: World) -> None:
        """No file is lost: each has an end, and its sender an answer."""
        for key, partner in world.rows(
            "SELECT a.id, a.partner FROM arrivals a WHERE a.state <> 'claimed' AND NOT EXISTS"
            " (SELECT 1 FROM outgoing o WHERE o.arrival_id = a.id AND o.partner = a.partner)"
        ):
            self.say(f"arrival {key} of {partner} has no answer")


def _whole(parts: int, unit: int) -> int:
    whole, rest = divmod(parts, unit)
    if rest:
        raise AssertionError(f"{parts} of {unit} are no whole number")
    return whole


_REACHES: dict[str, dict[str, set[str]]] = {}


def _reach(kind: str, table: Mapping[StrEnum, Iterable[StrEnum]]) -> dict[str, set[str]]:
    """Return what each state can become in any number of moves, itself included."""
    found = _REACHES.get(kind)
    if found is None:
        found = _REACHES[kind] = {}
        for state in table:
            reached = {state}
            while more := {after for each in reached for after in table[each]} - reached:
                reached |= more
            found[state.value] = {each.value for each in reached}
    return found


def _offers(world: World) -> dict[int, str]:
    """Return by lot how it stands, which no column says."""
    lots = world.rows(f"SELECT id, {', '.join(COLUMNS)} FROM stock_lots")
    today = world.clock.today
    return {
        key: offer_state(dict(zip(COLUMNS, lot, strict=True)), today).value for key, *lot in lots
    }
