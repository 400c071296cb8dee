"""F08 to F10 and kill -9: whatever breaks between a server and us, each file comes once."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from itertools import accumulate

import pytest

from daemon import config
from daemon.errors import EnvironmentFault
from daemon.ledger.schema import arrivals, outgoing, outgoing_bodies, remote_files
from daemon.sftp import protocol
from daemon.sftp.fetch import Changed, LargeFile
from daemon.sftp.listing import listed
from daemon.sftp.pull import Pull
from daemon.sftp.push import FILES_A_WIRE
from tests.sftp.client import victim
from tests.sftp.client.conftest import Desk, interchange
from tests.sftp.proxies import Cutter, Proxy, Way, using

SAMPLES = 16
FILES = {
    b"1.edi": interchange(1),
    b"2.csv": b"item,price\n" + b"rose,0.38\n" * 130_000,
    b"3.edi": interchange(3),
    b"4.edi": interchange(4),
}
ANSWERS = (b"first", b"x" * 300_000, b"", b"last")
MANY = tuple(b"answer %d" % number for number in range(4 * FILES_A_WIRE))
"""So many that all channels of a session are used."""


@pytest.fixture
def is_full(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--every-cut", default=False))


def cuts(proxy: Proxy, way: Way, *, is_full: bool) -> list[int]:
    """Return after how many bytes to cut: within and behind the pieces of a clean run."""
    ends = list(accumulate(proxy.sizes[way]))
    places = sorted({1, *ends, *(end - 3 for end in ends if end > 3)})
    if is_full or len(places) <= SAMPLES:
        return places
    return [places[n * (len(places) - 1) // (SAMPLES - 1)] for n in range(SAMPLES)]


def retry(work: Callable[[], object], times: int = 4) -> None:
    """Do as a lane does: again after a fault of ours."""
    for _ in range(times):
        try:
            work()
        except EnvironmentFault:
            continue


def fill(desk: Desk) -> None:
    for number, (name, body) in enumerate(FILES.items()):
        desk.lab.put("out", name, body, mtime=1000 + number)


def empty(desk: Desk) -> None:
    """Bring ledger and folders back to their beginning."""
    with desk.ledger.write() as conn:
        for table in (arrivals, outgoing_bodies, outgoing, remote_files):
            conn.execute(table.delete())
    for name in ("out", "in"):
        for path in (desk.lab.home / name).iterdir():
            path.unlink()


@pytest.mark.parametrize("way", ["up", "down"])
def test_f08_a_cut_at_any_message_of_a_pull_costs_nothing(
    desk: Desk, way: Way, *, is_full: bool
) -> None:
    fill(desk)
    with using(Proxy(desk.lab.port)) as clean:
        desk.pull(desk.pulling(clean.port)).look()
        assert dict(desk.arrivals()) == FILES
    for after in cuts(clean, way, is_full=is_full):
        empty(desk)
        fill(desk)
        cutter = Cutter(desk.lab.port, after, way)
        with using(cutter):
            pull = desk.pull(desk.pulling(cutter.port))
            retry(pull.look)
            pull._session.drop()
        assert desk.arrivals() == list(FILES.items()), f"cut {way} after {after} bytes"
        assert list((desk.lab.home / "out").iterdir()) == []
        assert desk.remembered() == 0


@pytest.mark.parametrize("may_replace", [False, True])
@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("answers", [ANSWERS, MANY], ids=["one-channel", "all-channels"])
def test_f08_a_cut_at_any_message_of_a_push_costs_nothing(
    desk: Desk, way: Way, answers: tuple[bytes, ...], *, may_replace: bool, is_full: bool
) -> None:
    folder = desk.lab.home / "in"
    desk.answer("florsol", *answers)
    with using(Proxy(desk.lab.port)) as clean:
        desk.push(desk.pushing(clean.port, may_replace=may_replace)).run()
    for after in cuts(clean, way, is_full=is_full):
        empty(desk)
        expected = dict(zip(desk.answer("florsol", *answers), answers, strict=True))
        cutter = Cutter(desk.lab.port, after, way)
        with using(cutter):
            push = desk.push(desk.pushing(cutter.port, may_replace=may_replace))
            retry(push.run, 1)
            seen = {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix != ".part"}
            assert seen.items() <= expected.items(), f"torn: cut {way} after {after} bytes"
            inodes = {name: (folder / name).stat().st_ino for name in seen}
            retry(push.run)
            push._session.drop()
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == expected
        assert desk.states() == ["delivered"] * len(answers)
        for name, inode in inodes.items():
            assert (folder / name).stat().st_ino == inode, f"sent twice after {after} bytes {way}"


def test_a_large_fetch_goes_on_where_it_broke(desk: Desk) -> None:
    body = b"item,price\n" + b"rose,0.38\n" * 800_000
    desk.lab.put("out", "a.csv", body)
    cutter = Cutter(desk.lab.port, 5_000_000, "down")
    with using(cutter):
        pull = desk.pull(desk.pulling(cutter.port))
        pull.look()
        pull._session.drop()
    assert desk.arrivals() == [(b"a.csv", body)]
    assert [f["times"] for f in desk.events.fields("fetch_resumed")] == [1]
    assert sum(cutter.sizes["down"]) < 1.5 * len(body), "it was not begun anew"


def test_a_broken_fetch_of_a_file_that_changed_meanwhile_is_given_up(desk: Desk) -> None:
    desk.lab.put("out", "a.csv", b"x,y\n" * 500_000, mtime=1000)
    chunks = list[bytes]()
    with pytest.raises(Changed):
        for chunk in fetching(desk, "a.csv"):
            if not chunks:
                desk.lab.put("out", "a.csv", b"y,x\n" * 500_000, mtime=2000)
                pull_of(desk)._session.drop()
            chunks.append(chunk)


_PULLS: dict[int, Pull] = {}


def pull_of(desk: Desk) -> Pull:
    return _PULLS.setdefault(id(desk), desk.pull(desk.pulling()))


def fetching(desk: Desk, name: str) -> Iterator[bytes]:
    """Yield a file chunk by chunk, as the spool takes it."""
    pull = pull_of(desk)
    wire = pull._session.wire()
    path = f"{desk.lab.prefix}out".encode()
    folder = listed(wire, pull.settings, wire.entries(path))
    seen = next(s for s in folder.files if s.name == name.encode())
    return LargeFile(pull._session, path + b"/" + seen.name, seen, lambda _s: None).chunks()


@pytest.mark.parametrize("what", ["grows", "shrinks", "vanishes", "is replaced"])
@pytest.mark.parametrize("size", [600, 3_000_000])
def test_f10_a_file_that_changes_while_it_is_fetched_is_not_claimed(
    desk: Desk, what: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.lab.put("out", "a.csv", b"x" * size, mtime=1000)
    pull = desk.pull(desk.pulling())

    def change() -> None:
        if what == "grows":
            with path.open("ab") as file:
                file.write(b"more")
        elif what == "shrinks":
            os.truncate(path, size // 2)
        else:
            path.unlink()
            if what == "is replaced":
                desk.lab.put("out", "a.csv", b"y" * size, mtime=2000)

    original, reads = protocol.read, list[int]()

    def read_then_change(handle: bytes, offset: int, count: int) -> protocol.Request:
        # Between the opening and the first byte: the latest moment that is the same each time.
        reads.append(offset)
        if len(reads) == (1 if size < 1 << 20 else 3):
            change()
        return original(handle, offset, count)

    monkeypatch.setattr(protocol, "read", read_then_change)
    pull.look()
    monkeypatch.undo()
    assert desk.arrivals() == []
    pull.look()
    assert not path.exists()
    if what != "vanishes":
        (arrival,) = desk.arrivals()
        assert len(arrival[1]) == {"grows": size + 4, "shrinks": size // 2}.get(what, size)


@pytest.mark.parametrize("step", ["R1", "R2", "R3", "R4", "R5", "R6", "R7"])
def test_kill_9_at_any_step_costs_nothing(desk: Desk, step: str) -> None:
    prefix, port = desk.lab.prefix, desk.lab.port
    (desk.root / config.FILE_NAME).write_text(f"""
[intake]
settle_s = 0
settle_moved_s = 0
free_bytes = 0
[[partner]]
name = "florsol"
roles = ["vendor"]
complete_when = "renamed"
[partner.sftp]
host = "127.0.0.1"
port = {port}
user = "{desk.lab.user}"
host_keys = ["{desk.lab.pins()[0]}"]
key = "key"
pull = {{ folder = "{prefix}out" }}
push = {{ folder = "{prefix}in" }}
""")
    fill(desk)
    expected = dict(zip(desk.answer("florsol", *ANSWERS), ANSWERS, strict=True))
    # Forked from a program that has everything imported: to import takes longer than to run.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([victim.__name__])
    for kill_at, ended in ((step, -signal.SIGKILL), ("none", 0)):
        run = context.Process(target=victim.main, args=(desk.root, kill_at))
        run.start()
        run.join()
        assert run.exitcode == ended
    assert desk.arrivals() == list(FILES.items())
    assert list((desk.lab.home / "out").iterdir()) == []
    found = {path.name: path.read_bytes() for path in (desk.lab.home / "in").iterdir()}
    assert found == expected
    assert desk.states() == ["delivered"] * len(ANSWERS)
