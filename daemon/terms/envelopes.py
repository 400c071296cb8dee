"""How the site and its partners are named in X12 and EDIFACT, and how their files are read.

They stand in `[site]` and in a `[[partner]]` section, below `x12` and `edifact`.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from daemon.terms.base import Section
from formats.edifact.policy import Policy as EdifactPolicy
from formats.x12.policy import WARN_PATTERN
from formats.x12.policy import Policy as X12Policy

X12_ID_PATTERN = r"^[^\s*~>|^:](?:[^*~>|^:\n]*[^\s*~>|^:])?$"
EDIFACT_ID_PATTERN = r"^[!-~](?:[ -~]*[!-~])?$"
"""No separator of ours inside, no blank around."""

Unsendable = Literal["replace", "refuse"]
"""What becomes of characters in a text that a file can't have: the nearest ones stand there, or the
file isn't written and its document waits for a person. In a code they are always refused."""


def _error_of_a_997(text: str) -> str:
    if re.fullmatch(WARN_PATTERN, text) is None:
        raise ValueError(
            f"{text} is no error that can be warned of; these are AK3 1 to 7 and AK4 1 to 13, each"
            " at all places or at one (AK4 7 PO103), AK5 3, 4, 6 and 18, AK9 2, 4 and 5"
        )
    return text


class X12Identity(Section):
    """How a party is named in X12 envelopes."""

    qualifier: Annotated[str, Field(min_length=2, max_length=2)] = "ZZ"
    id: Annotated[str, Field(min_length=1, max_length=15, pattern=X12_ID_PATTERN)]
    version: Literal["004010", "005010"] = "004010"
    usage: Literal["P", "T"] = "P"


class X12Partner(X12Identity):
    """What was agreed with a partner about the X12 it sends."""

    warns: tuple[Annotated[str, AfterValidator(_error_of_a_997)], ...] = ()
    """Errors of a 997 that are warned of where others refuse: `AK5 4` for wrong counts, `AK4 7`
    for codes of no list, `AK4 7 PO103` for those of one element, `AK3 7 ISS` for one segment."""
    characters: Literal["ascii", "latin-1", "utf-8"] = "ascii"
    """What the files that it gets may be written in."""
    unsendable: Unsendable = "replace"

    def policy(self) -> X12Policy:
        """Return how its files are read, whoever they are addressed to."""
        return X12Policy(warns=frozenset(self.warns))


class EdifactIdentity(Section):
    """How a party is named in EDIFACT envelopes, and in what it is written to."""

    id: Annotated[str, Field(min_length=1, max_length=35, pattern=EDIFACT_ID_PATTERN)]
    qualifier: Annotated[str, Field(max_length=4, pattern=r"^[0-9A-Z]*$")] = "14"
    """0007: 14 for a GLN, ZZZ for an id of its own; empty where it sends none."""
    syntax: Literal["UNOA", "UNOB", "UNOC", "UNOD", "UNOE", "UNOL", "UNOW"] = "UNOC"
    syntax_version: Literal["1", "2", "3", "4"] = "3"
    release: Literal["96A", "01B"] = "96A"
    association: Annotated[str, Field(max_length=6, pattern=r"^[0-9A-Z.]*$")] = ""
    """0057, as `EAN008`."""
    usage: Literal["P", "T"] = "P"


class EdifactPartner(EdifactIdentity):
    """What was agreed with a partner about the EDIFACT it sends."""

    contrl: Literal["always", "asked", "none"] = "always"
    """When it is sent a CONTRL; `asked`: when its UNB asks (0031), or something is refused."""
    warns: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,2}$")], ...] = ()
    """Codes of 0085 that are warned of where others refuse: `29` for wrong counts."""
    any_release: bool = False
    """Read messages of any UN directory as those of D.96A or D.01B."""
    ignores_qualifiers: bool = False
    """Tell parties by their ids alone."""
    unsendable: Unsendable = "replace"

    def policy(self) -> EdifactPolicy:
        """Return how its files are read, whoever they are addressed to."""
        return EdifactPolicy(
            ignores_qualifiers=self.ignores_qualifiers,
            accepts_other_releases=self.any_release,
            warns=frozenset(self.warns),
        )
