"""Check one transaction set against its definition; the codes are those of AK304 and AK403."""

from __future__ import annotations

from functools import cache

from formats.grammar.check import Checker, LookCloser
from formats.grammar.errors import ElementError, Reasons
from formats.x12.dictionary import Dictionary, dictionary
from formats.x12.elements import element_errors
from formats.x12.patterns import patterns
from formats.x12.tree import tree

REASONS = Reasons(
    missing="3",
    surplus="5",
    surplus_loop="4",
    unknown="1",
    not_in_set="6",
    out_of_order="7",
    not_open="2",
    elements="8",
    trailing="10",
)
"""AK304 (720); 10 exists from 5010 on."""


@cache
def checker(code: str, release: str) -> Checker:
    """Return the checker for set `code` in `release`."""
    return new_checker(code, release)


def new_checker(code: str, release: str) -> Checker:
    """Return a checker of its own, that has seen nothing yet."""
    known = dictionary(release)
    return Checker(tree(code, release), REASONS, known.tags, patterns(release), _look_closer(known))


def _look_closer(known: Dictionary) -> LookCloser:
    def errors_in(tag: str, text: str, component: str) -> tuple[ElementError, ...]:
        segment = known.segments.get(tag)
        return element_errors(text, segment, component) if segment else ()

    return errors_in
