"""Who gets in, who does not, and what is said of it."""

from __future__ import annotations

import errno
import os
import socket
import stat
import time
from pathlib import Path

import paramiko
import pytest

from daemon.clock import SystemClock
from daemon.config import from_values
from daemon.eventlog import Level, Say
from daemon.sftp.server import SftpDoor
from daemon.sftp.server_keys import is_loopback, problems
from daemon.terms.sftp import SftpLogin
from tests.sftp.server.conftest import OpenLab
from tests.sftp.server.lab import PASSWORD, Lab, Said, make_key, soon


def log_in(lab: Lab, user: str, password: str, source: str = "127.0.0.1") -> bool:
    """Try a password; return whether it let us in."""
    to = ("127.0.0.1", lab.door.port)
    sock = socket.create_connection(to, source_address=(source, 0), timeout=10)
    transport = paramiko.Transport(sock)
    transport.set_log_channel("test.client")
    try:
        transport.connect(username=user, password=password)
        transport.open_session().close()
    except (paramiko.SSHException, EOFError, OSError):
        return False
    finally:
        transport.close()
    return True


def test_password_lets_its_partner_in_and_nobody_else(lab: Lab) -> None:
    assert log_in(lab, "tulipan", PASSWORD)
    assert not log_in(lab, "tulipan", PASSWORD + "!")
    assert not log_in(lab, "florsol", PASSWORD)
    assert not log_in(lab, "root", PASSWORD)
    assert not log_in(lab, "", "")
    assert PASSWORD not in repr(lab.said)


def test_key_lets_its_partner_in_and_nobody_else(lab: Lab) -> None:
    with lab.client("bloom"):
        pass
    with pytest.raises(paramiko.AuthenticationException):
        lab.transport("florsol", key_of="bloom")
    assert soon(lambda: bool(lab.events("login_refused")))
    (refused,) = lab.events("login_refused")
    assert (refused["user"], refused["address"]) == ("florsol", "127.0.0.1")


def test_same_methods_are_offered_for_any_name(lab: Lab) -> None:
    offered = []
    for user in ("florsol", "tulipan", "nobody"):
        transport = paramiko.Transport(("127.0.0.1", lab.door.port))
        transport.set_log_channel("test.client")
        transport.start_client(timeout=10)
        with pytest.raises(paramiko.BadAuthenticationType) as raised:
            transport.auth_none(user)
        offered.append(raised.value.allowed_types)
        transport.close()
    assert offered == [["publickey", "password"]] * 3


def test_guessing_locks_the_address_out_and_no_other(open_lab: OpenLab) -> None:
    lab = open_lab(tries=3)
    with lab.client("tulipan", source="127.0.0.7") as before:
        for guess in range(5):
            assert not log_in(lab, "tulipan", f"guess number {guess}", "127.0.0.7")
        assert not log_in(lab, "tulipan", PASSWORD, "127.0.0.7"), "the right one comes too late"
        assert before.listdir("/") == ["inbox", "outbox"], "who is in stays in"
        assert log_in(lab, "tulipan", PASSWORD)
    assert len(lab.events("locked_out")) == 1
    assert len(lab.events("login_refused")) == 1
    assert len(lab.events("session_refused")) == 1


def test_agent_full_of_keys_costs_one_try(open_lab: OpenLab, tmp_path: Path) -> None:
    lab = open_lab(tries=2)
    transport = paramiko.Transport(("127.0.0.1", lab.door.port))
    transport.set_log_channel("test.client")
    transport.start_client(timeout=10)
    for number in range(5):
        make_key(tmp_path / f"other_{number}")
        key = paramiko.Ed25519Key.from_private_key_file(str(tmp_path / f"other_{number}"))
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_publickey("florsol", key)
    right = paramiko.Ed25519Key.from_private_key_file(str(lab.keys["florsol"]))
    assert transport.auth_publickey("florsol", right) == []
    transport.close()
    assert not lab.events("locked_out")


