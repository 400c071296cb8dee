"""Checks that need the whole set: rows of equal rank, dangling targets, rows that never win.

Two active rows of equal rank with different targets are refused (domain 9.4); the same twice, and
rows a better one hides, are only said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from daemon.mapping.network import own_words
from daemon.mapping.parse import CATALOGUE_FILE, PACKS_FILE
from daemon.mapping.prices import ListPrice, check_prices
from daemon.mapping.problems import Notes, nearest
from daemon.mapping.rates import Rate, check_rates
from daemon.mapping.rows import (
    ATTRIBUTES,
    EVERY_PARTNER,
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


@dataclass(frozen=True, slots=True)
class Contents:
    """Every row of the set, in file order."""

    rows: Mapping[Kind, Sequence[Row]]
    entries: Mapping[Kind, Sequence[Entry]]
    catalogue: Sequence[Product]
    packs: Sequence[Pack]
    rates: Sequence[Rate] = ()
    prices: Sequence[ListPrice] = ()
    layouts: Mapping[str, DeclaredLayout] = field(default_factory=dict)
    vbn: VbnTables = field(default_factory=VbnTables)

    def own_words(self, kind: Kind) -> dict[str, str]:
        """Return by lookup key the catalogue's words that are the network's own."""
        return own_words(kind, self.catalogue, self.entries[kind], self.rows[kind])


def check(contents: Contents, today: date, notes: Notes) -> None:
    """Say everything that is wrong or odd about the set as a whole."""
    _check_catalogue(contents.catalogue, notes)
    targets = targets_of(contents)
    for kind in Kind:
        _check_entries(kind, contents.entries[kind], notes)
        _check_targets(kind, contents.rows[kind], targets[kind], today, notes)
        _check_ranks(kind, contents.rows[kind], notes)
        _check_hidden(kind, contents.rows[kind], notes)
    for kind in ATTRIBUTES:
        _check_words(kind, contents, notes)
    _check_accounts(contents.rows[Kind.PRODUCTS], targets[Kind.PRODUCTS], notes)
    _check_packs(contents.packs, targets, today, notes)
    _check_rooms(contents.entries, notes)
    check_rates(contents.rates, notes)
    check_prices(contents.prices, targets[Kind.PRODUCTS], today, notes)


def targets_of(contents: Contents) -> dict[Kind, dict[str, bool]]:
    """Return by kind the canonical codes that a row may name, and whether each is active."""
    targets = {kind: {e.code: e.is_active for e in contents.entries[kind]} for kind in Kind}
    targets[Kind.PRODUCTS] = {product.code: product.is_active for product in contents.catalogue}
    targets[Kind.UNITS] = {unit.value: True for unit in UnitType}
    for kind in ATTRIBUTES:
        targets[kind] |= dict.fromkeys(contents.own_words(kind).values(), True)
    return targets


def _check_catalogue(catalogue: Sequence[Product], notes: Notes) -> None:
    by_code: dict[str, Product] = {}
    by_description: dict[str, Product] = {}
    for product in catalogue:
        if product.code in by_code:
            notes.refuse(CATALOGUE_FILE, f"{product.code} stands twice; keep one", None, "code")
        by_code[product.code] = product
        twin = by_description.setdefault(description_key(product.description), product)
        if product.description and twin.code != product.code and twin.is_active:
            text = f"{twin.code} and {product.code} have the same description"
            notes.warn(CATALOGUE_FILE, f"{text}; a partner's text can't choose, so neither is used")


def _check_words(kind: Kind, contents: Contents, notes: Notes) -> None:
    """Warn of words of the catalogue that the own list, where there is one, does not have."""
    if not contents.entries[kind]:
        return
    known = [entry.code for entry in contents.entries[kind]]
    for word in contents.own_words(kind).values():
        hint = nearest(word, known, f"add a row of * with source_code and target_code {word}")
        text = f"{word} is in {CATALOGUE_FILE}, but not in the own list (the rows of *)"
        notes.warn(kind.file, f"{text}; {hint}")


def _check_accounts(rows: Sequence[Row], targets: Collection[str], notes: Notes) -> None:
    """Warn of a code that is to mean the same for every partner: accounts have their own (M-16).

    Trade item numbers and VBN codes are nobody's own, and our own codes are ours.
    """
    for row in rows:
        code = row.source_code
        is_shared = not code or code in targets or code.startswith("VBN ") or _is_gtin(code)
        if row.partner == EVERY_PARTNER and row.is_active and not is_shared:
            text = f"{code} is mapped for every partner, but each has codes of its own (M-16)"
            notes.warn(row.kind.file, f"{text}; name the partner whose code it is", row.number)


def _is_gtin(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) in _GTIN_LENGTHS


_GTIN_LENGTHS = (8, 12, 13, 14)


def _check_entries(kind: Kind, entries: Sequence[Entry], notes: Notes) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.code in seen:
            text = f"the own list has {entry.code} twice; keep one row of *"
            notes.refuse(kind.file, text, None, "source_code")
        seen.add(entry.code)


def _check_rooms(entries: Mapping[Kind, Sequence[Entry]], notes: Notes) -> None:
    """Warn of box types that take no carrier's room, because nobody said how large they are."""
    if not any(each.capacity_cubes for each in entries[Kind.CARRIERS]):
        return
    for entry in entries[Kind.BOX_TYPES]:
        sides = (entry.length_in, entry.width_in, entry.height_in)
        if entry.is_active and None in sides:
            text = (
                f"{entry.code} has no size, so its boxes take nothing of capacity_cubes in"
                f" {Kind.CARRIERS.file}; write length_in, width_in and height_in"
            )
            notes.warn(Kind.BOX_TYPES.file, text, None, "length_in")


