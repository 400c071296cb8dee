"""Looks: the memory of an inbox, without any file."""

from __future__ import annotations

import stat

import pytest

from daemon.config import CompleteWhen
from daemon.config import Intake as IntakeSettings
from daemon.intake.looks import LEFT_S, Due, Looks, Reason, Review, Spoken, next_look_s
from daemon.intake.scan import Listing, Seen
from daemon.intake.settle import Inside, Terms, Word, Writer
from daemon.safefile import Identity
from formats.identify import Completeness

FILE = stat.S_IFREG | 0o644


def seen(
    name: bytes = b"po.csv",
    *,
    ino: int = 1,
    size: int = 10,
    mtime: int = 1,
    ctime: int = 1,
    mode: int = FILE,
    nlink: int = 1,
) -> Seen:
    return Seen(name, Identity(1, ino, size, mtime, ctime), mode, nlink)


def looks(agreement: CompleteWhen = CompleteWhen.QUIET, max_bytes: int = 100) -> Looks:
    return Looks(Terms.of(IntakeSettings(), agreement), max_bytes)


def review(
    memory: Looks, now: float, *files: Seen, said: dict[bytes, Spoken] | None = None
) -> Review:
    return memory.review(Listing(list(files), []), now, said or {})


def opened(memory: Looks, due: Due, completeness: Completeness = Completeness.UNKNOWN) -> None:
    memory.note(due.seen, Inside(Writer.NONE, completeness))


def names(result: Review) -> list[bytes]:
    return [due.seen.name for due in result.due]


def test_a_new_file_is_opened_at_the_first_look() -> None:
    assert names(review(looks(), 0, seen())) == [b"po.csv"]


def test_a_file_that_shows_nothing_is_not_read_again_before_its_time() -> None:
    memory = looks()
    opened(memory, review(memory, 0, seen()).due[0])
    waiting = review(memory, 59, seen())
    assert names(waiting) == []
    assert waiting.wait_s == 1
    assert names(review(memory, 60, seen())) == [b"po.csv"]


@pytest.mark.parametrize(
    "changed", [seen(size=11), seen(mtime=2), seen(ctime=2), seen(ino=2)], ids=str
)
def test_any_change_starts_the_waiting_time_again(changed: Seen) -> None:
    memory = looks()
    opened(memory, review(memory, 0, seen()).due[0])
    assert review(memory, 59, changed).due[0].evidence.still_s == 0
    opened(memory, Due(changed, review(memory, 59, changed).due[0].evidence))
    assert names(review(memory, 118, changed)) == []
    assert names(review(memory, 119, changed)) == [b"po.csv"]


def test_a_close_heard_before_a_change_does_not_vouch_for_the_changed_file() -> None:
    memory = looks()
    said = {b"po.csv": Spoken(Word.CLOSED, 1)}
    assert review(memory, 2, seen(), said=said).due[0].evidence.word is Word.CLOSED
    assert review(memory, 4, seen(size=11), said=said).due[0].evidence.word is None
    again = {b"po.csv": Spoken(Word.CLOSED, 5)}
    assert review(memory, 6, seen(size=11), said=again).due[0].evidence.word is Word.CLOSED


def test_p08_claims_come_in_order_of_mtime_and_then_name() -> None:
    files = [seen(b"c", mtime=1), seen(b"b", mtime=2), seen(b"a", mtime=2), seen(b"d", mtime=0)]
    assert names(review(looks(), 0, *files)) == [b"d", b"c", b"a", b"b"]


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (stat.S_IFLNK | 0o777, Reason.SYMLINK),
        (stat.S_IFIFO | 0o644, Reason.SPECIAL),
        (stat.S_IFSOCK | 0o644, Reason.SPECIAL),
        (stat.S_IFBLK | 0o644, Reason.SPECIAL),
        (stat.S_IFCHR | 0o644, Reason.SPECIAL),
        (stat.S_IFDIR | 0o755, Reason.FOLDER),
    ],
)
def test_f17_f19_what_is_no_file_is_refused_and_never_due(mode: int, reason: Reason) -> None:
    result = review(looks(), 0, seen(mode=mode))
    assert [r for _, r in result.refused] == [reason]
    assert result.due == []


