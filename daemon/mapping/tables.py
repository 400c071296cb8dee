"""The answer to "what is this code here?": every active row, ready to look up.

The order of domain 9.4, most exact first: a code, then a description, in the connection's scope;
the same for the whole partner; what was learnt of the vendor's words; the same in the rows of every
partner; a description or a code that is ours already; at last the one product that is of the same
category, variety, colour and grade. A row that decides ends the search, even where its target is
inactive: then the text is unmapped. Nothing is guessed, and nobody is asked twice (M-04).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from daemon.mapping.prices import ListPrices
from daemon.mapping.rates import Rates
from daemon.mapping.rows import (
    ATTRIBUTES,
    EVERY_PARTNER,
    TRAITS,
    Entry,
    Kind,
    Pack,
    Product,
    Row,
    code_key,
    description_key,
    text_key,
)
from formats.layouts.layout import DeclaredLayout
from formats.records import UnitType
from formats.vbn import VbnTables


class _Unasked:
    """Stands for no answer yet, because None is one."""


_UNASKED = _Unasked()
MOST_ANSWERS = 65_536
_Question = tuple[Kind, str, tuple[str | None, ...], str | None, str | None, date, str | None]


class Words(NamedTuple):
    """What a partner says a product is like, in its own words; None for what it doesn't say."""

    category: str | None = None
    variety: str | None = None
    color: str | None = None
    grade: str | None = None


NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows of one partner and vendor, by code and by description, in file order."""

    codes: Mapping[str, tuple[Row, ...]]
    descriptions: Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Own:
    """Our own active codes of a kind, by code and by description."""

    codes: Mapping[str, str]
    descriptions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tables:
    """A checked set of mapping tables. It never changes; a new edit makes a new set.

    `hash` is the same for sets that say the same, however they were saved; `files` are the bytes
    as loaded, kept with a posting so that it can be repeated (P12).
    """

    hash: str
    files: Mapping[str, bytes]
    warnings: tuple[str, ...]
    rows: Mapping[Kind, Sequence[Row]]
    catalogue: Mapping[str, Product]
    entries: Mapping[Kind, Mapping[str, Entry]]
    rates: Rates
    """What `daemon.mapping.rates.rate` looks in."""
    prices: ListPrices
    """Vendors' price lists, which `daemon.mapping.prices.list_price` looks in (K-60)."""
    layouts: Mapping[str, DeclaredLayout]
    """Partners' own layouts by name."""
    vbn: VbnTables
    """Words for VBN codes, as far as the site has the lists."""
    rooms: Mapping[str, Decimal]
    """By our code, the cubic feet that a carrier takes on one day, where it says (domain 2.1)."""
    _targets: Mapping[Kind, Mapping[str, bool]]
    _scopes: Mapping[Kind, Mapping[tuple[str, str], Scope]]
    _own: Mapping[Kind, Own]
    _reverse: Mapping[Kind, Mapping[tuple[str, str], tuple[Row, ...]]]
    _packs: Mapping[tuple[str, str], tuple[Pack, ...]]
    _answers: dict[_Question, str | None] = field(default_factory=dict, compare=False)
    """Answers given before: a partner asks for the same goods day after day."""
    _likes: dict[date, Mapping[Words, str]] = field(default_factory=dict, compare=False)
    """The one product of each category, variety, colour and grade, by day."""

    def product(
        self, partner: str, code: str | None, description: str | None, vendor: str | None, on: date
    ) -> str | None:
        """Return the catalogue code of a partner's product, or None where no row says it."""
        return self.resolve(Kind.PRODUCTS, partner, code, description, vendor=vendor, on=on)

    def box_type(
        self, partner: str, code: str | None, description: str | None, vendor: str | None, on: date
    ) -> str | None:
        """Return our box type code."""
        return self.resolve(Kind.BOX_TYPES, partner, code, description, vendor=vendor, on=on)

    def unit(
        self, partner: str, code: str | None, description: str | None, vendor: str | None, on: date
    ) -> UnitType | None:
        """Return the unit of sale."""
        name = self.resolve(Kind.UNITS, partner, code, description, vendor=vendor, on=on)
        return None if name is None else UnitType(name)

    def carrier(
        self, partner: str, code: str | None, description: str | None, vendor: str | None, on: date
    ) -> str | None:
        """Return our carrier code."""
        return self.resolve(Kind.CARRIERS, partner, code, description, vendor=vendor, on=on)

    def customer(
        self, partner: str, code: str | None, description: str | None, vendor: str | None, on: date
    ) -> str | None:
        """Return our customer code."""
        return self.resolve(Kind.CUSTOMERS, partner, code, description, vendor=vendor, on=on)

    def ship_to(
        self, partner: str, code: str | None, description: str | None, vendor: str | None, on: date
    ) -> str | None:
        """Return our ship-to code."""
        return self.resolve(Kind.SHIP_TO, partner, code, description, vendor=vendor, on=on)

    def resolve(
        self,
        kind: Kind,
        partner: str,
        code: str | None,
        description: str | None,
        *,
        vendor: str | None,
        on: date,
    ) -> str | None:
        """Return the canonical code, or None where the text is unmapped on that day.

        `vendor` is the partner name of the connection's vendor, None outside a connection. For
        units, box types and carriers a lone code counts as a description as well.
        """
        return self.resolve_any(kind, partner, (code,), description, vendor=vendor, on=on)

    def resolve_any(
        self,
        kind: Kind,
        partner: str,
        codes: Sequence[str | None],
        description: str | None,
        *,
        vendor: str | None,
        on: date,
        alias: str | None = None,
    ) -> str | None:
        """Return what `resolve` would, where a thing goes by several codes (best one first).

        `alias` is the code that the vendor's description was learnt to mean. What a person wrote
        for the partner goes before it, rows of every partner come after (domain 9.4, 3).
        """
        question = (kind, partner, tuple(codes), description, vendor, on, alias)
        known = self._answers.get(question, _UNASKED)
        if not isinstance(known, _Unasked):
            return known
        if len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
        answer = self._answers[question] = self._answer(question)
        return answer

    def _answer(self, question: _Question) -> str | None:
        kind, partner, codes, description, vendor, on, alias = question
        row = self.deciding_row(kind, partner, codes, description, vendor=vendor, on=on)
        targets = self._targets[kind]
        is_general = row is None or row.partner != partner
        if is_general and alias is not None and targets.get(alias):
            return alias
        if row is not None:
            return row.target_code if targets.get(row.target_code) else None
        own = self._own[kind]
        text = _text(kind, codes, description)
        if text and text in own.descriptions:
            return own.descriptions[text]
        keys = (code_key(kind, code) for code in codes if code)
        return next((own.codes[key] for key in keys if key in own.codes), None)

    def deciding_row(
        self,
        kind: Kind,
        partner: str,
        codes: Sequence[str | None],
        description: str | None,
        *,
        vendor: str | None,
        on: date,
    ) -> Row | None:
        """Return the row that decides, to explain an answer; None where no row does."""
        scopes = self._scopes[kind]
        keys = [code_key(kind, code) for code in codes if code]
        text: str | None = None
        for rank in _ranks(partner, vendor):
            scope = scopes.get(rank)
            if scope is None:
                continue
            for key in keys:
                for row in scope.codes.get(key, ()):
                    if row.holds_on(on):
                        return row
            # Normalising costs more than looking up, and most files give a code that is known.
            if text is None:
                text = _text(kind, codes, description)
            for row in scope.descriptions.get(text, ()) if text else ():
                if row.holds_on(on):
                    return row
        return None

    def alike(self, partner: str, words: Words, *, vendor: str | None, on: date) -> str | None:
        """Return the one product whose category, variety, colour and grade are those of `words`.

        The words are the partner's, compared as the network's (domain 9.4, 6). None unless all
        four are said and exactly one active product has them.
        """
        if not all(words):
            return None
        # Held on to: another thread may ask of another day meanwhile.
        products = self._likes.get(on)
        if products is None:
            self._likes.clear()
            products = self._likes[on] = self._products_alike(on)
        said = (words.category, words.grade, words.color)
        pairs = zip(ATTRIBUTES, said, strict=True)
        known = [self.word(kind, partner, text, vendor=vendor, on=on) for kind, text in pairs]
        if not all(known):
            return None
        category, grade, color = known
        variety = description_key(words.variety or "")
        return products.get(Words(category, variety, color, grade))

    def _products_alike(self, on: date) -> Mapping[Words, str]:
        found: dict[Words, str | None] = {}
        for product in self.catalogue.values():
            category, grade, color = (self.word_of(kind, product.code, on) for kind in ATTRIBUTES)
            words = Words(category, description_key(product.variety), color, grade)
            if product.is_active and all(words):
                found[words] = None if words in found else product.code
        return {words: code for words, code in found.items() if code is not None}

    def ours(self, kind: Kind) -> dict[str, str]:
        """Return our active codes of a kind, and what each is in words."""
        if kind is Kind.PRODUCTS:
            return {p.code: p.description for p in self.catalogue.values() if p.is_active}
        entries = self.entries[kind]
        codes = [code for code, is_active in self._targets[kind].items() if is_active]
        return {
            code: (entries[code].description if code in entries else "") or code for code in codes
        }

    def has_words(self, kind: Kind) -> bool:
        """Whether the network has any word of its own of this kind."""
        own = self._own[kind]
        return bool(own.codes or own.descriptions)

    def word(
        self, kind: Kind, partner: str, text: str | None, *, vendor: str | None, on: date
    ) -> str | None:
        """Return the network's word for a partner's category, grade or colour, or None."""
        if not text:
            return None
        return self.resolve(kind, partner, text, None, vendor=vendor, on=on)

    def word_of(self, kind: Kind, product: str | None, on: date) -> str | None:
        """Return the network's word for what the catalogue says of a product, or None."""
        known = self.catalogue.get(product) if product else None
        text = known.attribute(kind) if known else ""
        return self.word(kind, EVERY_PARTNER, text, vendor=None, on=on) or text or None

    def word_for(
        self, kind: Kind, partner: str, word: str | None, on: date, vendor: str | None = None
    ) -> str | None:
        """Return what a partner calls the network's word for a category, grade or colour.

        A word that it has none for is told as it is.
        """
        if not word:
            return None
        row = self.partner_code(kind, partner, word, on, vendor)
        return (row.source_code or row.source_description) if row else word

    def partner_code(
        self, kind: Kind, partner: str, canonical: str, on: date, vendor: str | None = None
    ) -> Row | None:
        """Return the row that names `canonical` in the partner's own words, for outgoing files.

        The first active row of the file wins; rows of another vendor than `vendor` don't count.
        Rows of every partner (`*`) are not a partner's own words: look for them as partner `*`.
        """
        for row in self._reverse[kind].get((partner, canonical), ()):
            if row.vendor_code in ("", vendor) and row.holds_on(on):
                return row
        return None

    def pack(self, vendor: str, product: str, on: date) -> Pack | None:
        """Return the vendor's pack default, else that of every vendor, else None (E-15)."""
        for partner in (vendor, EVERY_PARTNER):
            for pack in self._packs.get((partner, product), ()):
                if pack.holds_on(on):
                    return pack
        return None


def _text(kind: Kind, codes: Sequence[str | None], description: str | None) -> str:
    """Return the description's lookup key; a word such as a unit is its own description."""
    if not description and TRAITS[kind].is_word:
        description = next((code for code in codes if code), None)
    return text_key(kind, description) if description else ""


def _ranks(partner: str, vendor: str | None) -> tuple[tuple[str, str], ...]:
    """Return the scopes to ask, the narrowest first."""
    if vendor:
        return (partner, vendor), (partner, ""), (EVERY_PARTNER, vendor), (EVERY_PARTNER, "")
    return (partner, ""), (EVERY_PARTNER, "")
