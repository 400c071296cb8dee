"""Ranked guesses for an unmapped text, for a person to choose from; never applied.

Words are compared with each other, so their order, endings and small slips matter little. Numbers
are lengths, grades and weights: 50 is never nearly 60, so a product whose numbers differ ranks low
whatever its words say. What other partners call a thing counts as a name of it. Products are what
is asked for most; carriers, places, categories and the like are ranked the same way.
"""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from daemon.mapping.rows import TRAITS, Kind, description_key
from daemon.mapping.tables import Tables

MOST_CHARACTERS = 200
LEAST_SCORE = 0.3
OTHER_NUMBERS_CAP = 0.45
MISSING_NUMBERS_CAP = 0.8
_NEAR = 0.75
_PREFIX = 0.85
_TOKEN = re.compile(r"[0-9]+|[^\W0-9_]+")
_MEASURES = frozenset({"cm", "cms", "g", "gr", "grs", "gram", "grams", "st", "stems", "x"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code of ours that an unmapped text may mean: `score` from 0 to 1, and why."""

    code: str
    description: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Name:
    """One way to call a thing; `who` is the partner whose words these are, or empty."""

    code: str
    who: str
    words: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Suggester:
    """The names of all active things of a kind, split into words once for many questions."""

    _tables: Tables
    _ours: Mapping[str, str]
    """Our active codes of the kind, and what they are."""
    _names: tuple[_Name, ...]
    _weights: Mapping[str, float]

    def suggest(
        self, description: str | None, code: str | None = None, *, limit: int = 3
    ) -> tuple[Suggestion, ...]:
        """Return the best codes of ours for a partner's text, best first; empty where none is near.

        The code counts only where there is no description, because its digits are no lengths; a VBN
        code counts by its words, where the site has the lists.
        """
        said = description or self._tables.vbn.words_for(code or "") or code or ""
        words, numbers = _tokens(said)
        if not words and not numbers:
            return ()
        near = {word: self._near(word) for word in words}
        best: dict[str, tuple[float, _Name]] = {}
        for name in self._names:
            score = self._score(near, numbers, name)
            if score >= LEAST_SCORE and score > best.get(name.code, (0.0, name))[0]:
                best[name.code] = (score, name)
        ranked = sorted(best.values(), key=lambda found: (-found[0], found[1].code))
        return tuple(self._said(score, name, near, numbers) for score, name in ranked[:limit])

    def _near(self, word: str) -> dict[str, float]:
        """Return every known word that `word` may stand for, with how near it is."""
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(word)
        found: dict[str, float] = {}
        for known in self._weights:
            ratio = _prefix_ratio(word, known)
            if not ratio:
                matcher.set_seq1(known)
                if matcher.real_quick_ratio() >= _NEAR and matcher.quick_ratio() >= _NEAR:
                    ratio = matcher.ratio()
            if ratio >= _NEAR:
                found[known] = ratio
        return found

    def _score(
        self, near: Mapping[str, Mapping[str, float]], numbers: frozenset[str], name: _Name
    ) -> float:
        """Return twice the weight in common over the weight of both (Dice), capped by numbers."""
        common = own = 0.0
        for word, known in near.items():
            match = max(name.words & known.keys(), key=known.__getitem__, default=None)
            weight = self._weights.get(match or word, 1.0)
            own += weight
            common += known[match] * weight if match else 0.0
        same = numbers & name.numbers
        common += len(same)
        own += len(numbers)
        other = sum(self._weights[word] for word in name.words) + len(name.numbers)
        score = 2 * common / (own + other)
        if numbers and name.numbers and numbers != name.numbers:
            return min(score, OTHER_NUMBERS_CAP)
        return score if numbers == name.numbers else min(score, MISSING_NUMBERS_CAP)

    def _said(
        self,
        score: float,
        name: _Name,
        near: Mapping[str, Mapping[str, float]],
        numbers: frozenset[str],
    ) -> Suggestion:
        matched = sorted(word for word, known in near.items() if name.words & known.keys())
        reason = f"same words: {', '.join(matched)}" if matched else "no word in common"
        if numbers and numbers == name.numbers:
            reason += f"; same number: {', '.join(sorted(numbers))}"
        elif numbers != name.numbers:
            stated = ", ".join(sorted(name.numbers)) or "none"
            reason += f"; but numbers {', '.join(sorted(numbers)) or 'none'} against {stated}"
        if name.who:
            reason += f"; as {name.who} calls it"
        return Suggestion(name.code, self._ours[name.code], round(score, 3), reason)


def suggester(tables: Tables, kind: Kind = Kind.PRODUCTS) -> Suggester:
    """Return a suggester over our active codes of a kind and every partner's names for them."""
    ours = tables.ours(kind)
    named = [(code, "", text) for code, text in ours.items()]
    if kind is not Kind.PRODUCTS:
        named += [(code, "", code) for code, text in ours.items() if text != code]
    for row in tables.rows[kind]:
        text = row.source_description or (row.source_code if TRAITS[kind].is_word else "")
        if row.is_active and text and row.target_code in ours:
            named.append((row.target_code, row.partner, text))
    names = tuple(_Name(code, who, *_tokens(text)) for code, who, text in named)
    return Suggester(tables, ours, names, _weights(names))


def suggest(
    tables: Tables, description: str | None, code: str | None = None, *, limit: int = 3
) -> tuple[Suggestion, ...]:
    """Return the best products for one text; build a `suggester` for many."""
    return suggester(tables).suggest(description, code, limit=limit)


def _weights(names: Iterable[_Name]) -> dict[str, float]:
    """Return how telling each word is: a word of every product (`rose`) little, a rare one much."""
    products: dict[str, set[str]] = defaultdict(set)
    for name in names:
        for word in name.words:
            products[word].add(name.code)
    counts = Counter({word: len(codes) for word, codes in products.items()})
    most = max(counts.values(), default=1)
    return {word: 0.5 + math.log(1 + most / count) for word, count in counts.items()}


def _tokens(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words and the numbers of a text, without accents and measures."""
    plain = unicodedata.normalize("NFKD", description_key(text[:MOST_CHARACTERS]))
    tokens = _TOKEN.findall("".join(c for c in plain if not unicodedata.combining(c)))
    numbers = frozenset(t.lstrip("0") or "0" for t in tokens if t.isdecimal() and t.isascii())
    words = frozenset(t for t in tokens if not t.isdecimal() and t not in _MEASURES)
    return words, numbers


def _prefix_ratio(word: str, known: str) -> float:
    """Return how near an abbreviation is (`exp` of `explorer`), 0 where it is none."""
    if word == known:
        return 1.0
    short, long = sorted((word, known), key=len)
    return _PREFIX if len(short) >= 3 and long.startswith(short) else 0.0
