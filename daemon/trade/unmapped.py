"""What a person has to do about a code that no table knows."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import islice

from daemon.ledger.documents import NOTED
from daemon.mapping.apply import Unmapped
from daemon.mapping.rows import TRAITS
from daemon.mapping.terms import Wording
from formats.findings import Finding, warning
from formats.records import Order

MOST_NAMED = 20


def unknown_words(words: Sequence[Unmapped]) -> Iterator[Finding]:
    """Yield a warning for each category, grade or colour that the network has no word for (9.1).

    Nothing waits for it: the goods are shown under the catalogue's word, or the vendor's own.
    """
    for found in words[:MOST_NAMED]:
        text = found.source_code or found.source_description or ""
        what = TRAITS[found.kind].noun
        message = (
            f"{found.where} {text!r} is not known here yet, so the goods are shown as our"
            " catalogue says, and else in your words; a person may map it. Nothing waits for it"
        )
        yield warning(f"{what}.unknown", message)
    if len(words) > MOST_NAMED:
        message = f"and {len(words) - MOST_NAMED} more words like these"
        yield warning("words.unknown", message)


def unknown_terms(wording: Wording, order: Order) -> Iterator[Finding]:
    """Yield a warning for each word of an order that the network has no word for (9.1).

    Nothing waits for it: it is told to others as it was written.
    """
    terms = [*islice(wording.unknown(order), MOST_NAMED)]
    for each in terms:
        noun = TRAITS[each.kind].noun
        code = Unmapped(
            *(each.kind, wording.origin, wording.vendor or "", each.text, None, each.line),
            where=noun if each.line is None else f"line {each.line}, {noun}",
        )
        message = f"{to_map(code)}. Until then it is told to others as it was written"
        yield warning(f"{NOTED}.{noun.replace(' ', '_')}.unknown", message)


def to_map(code: Unmapped) -> str:
    """Return the sentence for an unmapped code: what, where, and the command that maps it."""
    text = code.source_code or code.source_description or "(nothing)"
    command = f"k2kd map {code.kind} {code.partner} {shlex.quote(text)} OUR-CODE"
    return f"{code.where}: {text} is not in {code.kind}.csv for {code.partner}; map it: {command}"


def not_known_yet(code: Unmapped) -> str:
    """Return the sentence for the partner: what is not known here, and what happens next."""
    text = code.source_code or code.source_description or "(nothing)"
    return f"{text} is not known here yet; a person maps it and it goes on by itself"