def _check_targets(
    kind: Kind, rows: Sequence[Row], targets: Mapping[str, bool], today: date, notes: Notes
) -> None:
    """An active row needs a known target, unless the row is past (old rows may outlive it)."""
    for row in rows:
        if not row.is_active or (row.valid_to is not None and row.valid_to < today):
            continue
        is_active = targets.get(row.target_code)
        if is_active is None:
            text = _dangling(kind, row.target_code, targets)
            notes.refuse(kind.file, text, row.number, "target_code")
        elif not is_active:
            text = f"{row.target_code} is inactive, so this row maps nothing; choose another"
            notes.warn(kind.file, text, row.number, "target_code")


def _dangling(kind: Kind, target: str, targets: Collection[str]) -> str:
    if kind is Kind.PRODUCTS:
        hint = nearest(target, targets, "add the product there first")
        return f"{target} is not in {CATALOGUE_FILE}; {hint}"
    if kind in ATTRIBUTES:
        hint = nearest(target, targets, f"add a row of * with source_code and target_code {target}")
        return f"{target} is in neither the own list (the rows of *) nor {CATALOGUE_FILE}; {hint}"
    hint = nearest(target, targets, f"add a row of * with source_code and target_code {target}")
    return f"{target} is not in the own list (the rows of *); {hint}"


def _check_ranks(kind: Kind, rows: Sequence[Row], notes: Notes) -> None:
    for same in by_rank(kind, rows).values():
        for first, second in _overlapping(same):
            if first.target_code != second.target_code:
                text = (
                    f"row {first.number} maps the same {_source(second)} to {first.target_code}, "
                    f"this one to {second.target_code}; keep one, or part them by dates"
                )
                notes.refuse(kind.file, text, second.number, _source_column(second))
            else:
                text = f"repeats row {first.number}; remove one of them"
                notes.warn(kind.file, text, second.number)


def by_rank(kind: Kind, rows: Iterable[Row]) -> dict[tuple[str, str, str, str], list[Row]]:
    """Group active rows that compete: same scope and same code, or same description for rows
    without a code."""
    groups: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_active:
            groups[rank_key(kind, row)].append(row)
    return groups


def rank_key(kind: Kind, row: Row) -> tuple[str, str, str, str]:
    """Return what a row competes on: partner, vendor, code, or description where no code is."""
    if row.source_code:
        return row.partner, row.vendor_code, code_key(kind, row.source_code), ""
    return row.partner, row.vendor_code, "", text_key(kind, row.source_description)


