"""Sessions: only with the server that is pinned, only with our credentials, never without limit."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import config
from daemon.clock import SystemClock
from daemon.errors import SiteError
from daemon.sftp import protocol
from daemon.sftp.faults import HostKeyFault, LoginFault, RemoteFault
from daemon.sftp.numbers import OpenFlag
from daemon.sftp.session import Session
from daemon.terms.sftp import SftpPull, SftpRemote
from tests.sftp.client.conftest import Desk
from tests.sftp.lab import KEYGEN, Lab, keygen, public_line, running_lab
from tests.sftp.proxies import Delay, Stall, using


@pytest.fixture
def own_lab() -> Iterator[Lab]:
    """A server of one test, to be changed."""
    with running_lab() as running:
        yield running


def session(
    lab: Lab,
    *,
    pins: tuple[str, ...] = (),
    port: int | None = None,
    credential: str | None = None,
    timeout_s: float = 5,
) -> Session:
    remote = SftpRemote(
        host="127.0.0.1",
        port=port or lab.port,
        user=lab.user,
        host_keys=pins or lab.pins(),
        key="key",
        timeout_s=timeout_s,
        pull=SftpPull(),
    )
    text = lab.client_key.read_text() if credential is None else credential
    return Session(remote, lambda _name: text, SystemClock())


def test_one_connection_is_kept_and_made_anew_when_it_is_gone(lab: Lab) -> None:
    opened = session(lab)
    first = opened.wire()
    assert opened.wire() is first
    opened.drop()
    assert opened.wire() is not first
    opened.drop()


def test_gcm_comes_first(lab: Lab) -> None:
    opened = session(lab)
    opened.wire()
    transport = opened._transport
    assert transport is not None
    assert vars(transport)["remote_cipher"] == "aes128-gcm@openssh.com"
    opened.drop()


def test_another_host_key_is_refused_and_nothing_is_sent(own_lab: Lab, tmp_path: Path) -> None:
    lab = own_lab
    other = public_line(keygen(tmp_path / "other"))
    opened = session(lab, pins=(other,))
    before = (lab.folder / "sshd.log").read_text()
    with pytest.raises(HostKeyFault) as caught:
        opened.wire()
    text = str(caught.value)
    fingerprints = subprocess.run(
        [str(KEYGEN), "-lf", f"{lab.host_keys[0]}.pub"], capture_output=True, text=True, check=True
    ).stdout
    assert fingerprints.split()[1] in text
    assert public_line(lab.host_keys[0]) in text
    assert not opened.is_open
    time.sleep(0.1)
    said = (lab.folder / "sshd.log").read_text().removeprefix(before)
    assert lab.user not in said


def test_a_key_kind_that_the_server_adds_changes_nothing(own_lab: Lab) -> None:
    """F11: with several keys the server is asked for one that is pinned."""
    pins = own_lab.pins()
    own_lab.host_keys = [
        keygen(own_lab.folder / "host_rsa", "rsa", "-b", "3072"),
        keygen(own_lab.folder / "host_ecdsa", "ecdsa"),
        *own_lab.host_keys,
    ]
    own_lab.restart()
    for pin in (pins, own_lab.pins()[:1], own_lab.pins()[1:2], own_lab.pins()):
        opened = session(own_lab, pins=pin)
        opened.wire()
        assert opened.offered_key().line in pin
        opened.drop()


def test_a_changed_host_key_stops_the_feed_until_it_is_pinned(own_lab: Lab) -> None:
    """F11: several pins are for the days of a rotation."""
    before = own_lab.pins()
    own_lab.host_keys = [keygen(own_lab.folder / "host_new")]
    own_lab.restart()
    with pytest.raises(HostKeyFault):
        session(own_lab, pins=before).wire()
    opened = session(own_lab, pins=(*before, *own_lab.pins()))
    opened.wire()
    opened.drop()


def test_a_pin_may_be_a_line_of_known_hosts(lab: Lab) -> None:
    opened = session(lab, pins=(f"[127.0.0.1]:{lab.port} {lab.pins()[0]} a comment",))
    opened.wire()
    opened.drop()


@pytest.mark.parametrize("pin", ["ssh-ed25519", "ssh-ed25519 !!!!", "ssh-rsa AAAAB3Nz", "nonsense"])
def test_a_pin_that_is_no_key_is_said(lab: Lab, pin: str) -> None:
    with pytest.raises(HostKeyFault, match="is no host key"):
        session(lab, pins=(pin,)).wire()


@pytest.mark.parametrize(
    ("kind", "options"),
    [("ed25519", ()), ("ecdsa", ()), ("rsa", ("-b", "3072")), ("rsa", ("-b", "3072", "-m", "PEM"))],
)
def test_keys_of_every_kind_log_in(
    lab: Lab, tmp_path: Path, kind: str, options: tuple[str, ...]
) -> None:
    key = keygen(tmp_path / "key", kind, *options)
    with (lab.folder / "authorized_keys").open("a") as file:
        file.write(public_line(key) + "\n")
    opened = session(lab, credential=key.read_text())
    opened.wire()
    opened.drop()


def test_a_certificate_logs_in_with_its_key(own_lab: Lab, tmp_path: Path) -> None:
    authority, key = keygen(tmp_path / "ca"), keygen(tmp_path / "key")
    command = [str(KEYGEN), "-q", "-s", str(authority), "-I", "us", "-n", own_lab.user]
    subprocess.run([*command, f"{key}.pub"], check=True, capture_output=True)
    trusted = own_lab.folder / "trusted"
    trusted.write_text(public_line(authority) + "\n")
    own_lab.extra = f"TrustedUserCAKeys {trusted}"
    own_lab.restart()
    texts = {"key": key.read_text(), "cert": (tmp_path / "key-cert.pub").read_text()}
    remote = SftpRemote(
        host="127.0.0.1",
        port=own_lab.port,
        user=own_lab.user,
        host_keys=own_lab.pins(),
        key="key",
        certificate="cert",
        pull=SftpPull(),
    )
    opened = Session(remote, texts.get, SystemClock())
    opened.wire()
    opened.drop()
    texts["cert"] = public_line(key)[:-4]
    with pytest.raises(LoginFault, match="cert is no certificate"):
        opened.wire()


def test_a_refused_login_says_whom_and_what_to_ask(lab: Lab, tmp_path: Path) -> None:
    key = keygen(tmp_path / "stranger")
    with pytest.raises(LoginFault, match=f"refused our key for the user {lab.user}.*Ask"):
        session(lab, credential=key.read_text()).wire()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("rsa", "-b", "2048"), "RSA key of 2048 bits"),
        (("ed25519", "-N", "secret"), "has a passphrase"),
    ],
)
def test_a_key_that_is_too_weak_or_locked_is_not_used(
    lab: Lab, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    kind, *rest = options
    path = tmp_path / "key"
    words = rest if "-N" in rest else [*rest, "-N", ""]
    command = [str(KEYGEN), "-q", "-t", kind, "-f", str(path), *words]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.raises(LoginFault, match=said):
        session(lab, credential=path.read_text()).wire()


def test_no_text_holds_a_secret(lab: Lab) -> None:
    secret = "correct horse battery"
    remote = SftpRemote(
        host="127.0.0.1",
        port=lab.port,
        user=lab.user,
        host_keys=lab.pins(),
        password="pw",
        pull=SftpPull(),
    )
    opened = Session(remote, lambda _name: secret, SystemClock())
    with pytest.raises(LoginFault) as caught:
        opened.wire()
    error: BaseException | None = caught.value
    while error is not None:
        assert secret not in repr(error) + str(error)
        error = error.__cause__ or error.__context__
    assert secret not in repr(opened)
    broken = session(lab, credential=f"-----BEGIN OPENSSH PRIVATE KEY-----\n{secret}\n")
    with pytest.raises(LoginFault, match="is no private key") as caught:
        broken.wire()
    assert secret not in str(caught.value)


def test_a_missing_credential_says_where_it_belongs(lab: Lab, tmp_path: Path) -> None:
    opened = session(lab)
    opened._credential = lambda name: config.credential(name, tmp_path)
    with pytest.raises(LoginFault, match=r"no credential key.*credentials folder.*LoadCredential"):
        opened.wire()


def test_a_closed_port_and_an_unknown_name_are_said_in_words(lab: Lab) -> None:
    with pytest.raises(RemoteFault, match="refuses connections"):
        session(lab, port=1).wire()
    opened = session(lab)
    opened.remote = opened.remote.model_copy(update={"host": "nowhere.invalid"})
    with pytest.raises(RemoteFault, match=r"has no address|doesn't answer|can't be reached"):
        opened.wire()


def test_a_server_that_never_greets_is_given_up_in_time() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    with running_lab() as lab:
        opened = session(lab, port=listener.getsockname()[1], timeout_s=0.5)
        started = time.monotonic()
        with pytest.raises(RemoteFault):
            opened.wire()
        assert time.monotonic() - started < 2
    listener.close()


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 5000, b"SSH-2.0-x\r\n" + b"\0" * 99]
)
def test_what_is_no_ssh_server_is_a_fault_and_no_crash(greeting: bytes) -> None:
    with running_lab() as lab, socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            sock, _ = listener.accept()
            sock.sendall(greeting)
            sock.close()

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(RemoteFault):
            session(lab, port=listener.getsockname()[1], timeout_s=2).wire()
        thread.join()


@pytest.mark.parametrize("when", ["list", "read", "write", "idle"])
def test_a_black_hole_is_given_up_within_twice_the_limit(desk: Desk, when: str) -> None:
    """F09: the network swallows everything, and the connection stays open."""
    desk.lab.put("out", "a.csv", b"x" * 5_000_000)
    with using(Stall(desk.lab.port)) as stall:
        assert isinstance(stall, Stall)
        opened = session(desk.lab, port=stall.port, timeout_s=0.6)
        wire = opened.wire()
        reading: Iterator[bytes] = iter(())
        if when == "read":
            path = f"{desk.lab.prefix}out/a.csv".encode()
            handle = protocol.handle(wire.ask(protocol.open_file(path, OpenFlag.READ)))
            reading = wire.read_ahead(handle, 0, 5_000_000)
            next(reading)
        elif when == "idle":
            time.sleep(0.7)
            assert wire.entries(b".")
        elif when == "write":
            # More than the buffers on the way hold: the send itself is what hangs.
            desk.answer("florsol", b"x" * 30_000_000)
            push = desk.push(desk.pushing(stall.port))
            push._session = opened
        stall.is_stalled.set()
        started = time.monotonic()
        with pytest.raises(RemoteFault, match="stopped answering"):
            for _ in reading:
                pass
            if when == "write":
                push.run()
            wire.entries(b".")
        assert time.monotonic() - started < 1.2 + 0.3
        opened.drop()
        stall.is_stalled.clear()


def test_distance_costs_a_round_trip_a_batch_not_a_file(desk: Desk) -> None:
    """A latency of 50 ms: one by one, 200 files would take 40 s."""
    for number in range(200):
        desk.lab.put("out", f"{number}.csv", b"x,y\n", mtime=1000)
    with using(Delay(desk.lab.port, 0.025)) as proxy:
        pull = desk.pull(desk.pulling(proxy.port))
        pull._session.wire()
        started = time.monotonic()
        assert len(pull.look().claimed) == 200
        assert time.monotonic() - started < 4


def test_a_session_without_key_and_password_is_no_configuration(lab: Lab) -> None:
    values = {"partner": [{"name": "a", "roles": ["buyer"], "sftp": {
        "host": "h", "user": "u", "host_keys": ["x"], "pull": {}}}]}  # fmt: skip
    with pytest.raises(SiteError, match="name a credential"):
        config.from_values(values, Path())
