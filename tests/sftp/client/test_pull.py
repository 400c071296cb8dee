"""Files on a partner's server: fetched whole, in order, once; receipted only when accepted."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from daemon.errors import EnvironmentFault
from daemon.sftp import pull as pull_module
from tests.sftp.client.conftest import Desk, Halt, interchange
from tests.sftp.lab import Lab

LARGE = 3_000_000


def names(lab: Lab, folder: str = "out") -> list[str]:
    return sorted(path.name for path in (lab.home / folder).iterdir())


def test_whole_files_are_fetched_in_the_order_of_time_and_name_and_removed(desk: Desk) -> None:
    contents = {name: interchange(number) for number, name in enumerate(("c", "a", "b", "d"), 1)}
    for name, mtime in (("c", 1000), ("a", 2000), ("b", 2000), ("d", 1500)):
        desk.lab.put("out", f"{name}.edi", contents[name], mtime=mtime)
    result = desk.pull(desk.pulling()).look()
    expected = [(f"{n}.edi".encode(), contents[n]) for n in ("c", "d", "a", "b")]
    assert desk.arrivals() == expected
    assert [claim.name for _, claim in result.claimed] == [name for name, _ in expected]
    assert names(desk.lab) == []
    assert desk.remembered() == 0


def test_a_large_file_goes_to_the_spool_between_small_ones(desk: Desk) -> None:
    body = b"a,b\n" + os.urandom(LARGE).hex().encode() + b"\n"
    desk.lab.put("out", "1.edi", interchange(1), mtime=1000)
    desk.lab.put("out", "2.csv", body, mtime=1001)
    desk.lab.put("out", "3.edi", interchange(3), mtime=1002)
    pull = desk.pull(desk.pulling())
    pull.look()
    assert desk.arrivals() == [
        (b"1.edi", interchange(1)),
        (b"2.csv", body),
        (b"3.edi", interchange(3)),
    ]
    assert names(desk.lab) == []


@pytest.mark.parametrize(
    "size", [0, 1, 65_535, 65_536, 65_537, (1 << 20) - 1, 1 << 20, 1 + (1 << 20)]
)
def test_every_size_comes_over_to_the_byte(desk: Desk, size: int) -> None:
    body = os.urandom(size // 2 + 1).hex().encode()[:size]
    desk.lab.put("out", "x.csv", body)
    site = desk.pulling()
    pull = desk.pull(site)
    result = pull.look()
    if size == 0:
        assert result.next_look_s is not None, "an empty file may be filled yet"
        assert desk.arrivals() == []
    else:
        assert desk.arrivals() == [(b"x.csv", body)]


def test_a_receipt_may_be_a_rename_into_a_folder_that_is_made(desk: Desk) -> None:
    site = desk.pulling(receipt="rename", rename_to="done/{name}")
    pull = desk.pull(site)
    for number in (1, 2):
        desk.lab.put("out", "a.edi", interchange(number))
        pull.look()
    assert [body for _, body in desk.arrivals()] == [interchange(1), interchange(2)]
    assert names(desk.lab) == ["done"]
    assert (desk.lab.home / "out/done/a.edi").read_bytes() == interchange(2)


def test_kept_files_are_fetched_once_even_by_the_next_daemon(desk: Desk) -> None:
    site = desk.pulling(receipt="keep")
    desk.lab.put("out", "a.edi", interchange(1), mtime=1000)
    for _ in range(2):
        pull = desk.pull(site)
        pull.look()
        pull.look()
    assert len(desk.arrivals()) == 1
    desk.lab.put("out", "a.edi", interchange(2), mtime=1001)
    desk.pull(site).look()
    assert [body for _, body in desk.arrivals()] == [interchange(1), interchange(2)]
    assert names(desk.lab) == ["a.edi"]


def test_a_kept_file_that_was_out_of_sight_is_not_new(desk: Desk) -> None:
    site = desk.pulling(receipt="keep")
    path = desk.lab.put("out", "a.edi", interchange(1), mtime=1000)
    pull = desk.pull(site)
    pull.look()
    path.unlink()
    pull.look()
    desk.lab.put("out", "a.edi", interchange(1), mtime=1000)
    assert pull.look().claimed == []


def test_the_same_name_time_and_bytes_after_the_receipt_is_a_new_arrival(desk: Desk) -> None:
    site = desk.pulling()
    for _ in range(2):
        desk.lab.put("out", "a.edi", interchange(1), mtime=1000)
        desk.pull(site).look()
    assert desk.arrivals() == [(b"a.edi", interchange(1))] * 2


@pytest.mark.parametrize("receipt", ["remove", "rename", "keep"])
@pytest.mark.parametrize("step", ["R1", "R2", "R3", "R4"])
@pytest.mark.parametrize("is_large", [False, True])
def test_a_crash_at_any_step_neither_loses_nor_doubles_a_file(
    desk: Desk, step: str, receipt: str, is_large: bool
) -> None:
    body = b"x,y\n" * (LARGE // 4) if is_large else interchange(1)
    desk.lab.put("out", "a.csv", body, mtime=1000)
    site = desk.pulling(receipt=receipt)
    desk.crash_at = step
    if (receipt, step) == ("keep", "R4"):
        desk.pull(site).look()  # no receipt is given, so there is no such step
    else:
        with pytest.raises(Halt):
            desk.pull(site).look()
    desk.crash_at = ""
    desk.spool.recover(desk.book.known_spool())
    desk.pull(site).look()
    desk.pull(site).look()
    assert desk.arrivals() == [(b"a.csv", body)]
    assert names(desk.lab) == {"remove": [], "rename": ["fetched"], "keep": ["a.csv"]}[receipt]
    assert desk.remembered() == (1 if receipt == "keep" else 0)


def test_another_file_of_the_same_look_put_there_during_a_crash_is_not_lost(desk: Desk) -> None:
    site = desk.pulling()
    desk.lab.put("out", "a.edi", interchange(1), mtime=1000)
    desk.crash_at = "R3"
    with pytest.raises(Halt):
        desk.pull(site).look()
    desk.crash_at = ""
    desk.lab.put("out", "a.edi", interchange(2), mtime=1000)
    desk.pull(site).look()
    assert [body for _, body in desk.arrivals()] == [interchange(1), interchange(2)]


def test_a_file_replaced_between_acceptance_and_receipt_stays(desk: Desk) -> None:
    def replace(name: str) -> None:
        if name == "R3" and len(desk.steps) < 5:
            desk.lab.put("out", "a.edi", interchange(2), mtime=2000)
        desk.steps.append(name)

    desk.lab.put("out", "a.edi", interchange(1), mtime=1000)
    desk.step = replace  # type: ignore[method-assign]  # the step is the seam for this race
    pull = desk.pull(desk.pulling())
    pull.look()
    assert names(desk.lab) == ["a.edi"]
    pull.look()
    assert [body for _, body in desk.arrivals()] == [interchange(1), interchange(2)]


@pytest.mark.parametrize(
    "name", ["a.part", ".hidden", "a.FILEPART", "~$a.xlsx", "a.tmp", ".in.a.edi", "a.edi~"]
)
def test_unfinished_and_hidden_names_are_left_alone(desk: Desk, name: str) -> None:
    desk.lab.put("out", name, interchange(1))
    desk.pull(desk.pulling()).look()
    assert desk.arrivals() == []
    assert names(desk.lab) == [name]


def test_only_names_that_fit_a_pattern_are_fetched(desk: Desk) -> None:
    for name in ("a.edi", "a.EDI", "b.csv", "c.txt"):
        desk.lab.put("out", name, interchange(1))
    desk.pull(desk.pulling(patterns=["*.edi", "b*"])).look()
    assert [name for name, _ in desk.arrivals()] == [b"a.edi", b"b.csv"]


@pytest.mark.parametrize("name", [b"po\xff.edi", b"-rf", b"new\nline", b"a" * 255, "é".encode()])
def test_odd_names_come_over_byte_for_byte(desk: Desk, name: bytes) -> None:
    desk.lab.put("out", name, interchange(1))
    desk.pull(desk.pulling()).look()
    assert desk.arrivals() == [(name, interchange(1))]
    assert names(desk.lab) == []


def test_a_file_waits_for_its_done_file_and_goes_with_it(desk: Desk) -> None:
    desk.lab.put("out", "a.csv", b"x,y\n1,2\n", mtime=1000)
    pull = desk.pull(desk.pulling(done_file=True))
    pull.look()
    assert desk.arrivals() == []
    desk.lab.put("out", "a.csv.done", b"", mtime=1001)
    pull.look()
    assert desk.arrivals() == [(b"a.csv", b"x,y\n1,2\n")]
    assert names(desk.lab) == []


def test_a_delimited_file_must_be_still_for_the_quiet_time(desk: Desk) -> None:
    desk.lab.put("out", "a.csv", b"x,y\n1,2\n")
    partner = desk.partner(
        complete_when="quiet",
        sftp=desk.remote(pull={"folder": f"{desk.lab.prefix}out"}),
    )
    site = desk.site(partner, intake={"quiet_s": 0.3, "free_bytes": 0})
    pull = desk.pull(site)
    assert pull.look().next_look_s is not None
    desk.lab.put("out", "a.csv", b"x,y\n1,2\n3,4\n")
    pull.look()
    assert desk.arrivals() == []
    time.sleep(0.35)
    pull.look()
    assert desk.arrivals() == [(b"a.csv", b"x,y\n1,2\n3,4\n")]


def test_a_file_that_is_cut_short_waits(desk: Desk) -> None:
    desk.lab.put("out", "a.edi", interchange(1)[:-12])
    pull = desk.pull(desk.pulling())
    assert pull.look().next_look_s is not None
    pull.look()
    assert desk.arrivals() == []
    desk.lab.put("out", "a.edi", interchange(1))
    pull.look()
    assert desk.arrivals() == [(b"a.edi", interchange(1))]


def test_a_file_above_the_limit_is_answered_once_and_never_fetched(desk: Desk) -> None:
    desk.lab.put("out", "a.edi", interchange(1))
    desk.lab.put("out", "b.edi", interchange(2) * 2)
    limit = len(interchange(1))
    settings = {"folder": f"{desk.lab.prefix}out"}
    partner = desk.partner(sftp=desk.remote(pull=settings))
    site = desk.site(partner, limits={"file_bytes": limit})
    for _ in range(2):
        desk.pull(site).look()
    assert [name for name, _ in desk.arrivals()] == [b"a.edi"]
    assert desk.events.names().count("file_refused") == 1
    assert names(desk.lab) == ["b.edi"]


def test_links_and_folders_are_not_fetched(desk: Desk) -> None:
    desk.lab.make_folder("out/folder.edi")
    (desk.lab.home / "out" / "link.edi").symlink_to("/etc/passwd")
    pull = desk.pull(desk.pulling())
    pull.look()
    pull.look()
    assert desk.arrivals() == []
    assert desk.events.names() == ["remote_ignored"]


def test_an_unreadable_file_is_said_once_and_delays_no_other(desk: Desk) -> None:
    if not desk.lab.is_jailed:
        pytest.skip("needs a login that is not our own account")
    path = desk.lab.put("out", "a.edi", interchange(1), mtime=1000)
    os.chown(path, 0, 0)
    path.chmod(0o600)
    desk.lab.put("out", "b.edi", interchange(2), mtime=2000)
    pull = desk.pull(desk.pulling())
    pull.look()
    pull.look()
    assert [name for name, _ in desk.arrivals()] == [b"b.edi"]
    assert desk.events.names().count("file_refused") == 1
    path.chmod(0o644)
    desk.lab.give(path)
    pull.look()
    assert [name for name, _ in desk.arrivals()] == [b"b.edi", b"a.edi"]


def test_a_file_that_may_not_be_removed_is_taken_once_and_said_once(desk: Desk) -> None:
    if not desk.lab.is_jailed:
        pytest.skip("needs a login that is not our own account")
    desk.lab.put("out", "a.edi", interchange(1))
    folder = desk.lab.home / "out"
    os.chown(folder, 0, 0)
    site = desk.pulling()
    try:
        for _ in range(3):
            desk.pull(site).look()
        assert len(desk.arrivals()) == 1
        assert desk.remembered() == 1
        fields = desk.events.fields("removal_failed")
        assert "keep" in str(fields[0]["advice"])
    finally:
        desk.lab.give(folder)
    desk.pull(site).look()
    assert names(desk.lab) == []
    assert desk.remembered() == 0
    assert len(desk.arrivals()) == 1


def test_a_folder_that_is_missing_is_named_with_what_to_do(desk: Desk) -> None:
    site = desk.pulling(folder="nowhere")
    with pytest.raises(EnvironmentFault, match=r"nowhere.*no such file.*check pull.folder"):
        desk.pull(site).look()


def test_nothing_is_fetched_while_the_disk_is_low(desk: Desk) -> None:
    desk.lab.put("out", "a.edi", interchange(1))
    settings: dict[str, Any] = {"folder": f"{desk.lab.prefix}out"}
    partner = desk.partner(sftp=desk.remote(pull=settings))
    site = desk.site(partner, intake={"free_bytes": 1 << 60})
    desk.pull(site).look()
    assert desk.arrivals() == []
    assert desk.events.names() == ["low_disk_paused"]
    assert names(desk.lab) == ["a.edi"]


def test_a_long_listing_is_fetched_look_by_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_module, "LOOK_FILES", 200)
    for number in range(210):
        desk.lab.put("out", f"{number:04}.edi", b"ISA" + str(number).encode(), mtime=1000)
    site = desk.site(
        desk.partner(sftp=desk.remote(pull={"folder": f"{desk.lab.prefix}out"})),
        intake={"cut_short_s": 0, "settle_s": 0, "settle_moved_s": 0, "free_bytes": 0},
    )
    pull = desk.pull(site)
    result = pull.look()
    assert (len(result.claimed), result.next_look_s) == (200, 0.0)
    assert len(pull.look().claimed) == 10
    assert [name for name, _ in desk.arrivals()] == [f"{n:04}.edi".encode() for n in range(210)]
