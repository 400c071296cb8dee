"""What exactly is wrong with a segment: the slow path, run when its pattern didn't match."""

from __future__ import annotations

import re
from dataclasses import replace

from formats import values
from formats.grammar.check import SEPARATOR
from formats.grammar.errors import ElementError
from formats.x12.dictionary import Element, Relation, Segment
from formats.x12.usable import TEXTS

_CONTROL = re.compile(r"[\x00-\x1f\x7f]", re.ASCII)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""With those of ISO 6429 (C1), which nobody sees: names would differ that look alike."""
_NUMBER = {
    "N0": re.compile(r"-?[0-9]+", re.ASCII),
    "N2": re.compile(r"-?[0-9]+", re.ASCII),
    "R": re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII),
}
_SHOWN_CHARACTERS = 99


def element_errors(text: str, segment: Segment, component: str) -> tuple[ElementError, ...]:
    """Return every error in a segment whose elements are parted by SEPARATOR.

    `component` is the component separator of the interchange. Trailing empty elements are no
    error here.
    """
    found = text.split(SEPARATOR)[1:]
    while found and not found[-1]:
        found.pop()
    errors: list[ElementError] = []
    for position, use in enumerate(segment.uses, 1):
        value = found[position - 1] if position <= len(found) else ""
        if value:
            errors += _value_errors(position, value, use.element, component)
        elif use.is_mandatory:
            errors.append(_error(position, "1", use.element, "", "a value"))
    if len(found) > len(segment.uses):
        first = len(segment.uses) + 1
        expected = f"at most {len(segment.uses)} elements"
        errors.append(
            ElementError(first, "3", "", "", found[first - 1][:_SHOWN_CHARACTERS], expected)
        )
    present = tuple(bool(value) for value in found)
    told = {(each.element, each.code) for each in errors}
    for relation in segment.relations:
        if relation.is_broken(present):
            error = _relation_error(relation, present, segment)
            # Two relations that want the same element say it once.
            if (error.element, error.code) not in told:
                errors.append(error)
                told.add((error.element, error.code))
    return tuple(errors)


def _relation_error(
    relation: Relation, present: tuple[bool, ...], segment: Segment
) -> ElementError:
    names = [f"{segment.tag}{position:02}" for position in relation.positions]
    there = [p for p in relation.positions if p <= len(present) and present[p - 1]]
    if relation.kind == "E":
        position, expected = there[-1], f"only one of {' and '.join(names)}"
        error = _error(position, "10", segment.uses[position - 1].element, "", expected)
    else:
        position = next(p for p in relation.positions if p not in there)
        joined = (" or " if relation.kind == "R" else " with ").join(names)
        if relation.kind == "L":
            joined = f"{names[0]} with {' or '.join(names[1:])}"
        error = _error(position, "2", segment.uses[position - 1].element, "", joined)
    return replace(error, because_of=next((p for p in there if p != position), None))


def _error(position: int, code: str, element: Element, value: str, expected: str) -> ElementError:
    shown = value[:_SHOWN_CHARACTERS]
    # What is named by its place has a number that no source of ours tells.
    is_numbered = element.type != "C" and element.number.isdigit()
    number = element.number if is_numbered else ""
    return ElementError(position, code, number, element.name, shown, expected)


def _value_errors(
    position: int, value: str, element: Element, component: str
) -> list[ElementError]:
    if element.type == "C":
        return _composite_errors(position, value, element, component)
    found = _wrong(value, element)
    return [_error(position, found[0], element, value, found[1])] if found else []


def _composite_errors(
    position: int, value: str, element: Element, component: str
) -> list[ElementError]:
    parts = value.split(component)
    if len(parts) > len(element.components):
        expected = f"at most {len(element.components)} components"
        return [_error(position, "13", element, value, expected)]
    errors = []
    for index, (part, each) in enumerate(zip(parts, element.components, strict=False), 1):
        found = _wrong(part, each) if part else None
        if found:
            shown = part[:_SHOWN_CHARACTERS]
            errors.append(
                ElementError(position, found[0], each.number, each.name, shown, found[1], index)
            )
    return errors


def _wrong(value: str, element: Element) -> tuple[str, str] | None:
    """Return the error code of a value and what was expected instead."""
    if (_CONTROL if element.number in TEXTS else _UNSEEN).search(value):
        return "6", "no control characters"
    if element.type in _NUMBER:
        return _wrong_number(value, element)
    if element.type == "DT":
        return _wrong_date(value)
    if element.type == "TM":
        return _wrong_time(value)
    return _wrong_length(len(value), element) or _wrong_code(value, element)


def _wrong_length(length: int, element: Element) -> tuple[str, str] | None:
    if length > element.most:
        return "5", f"at most {element.most} characters ({length} sent)"
    if length < element.least:
        return "4", f"at least {element.least} characters ({length} sent)"
    return None


def _wrong_code(value: str, element: Element) -> tuple[str, str] | None:
    if element.codes is not None and value not in element.codes:
        return "7", f"an X12 code of element {element.number}"
    return None


def _wrong_number(value: str, element: Element) -> tuple[str, str] | None:
    if not _NUMBER[element.type].fullmatch(value):
        kind = "a number such as 12 or 0.365" if element.type == "R" else "a whole number"
        return "6", kind
    # The sign and the decimal point don't count (X12.5).
    return _wrong_length(sum(character.isdigit() for character in value), element)


def _wrong_date(value: str) -> tuple[str, str] | None:
    try:
        values.basic_date(value)
    except ValueError:
        return "8", "a date of the calendar such as 20261121"
    return None


def _wrong_time(value: str) -> tuple[str, str] | None:
    try:
        values.basic_time(value)
    except ValueError:
        return "9", "a time such as 0830"
    return None
