"""Servers that are not OpenSSH: what they lack costs time, never a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon.sftp import words
from daemon.sftp.faults import LoginFault
from daemon.sftp.wire import CAREFUL
from daemon.sftp.words import Outcome
from tests.sftp.client.conftest import Desk, Halt, interchange
from tests.sftp.client.plain import PASSWORD, Oddities, plain_server
from tests.sftp.lab import keygen, public_line


class Shop:
    """A site and its partner's plain server, with the folders `out` and `in`."""

    def __init__(self, desk: Desk, root: Path, port: int, pin: str) -> None:
        self.desk = desk
        self.root = root
        self._sftp = {"host_keys": [pin], "key": None, "password": "pw"}
        self._port = port
        (desk.root / "credentials" / "pw").write_text(PASSWORD)

    def site(self, **changes: Any) -> Any:
        sftp = self.desk.remote(self._port, **{**self._sftp, **changes})
        return self.desk.site(self.desk.partner(sftp=sftp))

    def names(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.root / folder).iterdir())


@pytest.fixture(params=[Oddities(), Oddities(most_read=700, lists_bare=True, is_interactive=True)])
def shop(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Shop]:
    root = tmp_path / "shop"
    for name in ("out", "in"):
        (root / name).mkdir(parents=True)
    key = keygen(tmp_path / "host")
    with plain_server(root, key, request.param) as port:
        yield Shop(desk, root, port, public_line(key))


def test_files_of_every_size_come_over_and_go(shop: Shop) -> None:
    bodies = {
        f"{size}.csv".encode(): os.urandom(size).hex().encode()
        for size in (1, 349, 350, 351, 20_000, 600_000)
    }
    for name, body in bodies.items():
        (shop.root / "out" / os.fsdecode(name)).write_bytes(body)
    pull = shop.desk.pull(shop.site(pull={"folder": "out"}))
    pull.look()
    assert pull._session.wire().pace is CAREFUL
    assert dict(shop.desk.arrivals()) == bodies
    assert shop.names("out") == []


def test_a_rename_receipt_works_without_openssh_rename(shop: Shop) -> None:
    pull = shop.desk.pull(shop.site(pull={"folder": "out", "receipt": "rename"}))
    for number in (1, 2):
        (shop.root / "out" / "a.edi").write_bytes(interchange(number))
        pull.look()
    assert shop.names("out") == ["fetched"]
    assert (shop.root / "out/fetched/a.edi").read_bytes() == interchange(2)


@pytest.mark.parametrize("may_replace", [False, True])
def test_answers_are_put_and_taken_names_respected(shop: Shop, *, may_replace: bool) -> None:
    desk = shop.desk
    one, two = desk.answer("florsol", b"one", os.urandom(200_000))
    (shop.root / "in" / one).write_bytes(b"theirs")
    push = desk.push(shop.site(push={"folder": "in", "may_replace": may_replace}))
    assert push.run() == (2 if may_replace else 1)
    assert shop.names("in") == sorted([one, two])
    expected = b"one" if may_replace else b"theirs"
    assert (shop.root / "in" / one).read_bytes() == expected


@pytest.mark.parametrize("step", ["R5", "R6"])
def test_a_crash_while_putting_costs_nothing(shop: Shop, step: str) -> None:
    desk = shop.desk
    (name,) = desk.answer("florsol", os.urandom(100_000))
    site = shop.site(push={"folder": "in"})
    desk.crash_at = step
    with pytest.raises(Halt):
        desk.push(site).run()
    desk.crash_at = ""
    desk.push(site).run()
    assert shop.names("in") == [name]
    assert desk.states() == ["delivered"]


def test_a_wrong_password_is_refused_and_not_told(shop: Shop) -> None:
    (shop.desk.root / "credentials" / "pw").write_text("wrong secret")
    with pytest.raises(LoginFault, match="refused our password") as caught:
        shop.desk.pull(shop.site(pull={"folder": "out"})).look()
    assert "wrong secret" not in str(caught.value)


def test_words_say_what_the_server_lacks(shop: Shop) -> None:
    site = shop.site(pull={"folder": "out"}, push={"folder": "in"})
    checks = words.test_partner(site, site.partner[0])
    looks = [c for c in checks if c.outcome is not Outcome.OK]
    assert [c.name for c in looks] == ["SFTP"], checks
    assert "a flush to its disk" in looks[0].said


def test_words_say_when_the_server_takes_none_of_our_ways(shop: Shop) -> None:
    site = shop.site(pull={"folder": "out"}, key="key", password=None)
    checks = words.test_partner(site, site.partner[0])
    ways = next(c for c in checks if c.name == "ways to log in")
    assert ways.outcome is Outcome.LOOK
    assert "agree with the partner" in ways.advice
    assert checks[-1].outcome is Outcome.FAILED
