"""Fills a document's canonical codes from the tables, and lists what has no row.

The partner's own text is never touched. An unmapped thing is no error: it is a hold that an admin
ends with one row (domain E-14, M-01), so everything else of the document is mapped all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Generic, TypeVar

from daemon.mapping.aliases import NO_ALIASES, Aliases
from daemon.mapping.rows import ATTRIBUTES, TRAITS, Kind
from daemon.mapping.tables import NO_WORDS, Tables, Words
from formats.records import (
    AxerrioOrder,
    Content,
    InventoryAdvice,
    InventoryLine,
    Order,
    OrderLine,
    Party,
    UnitType,
    copy_of,
)
from formats.vbn import Vbn

OrderT = TypeVar("OrderT", bound=Order)
DocumentT = TypeVar("DocumentT", bound=Order | InventoryAdvice)

ALWAYS_REQUIRED = frozenset({Kind.PRODUCTS, Kind.UNITS, Kind.BOX_TYPES})
"""Kinds without which a line means nothing; a carrier or ship-to place may be asked for too."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A partner's text that no row maps: what an admin needs to write one.

    `line` is the document's line, None for things of the whole document; `where` says the same
    in words (`line 3, content 2`).
    """

    kind: Kind
    partner: str
    vendor_code: str
    source_code: str | None
    source_description: str | None
    line: int | None
    where: str


@dataclass(frozen=True, slots=True)
class Mapped(Generic[DocumentT]):
    """A document with its canonical codes.

    `unmapped` holds the document or the line up; `optional` is unmapped too, but of a kind that
    was not required.
    """

    document: DocumentT
    unmapped: tuple[Unmapped, ...]
    optional: tuple[Unmapped, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.unmapped


def map_order(
    order: OrderT,
    tables: Tables,
    *,
    partner: str,
    vendor: str | None,
    on: date,
    required_kinds: Collection[Kind] = ALWAYS_REQUIRED,
    aliases: Aliases = NO_ALIASES,
) -> Mapped[OrderT]:
    """Return the order with products, units, box types, carrier, location and parties mapped.

    `partner` sent the order; `vendor` is the partner name of the connection's vendor, whose own
    item codes are looked up in its own rows. `on` is the day whose rows hold; `aliases` hold what
    was learnt of the vendor's descriptions.
    """
    search = _Search(tables, partner, vendor, on, aliases)
    is_sellers = isinstance(order, AxerrioOrder)
    lines = tuple(_order_line(line, search, is_sellers=is_sellers) for line in order.lines)
    changes = {
        "lines": lines,
        "ship_to": _party(Kind.SHIP_TO, order.ship_to, search),
        "customer": _party(Kind.CUSTOMERS, order.customer, search),
        "carrier_canonical": search.word(Kind.CARRIERS, order.carrier, None, "carrier"),
        "location_canonical": tables.word(
            Kind.LOCATIONS, partner, order.location, vendor=vendor, on=on
        ),
    }
    return _mapped(order.model_copy(update=changes), search, required_kinds)


def map_inventory(
    inventory: InventoryAdvice,
    tables: Tables,
    *,
    partner: str,
    vendor: str | None,
    on: date,
    required_kinds: Collection[Kind] = ALWAYS_REQUIRED,
    aliases: Aliases = NO_ALIASES,
) -> Mapped[InventoryAdvice]:
    """Return the inventory advice with products, units, cost units and box types mapped.

    Category, grade and colour keep the vendor's words; those that the network has no word for are
    among the `optional`, each once.
    """
    search = _Search(tables, partner, vendor, on, aliases)
    lines = tuple(_inventory_line(line, search) for line in inventory.lines)
    return _mapped(inventory.model_copy(update={"lines": lines}), search, required_kinds)


def _mapped(
    document: DocumentT, search: _Search, required_kinds: Collection[Kind]
) -> Mapped[DocumentT]:
    unmapped = tuple(found for found in search.unmapped if found.kind in required_kinds)
    optional = tuple(found for found in search.unmapped if found.kind not in required_kinds)
    return Mapped(document, unmapped, optional)


@dataclass(slots=True)
class _Search:
    """Looks things up for one document, each different text once, and notes what is unmapped."""

    tables: Tables
    partner: str
    vendor: str | None
    on: date
    aliases: Aliases = NO_ALIASES
    unmapped: list[Unmapped] = field(default_factory=list)
    _products: dict[tuple[str | None, ...], str | None] = field(default_factory=dict)
    _words: dict[tuple[Kind, str], str | None] = field(default_factory=dict)

    def product(
        self,
        codes: Sequence[str | None],
        vendors_code: str | None,
        description: str | None,
        line: int,
        part: str,
        *,
        words: Words = NO_WORDS,
    ) -> str | None:
        """Return the product; `codes` are the partner's, best first, `words` what it is like."""
        key = (*codes, vendors_code, description, *words)
        if key in self._products:
            found = self._products[key]
        else:
            found = self._find_product(codes, vendors_code, description, words)
            self._products[key] = found
        if found is None:
            code = next((code for code in codes if code), None)
            self._note(Kind.PRODUCTS, code, description, line, part)
        return found

    def _find_product(
        self,
        codes: Sequence[str | None],
        vendors_code: str | None,
        description: str | None,
        words: Words,
    ) -> str | None:
        tables, vendor, on = self.tables, self.vendor, self.on
        alias = self.aliases.product(vendor, description) if vendor and description else None
        found = tables.resolve_any(
            Kind.PRODUCTS, self.partner, codes, description, vendor=vendor, on=on, alias=alias
        )
        # A row that decided ends the search, also where its target is inactive.
        if found is not None or tables.deciding_row(
            Kind.PRODUCTS, self.partner, codes, description, vendor=vendor, on=on
        ):
            return found
        if vendor and vendors_code and vendor != self.partner:
            # A buyer who cites the vendor's own number means what the vendor's rows say it is.
            found = tables.product(vendor, vendors_code, None, vendor, on)
        return found or tables.alike(self.partner, words, vendor=vendor, on=on)

    def word(self, kind: Kind, text: str | None, line: int | None, part: str) -> str | None:
        """Return what a unit, box type or carrier is here; None, unnoted, where none is given."""
        if not text:
            return None
        key = kind, text
        if key in self._words:
            found = self._words[key]
        else:
            found = self._words[key] = self.tables.resolve(
                kind, self.partner, text, None, vendor=self.vendor, on=self.on
            )
        if found is None:
            self._note(kind, text, None, line, part)
        return found

    def attribute(self, kind: Kind, text: str | None, line: int) -> None:
        """Note a category, grade or colour that the network has no word for, each once.

        A network without any word of the kind, which has nothing to compare with, lacks none.
        """
        if not text or (kind, text) in self._words or not self.tables.has_words(kind):
            return
        self._words[kind, text] = found = self.tables.word(
            kind, self.partner, text, vendor=self.vendor, on=self.on
        )
        if found is None:
            self._note(kind, text, None, line, TRAITS[kind].noun)

    def unit(self, text: str | None, line: int, part: str) -> UnitType | None:
        name = self.word(Kind.UNITS, text, line, part)
        return None if name is None else UnitType(name)

    def box_type(self, text: str | None, vbn: Vbn | None, line: int) -> str | None:
        """Return the box type; a VBN packaging code counts where a row has it, and holds nothing.

        Its row has the code as `VBN 577`.
        """
        if text or vbn is None or vbn.package is None:
            return self.word(Kind.BOX_TYPES, text, line, "box type")
        code = f"VBN {vbn.package}"
        return self.tables.resolve(
            Kind.BOX_TYPES, self.partner, code, None, vendor=self.vendor, on=self.on
        )

    def party(self, kind: Kind, party: Party) -> str | None:
        found = self.tables.resolve(
            kind, self.partner, party.code, party.name, vendor=self.vendor, on=self.on
        )
        if found is None:
            self._note(kind, party.code, party.name, None, kind.value.rstrip("s"))
        return found

    def _note(
        self, kind: Kind, code: str | None, description: str | None, line: int | None, part: str
    ) -> None:
        where = ", ".join(words for words in (f"line {line}" if line else "", part) if words)
        self.unmapped.append(
            Unmapped(kind, self.partner, self.vendor or "", code, description, line, where)
        )


