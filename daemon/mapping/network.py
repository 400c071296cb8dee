"""The network's own words for category, grade and colour, of which partners' words are others.

They are our own list (the rows of `*` whose source is their target) and, where that has no word for
it, what the catalogue itself says. So a site needs no list before it has two words for one thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daemon.mapping.rows import ATTRIBUTES, EVERY_PARTNER, Entry, Kind, Product, Row, text_key


def own_words(
    kind: Kind, catalogue: Sequence[Product], entries: Sequence[Entry], rows: Sequence[Row]
) -> dict[str, str]:
    """Return by lookup key the catalogue's words that are the network's own; the first spelling.

    What the own list has, as code or description, or what a row of `*` maps, is not among them.
    """
    if kind not in ATTRIBUTES:
        return {}
    listed = set(_listed(kind, entries, rows))
    found: dict[str, str] = {}
    for product in catalogue:
        word = product.attribute(kind)
        if product.is_active and word and text_key(kind, word) not in listed:
            found.setdefault(text_key(kind, word), word)
    return found


def _listed(kind: Kind, entries: Sequence[Entry], rows: Sequence[Row]) -> Iterator[str]:
    """Yield the keys that the own list, or a row of every partner, has."""
    for entry in entries:
        yield from (text_key(kind, text) for text in (entry.code, entry.description) if text)
    for row in rows:
        if row.partner == EVERY_PARTNER and row.is_active and not row.vendor_code:
            texts = (row.source_code, row.source_description)
            yield from (text_key(kind, text) for text in texts if text)
