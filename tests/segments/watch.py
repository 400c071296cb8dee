"""Which elements make a difference to what becomes of a document, found by changing them.

Many documents are made at random, and made again with other values in some elements. Where the
record or a finding is another one then, one of these elements was read. That needs to know nothing
of how a reader goes about it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from tests.segments.family import Family, Key, Result
from tests.segments.making import Maker, Written

FEWEST, MOST = 40, 1500
"""Documents of each release that give a record."""
MOST_MADE = 6000
UNUSABLE = 25
"""Of those that give none so many are looked at: they say little."""


def watched(family: Family, code: str, wanted: Collection[Key]) -> set[Key]:
    """Return the elements and components that are read of a document, in any release.

    Where one of `wanted` isn't found it goes on looking for long, in documents that have it.
    """
    found: set[Key] = set()
    for release in family.releases(code):
        maker = Maker(family, code, release)
        paths = set(family.tree(code, release).paths)
        listed = [key for key in wanted if key[0] in paths]
        usable = unusable = 0
        for _ in range(MOST_MADE):
            document = maker.made()
            usual = _built(maker, document)
            usable += usual.record is not None
            unusable += usual.record is None
            if usual.record is not None or unusable < UNUSABLE:
                found.update(_read(maker, document, usual, found))
            if usable < FEWEST:
                continue
            lacking = {key for key in listed if key not in found}
            if usable >= MOST or not lacking:
                break
            maker.seek(lacking)
    return found


def _built(maker: Maker, document: Sequence[Written]) -> Result:
    texts = [each.text for each in document]
    nodes = [each.place.node for each in document]
    return maker.family.built(maker.code, maker.release, texts, nodes)


def _read(
    maker: Maker, document: Sequence[Written], usual: Result, known: set[Key]
) -> Iterator[Key]:
    """Yield what is read of a document and wasn't known to be."""
    listed = ((each.place.path, one.element, one.part) for each in document for one in each.slots)
    asked = [key for key in dict.fromkeys(listed) if key not in known]

    def tells(keys: Sequence[Key]) -> bool:
        return _built(maker, maker.changed(document, set(keys))) != usual

    yield from _telling(asked, tells)


def _telling(keys: Sequence[Key], tells: Callable[[Sequence[Key]], bool]) -> Iterator[Key]:
    """Yield those of `keys` that tell, by asking half of them at a time."""
    if not keys or not tells(keys):
        return
    if len(keys) == 1:
        yield keys[0]
        return
    half = len(keys) // 2
    yield from _telling(keys[:half], tells)
    yield from _telling(keys[half:], tells)
