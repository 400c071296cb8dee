"""The server inside a running daemon: what is put is claimed at once, and answered by SFTP."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import paramiko
import pytest

from tests.daemon.sites import NETWORK, Running, availability, make_site, running
from tests.sftp.server.lab import soon

STOCK = availability(("ROSE RED 50", 100, "FB"))
SERVER = """
[sftp_server]
is_enabled = true
port = 0
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The sample network with a server."""
    return make_site(tmp_path / "site", network=NETWORK + SERVER)


@contextmanager
def client(daemon: Running) -> Iterator[paramiko.SFTPClient]:
    """Yield a client that logs in with the key that the start named."""
    lines = [json.loads(line) for line in daemon.log().splitlines()]
    port = [line["port"] for line in lines if line["event"] == "sftp_ready"][-1]
    key = paramiko.Ed25519Key.from_private_key_file(str(daemon.root / "state/sftp/try_florsol"))
    transport = paramiko.Transport(("127.0.0.1", port))
    transport.set_log_channel("test.client")
    try:
        transport.connect(username="florsol", pkey=key)
        made = paramiko.SFTPClient.from_transport(transport)
        assert made is not None
        yield made
    finally:
        transport.close()


def test_upload_is_claimed_and_its_answer_collected(site: Path) -> None:
    with running(site) as daemon, client(daemon) as sftp:
        status = sftp.putfo(BytesIO(STOCK), "/inbox/stock.csv", confirm=True)
        assert status.st_size == len(STOCK)
        assert soon(lambda: any("advice" in name for name in sftp.listdir("/outbox")), 20)
        (advice,) = (name for name in sftp.listdir("/outbox") if "advice" in name)
        got = BytesIO()
        sftp.getfo(f"/outbox/{advice}", got)
        assert got.getvalue()
        sftp.remove(f"/outbox/{advice}")
        assert sftp.listdir("/inbox") == []
        assert daemon.stop() == 0


def test_f12_daemon_killed_during_an_upload_claims_nothing_of_it(site: Path) -> None:
    with running(site) as daemon, client(daemon) as sftp:
        file = sftp.open("/inbox/stock.csv", "wb")
        file.write(STOCK)
        file.flush()
        sftp.stat("/inbox/stock.csv")
        daemon.process.send_signal(signal.SIGKILL)
        daemon.process.wait(10)
        with pytest.raises((OSError, EOFError, paramiko.SSHException)):
            sftp.stat("/")
        file.close()
    (site / "daemon.log").unlink()
    with running(site) as daemon, client(daemon) as sftp:
        assert soon(lambda: list(site.glob("inbox/florsol/.k2kd-*")) == [])
        assert "file_claimed" not in daemon.log()
        sftp.putfo(BytesIO(STOCK), "/inbox/stock.csv")
        daemon.wait_said("file_claimed")
