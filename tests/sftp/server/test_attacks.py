"""Attacks: refused, said in one line, and nothing that another partner would notice."""

from __future__ import annotations

import os
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from io import BytesIO

import paramiko
import pytest

from daemon.sftp.guard import UNKNOWN_OF_ONE
from daemon.sftp.numbers import Code, Op, OpenFlag
from daemon.sftp.server_requests import HANDLES, PATIENT_REFUSALS
from daemon.sftp.server_session import BACKLOG
from daemon.sftp.server_wire import text
from tests.sftp.server.conftest import OpenLab
from tests.sftp.server.lab import UPLOAD, Lab, Raw, all_at_once, soon

ATTACKER = "127.0.0.66"
UNDISTURBED_S = 3.0


def knock(lab: Lab) -> socket.socket:
    to = ("127.0.0.1", lab.door.port)
    return socket.create_connection(to, source_address=(ATTACKER, 0), timeout=5)


def is_hung_up(sock: socket.socket, within_s: float = 5.0) -> bool:
    sock.settimeout(within_s)
    try:
        while sock.recv(65536):
            continue
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def undisturbed(lab: Lab, partner: str = "bloom") -> Iterator[None]:
    """While inside, another partner works on; each of its uploads must be quick."""
    is_over = threading.Event()
    slowest: list[float] = []

    def work() -> None:
        while not is_over.is_set():
            begun = time.monotonic()
            with lab.client(partner) as client:
                client.putfo(BytesIO(b"x" * 1000), "/inbox/po.edi")
                client.listdir("/outbox")
            slowest.append(time.monotonic() - begun)

    raised: list[BaseException] = []
    worker = threading.Thread(target=lambda: raised.extend(all_at_once([work])))
    worker.start()
    try:
        yield
    finally:
        is_over.set()
        worker.join()
    assert raised == []
    assert slowest
    assert max(slowest) < UNDISTURBED_S


def test_flood_of_connections_is_refused_and_said_once(lab: Lab) -> None:
    with undisturbed(lab), ExitStack() as stack:
        socks = [stack.enter_context(knock(lab)) for _ in range(120)]
        refused = [sock for sock in socks[UNKNOWN_OF_ONE:] if is_hung_up(sock)]
        assert len(refused) == 120 - UNKNOWN_OF_ONE
    assert len(lab.events("session_refused")) == 1
    assert lab.events("session_refused")[0]["address"] == ATTACKER
    assert soon(lambda: lab.door.sessions == 0)


@pytest.mark.parametrize(
    "greeting",
    [b"", b"SSH-2.0-slow\r\n", b"no ssh at all\r\n"],
    ids=["silent", "only-greeting", "another-protocol"],
)
def test_handshake_that_takes_too_long_is_ended(open_lab: OpenLab, greeting: bytes) -> None:
    lab = open_lab(login_s=0.6)
    with undisturbed(lab), knock(lab) as sock:
        sock.sendall(greeting)
        begun = time.monotonic()
        assert is_hung_up(sock)
        assert time.monotonic() - begun < 2
    assert soon(lambda: len(lab.events("login_refused")) == 1)


