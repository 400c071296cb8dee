"""Answers pushed to a partner's server: whole, once, under their name; and nobody else's."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.clock import SystemClock
from daemon.delivery.local import LocalDelivery
from daemon.sftp.push import FILES_A_WIRE
from daemon.sftp.session import MOST_WIRES
from tests.sftp.client.conftest import Desk, Halt


def there(desk: Desk) -> dict[str, bytes]:
    """Return what stands in the partner's folder."""
    return {path.name: path.read_bytes() for path in (desk.lab.home / "in").iterdir()}


def test_every_answer_arrives_whole_under_its_name(desk: Desk) -> None:
    bodies = [b"", b"x", os.urandom(32_768), os.urandom(32_769), os.urandom(5_000_000)]
    names = desk.answer("florsol", *bodies)
    assert desk.push(desk.pushing()).run() == len(bodies)
    assert there(desk) == dict(zip(names, bodies, strict=True))
    assert desk.states() == ["delivered"] * len(bodies)
    assert desk.events.names() == ["delivered"] * len(bodies)


def test_nothing_is_connected_when_nothing_waits(desk: Desk) -> None:
    assert desk.push(desk.pushing(port=1)).run() == 0


def test_the_agreed_mode_is_set(desk: Desk) -> None:
    (name,) = desk.answer("florsol", b"x")
    desk.push(desk.pushing(mode="0604")).run()
    assert (desk.lab.home / "in" / name).stat().st_mode & 0o777 == 0o604


@pytest.mark.parametrize("body", [b"theirs", b"same size"])
def test_a_file_of_the_partner_is_not_written_over_and_others_go_on(
    desk: Desk, body: bytes
) -> None:
    taken, free = desk.answer("florsol", b"our bytes", b"other")
    path = desk.lab.put("in", taken, body)
    push = desk.push(desk.pushing())
    assert push.run() == 1
    assert push.run() == 0
    assert there(desk) == {taken: body, free: b"other"}
    assert desk.states() == ["blocked", "delivered"]
    assert desk.events.names().count("remote_name_taken") == 1
    path.unlink()
    assert push.run() == 1
    assert there(desk) == {taken: b"our bytes", free: b"other"}


def test_a_file_of_the_partner_is_replaced_where_that_is_agreed(desk: Desk) -> None:
    (name,) = desk.answer("florsol", b"ours")
    desk.lab.put("in", name, b"theirs")
    assert desk.push(desk.pushing(may_replace=True)).run() == 1
    assert there(desk) == {name: b"ours"}


def test_a_name_taken_between_check_and_rename_is_not_written_over(desk: Desk) -> None:
    (name,) = desk.answer("florsol", b"ours")

    def take(step: str) -> None:
        if step == "R5":
            desk.lab.put("in", name, b"theirs")

    desk.step = take  # type: ignore[method-assign, assignment]  # the step is the seam for this race
    assert desk.push(desk.pushing()).run() == 0
    assert there(desk)[name] == b"theirs"
    assert desk.states() == ["blocked"]


@pytest.mark.parametrize("may_replace", [False, True])
@pytest.mark.parametrize("step", ["R5", "R6", "R7"])
def test_a_crash_at_any_step_neither_loses_nor_doubles_an_answer(
    desk: Desk, step: str, may_replace: bool
) -> None:
    bodies = [b"one", os.urandom(200_000)]
    names = desk.answer("florsol", *bodies)
    site = desk.pushing(may_replace=may_replace)
    desk.crash_at = step
    with pytest.raises(Halt):
        desk.push(site).run()
    seen = {n: (desk.lab.home / "in" / n).stat().st_ino for n in names if n in there(desk)}
    desk.crash_at = ""
    assert desk.push(site).run() == (0 if step == "R7" else 2)
    assert there(desk) == dict(zip(names, bodies, strict=True))
    assert desk.states() == ["delivered"] * 2
    for name, inode in seen.items():
        assert (desk.lab.home / "in" / name).stat().st_ino == inode, "it was written twice"


def test_a_broken_upload_is_begun_anew_over_what_it_left(desk: Desk) -> None:
    (name,) = desk.answer("florsol", b"short")
    desk.lab.put("in", f"{name}.part", b"a much longer rest of an upload")
    desk.push(desk.pushing()).run()
    assert there(desk) == {name: b"short"}