def open_too_many(lab: Lab) -> None:
    transport = lab.transport()
    try:
        transport.open_session()
    finally:
        transport.close()


def test_session_too_many_of_a_partner_is_refused_and_others_are_not(open_lab: OpenLab) -> None:
    lab = open_lab(sessions_per_partner=2)
    with lab.client() as one, lab.client() as two:
        with pytest.raises(paramiko.ChannelException, match="Resource shortage"):
            open_too_many(lab)
        assert one.listdir("/") == two.listdir("/") == ["inbox", "outbox"]
        with lab.client("bloom") as other:
            assert other.listdir("/") == ["inbox", "outbox"]
    for _ in range(3):
        with lab.client() as again:
            assert again.listdir("/") == ["inbox", "outbox"]
    assert len(lab.events("session_refused")) == 1


def test_session_too_many_of_all_is_refused_at_once(open_lab: OpenLab) -> None:
    lab = open_lab(sessions=2)
    with lab.client("florsol"), lab.client("bloom"):
        begun = time.monotonic()
        with pytest.raises((paramiko.SSHException, EOFError, OSError)):
            lab.transport("tulipan")
        assert time.monotonic() - begun < 1
    (refused,) = lab.events("session_refused")
    assert refused["reason"] == "all sessions are taken"


def test_sessions_that_follow_each_other_closely_find_their_place(open_lab: OpenLab) -> None:
    lab = open_lab(sessions_per_partner=1, sessions=3)
    for _ in range(8):
        with lab.client() as client:
            client.listdir("/")


def test_channel_opened_long_before_its_subsystem_stays_open(lab: Lab) -> None:
    transport = lab.transport()
    channel = transport.open_session()
    time.sleep(0.6)
    channel.invoke_subsystem("sftp")
    client = paramiko.SFTPClient(channel)
    assert client.listdir("/") == ["inbox", "outbox"]
    transport.close()


def test_idle_session_is_ended(open_lab: OpenLab) -> None:
    lab = open_lab(idle_s=0.5)
    with lab.client() as client:
        client.listdir("/")
        assert soon(lambda: bool(lab.events("session_closed")))
        with pytest.raises((OSError, EOFError)):
            client.listdir("/")
    assert lab.events("session_closed")[0]["reason"] == "idle for 0.5 s"


def test_host_keys_are_made_once_and_kept_secret(lab: Lab) -> None:
    folder = lab.root / "state" / "sftp"
    kept = {p.name: (p.read_bytes(), stat.S_IMODE(p.stat().st_mode)) for p in folder.iterdir()}
    assert {mode for _, mode in kept.values()} == {0o600}
    assert sorted(kept) == ["host_ecdsa", "host_ed25519"], "with logins there is no key to try"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    first = lab.events("sftp_ready")[0]["host_key"]
    lab.door.stop()
    lab.start()
    assert lab.events("sftp_ready")[1]["host_key"] == first
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        n: k for n, (k, _) in kept.items()
    }


def test_only_strong_algorithms_are_offered(lab: Lab) -> None:
    with socket.create_connection(("127.0.0.1", lab.door.port), timeout=5) as sock:
        sock.sendall(b"SSH-2.0-probe\r\n")
        heard = b""
        while len(heard) < 600:
            heard += sock.recv(4096)
    assert heard.startswith(b"SSH-2.0-k2kd\r\n")
    assert b"aes128-gcm@openssh.com" in heard
    assert b"kex-strict-s-v00@openssh.com" in heard
    for weak in (b"sha1", b"md5", b"cbc", b"3des", b"ssh-rsa", b"zlib", b"arcfour"):
        assert weak not in heard


def saying(said: list[Said]) -> Say:
    """Return a log that notes what is said."""

    def say(event: str, /, *, level: Level | None = None, **fields: object) -> None:
        said.append(Said(event, fields))

    return say


