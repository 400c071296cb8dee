"""What a person has to do about a code that no table knows."""

from __future__ import annotations

import shlex

from daemon.mapping.apply import Unmapped


def to_map(code: Unmapped) -> str:
    """Return the sentence for an unmapped code: what, where, and the command that maps it."""
    text = code.source_code or code.source_description or "(nothing)"
    command = f"k2kd map {code.kind} {code.partner} {shlex.quote(text)} OUR-CODE"
    return f"{code.where}: {text} is not in {code.kind}.csv for {code.partner}; map it: {command}"


def not_known_yet(code: Unmapped) -> str:
    """Return the sentence for the partner: what is not known here, and what happens next."""
    text = code.source_code or code.source_description or "(nothing)"
    return f"{text} is not known here yet; a person maps it and it goes on by itself"
