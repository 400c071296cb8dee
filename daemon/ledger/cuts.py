"""Texts that we cut, replaced or left out in a file for a partner: noted beside what caused it.

They are findings of the arrival that caused the file, with a code and a place that say that they
are about what we wrote. A file that no arrival caused, as a view of stock, has them told in the
event log, each text once for as long as the process runs. No partner is told any of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from daemon.eventlog import Level, Say
from daemon.ledger.schema import findings
from formats.findings import NOWHERE, Finding, warning

SENT = "sent."
"""Begins the code of what we cut; behind it stands the writer's own, as `sent.x12.out.cut`."""
MOST_NOTED = 100
"""Texts of one file that are noted one by one."""
MOST_KNOWN = 10_000
"""Texts of which it is known that they were told; after so many they are told again."""
_BEHIND = ": "
"""Between a file and a place in it; neither partners' names nor names of files have it."""
_ADVICE = (
    "k2kd outbox --raw FILE shows what was written; shorten or correct the text at its source, or"
    " agree on other characters with the partner"
)


@dataclass(frozen=True, slots=True)
class CutFile:
    """A file for a partner in which texts were cut, replaced or left out."""

    partner: str
    name: str
    notes: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Cut:
    """One of them, as it is noted."""

    code: str
    place: str
    message: str


def is_cut(code: str) -> bool:
    """Tell whether a finding is about a file of ours, and not about what came."""
    return code.startswith(SENT)


def noted(file: CutFile) -> Iterator[Finding]:
    """Yield the findings that are kept of a file: each text once, with how often it stands there.

    Their places are words: the partner, the file, and the place in it.
    """
    texts = _by_text(file.notes)
    for at, same in enumerate(texts):
        if at == MOST_NOTED:
            left = len(texts) - at
            rest = warning(f"{SENT}more", f"and {left} more texts were changed or left out")
            yield _in_file(file, rest)
            return
        first = same[0]
        others = len(same) - 1
        more = f" (and at {others} more place{'s' if others > 1 else ''})" if others else ""
        yield _in_file(file, replace(first, code=SENT + first.code, message=first.message + more))


def _in_file(file: CutFile, note: Finding) -> Finding:
    whole = "" if note.where == NOWHERE else str(note.where)
    place = f"{file.partner}/{file.name}{_BEHIND}{whole}"
    return replace(note, where=replace(NOWHERE, path=place))


def _by_text(notes: Iterable[Finding]) -> list[list[Finding]]:
    found: dict[tuple[str, str], list[Finding]] = {}
    for each in notes:
        found.setdefault(_text_of(each), []).append(each)
    return list(found.values())


def _text_of(note: Finding) -> tuple[str, str]:
    return note.code, note.value or note.message


class CutsTold:
    """Tells of cuts that stand beside no arrival: each text of a partner once."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._known: set[tuple[str, str, str]] = set()

    def tell(self, file: CutFile) -> None:
        """Tell what of `file` is new, with its places; the texts themselves are for no log."""
        new = [
            same[0]
            for same in _by_text(file.notes)
            if (file.partner, *_text_of(same[0])) not in self._known
        ]
        if not new:
            return
        if len(self._known) + len(new) > MOST_KNOWN:
            self._known.clear()
        self._known.update((file.partner, *_text_of(each)) for each in new)
        self._say(
            "text_cut",
            level=Level.WARNING,
            partner=file.partner,
            file=file.name,
            texts=len(new),
            places=[f"{each.where}: {each.code}" for each in new],
            advice=_ADVICE,
        )


def unsaid(conn: Connection, arrival_id: int, file: CutFile) -> tuple[Finding, ...]:
    """Return the notes of a file that is written anew, but for those that the arrival has.

    It has one that says the same of the same place of any file to the partner.
    """
    if not file.notes:
        return ()
    known = {
        (cut.code, cut.place, cut.message)
        for (partner, _), cuts in cuts_of(conn, [arrival_id]).items()
        if partner == file.partner
        for cut in cuts
    }
    kept = {
        _text_of(same[0])
        for same in _by_text(file.notes)
        for said in noted(replace(file, notes=same))
        if (said.code, _place_of(said), said.message) not in known
    }
    return tuple(each for each in file.notes if _text_of(each) in kept)


def _place_of(said: Finding) -> str:
    return str(said.where).partition(_BEHIND)[2]


def cuts_of(conn: Connection, arrival_ids: Iterable[int]) -> dict[tuple[str, str], list[Cut]]:
    """Return what was noted of the files that these arrivals caused, by partner and file name."""
    table = findings.c
    query = select(table.code, table.place, table.message).where(
        table.arrival_id.in_(sorted(set(arrival_ids))), table.code.startswith(SENT, autoescape=True)
    )
    found: dict[tuple[str, str], list[Cut]] = {}
    for row in conn.execute(query.order_by(table.id)):
        file, _, place = row.place.partition(_BEHIND)
        partner, _, name = file.partition("/")
        found.setdefault((partner, name), []).append(Cut(row.code, place, row.message))
    return found
