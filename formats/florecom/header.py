"""The header of a Florecom message: its id and its time. Whoever it lets in is never kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from formats.florecom.cells import moment_of
from formats.florecom.element import Part

MAX_MESSAGE_ID = 64
_HASH = 12


@dataclass(slots=True)
class Header:
    """What the header says; user name and password are not read."""

    message_id: str = ""
    said_at: datetime | None = None

    def read(self, part: Part) -> None:
        """Take the values of a header; what can't be read is noted and nothing said."""
        self.message_id = _kept_id(part, part.said("MessageID") or "")
        at = part.one("MessageDateTime")
        if at is not None and at.text:
            try:
                self.said_at = moment_of(at.text)
            except ValueError as error:
                part.notes.found.warn("florecom.MessageDateTime", f"{error}.", at.where, at.text)
        if part.said("Password") is not None:
            message = "A file needs no password, and whoever has the file has it. Leave it empty."
            part.notes.found.warn("florecom.Password", message, part.where)


def _kept_id(part: Part, said: str) -> str:
    """Return a message's id; a longer one than we keep ends in a digest, so that none is another's.

    Its sender is told: answers name the id as it was kept.
    """
    if len(said) <= MAX_MESSAGE_ID:
        return said
    digest = hashlib.sha256(said.encode(errors="replace")).hexdigest()[:_HASH]
    kept = f"{said[: MAX_MESSAGE_ID - _HASH - 1]}-{digest}"
    message = f"At most {MAX_MESSAGE_ID} characters are expected; the message is kept as {kept}."
    part.notes.found.warn("florecom.MessageID", message, part.where, said)
    return kept
