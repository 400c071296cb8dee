"""Where the columns of a fixed-width sample begin: at blanks that all of its lines share."""

from __future__ import annotations

from collections.abc import Sequence

MOST_COLUMNS = 200


def edges(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Return start and end of each column, from 0. A blank that one line fills is none."""
    width = max((len(line) for line in lines), default=0)
    filled = [False] * width
    for line in lines:
        for at, character in enumerate(line):
            if character not in " \t":
                filled[at] = True
    starts = [at for at in range(width) if filled[at] and _begins(at, filled, lines)]
    starts = starts[:MOST_COLUMNS]
    ends = [*starts[1:], width][: len(starts)]
    return list(zip(starts, ends, strict=True))


def _begins(at: int, filled: Sequence[bool], lines: Sequence[str]) -> bool:
    """Tell whether a column begins here: behind two blanks, or beside a digit in every line.

    One blank alone may be the end of a word that happens to be as long in every line. The first
    line may be a header, which has words where the others have digits.
    """
    if at == 0:
        return True
    if filled[at - 1]:
        return False
    rows = lines[1:] or lines
    return not filled[max(at - 2, 0)] or any(
        all(line[place : place + 1].isdecimal() for line in rows) for place in (at, max(at - 2, 0))
    )


def cut(line: str, cuts: Sequence[tuple[int, int]]) -> list[str]:
    """Return the cells of a line."""
    return [line[begin:end].strip() for begin, end in cuts]