def _party(kind: Kind, party: Party | None, search: _Search) -> Party | None:
    if party is None or not (party.code or party.name):
        return party
    return replace(party, canonical=search.party(kind, party))


def _order_line(line: OrderLine, search: _Search, *, is_sellers: bool) -> OrderLine:
    """Map one line. An assorted box may go without a product of its own: its contents tell."""
    codes = _codes(line, line.gtin, is_sellers=is_sellers)
    product = None
    if any(codes) or line.description or not line.contents:
        product = search.product(codes, line.seller_item, line.description, line.line, "")
    mapped = copy_of(line)
    mapped.product = product
    mapped.unit_type = search.unit(line.unit, line.line, "unit")
    mapped.price_unit_type = search.unit(line.price_unit, line.line, "price unit")
    mapped.box_type = search.box_type(line.box_type_code, line.vbn, line.line)
    mapped.contents = tuple(
        _content(c, line.line, search, is_sellers=is_sellers) for c in line.contents
    )
    return mapped


def _content(content: Content, line: int, search: _Search, *, is_sellers: bool) -> Content:
    part = f"content {content.line}"
    codes = _codes(content, None, is_sellers=is_sellers)
    product = search.product(codes, content.seller_item, content.description, line, part)
    return replace(content, product=product)


def _codes(
    item: OrderLine | Content, gtin: str | None, *, is_sellers: bool
) -> tuple[str | None, ...]:
    """Return the codes a line goes by, the sender's own first, the trade's last."""
    vbn = item.vbn.lookups if item.vbn else ()
    if is_sellers:
        return item.seller_item, item.buyer_item, gtin, *vbn
    return item.buyer_item, item.seller_item, gtin, *vbn


def codes_of(line: InventoryLine) -> tuple[str, ...]:
    """Return the codes that an offer goes by, best first: the vendor's own, the trade's last."""
    vbn = line.vbn.lookups if line.vbn else ()
    found = (line.seller_item, line.buyer_item, line.gtin, *vbn)
    return tuple(dict.fromkeys(code for code in found if code))


def _inventory_line(line: InventoryLine, search: _Search) -> InventoryLine:
    codes = codes_of(line)
    words = Words(line.category, line.variety, line.color, line.grade)
    for kind, text in zip(ATTRIBUTES, (line.category, line.grade, line.color), strict=True):
        search.attribute(kind, text, line.line)
    return replace(
        line,
        product=search.product(
            codes, line.seller_item, line.description, line.line, "", words=words
        ),
        unit_type=search.unit(line.unit, line.line, "unit"),
        cost_unit_type=search.unit(line.cost_unit, line.line, "cost unit"),
        box_type=search.box_type(line.box_type_code, line.vbn, line.line),
    )
