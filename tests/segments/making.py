"""Documents made at random, the same ones every time: every place of a tree, elements there or not.

What stands in an element is one of the values that its family has for it; each has its turn.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.segments.family import Family, Key, Slot, Values
from tests.segments.layout import Place

USUAL = 0.8
"""Which share of documents has what makes one usable, where the family says what that is."""
THERE = 0.6
"""Which share of documents has an optional segment."""
FILLED = (0.2, 0.6, 0.9, 1.0)
"""Which share of its optional elements a segment has."""
SOUGHT = 0.9
"""How likely what is sought is in every other document."""
MOST_UNKNOWN = 9
"""Elements of a segment whose place alone is checked."""
_UNKNOWN = tuple(
    Slot(number, 1, "", "", "", is_needed=False, values=("1", "2", "A7"))
    for number in range(1, MOST_UNKNOWN + 1)
)


@dataclass(frozen=True, slots=True)
class Written:
    """A segment at its place, and what stands in each of its slots; `text` is all of it."""

    place: Place
    slots: Sequence[Slot]
    values: Sequence[str]
    text: str


@dataclass(slots=True)
class Maker:
    """Makes documents of one kind and release."""

    family: Family
    code: str
    release: str
    waiting: dict[Key, list[str]] = field(default_factory=dict)
    """What was not yet written in a slot at its place."""
    sought: frozenset[Key] = frozenset()
    """Elements that are there more often than others."""
    chance: random.Random = field(init=False)
    level: tuple[Place, ...] = field(init=False)
    _sought_paths: frozenset[str] = frozenset()
    _likely: float = 0.0

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.code} {self.release}")
        self.level = self.family.places(self.code, self.release)

    def seek(self, keys: Collection[Key]) -> None:
        """Let elements, and the segments on the way to them, be there more often."""
        self.sought = frozenset(keys)
        parts = (key[0].split("/") for key in keys)
        self._sought_paths = frozenset(
            "/".join(each[: at + 1]) for each in parts for at in range(len(each))
        )

    def made(self) -> list[Written]:
        """Return the segments of a document; most have what makes one usable."""
        usual = self.family.usual(self.code) if self.chance.random() < USUAL else {}
        self._likely = self.chance.choice((SOUGHT, 0.0)) if self.sought else 0.0
        return [self._written(place, said) for place, said in self._walk(self.level, usual)]

    def changed(self, document: Sequence[Written], keys: Collection[Key]) -> list[Written]:
        """Return a document with other values in the slots of `keys`, at every such place."""
        paths = {key[0] for key in keys}
        return [
            self._changed(each, keys) if each.place.path in paths else each for each in document
        ]

    def _walk(
        self, level: Sequence[Place], usual: Mapping[str, Sequence[Values]]
    ) -> Iterator[tuple[Place, Values]]:
        """Yield places in order, each up to three times, optional ones sometimes."""
        for place in level:
            said = usual.get(place.path, ())
            likely = max(THERE, self._likely) if place.path in self._sought_paths else THERE
            is_there = place.is_mandatory or self.chance.random() < likely
            times = self.chance.choice((1, 1, 2, 3)) if place.most != 1 else 1
            for number in range(max(times if is_there else 0, len(said))):
                yield place, said[number] if number < len(said) else {}
                yield from self._walk(place.inside, usual)

    def _written(self, place: Place, said: Values) -> Written:
        slots = self.family.slots(self.code, self.release, place.tag)
        filled = self.chance.choice(FILLED)
        slots = _UNKNOWN if slots is None else slots
        shares = [
            max(filled, self._likely)
            if (place.path, each.element, each.part) in self.sought
            else filled
            for each in slots
        ]
        of_element: dict[int, float] = {}
        for slot, share in zip(slots, shares, strict=True):
            of_element[slot.element] = max(share, of_element.get(slot.element, 0))
        composites = {
            each.element: each.is_composite_needed
            or self.chance.random() < of_element[each.element]
            for each in slots
            if each.is_in_composite
        }
        values = [
            self._next((place.path, slot.element, slot.part), slot)
            if composites.get(slot.element, True)
            and (slot.is_needed or self.chance.random() < share)
            else ""
            for slot, share in zip(slots, shares, strict=True)
        ]
        if said:
            values = [
                said.get((slot.element, slot.part), value)
                for slot, value in zip(slots, values, strict=True)
            ]
        return Written(place, slots, values, self.family.written(place.tag, slots, values))

    def _next(self, key: Key, slot: Slot) -> str:
        waiting = self.waiting.setdefault(key, [])
        if not waiting:
            waiting += slot.values
            self.chance.shuffle(waiting)
        return waiting.pop()

    def _changed(self, written: Written, keys: Collection[Key]) -> Written:
        place, values = written.place, [*written.values]
        for index, slot in enumerate(written.slots):
            if (place.path, slot.element, slot.part) in keys:
                values[index] = self._other(slot, values[index])
        text = self.family.written(place.tag, written.slots, values)
        return Written(place, written.slots, values, text)

    def _other(self, slot: Slot, value: str) -> str:
        """Return another value that may stand in a slot; sometimes none at all."""
        others = [each for each in slot.values if each != value]
        if value and not slot.is_needed and self.chance.random() < 0.2:
            return ""
        return self.chance.choice(others) if others else ("" if not slot.is_needed else value)
