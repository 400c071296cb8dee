"""What exactly is wrong with a segment: the slow path, run when its pattern didn't match.

Codes are those of 0085. A composite of which nothing is sent counts as absent; trailing empty
elements and components are no error here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from formats.edifact.dictionary import Element, Segment, Use
from formats.edifact.patterns import COMPONENT, REPETITION
from formats.grammar.check import SEPARATOR
from formats.grammar.errors import ElementError

INVALID_VALUE = "12"
MISSING = "13"
TOO_MANY = "16"
BAD_DECIMAL = "19"
BAD_CHARACTER = "21"
WRONG_KIND = "37"
NO_LEADING_DIGIT = "38"
TOO_LONG = "39"
TOO_SHORT = "40"

_CONTROL = re.compile(r"[\x00-\x1d\x7f-\x9f]")
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?", re.ASCII)
_NO_LEADING_DIGIT = re.compile(r"-?[.,][0-9]+", re.ASCII)
_DIGITS_AND_MARKS = re.compile(r"-?[0-9.,]+-?", re.ASCII)
_SHOWN_CHARACTERS = 99


def element_errors(text: str, segment: Segment) -> tuple[ElementError, ...]:
    """Return every error in a segment (elements parted by SEPARATOR, components by COMPONENT)."""
    found = text.split(SEPARATOR)[1:]
    while found and not found[-1].strip(COMPONENT):
        found.pop()
    errors: list[ElementError] = []
    for position, use in enumerate(segment.uses, 1):
        value = found[position - 1] if position <= len(found) else ""
        if value.strip(COMPONENT):
            errors += _value_errors(position, value, use)
        elif use.is_mandatory:
            errors.append(_error((position, None), MISSING, use.parts[0], "", "a value"))
    if len(found) > len(segment.uses):
        first = len(segment.uses) + 1
        expected = f"at most {len(segment.uses)} elements"
        shown = _shown(found[first - 1])
        errors.append(ElementError(first, TOO_MANY, "", "", shown, expected))
    return tuple(errors)


def _value_errors(position: int, value: str, use: Use) -> Iterator[ElementError]:
    if REPETITION in value:
        expected = "one value: this element can't be repeated"
        yield ElementError(position, TOO_MANY, use.number, "", _shown(value), expected)
        return
    parts = value.rstrip(COMPONENT).split(COMPONENT)
    if len(parts) > len(use.parts):
        first = len(use.parts) + 1
        # Components in a simple element are too many of the element itself.
        at = first if use.is_composite else None
        expected = f"at most {len(use.parts)} components" if use.is_composite else "one value"
        yield ElementError(position, TOO_MANY, use.number, "", _shown(value), expected, at)
    for index, (element, must) in enumerate(zip(use.parts, use.required, strict=True)):
        part = parts[index] if index < len(parts) else ""
        component = index + 1 if use.is_composite else None
        if part:
            wrong = _wrong(part, element)
            if wrong is not None:
                yield _error((position, component), wrong[0], element, part, wrong[1])
        elif must:
            yield _error((position, component), MISSING, element, "", "a value")


def _error(
    at: tuple[int, int | None], code: str, element: Element, value: str, expected: str
) -> ElementError:
    """Return an error of `element`, which stands `at` an element and a component."""
    position, part = at
    number, name = element.number, element.name
    return ElementError(position, code, number, name, _shown(value), expected, part)


def _shown(value: str) -> str:
    return value[:_SHOWN_CHARACTERS].replace(COMPONENT, ":").replace(REPETITION, "*")


def _wrong(value: str, element: Element) -> tuple[str, str] | None:
    """Return the error code of a value and what was expected instead."""
    if _CONTROL.search(value):
        return BAD_CHARACTER, "no control characters"
    if element.kind == "n":
        return _wrong_number(value, element)
    if element.kind == "a" and any(each.isdigit() for each in value):
        return WRONG_KIND, "no digits"
    wrong = _wrong_length(len(value), element)
    if wrong is None and element.codes is not None and value not in element.codes:
        return INVALID_VALUE, f"a code of list {element.number}"
    return wrong


def _wrong_number(value: str, element: Element) -> tuple[str, str] | None:
    if not _NUMBER.fullmatch(value):
        if _NO_LEADING_DIGIT.fullmatch(value):
            return NO_LEADING_DIGIT, "a digit ahead of the decimal mark, as 0.36"
        if _DIGITS_AND_MARKS.fullmatch(value):
            return BAD_DECIMAL, "a number such as 12 or 0.36, without marks between thousands"
        return WRONG_KIND, "a number such as 12 or 0.36"
    # The sign and the decimal mark don't count (ISO 9735).
    return _wrong_length(sum(character.isdigit() for character in value), element)


def _wrong_length(length: int, element: Element) -> tuple[str, str] | None:
    if length > element.most:
        return TOO_LONG, f"at most {element.most} characters ({length} sent)"
    if length < element.least:
        return TOO_SHORT, f"at least {element.least} characters ({length} sent)"
    return None
