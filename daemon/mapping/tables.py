"""The answer to "what is this code here?": every active row, ready to look up.

The order of domain 9.4, most exact first: a code, then a description, in the connection's scope;
the same for the whole partner; the same in the rows of every partner; at last a description or a
code that is ours already. A row that decides ends the search, even where its target is inactive:
then the text is unmapped. Nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from daemon.mapping.check import Contents, ambiguous_descriptions, targets_of
from daemon.mapping.rates import Rates, by_pair
from daemon.mapping.rows import (
    EVERY_PARTNER,
    WORD_KINDS,
    Entry,
    Kind,
    Pack,
    Product,
    Row,
    code_key,
    description_key,
)
from formats.layouts.layout import DeclaredLayout
from formats.records import UnitType
from formats.vbn import VbnTables


class _Unasked:
    """Stands for no answer yet, because None is one."""


_UNASKED = _Unasked()
MOST_ANSWERS = 65_536
_Question = tuple[Kind, str, tuple[str | None, ...], str | None, str | None, date]


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
    layouts: Mapping[str, DeclaredLayout]
    """Partners' own layouts by name."""
    vbn: VbnTables
    """Words for VBN codes, as far as the site has the lists."""
    _targets: Mapping[Kind, Mapping[str, bool]]
    _scopes: Mapping[Kind, Mapping[tuple[str, str], Scope]]
    _own: Mapping[Kind, Own]
    _reverse: Mapping[Kind, Mapping[tuple[str, str], tuple[Row, ...]]]
    _packs: Mapping[tuple[str, str], tuple[Pack, ...]]
    _answers: dict[_Question, str | None] = field(default_factory=dict, compare=False)
    """Answers given before: a partner asks for the same goods day after day."""

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
    ) -> str | None:
        """Return what `resolve` would, where a thing goes by several codes (best one first)."""
        question = (kind, partner, tuple(codes), description, vendor, on)
        known = self._answers.get(question, _UNASKED)
        if not isinstance(known, _Unasked):
            return known
        if len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
        answer = self._answers[question] = self._answer(question)
        return answer

    def _answer(self, question: _Question) -> str | None:
        kind, partner, codes, description, vendor, on = question
        row = self.deciding_row(kind, partner, codes, description, vendor=vendor, on=on)
        if row is not None:
            return row.target_code if self._targets[kind].get(row.target_code) else None
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
    if not description and kind in WORD_KINDS:
        description = next((code for code in codes if code), None)
    return description_key(description) if description else ""


def _ranks(partner: str, vendor: str | None) -> tuple[tuple[str, str], ...]:
    """Return the scopes to ask, the narrowest first."""
    if vendor:
        return (partner, vendor), (partner, ""), (EVERY_PARTNER, vendor), (EVERY_PARTNER, "")
    return (partner, ""), (EVERY_PARTNER, "")


def build(
    contents: Contents, *, digest: str, files: Mapping[str, bytes], warnings: Iterable[str]
) -> Tables:
    """Return the tables for checked contents."""
    packs: dict[tuple[str, str], list[Pack]] = defaultdict(list)
    for pack in contents.packs:
        if pack.is_active:
            packs[pack.partner, pack.product_code].append(pack)
    return Tables(
        hash=digest,
        files=dict(files),
        warnings=tuple(warnings),
        rows={kind: tuple(rows) for kind, rows in contents.rows.items()},
        catalogue={product.code: product for product in contents.catalogue},
        entries={k: {e.code: e for e in entries} for k, entries in contents.entries.items()},
        rates=by_pair(contents.rates),
        layouts=contents.layouts,
        vbn=contents.vbn,
        _targets=targets_of(contents),
        _scopes={kind: _scopes(kind, contents.rows[kind]) for kind in Kind},
        _own={kind: _own(kind, contents) for kind in Kind},
        _reverse={kind: _reverse(contents.rows[kind]) for kind in Kind},
        _packs={key: tuple(same) for key, same in packs.items()},
    )


def _scopes(kind: Kind, rows: Sequence[Row]) -> dict[tuple[str, str], Scope]:
    """Index the active rows. A row without a code decides a description before one with a code."""
    codes: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    texts: dict[tuple[str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    unclear = {row.number for _, same in ambiguous_descriptions(rows) for row in same}
    active = [row for row in rows if row.is_active]
    for row in active:
        scope = row.partner, row.vendor_code
        if row.source_code:
            codes[scope][code_key(kind, row.source_code)].append(row)
        else:
            texts[scope][description_key(row.source_description)].append(row)
    for row in active:
        if row.source_code and row.source_description and row.number not in unclear:
            scope = row.partner, row.vendor_code
            texts[scope][description_key(row.source_description)].append(row)
    return {
        scope: Scope(_frozen(codes.get(scope, {})), _frozen(texts.get(scope, {})))
        for scope in {**codes, **texts}
    }


def _frozen(lists: Mapping[str, list[Row]]) -> dict[str, tuple[Row, ...]]:
    return {key: tuple(rows) for key, rows in lists.items()}


def _own(kind: Kind, contents: Contents) -> Own:
    if kind is Kind.PRODUCTS:
        named = [(p.code, p.description) for p in contents.catalogue if p.is_active]
    elif kind is Kind.UNITS:
        named = [(unit.value, unit.value) for unit in UnitType]
    else:
        named = [(e.code, e.description) for e in contents.entries[kind] if e.is_active]
    descriptions: dict[str, set[str]] = defaultdict(set)
    for code, description in named:
        if description:
            descriptions[description_key(description)].add(code)
    return Own(
        codes={code_key(kind, code): code for code, _ in named},
        descriptions={key: min(codes) for key, codes in descriptions.items() if len(codes) == 1},
    )


def _reverse(rows: Sequence[Row]) -> dict[tuple[str, str], tuple[Row, ...]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_active:
            found[row.partner, row.target_code].append(row)
    return {key: tuple(same) for key, same in found.items()}
