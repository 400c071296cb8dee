"""The server inside a running daemon: what is put is claimed at once, and answered by SFTP."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path

import paramiko
import pytest

from daemon import config
from tests.daemon.network import NETWORK, make_site
from tests.daemon.partner_files import availability
from tests.daemon.running import Running, running
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


def port_of(daemon: Running) -> int:
    lines = [json.loads(line) for line in daemon.log().splitlines()]
    return int([line["port"] for line in lines if line["event"] == "sftp_ready"][-1])


@contextmanager
def putting(daemon: Running, local: Path, *flags: str) -> Iterator[subprocess.Popen[bytes]]:
    """Let OpenSSH's client put a file, with the key to try."""
    batch = local.with_suffix(".batch")
    batch.write_text(f"put {local} /inbox/{local.name}\n")
    options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR")
    command = ["sftp", "-q", *flags, "-F", "/dev/null", "-P", str(port_of(daemon))]
    command += ["-i", str(daemon.root / "state/sftp/try_florsol"), "-b", str(batch)]
    command += [part for option in options for part in ("-o", option)]
    with subprocess.Popen([*command, "florsol@127.0.0.1"], stdout=subprocess.DEVNULL) as started:
        try:
            yield started
        finally:
            started.kill()


needs_openssh = pytest.mark.skipif(not shutil.which("sftp"), reason="needs OpenSSH's sftp client")


@needs_openssh
def test_a_delimited_file_put_by_a_client_needs_no_quiet_time(site: Path, tmp_path: Path) -> None:
    path = site / config.FILE_NAME
    agreed = path.read_text().replace('complete_when = "renamed"', 'complete_when = "quiet"')
    path.write_text(agreed.replace("quiet_s = 0.0", "quiet_s = 600.0"))
    local = tmp_path / "stock.csv"
    local.write_bytes(STOCK)
    with running(site) as daemon:
        with putting(daemon, local) as client:
            assert client.wait(10) == 0
        daemon.wait_said("file_claimed", within_s=2)
        assert '"completeness":"closed"' in daemon.log().replace(" ", "")


@needs_openssh
def test_reload_leaves_a_client_in_the_middle_of_its_upload(site: Path, tmp_path: Path) -> None:
    body = STOCK + b"".join(
        availability((f"ROSE RED {number}", 100, "FB")) for number in range(20_000)
    )
    local = tmp_path / "stock.csv"
    local.write_bytes(body)
    # So slow (in Kbit/s) that it takes some seconds.
    with running(site) as daemon, putting(daemon, local, "-l", "4000") as client:
        drafts = site / "inbox" / "florsol"
        daemon.wait_for(lambda: any(p.stat().st_size > 1 << 17 for p in drafts.glob(".k2kd-up*")))
        for times in (1, 2):
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_for(partial(is_said, daemon, "ready", times + 1))
        assert client.poll() is None, "the upload was over before the reload"
        assert client.wait(30) == 0
        daemon.wait_said("file_claimed")
        assert f'"size":{len(body)}' in daemon.log().replace(" ", "")
        assert "upload_broken" not in daemon.log()
        assert is_said(daemon, "sftp_ready", 1)
        assert not is_said(daemon, "sftp_ready", 2)
        assert daemon.stop() == 0


def is_said(daemon: Running, event: str, times: int) -> bool:
    return daemon.log().replace(" ", "").count(f'"event":"{event}"') >= times
