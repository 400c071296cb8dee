"""One segment to text: delimiters in data released, and nothing sent that says nothing."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

from formats.edifact.service import Service

Element: TypeAlias = str | tuple[str, ...]
"""Text of an element, or the components of a composite one."""

Segment: TypeAlias = tuple[Element, ...]
"""Tag and elements: `("CUX", ("2", "USD", "9"))`. An empty string is an absent element."""


def rendered(segment: Segment, service: Service) -> str:
    """Return a segment with its terminator; trailing empty elements and components are left out."""
    released = _released(service)
    component = service.component.decode("ascii")
    texts = [
        each.translate(released)
        if isinstance(each, str)
        else component.join(part.translate(released) for part in trimmed(*each))
        for each in segment
    ]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return service.element.decode("ascii").join(texts) + service.terminator.decode("ascii")


def trimmed(*parts: str) -> tuple[str, ...]:
    """Return the components of a composite without the empty ones at its end."""
    last = len(parts)
    while last and not parts[last - 1]:
        last -= 1
    return parts[:last]


@cache
def _released(service: Service) -> dict[int, str]:
    release = service.release.decode("ascii")
    marks = service.component + service.element + service.terminator + service.repetition
    return {mark: release + chr(mark) for mark in marks + service.release}
