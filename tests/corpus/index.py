"""The sample files beside the checkout: what each is, by its row in their index.

They are other people's, so they are never copied into the project; where the folder is absent
whoever asks for them says so and goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
ABSENT = f"the sample files aren't beside the checkout ({CORPUS.parent.name}/{CORPUS.name})"
_CELL = re.compile(r"(?<!\\)\|")
_SYNTHETIC = "synthetic/"


@dataclass(frozen=True, slots=True)
class Sample:
    """One file: its path below the folder, kind and version of its documents, and a note."""

    path: str
    kind: str
    version: str
    note: str

    @property
    def is_synthetic(self) -> bool:
        """Whether it was written to provoke something, and is nobody's file."""
        return self.path.startswith(_SYNTHETIC)

    @property
    def is_broken(self) -> bool:
        return "broken" in self.note

    @property
    def is_consistent(self) -> bool:
        """Whether control numbers and counts match; that doesn't make it valid."""
        return self.note == "envelope consistent"

    def data(self) -> bytes:
        return (CORPUS / self.path).read_bytes()


@cache
def samples() -> tuple[Sample, ...]:
    """Return every file of the index that is there; none where the folder is absent."""
    index = CORPUS / "INDEX.md"
    if not index.is_file():
        return ()
    rows = (
        [cell.strip().strip("`") for cell in _CELL.split(line)]
        for line in index.read_text("utf-8").splitlines()
    )
    return tuple(
        Sample(cells[1], cells[2], cells[3], cells[6])
        for cells in rows
        if len(cells) > 7 and (CORPUS / cells[1]).is_file()
    )