def test_handshake_that_drips_is_ended(open_lab: OpenLab) -> None:
    lab = open_lab(login_s=0.6)
    with knock(lab) as sock:
        begun = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() - begun < 5:
                sock.sendall(b"S")
                time.sleep(0.05)
        assert time.monotonic() - begun < 3
    assert soon(lambda: len(lab.events("login_refused")) == 1)


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0x7FFFFFF8, 1 << 20])
def test_huge_packet_before_the_login_is_not_waited_for(lab: Lab, length: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with knock(lab) as sock:
        sock.sendall(b"SSH-2.0-bomb\r\n" + length.to_bytes(4, "big") + bytes(60))
        assert is_hung_up(sock)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    assert soon(lambda: len(lab.events("login_refused")) == 1)


def test_endless_greeting_is_cut(lab: Lab) -> None:
    with knock(lab) as sock, pytest.raises(OSError):
        for _ in range(1000):
            sock.sendall(b"x" * 10_000)
            time.sleep(0.001)
    assert soon(lambda: len(lab.events("login_refused")) == 1)
    assert "without logging in" in str(lab.events("login_refused")[0]["reason"])


def test_garbage_instead_of_ssh_is_ended(lab: Lab) -> None:
    for _ in range(5):
        with knock(lab) as sock:
            sock.sendall(b"SSH-2.0-x\r\n" + os.urandom(3000))
            assert is_hung_up(sock)
    with lab.client() as client:
        assert client.listdir("/") == ["inbox", "outbox"]


def test_channel_before_the_login_is_refused(lab: Lab) -> None:
    transport = paramiko.Transport(knock(lab))
    transport.set_log_channel("test.client")
    transport.start_client(timeout=5)
    with pytest.raises(paramiko.SSHException):
        transport.open_session(timeout=5)
    transport.close()
    assert not lab.events("session_opened")


def test_guesses_from_many_connections_at_once_cost_others_nothing(open_lab: OpenLab) -> None:
    lab = open_lab(tries=4)

    def guess(number: int) -> None:
        transport = paramiko.Transport(knock(lab))
        transport.set_log_channel("test.client")
        try:
            transport.connect(username="tulipan", password=f"guess number {number}")
        except (paramiko.SSHException, EOFError, OSError):
            return
        finally:
            transport.close()
        raise AssertionError("a guess got in")

    with undisturbed(lab):
        assert all_at_once([partial(guess, number) for number in range(20)]) == []
    assert len(lab.events("locked_out")) == 1
    assert len(lab.events("login_refused")) == 1


def test_escapes_are_refused_and_said_once_for_all(lab: Lab) -> None:
    wanted = (lab.root / "key_bloom").as_posix().encode()
    tricks = [b"", b"/", b"/inbox/", b"/outbox/../", b"inbox/./../", b"//..//", b"/inbox/\0/../"]
    with lab.raw() as raw:
        for trick in tricks:
            for depth in (0, 3, 12):
                path = trick + b"../" * depth + wanted
                assert isinstance(raw.open(path, OpenFlag.READ), Code)
                assert isinstance(raw.open(path, UPLOAD), Code)
                assert isinstance(raw.size(path), Code)
        assert raw.code(Op.OPENDIR, text(b"/../../../etc")) is Code.NO_SUCH_FILE
    assert 1 <= len(lab.events("path_refused")) <= 3
    assert all(event["partner"] == "florsol" for event in lab.events("path_refused"))


def test_session_that_only_attacks_is_slowed(lab: Lab) -> None:
    with lab.raw() as raw:
        for _ in range(PATIENT_REFUSALS):
            raw.size(b"/etc/passwd")
        begun = time.monotonic()
        for _ in range(5):
            raw.size(b"/etc/passwd")
        assert time.monotonic() - begun >= 0.2


def test_flood_of_requests_delays_only_its_own_partner(lab: Lab) -> None:
    is_over = threading.Event()

    def flood(raw: Raw) -> None:
        while not is_over.is_set():
            for _ in range(50):
                raw.request(Op.STAT, text(b"/inbox/nothing"))
            for _ in range(50):
                raw.receive()

    with lab.raw() as one, lab.raw() as two, undisturbed(lab):
        floods = threading.Thread(
            target=lambda: all_at_once([partial(flood, raw) for raw in (one, two)])
        )
        floods.start()
        time.sleep(1.5)
        is_over.set()
        floods.join()


def test_requests_without_end_whose_answers_nobody_reads_fill_no_memory(open_lab: OpenLab) -> None:
    lab = open_lab(idle_s=1.0)
    (lab.outbox() / "big.edi").write_bytes(bytes(4 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with lab.raw() as raw, undisturbed(lab):
        handle = raw.open(b"/outbox/big.edi", OpenFlag.READ)
        assert isinstance(handle, bytes)
        raw.channel.settimeout(2)
        with pytest.raises((OSError, EOFError, paramiko.SSHException)):
            for _ in range(1_000_000):
                raw.request(Op.READ, text(handle) + bytes(8) + (200_000).to_bytes(4, "big"))
    assert soon(lambda: bool(lab.events("session_closed")))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_client_that_ignores_its_window_is_ended(lab: Lab) -> None:
    (lab.outbox() / "big.edi").write_bytes(bytes(4 << 20))
    with lab.raw() as raw:
        handle = raw.open(b"/outbox/big.edi", OpenFlag.READ)
        assert isinstance(handle, bytes)
        # Answers pile up unread until the server can't send on, and so it stops reading too.
        for _ in range(40):
            raw.request(Op.READ, text(handle) + bytes(8) + (250_000).to_bytes(4, "big"))
        with pytest.raises((OSError, EOFError, paramiko.SSHException)):
            for _ in range(20 * BACKLOG // 30_000):
                raw.channel.out_window_size = 1 << 30
                raw.channel.sendall(bytes(30_000))
                time.sleep(0.0005)
            raise EOFError if lab.events("session_closed") else AssertionError("was let through")
    assert soon(lambda: bool(lab.events("session_closed")))


@pytest.mark.parametrize(
    "packet",
    [
        (300 << 20).to_bytes(4, "big"),
        bytes(4),
        b"\0\0\0\x05" + bytes([Op.OPEN]) + bytes(4),
        b"\0\0\0\x0d" + bytes([Op.STAT]) + bytes(4) + b"\xff\xff\xff\xff" + b"path",
    ],
    ids=["huge", "empty", "short", "lying"],
)
def test_malformed_packet_ends_its_channel_only(lab: Lab, packet: bytes) -> None:
    with lab.raw() as other, lab.raw() as raw:
        raw.channel.sendall(packet)
        assert raw.channel.recv(100) == b""
        assert other.size(b"/inbox") == 0
    assert len(lab.events("session_refused")) == 1


def test_unknown_requests_are_answered_as_such(lab: Lab) -> None:
    with lab.raw() as raw:
        for op in (0, 21, 99, 255):
            raw.send(bytes([op]) + (7).to_bytes(4, "big") + b"whatever")
            assert raw.receive()[5:9] == int(Code.UNSUPPORTED).to_bytes(4, "big")
        statvfs = text(b"statvfs@openssh.com") + text(b"/")
        assert raw.code(Op.EXTENDED, statvfs) is Code.UNSUPPORTED


def test_handles_run_out_before_descriptors_do(lab: Lab) -> None:
    with lab.raw() as raw:
        opened = [raw.open(b"/inbox/%d" % n, UPLOAD) for n in range(HANDLES + 5)]
        assert [isinstance(handle, bytes) for handle in opened] == [True] * HANDLES + [False] * 5
        assert raw.code(Op.OPENDIR, text(b"/outbox")) is Code.FAILURE
        with lab.client("bloom") as client:
            client.putfo(BytesIO(b"x"), "/inbox/po.edi")
    assert soon(lambda: lab.hidden() == [])
    with lab.raw() as raw:
        assert raw.put(b"/inbox/po.edi", b"x") is Code.OK


def test_handles_of_others_can_not_be_guessed(lab: Lab) -> None:
    with lab.raw() as one, lab.raw("bloom") as other:
        handle = one.open(b"/inbox/po.edi", UPLOAD)
        assert isinstance(handle, bytes)
        assert other.write(handle, 0, b"x") is Code.FAILURE
        assert other.close(handle) is Code.FAILURE
        assert one.code(Op.READDIR, text(handle)) is Code.FAILURE


def test_channels_of_a_session_are_few_and_each_has_one_server(lab: Lab) -> None:
    transport = lab.transport()
    try:
        channels = [transport.open_session() for _ in range(4)]
        for channel in channels:
            channel.invoke_subsystem("sftp")
        with pytest.raises(paramiko.ChannelException):
            transport.open_session()
        with pytest.raises(paramiko.SSHException):
            channels[0].invoke_subsystem("sftp")
        with pytest.raises(paramiko.ChannelException):
            transport.open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 1))
        with pytest.raises(paramiko.SSHException):
            transport.request_port_forward("127.0.0.1", 0)
    finally:
        transport.close()


def test_folder_of_a_hundred_thousand_names_is_listed_in_pieces(lab: Lab) -> None:
    for number in range(100_000):
        os.close(os.open(lab.outbox() / f"{number:06d}.edi", os.O_CREAT | os.O_WRONLY, 0o600))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with lab.raw() as raw, undisturbed(lab):
        begun = time.monotonic()
        handle = raw.ask(Op.OPENDIR, text(b"/outbox"))[9:]
        assert time.monotonic() - begun < 0.5, "the first piece must not wait for the last"
        count = 0
        while (answer := raw.ask(Op.READDIR, text(handle)))[0] == Op.NAME:
            count += int.from_bytes(answer[5:9], "big")
            assert len(answer) < 32_768
    assert count == 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000
