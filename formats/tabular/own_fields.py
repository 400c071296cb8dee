"""Fields of a partner's own in one cell: `DEPT=Fresh; BUYER=J. Smith`.

A backslash stands before a semicolon, an equals sign or a backslash that is part of a name or text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from formats.records import LONGEST_CUSTOM_FIELD, MOST_CUSTOM_FIELDS, CustomField

_BETWEEN, _IS, _AS_IT_IS = ";", "=", "\\"


def fields_in(text: str) -> tuple[CustomField, ...]:
    """Return the fields of a cell; ValueError with what is expected of it."""
    found: dict[str, str] = {}
    for name, value in _pairs(text):
        if not name and value == "":
            continue
        if not name or not value:
            raise ValueError("fields such as DEPT=Fresh; BUYER=J. Smith are expected")
        if max(len(name), len(value)) > LONGEST_CUSTOM_FIELD:
            raise ValueError(f"at most {LONGEST_CUSTOM_FIELD} characters of a field are expected")
        found.setdefault(name, value)
    if len(found) > MOST_CUSTOM_FIELDS:
        raise ValueError(f"at most {MOST_CUSTOM_FIELDS} fields are expected")
    return tuple(CustomField(name, value) for name, value in found.items())


def _pairs(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield names and texts; None for a name without a text, empty for nothing at all."""
    parts: list[str] = [""]
    is_escaped = False
    for character in text + _BETWEEN:
        if is_escaped:
            parts[-1] += character
            is_escaped = False
        elif character == _AS_IT_IS:
            is_escaped = True
        elif character == _IS and len(parts) == 1:
            parts.append("")
        elif character == _BETWEEN:
            name = parts[0].strip()
            yield name, parts[1].strip() if len(parts) > 1 else (None if name else "")
            parts = [""]
        else:
            parts[-1] += character


def cell_of(fields: Iterable[CustomField]) -> str | None:
    """Return fields as one cell, None where there are none."""
    return "; ".join(f"{_kept(each.name)}={_kept(each.value)}" for each in fields) or None


def _kept(text: str) -> str:
    for mark in (_AS_IT_IS, _BETWEEN, _IS):
        text = text.replace(mark, _AS_IT_IS + mark)
    return text
