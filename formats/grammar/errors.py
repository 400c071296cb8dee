"""What is wrong with a segment or an element, whatever the standard that has codes for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ElementError:
    """One wrong element: the AK4 of a 997 or the UCD of a CONTRL, with what a sentence needs.

    `element` counts from 1 for the first after the tag. `number` is empty for a composite of X12
    as a whole: AK402 holds digits, and `C001` has a letter.
    """

    element: int
    code: str
    number: str = ""
    name: str = ""
    value: str = ""
    expected: str = ""
    component: int | None = None
    because_of: int | None = None
    """The element whose presence makes this one wrong, where a relation of the two is broken."""


@dataclass(frozen=True, slots=True)
class SegmentError:
    """One wrong segment: an AK3 with its AK4s, or a UCS with its UCDs.

    `position` counts from ST or UNH = 1.
    """

    tag: str
    position: int
    code: str
    elements: tuple[ElementError, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasons:
    """The codes of one standard for what is wrong with the place of a segment."""

    missing: str
    surplus: str
    surplus_loop: str
    unknown: str
    not_in_set: str
    out_of_order: str
    not_open: str
    """It belongs to a loop that isn't there."""
    elements: str
    """Its elements are wrong."""
    trailing: str
    """It ends with empty elements."""
