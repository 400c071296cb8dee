"""Plays by chance: the same ones for the same number, wherever and after whatever they are played.

A play is a class whose rules are its steps. A rule says how what it is called with is drawn, and
is left out while it has nothing to do. Each play likes other rules better, so that some come to
what a fair choice never would. A play that fails tells its steps; on demand, the fewest that fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
F = TypeVar("F", bound=Callable[..., None])
Draw = Callable[[Random], T]
_LIKING = (0, 1, 1, 2, 4)
"""How often a play chooses a rule, against others."""


def integers(low: int, high: int) -> Draw[int]:
    return lambda chance: chance.randint(low, high)


def one_of(values: Sequence[T]) -> Draw[T]:
    return lambda chance: chance.choice(values)


def pairs(first: Draw[K], second: Draw[V]) -> Draw[tuple[K, V]]:
    return lambda chance: (first(chance), second(chance))


def lists(each: Draw[T], most: int) -> Draw[list[T]]:
    """Draw one to `most`."""
    return lambda chance: [each(chance) for _ in range(chance.randint(1, most))]


def dicts(key: Draw[K], value: Draw[V], most: int) -> Draw[dict[K, V]]:
    """Draw one to `most`; fewer where a key comes again."""
    return lambda chance: dict(lists(pairs(key, value), most)(chance))


class Played(Protocol):
    """One play; `end` checks what must be true then, and `close` leaves nothing behind."""

    def end(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a play: how its arguments are drawn, and when it has something to do."""

    name: str
    draws: dict[str, Draw[Any]]
    when: Callable[[Any], object] | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A rule as it was played."""

    name: str
    values: dict[str, Any]

    def __str__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"play.{self.name}({said})"


def rule(
    *, when: Callable[[Any], object] | None = None, is_first: bool = False, **draws: Draw[Any]
) -> Callable[[F], F]:
    """Make a rule of a method; the one that `is_first` begins every play, and only that."""

    def made(method: F) -> F:
        vars(method)["rule"] = Rule(method.__name__, draws, when, is_first)
        return method

    return made


def rules_of(kind: type[Played]) -> list[Rule]:
    """Return the rules of a play, the first one first, the others as they stand."""
    found = [each.rule for each in vars(kind).values() if hasattr(each, "rule")]
    return sorted(found, key=lambda each: not each.is_first)


def run(make: Callable[[], Played], kind: type[Played], seed: str, steps: int) -> None:
    """Play one play of `steps` steps; an exception bears a note of what was played."""
    told: list[Step] = []
    _carry_out(make, _by_chance(kind, Random(seed), steps), told)


def shortest(make: Callable[[], Played], kind: type[Played], seed: str, steps: int) -> None:
    """Play as `run` does; of a play that fails, look for the fewest steps that fail and raise."""
    told: list[Step] = []
    try:
        _carry_out(make, _by_chance(kind, Random(seed), steps), told)
        return
    except AssertionError:
        size = len(told) // 2
    while size:
        kept = _without_pieces(make, told, size)
        size = size if len(kept) < len(told) and size == 1 else size // 2
        told = kept
    _carry_out(make, _again(told), [])


def _without_pieces(make: Callable[[], Played], told: list[Step], size: int) -> list[Step]:
    """Leave out every `size` steps without which the play fails all the same."""
    at = len(told) - size
    while at > 0:
        fewer = told[:at] + told[at + size :]
        try:
            _carry_out(make, _again(fewer), [])
        except AssertionError:
            told = fewer
        at -= size
    return told


Script = Callable[[Played], Iterator[Step]]


def _by_chance(kind: type[Played], chance: Random, steps: int) -> Script:
    first, *others = rules_of(kind)
    likings = [chance.choice(_LIKING) for _ in others]

    def script(play: Played) -> Iterator[Step]:
        yield _drawn(first, chance)
        for _ in range(steps):
            open_now = [
                (each, liking)
                for each, liking in zip(others, likings, strict=True)
                if liking and (each.when is None or each.when(play))
            ]
            rules, weights = zip(*open_now, strict=True)
            yield _drawn(chance.choices(rules, weights)[0], chance)

    return script


def _drawn(each: Rule, chance: Random) -> Step:
    return Step(each.name, {name: draw(chance) for name, draw in each.draws.items()})


def _again(told: Sequence[Step]) -> Script:
    def script(play: Played) -> Iterator[Step]:
        known = {each.name: each for each in rules_of(type(play))}
        for step in told:
            when = known[step.name].when
            if when is None or when(play):
                yield step

    return script


def _carry_out(make: Callable[[], Played], script: Script, told: list[Step]) -> None:
    """Play a script to its end, and write down in `told` what was played."""
    play = make()
    try:
        for step in script(play):
            told.append(step)
            getattr(play, step.name)(**step.values)
        play.end()
    except BaseException as error:
        error.add_note("\n".join(["Played:", *map(str, told)]))
        raise
    finally:
        play.close()
