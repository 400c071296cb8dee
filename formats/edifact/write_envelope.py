"""Who sends an EDIFACT interchange to whom, in which syntax and characters.

Everything is checked when it is made, so that a wrong partner setting is a sentence at the start
and not a broken file later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from formats.edifact.repertoire import CODECS
from formats.edifact.service import DEFAULT, Service
from formats.edifact.write_segment import Segment, trimmed

MOST_REFERENCE = 14
MOST_ID = 35
MOST_QUALIFIER = 4
LONG_DATE_VERSION = "4"
SYNTAX_4 = Service(repetition=b"*")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, and how (UNA, UNB).

    `sender_internal` and `recipient_internal` are the routing addresses of S002 and S003.
    `after_segment` follows every segment (a line end, for people who look into the file).
    With `refuses_characters` a text that `syntax` doesn't have raises ValueError; without, it is
    written as near as it can be.
    """

    sender: str
    recipient: str
    sender_qualifier: str = "14"
    recipient_qualifier: str = "14"
    sender_internal: str = ""
    recipient_internal: str = ""
    syntax: str = "UNOC"
    version: Literal["1", "2", "3", "4"] = "3"
    application: str = ""
    is_test: bool = False
    wants_acknowledgement: bool = False
    service: Service = DEFAULT
    after_segment: Literal["", "\n", "\r\n"] = "\n"
    refuses_characters: bool = False

    def __post_init__(self) -> None:
        for name, text, most in (
            ("sender", self.sender, MOST_ID),
            ("recipient", self.recipient, MOST_ID),
        ):
            if not text.strip() or len(text) > most or not text.isprintable():
                raise ValueError(f"the {name} {text!r} must have 1 to {most} characters")
        for name, text, most in (
            ("sender qualifier", self.sender_qualifier, MOST_QUALIFIER),
            ("recipient qualifier", self.recipient_qualifier, MOST_QUALIFIER),
            ("sender's internal id", self.sender_internal, MOST_ID),
            ("recipient's internal id", self.recipient_internal, MOST_ID),
            ("application reference", self.application, MOST_REFERENCE),
        ):
            if len(text) > most or not (text.isprintable() or not text):
                raise ValueError(f"the {name} {text!r} must have at most {most} characters")
        if self.syntax not in CODECS:
            raise ValueError(f"syntax {self.syntax!r} is unknown; use {', '.join(CODECS)}")
        if self.service.problem is not None:
            raise ValueError(f"{self.service.problem}; use {DEFAULT.una.decode()}")
        if not self.service.release:
            raise ValueError("what is sent needs a release character; use ?")

    @property
    def codec(self) -> str:
        """Return the encoding of what is written."""
        return CODECS[self.syntax]

    def header(self, reference: str, at: datetime) -> Segment:
        """Return the UNB; `at` is written as it stands, the caller chooses the zone."""
        day = at.strftime("%Y%m%d" if self.version == LONG_DATE_VERSION else "%y%m%d")
        return (
            "UNB",
            (self.syntax, self.version),
            trimmed(self.sender, self.sender_qualifier, self.sender_internal),
            trimmed(self.recipient, self.recipient_qualifier, self.recipient_internal),
            (day, at.strftime("%H%M")),
            checked_reference(reference),
            "",
            self.application,
            "",
            "1" if self.wants_acknowledgement else "",
            "",
            "1" if self.is_test else "",
        )


def checked_reference(reference: str) -> str:
    """Return an interchange or message reference that can be sent; raises ValueError for others."""
    if not 1 <= len(reference) <= MOST_REFERENCE or not (
        reference.isascii() and reference.isprintable()
    ):
        raise ValueError(f"reference {reference!r} must have 1 to {MOST_REFERENCE} characters")
    return reference
