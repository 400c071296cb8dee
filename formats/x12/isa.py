"""Check the elements of an ISA that can be trusted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from formats import values
from formats.findings import Finding, Where, warning
from formats.x12 import words
from formats.x12.separators import Header

_CONTROL = re.compile(r"[0-9]{1,9}", re.ASCII)


def header_findings(header: Header) -> tuple[list[tuple[str, str]], list[Finding]]:
    """Return (TA104, TA105) for every wrong element, and the findings about the header."""
    outcomes: list[tuple[str, str]] = []
    findings: list[Finding] = []
    if not header.has_fixed_places:
        message = (
            "ISA isn't 106 characters long, because its ids aren't padded with blanks; it was "
            "read by its separators. Pad ISA02, 04, 06 and 08 to their full width."
        )
        findings.append(warning("x12.ISA.not_106", message, Where("ISA", byte=header.start)))
    if header.separators.is_wrapped:
        message = (
            "lines are broken inside segments; the line ends were taken out. Don't wrap lines."
        )
        findings.append(warning("x12.wrapped", message, Where(byte=header.start)))
    for position, is_valid, status, code in _checks(header.elements):
        if not is_valid:
            value = header.elements[position - 1].strip()
            outcomes.append((status, code))
            message = (
                f"ISA{position:02} is {value[:40] or 'empty'}; correct the header "
                f"(TA1 {code}: {words.INTERCHANGE[code]})."
            )
            where = Where("ISA", None, position, byte=header.start)
            findings.append(Finding(f"x12.ISA{position:02}", message, where, value=value[:40]))
    return outcomes, findings


def _checks(elements: tuple[str, ...]) -> Iterator[tuple[int, bool, str, str]]:
    """Yield position, whether it is valid, and TA104 and TA105 for when it isn't."""
    yield 1, _is_qualifier(elements[0]), "E", "010"
    yield 3, _is_qualifier(elements[2]), "E", "012"
    yield 5, _is_qualifier(elements[4]), "R", "005"
    yield 6, bool(elements[5].strip()), "R", "006"
    yield 7, _is_qualifier(elements[6]), "R", "007"
    yield 8, bool(elements[7].strip()), "R", "008"
    yield 9, _is_valid(values.basic_date, f"20{elements[8]}"), "E", "014"
    yield 10, len(elements[9]) == 4 and _is_valid(values.basic_time, elements[9]), "E", "015"
    yield 12, len(elements[11]) == 5 and elements[11].isalnum(), "R", "017"
    yield 13, bool(_CONTROL.fullmatch(elements[12])), "R", "018"
    yield 14, elements[13] in ("0", "1", "2", "3"), "E", "019"
    yield 15, elements[14] in ("P", "T", "I"), "R", "020"


def _is_qualifier(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalnum()


def _is_valid(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