def test_an_answer_collected_before_we_knew_that_it_arrived_is_sent_again(desk: Desk) -> None:
    """The residual risk that the contract states: the same name and bytes, never a new one."""
    (name,) = desk.answer("florsol", b"ours")
    site = desk.pushing()
    desk.crash_at = "R6"
    with pytest.raises(Halt):
        desk.push(site).run()
    (desk.lab.home / "in" / name).unlink()
    desk.crash_at = ""
    desk.push(site).run()
    assert there(desk) == {name: b"ours"}


def test_a_folder_that_takes_but_does_not_show_gets_its_answers(desk: Desk) -> None:
    if not desk.lab.is_jailed:
        pytest.skip("needs a login that is not our own account")
    names = desk.answer("florsol", b"one", b"two")
    folder = desk.lab.home / "in"
    folder.chmod(0o300)
    try:
        assert desk.push(desk.pushing(mode="0200")).run() == 2
    finally:
        folder.chmod(0o755)
    assert sorted(there(desk)) == sorted(names)


def test_a_missing_folder_is_an_alarm_with_what_to_do_and_the_answer_waits(desk: Desk) -> None:
    desk.answer("florsol", b"one")
    push = desk.push(desk.pushing(folder=f"{desk.lab.prefix}nowhere"))
    push.run()
    push.run()
    assert desk.events.names() == ["put_failed"]
    assert "make it, or mend push.folder" in str(desk.events.fields("put_failed")[0]["reason"])
    assert desk.states() == ["pending"]
    desk.lab.make_folder("nowhere")
    assert push.run() == 1
    for path in (desk.lab.home / "nowhere").iterdir():
        path.unlink()
    (desk.lab.home / "nowhere").rmdir()


def test_names_are_given_in_order_however_many_channels_bring_the_files(desk: Desk) -> None:
    bodies = [b"%d" % number for number in range(MOST_WIRES * FILES_A_WIRE)]
    names = desk.answer("florsol", *bodies)
    push = desk.push(desk.pushing())
    assert push.run() == len(bodies)
    assert there(desk) == dict(zip(names, bodies, strict=True))
    named_at = [(desk.lab.home / "in" / name).stat().st_ctime_ns for name in names]
    assert named_at == sorted(named_at)


def test_a_burst_takes_channels_that_are_given_back(desk: Desk) -> None:
    session = desk.session(desk.pushing())
    assert len(session.wires(100)) == MOST_WIRES
    first = session.wires(1)
    session.narrow()
    assert len(session.wires(2)) == 2
    session.narrow()
    assert session.wires(1) == first == [session.wire()]


def test_a_server_that_gives_one_channel_gets_everything_over_it(desk: Desk) -> None:
    bodies = [b"%d" % number for number in range(MOST_WIRES * FILES_A_WIRE)]
    names = desk.answer("florsol", *bodies)
    desk.lab.max_sessions = 1
    desk.lab.restart()
    try:
        assert desk.push(desk.pushing()).run() == len(bodies)
    finally:
        desk.lab.max_sessions = 10
        desk.lab.restart()
    assert there(desk) == dict(zip(names, bodies, strict=True))


class LaterClock(SystemClock):
    """A clock that is ahead."""

    ahead = timedelta()

    def now(self):  # type: ignore[no-untyped-def]  # as the one it stands for
        return super().now() + self.ahead


def test_an_answer_that_waits_too_long_is_an_alarm_once(desk: Desk) -> None:
    clock = desk.clock = LaterClock()
    push = desk.push(desk.pushing(overdue_s=60))
    desk.answer("florsol", b"one")
    push.check_overdue()
    assert desk.events.names() == []
    clock.ahead = timedelta(seconds=61)
    push.check_overdue()
    push.check_overdue()
    assert desk.events.names() == ["delivery_overdue_failed"]
    push.run()
    push.check_overdue()
    assert desk.events.names()[-1] == "delivery_caught_up"


def test_local_delivery_leaves_the_answers_that_are_pushed(desk: Desk, tmp_path: Path) -> None:
    pushed = desk.partner(sftp=desk.remote(push={"folder": "in"}))
    pulled = desk.partner("andes", sftp=desk.remote(pull={"folder": "out"}))
    site = desk.site(pushed, pulled, desk.partner("bloom"))
    for partner in ("florsol", "andes", "bloom"):
        desk.answer(partner, b"x")
    with ThreadPoolExecutor(1) as pool:
        LocalDelivery(site, desk.ledger, SystemClock(), desk.events, pool).run()
    assert desk.states() == ["pending", "delivered", "delivered"]
    assert not site.outbox("florsol").exists()
    assert len(list(site.outbox("andes").glob("*.edi"))) == 1
