"""What a site and a partner agreed on about the EDIFACT that is read."""

from __future__ import annotations

from dataclasses import dataclass

Parties = frozenset[tuple[str, str]]
"""Qualifier (0007, may be empty) and id of parties, as they stand in a UNB."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Strict unless something else is said.

    `warns` are codes of 0085 that are warned of in place of refusing something for them, as "29"
    for wrong counts; what could neither be kept nor repeated in an answer is refused all the same.
    `ignores_qualifiers` tells parties by their ids alone.
    """

    recipients: Parties | None = None
    """Who we are; None takes what is addressed to anybody."""
    senders: Parties | None = None
    """Who may send; None takes anybody's."""
    ignores_qualifiers: bool = False
    accepts_test: bool = True
    accepts_other_releases: bool = False
    """Read any UN directory as D.96A or D.01B, whichever is of its century."""
    warns: frozenset[str] = frozenset()

    def is_recipient(self, qualifier: str, name: str) -> bool:
        """Tell whether a party may be addressed."""
        return self._is_one_of(self.recipients, qualifier, name)

    def is_sender(self, qualifier: str, name: str) -> bool:
        """Tell whether a party may send."""
        return self._is_one_of(self.senders, qualifier, name)

    def _is_one_of(self, parties: Parties | None, qualifier: str, name: str) -> bool:
        if parties is None:
            return True
        if self.ignores_qualifiers:
            return any(name == known for _, known in parties)
        return (qualifier, name) in parties


STRICT = Policy()