def _overlapping(rows: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Return neighbours in time whose validity overlaps."""
    if len(rows) < 2:
        return []
    ordered = sorted(rows, key=lambda row: (row.valid_from or date.min, row.number))
    pairs: list[tuple[Row, Row]] = []
    longest = ordered[0]
    for _, row in pairwise(ordered):
        if (longest.valid_to or date.max) >= (row.valid_from or date.min):
            pairs.append((longest, row) if longest.number < row.number else (row, longest))
        if (row.valid_to or date.max) > (longest.valid_to or date.max):
            longest = row
    return pairs


def _source(row: Row) -> str:
    return f"code {row.source_code}" if row.source_code else "description"


def _source_column(row: Row) -> str:
    return "source_code" if row.source_code else "source_description"


def ambiguous_descriptions(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Return descriptions that stand beside several codes of one scope with different targets.

    Such a description alone can't say which is meant, so it maps nothing; the codes do.
    """
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_active and row.source_code and row.source_description:
            key = text_key(row.kind, row.source_description)
            groups[row.partner, row.vendor_code, key].append(row)
    return [
        (key[2], same)
        for key, same in groups.items()
        if len(same) > 1 and any(a.target_code != b.target_code for a, b in _overlapping(same))
    ]


def _check_hidden(kind: Kind, rows: Sequence[Row], notes: Notes) -> None:
    """Warn of rows, or halves of rows, that never decide anything."""
    for _, same in ambiguous_descriptions(rows):
        numbers = ", ".join(str(row.number) for row in same)
        text = f"rows {numbers} share this description but not their target; only codes map here"
        notes.warn(kind.file, text, same[-1].number, "source_description")
    ranks = by_rank(kind, rows)
    for (partner, vendor, code, description), same in ranks.items():
        for row in same:
            if vendor:
                wide = ranks.get((partner, "", code, description), [])
                _warn_narrow(kind, row, wide, notes)
            if code and row.source_description:
                key = text_key(kind, row.source_description)
                _warn_hidden(kind, row, ranks.get((partner, vendor, "", key), []), notes)


def _warn_narrow(kind: Kind, row: Row, wide: list[Row], notes: Notes) -> None:
    for other in wide:
        if other.target_code == row.target_code and _covers(other, row):
            text = f"says the same as row {other.number}, which holds for every vendor; remove it"
            notes.warn(kind.file, text, row.number)


def _warn_hidden(kind: Kind, row: Row, by_description: list[Row], notes: Notes) -> None:
    for other in by_description:
        if other.target_code != row.target_code and _covers(other, row):
            text = f"row {other.number} maps this description to {other.target_code}; only the code"
            notes.warn(kind.file, f"{text} of this row is used", row.number, "source_description")


def _covers(wide: Row, row: Row) -> bool:
    return (wide.valid_from or date.min) <= (row.valid_from or date.min) and (
        wide.valid_to or date.max
    ) >= (row.valid_to or date.max)


def _check_packs(
    packs: Sequence[Pack],
    targets: Mapping[Kind, Mapping[str, bool]],
    today: date,
    notes: Notes,
) -> None:
    groups: dict[tuple[str, str], list[Pack]] = defaultdict(list)
    for pack in packs:
        if not pack.is_active:
            continue
        for earlier in groups[pack.partner, pack.product_code]:
            if earlier.shares_days_with(pack):
                text = (
                    f"row {earlier.number} packs the same product; keep one, or part them by dates"
                )
                notes.refuse(PACKS_FILE, text, pack.number, "product_code")
        groups[pack.partner, pack.product_code].append(pack)
        if pack.valid_to is None or pack.valid_to >= today:
            _check_pack_targets(pack, targets, notes)


def _check_pack_targets(
    pack: Pack, targets: Mapping[Kind, Mapping[str, bool]], notes: Notes
) -> None:
    if pack.product_code not in targets[Kind.PRODUCTS]:
        text = _dangling(Kind.PRODUCTS, pack.product_code, targets[Kind.PRODUCTS])
        notes.refuse(PACKS_FILE, text, pack.number, "product_code")
    if pack.box_type not in targets[Kind.BOX_TYPES]:
        hint = nearest(pack.box_type, targets[Kind.BOX_TYPES], "add it there first")
        text = f"{pack.box_type} is not in the own list of {Kind.BOX_TYPES.file}; {hint}"
        notes.refuse(PACKS_FILE, text, pack.number, "box_type")
