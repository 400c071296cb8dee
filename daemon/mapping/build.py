"""Makes the tables of checked contents: every active row, indexed by what it is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from daemon.mapping.check import Contents, ambiguous_descriptions, targets_of
from daemon.mapping.prices import by_sides
from daemon.mapping.rates import by_pair
from daemon.mapping.rows import Kind, Pack, Row, code_key, text_key
from daemon.mapping.tables import Own, Scope, Tables
from formats.records import UnitType


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
        prices=by_sides(contents.prices),
        layouts=contents.layouts,
        vbn=contents.vbn,
        rooms={
            each.code: each.capacity_cubes
            for each in contents.entries[Kind.CARRIERS]
            if each.capacity_cubes is not None
        },
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
            texts[scope][text_key(kind, row.source_description)].append(row)
    for row in active:
        if row.source_code and row.source_description and row.number not in unclear:
            scope = row.partner, row.vendor_code
            texts[scope][text_key(kind, row.source_description)].append(row)
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
            descriptions[text_key(kind, description)].add(code)
    return Own(
        codes=contents.own_words(kind) | {code_key(kind, code): code for code, _ in named},
        descriptions={key: min(codes) for key, codes in descriptions.items() if len(codes) == 1},
    )


def _reverse(rows: Sequence[Row]) -> dict[tuple[str, str], tuple[Row, ...]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_active:
            found[row.partner, row.target_code].append(row)
    return {key: tuple(same) for key, same in found.items()}
