"""The configuration is read again: sessions go on, but for those whose login was taken away."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko
import pytest

from daemon.config import Configuration, from_values
from daemon.sftp.numbers import Code
from daemon.sftp.passwords import hash_password
from tests.sftp.lab import free_port
from tests.sftp.server.conftest import OpenLab
from tests.sftp.server.lab import CHEAP, PASSWORD, UPLOAD, Lab, make_key, soon

Change = Callable[[dict[str, Any]], object]


def reload(lab: Lab, change: Change = lambda _values: None) -> Configuration:
    """Read the lab's configuration again, changed."""
    values = lab.site.model_dump(mode="json", exclude_unset=True)
    change(values)
    site = from_values(values, lab.root)
    for partner in site.partner:
        site.inbox(partner.name).mkdir(parents=True, exist_ok=True)
        site.outbox(partner.name).mkdir(parents=True, exist_ok=True)
    lab.door.reload(site)
    lab.site = site
    return site


def partner(values: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(p for p in values["partner"] if p["name"] == name)
    return found


@dataclass
class Midway:
    """A client in the middle of an upload."""

    client: paramiko.SFTPClient
    file: paramiko.SFTPFile

    @property
    def goes_on(self) -> bool:
        """Whether the upload can be ended."""
        try:
            self.file.write(b"and the rest")
            self.file.close()
        except (OSError, EOFError, paramiko.SSHException):
            return False
        return True


def begun(lab: Lab, client: paramiko.SFTPClient) -> Midway:
    file = client.open("/inbox/a.csv", "wb")
    file.write(b"a beginning, ")
    file.flush()
    client.stat("/inbox/a.csv")
    return Midway(client, file)


def closed(lab: Lab, name: str = "florsol") -> list[object]:
    return [e["reason"] for e in lab.events("session_closed") if e["partner"] == name]


def test_an_upload_goes_on_when_nothing_of_its_partner_changed(lab: Lab) -> None:
    with lab.client() as client:
        upload = begun(lab, client)
        reload(lab, lambda values: values["partner"].pop())
        assert upload.goes_on
    assert (lab.inbox() / "a.csv").read_bytes() == b"a beginning, and the rest"


def test_a_partner_that_is_gone_is_cut_off_and_not_let_in_again(lab: Lab) -> None:
    with lab.client("florsol") as client, lab.client("bloom") as other:
        upload = begun(lab, client)
        bloom = begun(lab, other)
        reload(lab, lambda values: values["partner"].remove(partner(values, "florsol")))
        assert soon(lambda: bool(closed(lab)))
        assert not upload.goes_on
        assert bloom.goes_on
    assert closed(lab) == ["the partner was taken out of the configuration"]
    assert lab.visible() == []
    with pytest.raises(paramiko.AuthenticationException):
        lab.transport("florsol")


def test_a_key_that_was_taken_away_ends_its_session_and_one_more_ends_none(
    lab: Lab, tmp_path: Path
) -> None:
    line = make_key(tmp_path / "new")

    def more(values: dict[str, Any]) -> None:
        partner(values, "florsol")["login"]["keys"].append(line)

    def only(values: dict[str, Any]) -> None:
        partner(values, "florsol")["login"]["keys"] = [line]

    with lab.client() as client:
        upload = begun(lab, client)
        reload(lab, more)
        assert upload.goes_on
        upload = begun(lab, client)
        reload(lab, only)
        assert soon(lambda: bool(closed(lab)))
        assert not upload.goes_on
    assert closed(lab) == ["the key or password of this login was taken away"]
    lab.keys["florsol"] = tmp_path / "new"
    with lab.client() as client:
        assert client.listdir("/") == ["inbox", "outbox"]


def test_a_password_that_changed_ends_the_sessions_it_let_in_and_not_those_of_a_key(
    lab: Lab,
) -> None:
    def change(values: dict[str, Any]) -> None:
        partner(values, "tulipan")["login"]["password"] = hash_password("another password", CHEAP)

    sock = socket.create_connection(("127.0.0.1", lab.door.port), timeout=10)
    transport = paramiko.Transport(sock)
    transport.set_log_channel("test.client")
    transport.connect(username="tulipan", password=PASSWORD)
    by_password = paramiko.SFTPClient.from_transport(transport)
    assert by_password is not None
    with lab.client("tulipan") as by_key:
        by_password.listdir("/")
        reload(lab, change)
        assert soon(lambda: not transport.is_active())
        assert by_key.listdir("/") == ["inbox", "outbox"]


def test_someone_who_logged_in_and_opened_nothing_yet_gets_nothing_any_more(lab: Lab) -> None:
    transport = lab.transport("florsol")
    reload(lab, lambda values: values["partner"].remove(partner(values, "florsol")))
    with pytest.raises((paramiko.SSHException, EOFError)):
        transport.open_session()
    transport.close()


def test_limits_hold_from_then_on_for_sessions_that_go_on(lab: Lab) -> None:
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/a.csv", UPLOAD)
        assert isinstance(handle, bytes)
        assert raw.write(handle, 0, bytes(1000)) is Code.OK
        reload(lab, lambda values: values["limits"].update(file_bytes=1000))
        assert raw.write(handle, 0, bytes(1000)) is Code.OK
        assert raw.write(handle, 1000, b"x") is Code.FAILURE
        reload(lab, lambda values: values["sftp_server"].update(quota_files=1))
        assert raw.open(b"/inbox/b.csv", UPLOAD) is Code.FAILURE


def test_places_become_fewer_without_cutting_anybody_off(open_lab: OpenLab) -> None:
    lab = open_lab(sessions_per_partner=2)
    with lab.client() as one, lab.client() as two:
        reload(lab, lambda values: values["sftp_server"].update(sessions_per_partner=1))
        assert one.listdir("/") == two.listdir("/") == ["inbox", "outbox"]
        with pytest.raises((paramiko.SSHException, EOFError)), lab.client():
            pass


def test_another_port_is_opened_and_sessions_of_the_first_go_on(lab: Lab) -> None:
    before, port = lab.door.port, free_port()
    with lab.client() as client:
        upload = begun(lab, client)
        reload(lab, lambda values: values["sftp_server"].update(port=port))
        assert lab.door.port == port
        with lab.client("bloom") as other:
            assert other.listdir("/") == ["inbox", "outbox"]
        with pytest.raises(OSError), lab.client("bloom", port=before):
            pass
        assert upload.goes_on
    assert lab.visible() == ["a.csv"]


def test_a_login_that_cannot_be_used_is_told(lab: Lab) -> None:
    def spoil(values: dict[str, Any]) -> None:
        partner(values, "florsol")["login"]["keys"].append("ssh-dss AAAA")

    reload(lab, spoil)
    assert [e["partner"] for e in lab.events("login_unusable")] == ["florsol"]


def test_the_identity_of_a_closed_file_is_told_before_it_has_its_name(lab: Lab) -> None:
    """What the intake takes at once must be known by then; a broken upload is never told of."""
    with lab.raw() as raw:
        handle = raw.open(b"/inbox/a.csv", UPLOAD)
        assert isinstance(handle, bytes)
        raw.write(handle, 0, b"abc")
        assert lab.closed == []
        raw.close(handle)
        broken = raw.open(b"/inbox/b.csv", UPLOAD)
        assert isinstance(broken, bytes)
        raw.write(broken, 0, b"abc")
    assert soon(lambda: bool(lab.events("upload_broken")))
    status = os.stat(lab.inbox() / "a.csv")
    [(identity, names)] = lab.closed
    assert (identity.ino, identity.size, identity.mtime_ns) == (
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
    )
    assert names == []
