"""Check one message against its definition; the codes are those of 0085 in a CONTRL."""

from __future__ import annotations

from functools import cache

from formats.edifact.dictionary import Dictionary, dictionary
from formats.edifact.elements import element_errors
from formats.edifact.patterns import patterns
from formats.edifact.tree import tree
from formats.grammar.check import Checker, LookCloser
from formats.grammar.errors import ElementError, Reasons

NOT_SUPPORTED_HERE = "15"
REASONS = Reasons(
    missing="13",
    surplus="35",
    surplus_loop="36",
    unknown=NOT_SUPPORTED_HERE,
    not_in_set=NOT_SUPPORTED_HERE,
    out_of_order=NOT_SUPPORTED_HERE,
    not_open=NOT_SUPPORTED_HERE,
    elements="",
    trailing="45",
)
"""0085 in a UCS. A segment with wrong elements has none: its UCDs say it all."""


@cache
def checker(code: str, edition: str, release: str) -> Checker:
    """Return the checker for message `code`: its tree in `edition`, segments as in `release`."""
    known = dictionary(release)
    return Checker(tree(code, edition), REASONS, known.tags, patterns(release), _look_closer(known))


def _look_closer(known: Dictionary) -> LookCloser:
    def errors_in(tag: str, text: str, _component: str) -> tuple[ElementError, ...]:
        segment = known.segments.get(tag)
        return element_errors(text, segment) if segment else ()

    return errors_in