@pytest.mark.parametrize(("size", "refused"), [(99, False), (100, False), (101, True)])
def test_f22_only_above_the_limit_a_file_is_oversize(size: int, refused: bool) -> None:
    result = review(looks(max_bytes=100), 0, seen(size=size))
    assert [r for _, r in result.refused] == ([Reason.OVERSIZE] if refused else [])
    assert bool(result.due) is not refused


def test_f18_a_second_link_may_go_within_a_minute() -> None:
    memory = looks()
    assert review(memory, 0, seen(nlink=2)).wait_s == 60
    assert review(memory, 59, seen(nlink=2)).refused == []
    assert names(review(memory, 59.5, seen(nlink=1, ctime=2))) == [b"po.csv"]


def test_f18_a_flickering_link_count_does_not_restart_the_minute() -> None:
    memory = looks()
    review(memory, 0, seen(nlink=2))
    review(memory, 30, seen(nlink=3, ctime=2))
    assert [r for _, r in review(memory, 60, seen(nlink=2, ctime=3)).refused] == [Reason.HARD_LINK]


def test_f21_an_empty_file_is_due_after_a_minute() -> None:
    memory = looks()
    assert review(memory, 0, seen(size=0)).wait_s == 60
    assert names(review(memory, 60, seen(size=0))) == [b"po.csv"]


def test_temporary_files_are_reported_once_after_a_day_and_again_if_they_return() -> None:
    memory = looks()
    listing = Listing([], [b"po.edi.part"])
    assert memory.review(listing, 0, {}).left == []
    assert memory.review(listing, LEFT_S - 1, {}).left == []
    assert [left.name for left in memory.review(listing, LEFT_S, {}).left] == [b"po.edi.part"]
    assert memory.review(listing, LEFT_S + 1, {}).left == []
    memory.review(Listing([], []), LEFT_S + 2, {})
    assert memory.review(listing, 3 * LEFT_S, {}).left == []
    assert len(memory.review(listing, 4 * LEFT_S, {}).left) == 1


def test_a_file_is_due_once_its_done_file_is_there() -> None:
    memory = looks(CompleteWhen.DONE_FILE)
    alone = review(memory, 0, seen())
    assert (names(alone), next_look_s(alone.wait_s)) == ([], None)
    done = seen(b"PO.CSV.done", ino=2, ctime=2)
    due = review(memory, 1, seen(), done).due
    assert [(d.seen.name, d.done) for d in due] == [(b"po.csv", done)]


def test_one_done_file_may_speak_for_several_files() -> None:
    files = [seen(b"po.csv"), seen(b"po.xml", ino=2), seen(b"po.ok", ino=3)]
    result = review(looks(CompleteWhen.DONE_FILE), 0, *files)
    assert names(result) == [b"po.csv", b"po.xml"]
    assert result.done_users == {b"po.ok": 2}


def test_without_the_agreement_a_done_file_is_a_file() -> None:
    assert names(review(looks(), 0, seen(b"po.done"))) == [b"po.done"]


def test_what_waits_for_its_done_file_for_a_day_is_reported() -> None:
    memory = looks(CompleteWhen.DONE_FILE)
    review(memory, 0, seen(), seen(b"other.done", ino=2))
    late = review(memory, LEFT_S, seen(), seen(b"other.done", ino=2))
    assert sorted(left.name for left in late.left) == [b"other.done", b"po.csv"]


def test_an_accepted_file_that_could_not_be_removed_is_not_claimed_again() -> None:
    memory = looks()
    review(memory, 0, seen())
    memory.accepted(b"po.csv")
    result = review(memory, 1, seen())
    assert (names(result), result.unremoved) == ([], [seen()])
    assert names(review(memory, 2, seen(mtime=2))) == [b"po.csv"]


def test_next_look_comes_soon_while_something_settles_and_not_otherwise() -> None:
    assert next_look_s(float("inf")) is None
    assert next_look_s(1800) == 2
    assert next_look_s(0.5) == 0.5
