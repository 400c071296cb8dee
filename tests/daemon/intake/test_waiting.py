"""What waits in an inbox is said: once as an event, and to whoever looks in from beside."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.config import CompleteWhen
from daemon.config import Intake as IntakeSettings
from daemon.intake.names import REFUSED_FOLDER
from daemon.intake.peek import MOST_OPENED, Lying, Peeked, peek
from daemon.intake.settle import Done, Evidence, Inside, Terms, Word, Writer
from daemon.intake.waiting import Cause, lasting, weighed
from daemon.safefile import open_directory
from formats.identify import Completeness
from tests.daemon.intake.fakes import CSV, House, x12


def said(house: House) -> list[str]:
    """Return what was said about files seen, as `NAME WHY`."""
    events = [fields for event, fields in house.ear.events if event == "file_seen"]
    return [f"{os.fsdecode(str(f['name']))} {f['why']}" for f in events]


def seen(house: House) -> list[bytes]:
    found = [fields["name"] for event, fields in house.ear.events if event == "file_seen"]
    assert all(isinstance(name, bytes) for name in found)
    return [name for name in found if isinstance(name, bytes)]


def test_a_csv_that_must_lie_still_is_spoken_of_once_with_its_time(house: House) -> None:
    house.drop("order.csv", CSV)
    for _ in range(5):
        house.look()
        house.clock.forward(2)
    assert seen(house) == [b"order.csv"]
    assert "waiting: complete after 60 s without change" in said(house)[0]


def test_a_file_that_is_taken_at_once_is_not_spoken_of(house: House) -> None:
    house.drop("po.edi", x12())
    assert len(house.look().claimed) == 1
    assert seen(house) == []


def test_a_file_that_is_still_written_is_spoken_of_after_some_seconds(house: House) -> None:
    with house.drop("po.edi", x12()[:100]).open("ab") as writing:
        house.look_after(4)
        assert seen(house) == []
        house.look_after(2)
        assert "somebody is still writing it" in said(house)[0]
        writing.write(x12()[100:])
    house.look_after(2)
    assert house.book.names == [b"po.edi"]
    assert len(seen(house)) == 1


def test_another_cause_of_the_same_file_is_said_too_and_a_change_says_nothing_again(
    house: House,
) -> None:
    file = house.drop("po.edi", b"")
    house.look()
    file.write_bytes(x12()[:100])
    house.look()
    file.write_bytes(x12()[:110])
    house.look()
    first, second = said(house)
    assert "it is empty" in first
    assert "its end is missing; judged as it is after 30 minutes" in second


def test_the_same_name_again_is_spoken_of_again(house: House) -> None:
    house.drop("order.csv", CSV)
    house.look()
    (house.inbox / "order.csv").unlink()
    house.look()
    house.drop("order.csv", CSV)
    house.look()
    assert seen(house) == [b"order.csv", b"order.csv"]


@pytest.mark.parametrize(
    ("name", "why"),
    [("po.edi.part", "the name says unfinished"), (".po.edi", "a dot in front")],
)
def test_a_name_that_is_never_taken_is_spoken_of_once_after_minutes(
    house: House, name: str, why: str
) -> None:
    house.drop(name, x12())
    house.look()
    house.look_after(299)
    assert seen(house) == []
    house.look_after(1)
    house.look_after(900)
    assert seen(house) == [name.encode()]
    assert why in said(house)[0]


def test_names_of_ours_are_never_spoken_of(house: House) -> None:
    house.drop(".k2kd-upload-1-ab", x12())
    (house.inbox / REFUSED_FOLDER).mkdir()
    house.look()
    house.look_after(900)
    assert seen(house) == []


def test_a_hidden_file_is_no_warning_after_a_day(house: House) -> None:
    house.drop(".profile", b"")
    house.look()
    house.look_after(90_000)
    assert house.ear.count("temporary_left") == 0


TERMS = Terms.of(IntakeSettings(), CompleteWhen.QUIET)
READ = Inside(Writer.NONE, Completeness.UNKNOWN)


def test_what_is_left_of_a_wait_goes_down_and_its_length_does_not() -> None:
    one = weighed(b"a.csv", TERMS, Evidence(20, Word.CLOSED, Done.ABSENT), READ)
    assert (one.cause, one.needed_s, one.wait_s) == (Cause.QUIET, 60, 40)


@pytest.mark.parametrize(
    ("seconds", "text"), [(2, "2 s"), (119, "119 s"), (120, "2 minutes"), (1800, "30 minutes")]
)
def test_long_times_are_said_in_minutes(seconds: float, text: str) -> None:
    assert lasting(seconds) == text


def looked(
    folder: Path,
    agreement: CompleteWhen = CompleteWhen.QUIET,
    *,
    later_s: float = 1,
    is_local: bool = True,
) -> Peeked:
    terms = Terms.of(IntakeSettings(), agreement)
    now = datetime.now(UTC) + timedelta(seconds=later_s)
    with open_directory(folder) as directory:
        return peek(directory, terms, max_bytes=1 << 20, now=now, is_local=is_local)


def causes(peeked: Peeked) -> dict[bytes, Cause]:
    return {one.waiting.name: one.waiting.cause for one in peeked.lying}


def only(peeked: Peeked) -> Lying:
    (one,) = peeked.lying
    return one


def test_a_look_from_beside_tells_the_cause_of_each_file(tmp_path: Path) -> None:
    for name, content in (
        ("order.csv", CSV),
        ("half.edi", x12()[:100]),
        ("whole.edi", x12()),
        ("empty.csv", b""),
        ("po.edi.part", x12()),
        (".hidden", b"x"),
    ):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "twin.csv").write_bytes(CSV)
    (tmp_path / "twin2.csv").hardlink_to(tmp_path / "twin.csv")
    (tmp_path / "link.csv").symlink_to("order.csv")
    (tmp_path / REFUSED_FOLDER).mkdir()
    assert causes(looked(tmp_path)) == {
        b"order.csv": Cause.QUIET,
        b"half.edi": Cause.CUT_SHORT,
        b"whole.edi": Cause.TURN,
        b"empty.csv": Cause.EMPTY,
        b"po.edi.part": Cause.TEMPORARY,
        b".hidden": Cause.HIDDEN,
        b"twin.csv": Cause.HARD_LINK,
        b"twin2.csv": Cause.HARD_LINK,
    }


def test_a_look_from_beside_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "order.csv").write_bytes(CSV)
    before = [(p.name, p.stat().st_mtime_ns, p.stat().st_ctime_ns) for p in tmp_path.iterdir()]
    looked(tmp_path)
    after = [(p.name, p.stat().st_mtime_ns, p.stat().st_ctime_ns) for p in tmp_path.iterdir()]
    assert after == before


def test_a_quiet_file_waits_for_the_daemon_alone_once_its_time_is_over(tmp_path: Path) -> None:
    (tmp_path / "order.csv").write_bytes(CSV)
    young, old = only(looked(tmp_path, later_s=30)), only(looked(tmp_path, later_s=61))
    assert young.waiting.cause is Cause.QUIET
    assert 28 < young.waiting.wait_s <= 30
    assert old.waiting.cause is Cause.TURN
    assert abs((datetime.now(UTC) - old.since).total_seconds()) < 10
    assert old.size_bytes == len(CSV)


def test_a_file_under_its_final_name_waits_although_a_rename_is_agreed(tmp_path: Path) -> None:
    (tmp_path / "order.csv").write_bytes(CSV)
    one = only(looked(tmp_path, CompleteWhen.RENAMED, later_s=20))
    assert (one.waiting.cause, one.waiting.needed_s) == (Cause.QUIET, 60)


def test_done_files_are_waited_for_and_may_stand_alone(tmp_path: Path) -> None:
    (tmp_path / "order.csv").write_bytes(CSV)
    (tmp_path / "other.csv.done").write_bytes(b"")
    assert causes(looked(tmp_path, CompleteWhen.DONE_FILE)) == {
        b"order.csv": Cause.DONE_FILE,
        b"other.csv.done": Cause.DONE_ALONE,
    }


def test_a_file_that_is_being_written_says_so(tmp_path: Path) -> None:
    with (tmp_path / "order.csv").open("wb") as writing:
        writing.write(CSV)
        writing.flush()
        assert only(looked(tmp_path)).waiting.cause is Cause.WRITER
    assert only(looked(tmp_path)).waiting.cause is Cause.QUIET


def test_on_a_network_volume_the_longer_time_counts(tmp_path: Path) -> None:
    (tmp_path / "order.csv").write_bytes(CSV)
    assert only(looked(tmp_path, is_local=False)).waiting.needed_s == 600


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_this_account_cannot_read_is_still_listed(tmp_path: Path) -> None:
    (tmp_path / "order.csv").write_bytes(CSV)
    (tmp_path / "order.csv").chmod(0)
    assert only(looked(tmp_path)).waiting.cause is Cause.UNREADABLE


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_a_flood_is_counted_beyond_the_files_looked_into(tmp_path: Path, beyond: int) -> None:
    for number in range(MOST_OPENED + beyond):
        (tmp_path / f"{number}.csv").write_bytes(CSV)
    found = looked(tmp_path)
    assert (len(found.lying), found.more) == (MOST_OPENED + min(beyond, 0), max(beyond, 0))
