"""Intake over real folders, with a clock that moves on request."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from daemon.errors import UsageError
from daemon.intake import inboxes
from daemon.intake.claim import INLINE_BYTES
from daemon.intake.settle import Word
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
