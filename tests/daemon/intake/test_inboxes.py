"""Intake over real folders, with a clock that moves on request."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.errors import EnvironmentFault, UsageError
from daemon.intake import inboxes, pressure
from daemon.intake.claim import INLINE_BYTES
from daemon.intake.refuse import put_aside
from daemon.intake.scan import scan
from daemon.intake.settle import Word
from daemon.intake.spool import Spool
from daemon.safefile import Missing, Room, open_directory
from tests.daemon.intake.fakes import CSV, House, large_x12, x12

HOSTILE = [
    b"new\nline.edi",
    b"esc\x1b[31m.edi",
    b"-rf",
    b"n" * 255,
    b"po\xff.edi",
    "evil\u202efdp.edi".encode(),
    "caf\u00e9.edi".encode(),
    "cafe\u0301.edi".encode(),
    b"CON.txt",
    b"trailing ",
    b"tab\t.edi",
    b"quote'\".edi",
]


def test_a_whole_interchange_is_claimed_at_the_first_look_and_removed(house: House) -> None:
    house.drop("po.edi", x12())
    result = house.look()
    [(arrival, claim)] = result.claimed
    assert (arrival, claim.partner, claim.name) == (1, "rosa", b"po.edi")
    assert (claim.data, claim.spool, claim.completeness) == (x12(), None, "shown")
    assert claim.sha256 == hashlib.sha256(x12()).hexdigest()
    assert (house.left, result.next_look_s, result.fault) == ([], None, None)
    assert house.ear.count("file_claimed") == 1


def test_p08_files_of_one_look_are_claimed_by_mtime_and_name(house: House) -> None:
    for name, mtime in (("c", 3), ("a", 2), ("b", 2), ("z", 1)):
        os.utime(house.drop(name, x12()), (mtime, mtime))
    house.look()
    assert house.book.names == [b"z", b"a", b"b", b"c"]


def test_a_large_file_goes_to_the_spool_and_not_through_memory(house: House) -> None:
    body = large_x12()
    house.drop("big.edi", body)
    [(_, claim)] = house.look().claimed
    assert (claim.data, claim.sha256) == (None, hashlib.sha256(body).hexdigest())
    assert claim.spool is not None
    assert house.spool.path(claim.spool).read_bytes() == body
    assert house.left == []


@pytest.mark.parametrize(("size", "spooled"), [(0, False), (1, True)])
def test_only_above_a_mebibyte_a_file_is_spooled(house: House, size: int, spooled: bool) -> None:
    house.drop("stock.csv", CSV.ljust(INLINE_BYTES + size, b"\n"))
    [(_, claim)] = house.look_after(60).claimed
    assert (claim.spool is not None) is spooled


def test_a_delimited_file_is_assumed_whole_after_quiet_time(house: House) -> None:
    house.drop("stock.csv", CSV)
    assert house.look().next_look_s == 2
    assert house.look_after(59).claimed == []
    house.clock.forward(1)
    [(_, claim)] = house.look().claimed
    assert claim.completeness == "assumed"


def test_a_renamed_delimited_file_is_claimed_at_once(tmp_path: Path) -> None:
    house = House(tmp_path, complete_when="renamed")
    house.drop("stock.csv.part", CSV).rename(house.inbox / "stock.csv")
    house.watch.say(b"stock.csv", Word.MOVED)
    [(_, claim)] = house.look().claimed
    assert claim.completeness == "agreed"
    assert house.watch.said == {}


def test_file_and_done_file_are_claimed_together(tmp_path: Path) -> None:
    house = House(tmp_path, complete_when="done-file")
    house.drop("stock.csv", CSV)
    assert house.look_after(10_000).claimed == []
    house.drop("stock.csv.done")
    [(_, claim)] = house.look().claimed
    assert (claim.completeness, claim.done_file) == ("agreed", b"stock.csv.done")
    assert house.left == []


def test_a_shared_done_file_stays_until_its_last_file_is_claimed(tmp_path: Path) -> None:
    house = House(tmp_path, complete_when="done-file")
    house.drop("day.edi", x12())
    house.drop("day.xml", b"<orders><order>")
    house.drop("day.ok")
    house.look()
    assert house.left == ["day.ok", "day.xml"]
    house.drop("day.xml", b"<orders></orders>")
    house.look_after(60)
    assert house.left == []


def test_f05_nothing_is_claimed_while_the_disk_is_low_and_it_resumes_alone(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, free_bytes=1 << 60)
    house.drop("po.edi", x12())
    for _ in range(3):
        assert house.look().claimed == []
    assert house.left == ["po.edi"]
    assert house.ear.count("low_disk_paused") == 1
    room = House(tmp_path)
    room.book, room.ear = house.book, house.ear
    assert len(room.started().look("rosa").claimed) == 1


class TightSpool(Spool):
    """A spool whose volume is what the test says."""

    volume = Room(1 << 40, 100, 100)

    def room(self) -> Room:
        return self.volume


def test_f05_low_inodes_pause_and_end(house: House) -> None:
    house.spool = spool = TightSpool(house.root / "state" / "spool")
    spool.volume = Room(1 << 40, 4, 100)
    house.started()
    house.drop("po.edi", x12())
    assert house.look().claimed == []
    assert house.ear.count("low_inodes_paused") == 1
    spool.volume = Room(1 << 40, 5, 100)
    assert len(house.look().claimed) == 1
    assert house.ear.count("low_inodes_over") == 1


def test_f05_a_file_too_large_for_the_disk_lets_smaller_ones_pass(house: House) -> None:
    house.spool = spool = TightSpool(house.root / "state" / "spool")
    spool.volume = Room(3 << 20, 100, 100)
    house.started()
    os.utime(house.drop("a-large.edi", large_x12()), (1, 1))
    house.drop("small.edi", x12())
    house.look()
    house.look()
    assert house.book.names == [b"small.edi"]
    assert house.ear.count("large_file_paused") == 1
    spool.volume = Room(1 << 40, 100, 100)
    house.look()
    assert house.book.names == [b"small.edi", b"a-large.edi"]
    assert house.ear.count("large_file_over") == 1


@pytest.mark.parametrize(("unposted", "claimed"), [(9_999, 2), (10_000, 1), (10_001, 0)])
def test_p10_a_full_queue_stops_claims(house: House, unposted: int, claimed: int) -> None:
    assert pressure.MOST_UNPOSTED == 10_000
    house.book.waiting = unposted
    house.drop("a.edi", x12(1))
    house.drop("b.edi", x12(2))
    assert len(house.look().claimed) == claimed
    assert house.ear.count("queue_full_paused") == (claimed == 0)


def test_p10_a_ledger_that_is_down_leaves_files_and_is_waited_for(house: House) -> None:
    house.drop("po.edi", x12())
    house.book.fault = EnvironmentFault("the ledger is down")
    waits = [house.look().next_look_s for _ in range(11)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert house.left == ["po.edi"]
    assert house.ear.count("intake_failed") == 1
    house.book.fault = None
    assert len(house.look().claimed) == 1
    assert house.ear.count("intake_resumed") == 1


def test_f05_a_refusal_that_could_not_be_recorded_is_not_put_aside_unanswered(
    house: House,
) -> None:
    (house.inbox / "po.edi").symlink_to("/etc/passwd")
    house.book.fault = EnvironmentFault("the ledger is down")
    house.look()
    assert (house.left, house.aside) == (["po.edi"], [])
    house.book.fault = None
    house.look()
    assert house.book.codes == ["intake.symlink"]
    assert (house.left, len(house.aside)) == ([], 1)


def test_f12_a_file_open_for_writing_is_not_claimed_however_whole(house: House) -> None:
    with (house.inbox / "po.edi").open("wb") as file:
        file.write(x12())
        file.flush()
        assert house.look_after(10_000).claimed == []
        house.started()
        assert house.look_after(10_000).claimed == []
    assert len(house.look().claimed) == 1


def test_f13_cut_resumed_and_sent_again_make_one_arrival_each_time_whole(house: House) -> None:
    house.drop("po.edi", x12()[:100])
    assert house.look_after(60).claimed == []
    with (house.inbox / "po.edi").open("ab") as file:
        file.write(x12()[100:])
    [(_, claim)] = house.look().claimed
    assert (claim.data, claim.completeness) == (x12(), "shown")


def test_f13_a_file_cut_short_for_half_an_hour_is_claimed_as_that(house: House) -> None:
    house.drop("po.edi", x12()[:100])
    assert house.look_after(1799).claimed == []
    house.clock.forward(1)
    [(_, claim)] = house.look().claimed
    assert claim.completeness == "cut-short"


def test_f14_ten_thousand_files_are_claimed_once_in_order(house: House) -> None:
    for number in range(10_000):
        os.utime(house.drop(f"{number:05}.edi", x12(number)), ns=(number, number))
    looks = 0
    while house.left:
        house.look()
        looks += 1
        assert looks <= 10
    assert house.book.names == [f"{n:05}.edi".encode() for n in range(10_000)]
    assert max(house.book.batches) <= 500


def test_f14_an_inbox_larger_than_one_look_asks_for_the_next_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "LOOK_FILES", 2)
    for number in range(3):
        house.drop(f"{number}.edi", x12(number))
    assert house.look().next_look_s == 0
    assert house.look().next_look_s is None


def test_f15_a_missing_inbox_is_an_alarm_and_others_flow(tmp_path: Path) -> None:
    house = House(tmp_path, partners=("rosa", "tulip"))
    house.configuration.inbox("rosa").rmdir()
    (house.configuration.inbox("tulip") / "po.edi").write_bytes(x12())
    results = [house.intake.look_all() for _ in range(2)]
    assert [len(results[0][name].claimed) for name in ("rosa", "tulip")] == [0, 1]
    assert house.ear.count("inbox_lost") == 1
    house.inbox.mkdir()
    house.drop("po.edi", x12())
    assert len(house.look().claimed) == 1
    assert house.ear.count("inbox_back") == 1


def test_f15_an_inbox_that_became_a_symlink_is_not_entered(house: House, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "po.edi").write_bytes(x12())
    house.inbox.rmdir()
    house.inbox.symlink_to(elsewhere)
    assert house.look().claimed == []
    assert house.ear.count("inbox_lost") == 1
    assert (elsewhere / "po.edi").exists()


def test_f15_an_inbox_made_again_is_noticed_and_served(house: House) -> None:
    house.look()
    house.inbox.rename(house.inbox.with_name("old"))
    house.inbox.mkdir()
    house.drop("po.edi", x12())
    assert len(house.look().claimed) == 1
    assert house.ear.count("inbox_replaced") == 1


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_f16_hostile_names_are_claimed_like_any_other(house: House, name: bytes) -> None:
    house.drop(name, x12())
    [(_, claim)] = house.look().claimed
    assert claim.name == name
    assert house.left == []


def test_f16_names_that_differ_only_in_normal_form_are_two_files(house: House) -> None:
    house.drop("caf\u00e9.edi", x12(1))
    house.drop("cafe\u0301.edi", x12(2))
    assert len(house.look().claimed) == 2


def test_f16_our_own_paths_carry_no_part_of_a_hostile_name(house: House) -> None:
    house.drop("evil\n.edi", large_x12())
    (house.inbox / "link\n.edi").symlink_to("/etc/passwd")
    [(_, claim)] = house.look().claimed
    assert claim.spool is not None
    assert claim.spool.replace("-", "").isalnum()
    assert [p.name.replace("-", "").isdigit() for p in house.aside] == [True]


@pytest.mark.parametrize("target", ["/etc/passwd", "nowhere", "po.edi", "."])
def test_f17_a_symlink_is_refused_and_moved_itself(house: House, target: str) -> None:
    (house.inbox / "po.edi").symlink_to(target)
    house.look()
    assert house.book.codes == ["intake.symlink"]
    [aside] = house.aside
    assert aside.readlink() == Path(target)
    assert house.left == []


def test_f17_a_file_swapped_for_a_link_after_the_listing_is_not_followed(house: House) -> None:
    secret = house.root / "secret"
    secret.write_bytes(x12())
    file = house.drop("po.edi", x12())

    def swap() -> None:
        file.unlink()
        file.symlink_to(secret)

    house.book.between = swap
    assert house.look().claimed == []
    assert secret.exists()


@pytest.mark.parametrize("swap", [os.mkfifo, os.mkdir])
def test_f17_a_file_swapped_for_something_else_is_not_read(
    house: House, swap: Callable[[Path], None]
) -> None:
    file = house.drop("po.edi", x12())

    def replace() -> None:
        file.unlink()
        swap(file)

    house.book.between = replace
    result = house.look()
    assert (result.claimed, result.fault) == ([], None)
    assert house.ear.count("read_failed") == 0


def test_f18_a_hard_link_is_refused_after_a_minute_and_the_other_name_stays(
    house: House, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_bytes(x12())
    os.link(other, house.inbox / "po.edi")
    assert house.look_after(59).claimed == []
    house.clock.forward(1)
    house.look()
    assert house.book.codes == ["intake.hard-link"]
    assert (house.left, other.read_bytes()) == ([], x12())


def test_f18_a_publisher_that_links_and_unlinks_is_served(house: House) -> None:
    draft = house.drop(".draft", x12())
    os.link(draft, house.inbox / "po.edi")
    assert house.look().claimed == []
    draft.unlink()
    assert len(house.look().claimed) == 1


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as s:
        os.chdir(path.parent)
        s.bind(path.name)


@pytest.mark.parametrize("make", [os.mkfifo, _socket])
def test_f19_special_files_are_refused_without_blocking(
    house: House, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(house.inbox)
    make(house.inbox / "po.edi")
    house.drop("good.edi", x12())
    result = house.look()
    assert house.book.codes == ["intake.special"]
    assert [claim.name for _, claim in result.claimed] == [b"good.edi"]
    assert (house.left, len(house.aside)) == ([], 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_f19_a_device_is_refused(house: House) -> None:
    try:
        os.mknod(house.inbox / "po.edi", 0o020644, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this host forbids devices")
    house.look()
    assert house.book.codes == ["intake.special"]


def test_f19_a_folder_is_answered_once_and_left_alone(house: House) -> None:
    (house.inbox / "po.edi").mkdir()
    house.look()
    (house.inbox / "po.edi" / "inner.edi").write_bytes(x12())
    house.look()
    house.started().look("rosa")
    assert house.book.codes == ["intake.folder"]
    assert (house.inbox / "po.edi" / "inner.edi").exists()


def test_f21_an_empty_file_is_claimed_after_a_minute(house: House) -> None:
    house.drop("po.edi")
    assert house.look_after(59).claimed == []
    house.clock.forward(1)
    [(_, claim)] = house.look().claimed
    assert (claim.data, claim.completeness) == (b"", "assumed")


@pytest.mark.parametrize("content", [b"x", b"\xef\xbb\xbf", b"\0" * 100], ids=ascii)
def test_f21_odd_content_is_claimed_byte_for_byte(house: House, content: bytes) -> None:
    house.drop("po.edi", content)
    [(_, claim)] = house.look_after(1800).claimed
    assert claim.data == content


def test_f22_an_oversize_file_is_put_aside_without_a_copy(house: House) -> None:
    with (house.inbox / "huge.edi").open("wb") as file:
        file.truncate(2 << 30)
    house.look()
    [refusal] = house.book.refusals
    assert refusal.code == "intake.oversize"
    assert "2147483648 bytes and at most 8388608" in refusal.message
    [aside] = house.aside
    assert aside.stat().st_size == 2 << 30
    assert list((house.root / "state" / "spool").rglob("*-*")) == []


def test_f17_a_good_file_that_replaced_a_refused_one_goes_back_to_the_inbox(house: House) -> None:
    (house.inbox / "po.edi").symlink_to("/etc/passwd")
    with open_directory(house.inbox) as folder:
        [seen] = scan(folder).files
        house.drop("po.edi.part", x12()).rename(house.inbox / "po.edi")
        with pytest.raises(Missing):
            put_aside(folder, seen)
    assert house.aside == []
    assert len(house.look().claimed) == 1


def test_a_partner_who_blocks_the_refused_folder_stops_nothing_else(house: House) -> None:
    (house.inbox / ".refused").symlink_to("/tmp")
    (house.inbox / "po.edi").symlink_to("/etc/passwd")
    house.drop("good.edi", x12())
    for _ in range(3):
        house.look()
    assert house.book.names == [b"good.edi"]
    assert (house.book.codes, house.ear.count("put_aside_failed")) == (["intake.symlink"], 1)


def test_a_restart_does_not_answer_the_same_refusal_again(house: House) -> None:
    (house.inbox / ".refused").write_bytes(b"in the way")
    (house.inbox / "po.edi").symlink_to("/etc/passwd")
    house.look()
    house.started().look("rosa")
    assert house.book.codes == ["intake.symlink"]


def test_temporary_names_are_left_alone_and_reported_after_a_day(house: House) -> None:
    house.drop("po.edi.part", x12())
    house.look_after(86_399)
    assert house.ear.count("temporary_left") == 0
    house.clock.forward(1)
    house.look()
    house.look()
    assert house.ear.count("temporary_left") == 1
    assert house.left == ["po.edi.part"]


def test_the_same_name_again_is_a_new_arrival(house: House) -> None:
    for control in (1, 2):
        house.drop("po.edi", x12(control))
        assert len(house.look().claimed) == 1
    assert len(house.book.claims) == 2


def test_on_a_network_volume_two_equal_looks_decide(tmp_path: Path) -> None:
    house = House(tmp_path, blind=True, remote=True)
    house.drop("po.edi", x12())
    assert house.look().next_look_s == 1
    house.clock.forward(1)
    assert len(house.look().claimed) == 1


def test_unknown_partners_are_a_usage_error(house: House) -> None:
    with pytest.raises(UsageError, match="there is no partner lily"):
        house.intake.look("lily")


def test_an_inbox_is_due_on_a_hint_when_settled_and_on_the_clock(tmp_path: Path) -> None:
    house = House(tmp_path, partners=("rosa", "tulip"))
    assert house.intake.due(1) == ["rosa", "tulip"]
    house.intake.look_all()
    assert house.intake.due(1) == []
    house.watch.hints = {"tulip", "mappings:"}
    assert house.intake.due(1) == ["tulip", "mappings:"]
    assert house.intake.due(0) == []
    house.drop("po.edi", x12()[:50])
    house.look()
    assert house.intake.due(60) == ["rosa"]
    assert house.clock.seconds == pytest.approx(1003)
    house.look()
    (house.inbox / "po.edi").unlink()
    house.look()
    assert house.intake.due(60) == ["tulip"]


def test_a_blind_inbox_is_looked_at_every_two_seconds(tmp_path: Path) -> None:
    house = House(tmp_path, blind=True)
    house.look()
    assert house.intake.due(60) == ["rosa"]
    assert house.clock.seconds == pytest.approx(1002)


def test_f06_running_out_of_descriptors_is_our_fault_and_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.drop("po.edi", x12())
    real = os.open

    def refusing(
        path: str | bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None
    ) -> int:
        if path == b"po.edi":
            raise OSError(errno.EMFILE, "Too many open files")
        return real(path, flags, mode, dir_fd=dir_fd)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refusing)
        result = house.look()
    assert result.fault is not None
    assert house.book.refusals == []
    assert len(house.look().claimed) == 1


def test_an_unreadable_sector_is_said_once_and_others_flow(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = house.drop("bad.edi", x12(1)).stat().st_ino
    house.drop("good.edi", x12(2))
    real = os.pread

    def failing(fd: int, count: int, offset: int) -> bytes:
        if os.fstat(fd).st_ino == bad:
            raise OSError(errno.EIO, "Input/output error")
        return real(fd, count, offset)

    monkeypatch.setattr(os, "pread", failing)
    for _ in range(2):
        assert house.look().fault is None
    assert house.book.names == [b"good.edi"]
    assert (house.ear.count("read_failed"), house.left) == (1, ["bad.edi"])


def test_spool_debris_is_swept_at_start_and_known_copies_stay(house: House) -> None:
    house.drop("big.edi", large_x12())
    [(_, claim)] = house.look().claimed
    data, drafts = (house.root / "state" / "spool" / part for part in ("data", "tmp"))
    (drafts / "half").write_bytes(b"x")
    (data / "orphan").write_bytes(b"x")
    house.started()
    assert os.listdir(drafts) == []
    assert os.listdir(data) == [claim.spool]
    assert house.ear.count("spool_swept") == 1
    shutil.rmtree(house.root / "state")
