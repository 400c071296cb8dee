"""What is wrong in a mapping table: file, row, column, and what to do about it.

Problems are collected, never raised one by one, so that an admin mends a table in one go.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend (or, as a warning, to know): `row` is the line of the file, from 1."""

    file: str
    text: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: {self.text}"


@dataclass(slots=True)
class Notes:
    """Collects the problems and warnings of one reading of the tables."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(
        self, file: str, text: str, row: int | None = None, column: str | None = None
    ) -> None:
        self.problems.append(Problem(file, text, row, column))

    def warn(self, file: str, text: str, row: int | None = None, column: str | None = None) -> None:
        self.warnings.append(Problem(file, text, row, column))


def shown(problems: list[Problem]) -> list[str]:
    """Return the problems as sentences, the first 200 and a count of the rest."""
    texts = [str(problem) for problem in problems[:MOST_SHOWN]]
    rest = len(problems) - len(texts)
    return [*texts, f"and {rest} more; mend these first"] if rest > 0 else texts


def nearest(text: str, known: Collection[str], otherwise: str) -> str:
    """Return a question that names the nearest known word, or `otherwise` where none is near."""
    near = difflib.get_close_matches(text, known, 1)
    if not near:
        folded = {word.casefold(): word for word in known}
        near = [folded[n] for n in difflib.get_close_matches(text.casefold(), folded, 1)]
    return f"did you mean {near[0]}?" if near else otherwise