def start_bare(root: Path, address: str) -> list[Said]:
    """Start and stop the server of a site where nobody has a login; return what it said."""
    said: list[Said] = []
    site = from_values(
        {
            "partner": [{"name": "florsol", "roles": ["vendor"]}],
            "sftp_server": {"is_enabled": True, "port": 0, "address": address},
        },
        root,
    )
    site.inbox("florsol").mkdir(parents=True, exist_ok=True)
    site.outbox("florsol").mkdir(parents=True, exist_ok=True)
    door = SftpDoor(site, SystemClock(), saying(said))
    door.start()
    try:
        key_file = root / "state" / "sftp" / "try_florsol"
        if key_file.exists():
            assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
            transport = paramiko.Transport(("127.0.0.1", door.port))
            key = paramiko.Ed25519Key.from_private_key_file(str(key_file))
            transport.connect(username="florsol", pkey=key)
            transport.close()
    finally:
        door.stop()
    return said


def test_site_without_logins_gets_a_key_to_try_on_loopback_and_says_how(tmp_path: Path) -> None:
    said = start_bare(tmp_path, "127.0.0.1")
    key = tmp_path / "state" / "sftp" / "try_florsol"
    advice = str(said[0].fields["advice"])
    assert said[0].event == "sftp_ready"
    assert advice.startswith("try it: sftp -P ")
    assert advice.endswith(f" -i {key} florsol@127.0.0.1, then: put FILE inbox/")


def test_site_without_logins_that_listens_to_the_world_has_no_key_to_try(tmp_path: Path) -> None:
    said = start_bare(tmp_path, "0.0.0.0")
    assert "try it" not in str(said[0].fields["advice"])
    assert not (tmp_path / "state" / "sftp" / "try_florsol").exists()
    assert is_loopback("::1")
    assert not is_loopback("sftp.example.com")


def test_port_that_is_taken_is_an_alarm_and_no_end(lab: Lab, tmp_path: Path) -> None:
    said: list[Said] = []
    settings = {"is_enabled": True, "port": lab.door.port}
    site = from_values({"sftp_server": settings}, tmp_path / "second")
    site.state.mkdir(parents=True)
    door = SftpDoor(site, SystemClock(), saying(said))
    door.start()
    door.stop()
    assert [one.event for one in said] == ["sftp_failed"]


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EAFNOSUPPORT])
def test_no_socket_to_listen_on_is_an_alarm_and_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """All files are open that may be, or the address is IPv6 and the system has none of that."""

    def refused(*_words: object) -> socket.socket:
        raise OSError(number, os.strerror(number))

    said: list[Said] = []
    site = from_values({"sftp_server": {"is_enabled": True, "address": "::1"}}, tmp_path)
    door = SftpDoor(site, SystemClock(), saying(said))
    with monkeypatch.context() as patched:
        patched.setattr(socket, "socket", refused)
        door.start()
    door.stop()
    assert [one.event for one in said] == ["sftp_failed"]


def test_what_is_wrong_with_a_login_is_told(tmp_path: Path) -> None:
    good = make_key(tmp_path / "key")
    short = paramiko.RSAKey.generate(1024)
    options = f'restrict,from="10.0.0.1" {good}'
    keys = (good, options, "ssh-ed25519 AAAA", "ssh-dss AAAA", f"ssh-rsa {short.get_base64()}")
    found = problems(SftpLogin(keys=keys, password="plain"))
    assert len(found) == 4
    for words in ("whole line", "no known type", "1024 bits", "no hash"):
        assert any(words in problem for problem in found)


def test_server_stops_soon_with_sessions_open(lab: Lab) -> None:
    open_before = len(os.listdir("/proc/self/fd"))
    with lab.client() as client, lab.raw("bloom") as raw:
        half = client.open("/inbox/po.edi", "wb")
        half.write(b"half")
        assert raw.size(b"/") == 0
        begun = time.monotonic()
        lab.door.stop()
        assert time.monotonic() - begun < 2
    assert lab.visible() == []
    assert lab.door.sessions == 0
    assert len(os.listdir("/proc/self/fd")) <= open_before
