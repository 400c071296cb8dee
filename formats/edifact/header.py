"""Check a UNB: who sends what to whom, in which characters, under which reference."""

from __future__ import annotations

from collections.abc import Iterator

from formats import values
from formats.edifact import words
from formats.edifact.repertoire import CODECS
from formats.edifact.segments import Tagged
from formats.edifact.spans import Fault
from formats.findings import Finding, Where, warning

MOST_REFERENCE = 14
MOST_ID = 35
VERSIONS = ("1", "2", "3", "4")
_REFERENCE = 5
SERVICE_TAGS = ("UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ")
_SHOWN_CHARACTERS = 40


def fault(
    code: str,
    at: Tagged,
    element: int | None,
    sentence: str,
    *,
    part: int | None = None,
    segment: str = "",
    place: Where | None = None,
) -> Fault:
    """Return why something is refused: `sentence` says what is wrong, and what to do.

    `segment` names another service segment than the one that it was found `at`.
    """
    tag = segment or at.tag
    # A code is one of ours, whatever a partner calls its segments.
    known = tag if tag in SERVICE_TAGS else "stray"
    name = known if element is None else f"{known}{element:02}"
    message = f"{sentence} (CONTRL {code}: {words.explain(code)})."
    where = place or Where(tag, None, element, part, byte=at.start)
    value = None
    if element is not None and not segment:
        value = at.text(element, part or 1)[:_SHOWN_CHARACTERS] or None
    return Fault(code, tag, element, part, Finding(f"edifact.{name}", message, where, value=value))


def header_faults(header: Tagged) -> Iterator[Fault]:
    """Yield why an interchange with this UNB can't be taken."""
    version = header.text(1, 2)
    if header.text(1) not in CODECS:
        code = "46" if version == "4" else "2"
        shown = header.text(1)[:_SHOWN_CHARACTERS] or "nothing"
        yield fault(code, header, 1, f"the syntax identifier is {shown}; send UNOC", part=1)
    if version not in VERSIONS:
        shown = version[:_SHOWN_CHARACTERS] or "nothing"
        yield fault("2", header, 1, f"the syntax version is {shown}; send 3 or 4", part=2)
    for element, name, most in (
        (2, "sender", MOST_ID),
        (3, "recipient", MOST_ID),
        (5, "interchange control reference", MOST_REFERENCE),
    ):
        text = header.text(element)
        if not text.strip():
            yield fault("13", header, element, f"the {name} is missing; send one")
        elif len(text) > most:
            yield fault("39", header, element, f"the {name} has more than {most} characters")
        elif not is_repeatable(text, header.text(1), is_reference=element == _REFERENCE):
            sentence = f"the {name} has characters that {header.text(1)[:4]} doesn't have"
            yield fault("21", header, element, f"{sentence}; send letters and digits")


def is_repeatable(text: str, syntax: str, *, is_reference: bool) -> bool:
    """Tell whether an answer written as `syntax` can name an id, or a reference, as it was sent.

    A reference that lost a character would be that of another interchange; an id is still known.
    """
    kept = sendable(text, syntax)
    return kept == text if is_reference else bool(kept.strip())


def sendable(text: str, syntax: str) -> str:
    """Return what of a text can be repeated in an answer that is written as `syntax`."""
    printable = "".join(each for each in text if each.isprintable())
    codec = CODECS.get(syntax, CODECS["UNOC"])
    return printable.encode(codec, errors="ignore").decode(codec)


def header_notes(header: Tagged) -> Iterator[Finding]:
    """Yield warnings about what is odd, but harmless: the time of preparation."""
    day, clock = header.text(4), header.text(4, 2)
    try:
        values.basic_date(day if len(day) == 8 else f"20{day}")
        values.basic_time(clock)
    except ValueError:
        shown = f"{day}:{clock}"[:_SHOWN_CHARACTERS]
        message = f"UNB04 is {shown}, no date and time; it was read all the same. Correct it."
        yield warning("edifact.UNB04", message, header.where(4), shown)
