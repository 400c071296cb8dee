"""What real clients do with the server: OpenSSH, lftp, rclone, curl and paramiko."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest

from tests.sftp.server.conftest import OpenLab
from tests.sftp.server.lab import Lab, soon
from tests.sftp.server.lines import cut_line, far_line

CONTENT = os.urandom(1_500_000)


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")


@cache
def curl_has_sftp() -> bool:
    if shutil.which("curl") is None:
        return False
    shown = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=False)
    return "sftp" in shown.stdout


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, timeout=30, check=False
    )


@pytest.fixture
def local(lab: Lab) -> Path:
    """A file to send."""
    file = lab.root / "po.edi"
    file.write_bytes(CONTENT)
    return file


@needs("sftp")
def test_openssh_uploads_lists_renames_collects(lab: Lab, local: Path) -> None:
    (lab.outbox() / "ack.edi").write_bytes(b"answer")
    (lab.outbox() / ".staging").mkdir()
    done = lab.openssh(
        f"""
        pwd
        ls -la
        put {local.name} inbox/
        put -p {local.name} inbox/second.edi
        cd inbox
        rename po.edi first.edi
        chmod 600 first.edi
        ls -l
        rm second.edi
        cd /outbox
        ls -la
        get -p ack.edi fetched.edi
        rm ack.edi
        """
    )
    assert done.returncode == 0, done.stderr
    assert "Remote working directory: /\n" in done.stdout
    assert "1500000" in done.stdout
    assert ".staging" not in done.stdout
    assert (lab.inbox() / "first.edi").read_bytes() == CONTENT
    assert lab.visible() == ["first.edi"]
    assert (lab.root / "fetched.edi").read_bytes() == b"answer"
    assert [p.name for p in lab.outbox().iterdir()] == [".staging"]
    assert lab.events("file_collected") == [{"partner": "florsol", "name": b"ack.edi", "size": 6}]
    assert not lab.events("path_refused")


@needs("sftp")
@pytest.mark.parametrize("resume", ["reput", "put -a"])
def test_f13_openssh_resumes_a_cut_upload(lab: Lab, local: Path, resume: str) -> None:
    with cut_line(lab.door.port, after=600_000) as port:
        assert lab.openssh("put po.edi inbox/", port=port).returncode != 0
    assert soon(lambda: bool(lab.events("upload_broken")))
    assert lab.visible() == []
    (broken,) = lab.events("upload_broken")
    assert 0 < int(str(broken["kept_bytes"])) < len(CONTENT)
    done = lab.openssh(f"{resume} po.edi inbox/po.edi")
    assert done.returncode == 0, done.stderr
    assert (lab.inbox() / "po.edi").read_bytes() == CONTENT


@needs("sftp")
def test_openssh_is_refused_politely(lab: Lab, local: Path) -> None:
    attempts = ("put po.edi", "put po.edi outbox/", "df", "mkdir inbox/x", "ln -s a inbox/b")
    for attempt in (*attempts, "rmdir inbox", "get inbox/po.edi x", "rename inbox/a outbox/b"):
        assert lab.openssh(attempt).returncode == 1, attempt
    assert lab.visible() == []
    with lab.client() as client:
        assert sorted(client.listdir("/")) == ["inbox", "outbox"]


@needs("sftp")
@pytest.mark.parametrize("attempt", ["put po.edi", "put po.edi /", "mkdir new"])
def test_openssh_says_that_nothing_may_be_put_beside_the_boxes(
    lab: Lab, local: Path, attempt: str
) -> None:
    done = lab.openssh(attempt)
    assert done.returncode == 1
    assert "permission denied" in done.stderr.lower()
    assert "No such file" not in done.stderr


def test_client_that_shows_our_words_is_told_where_to_put_files(lab: Lab, local: Path) -> None:
    with lab.client() as client:
        for path in ("po.edi", "/elsewhere/po.edi", "/inbox/sub/po.edi"):
            with pytest.raises(PermissionError, match="put your files into /inbox itself"):
                client.put(os.fspath(local), path)
        with pytest.raises(PermissionError, match="/inbox itself"):
            client.rename("/inbox/po.edi", "/po.edi")
        with pytest.raises(FileNotFoundError, match="only /inbox and /outbox"):
            client.stat("/po.edi")


@needs("ssh")
@pytest.mark.parametrize("what", [["-T"], ["-tt"], ["id"], ["-W", "127.0.0.1:22"], ["-A", "-N"]])
def test_ssh_gets_no_shell_no_command_no_forwarding(lab: Lab, what: list[str]) -> None:
    command = ["ssh", "-p", str(lab.door.port), *lab.ssh_options(), "-o", "ConnectTimeout=5"]
    try:
        done = subprocess.run(
            [*command, *what[:-1], "florsol@127.0.0.1", what[-1]]
            if what == ["id"]
            else [*command, *what, "florsol@127.0.0.1"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=1.5,
            check=False,
        )
    except subprocess.TimeoutExpired:
        assert what == ["-A", "-N"], "a session that asks for nothing may stay, and gets nothing"
    else:
        assert done.returncode != 0
        assert b"uid=" not in done.stdout


@needs("lftp")
def test_lftp_uploads_continues_and_mirrors(lab: Lab, local: Path) -> None:
    ssh = shlex.join(["ssh", "-a", "-x", *lab.ssh_options()])
    quick = "set net:max-retries 1; set net:timeout 5; set net:reconnect-interval-base 0;"
    head = f"set sftp:connect-program '{ssh}'; {quick} set cmd:fail-exit yes;"
    to = "open -p {} sftp://florsol:@127.0.0.1; cd inbox; {}; bye"
    (lab.outbox() / "ack.edi").write_bytes(b"answer")
    with cut_line(lab.door.port, after=600_000) as port:
        command = head + to.format(port, "put po.edi")
        assert run(["lftp", "-c", command], lab.root).returncode != 0
    assert soon(lambda: bool(lab.events("upload_broken")))
    assert lab.visible() == []
    command = to.format(lab.door.port, "put -c po.edi; mv po.edi two.edi; cls -l; mirror /outbox m")
    done = run(["lftp", "-c", head + command], lab.root)
    assert done.returncode == 0, done.stderr
    assert (lab.inbox() / "two.edi").read_bytes() == CONTENT
    assert (lab.root / "m" / "ack.edi").read_bytes() == b"answer"


@needs("rclone")
def test_rclone_copies_and_moves(lab: Lab, local: Path) -> None:
    flags = {
        "host": "127.0.0.1",
        "port": str(lab.door.port),
        "user": "florsol",
        "key-file": str(lab.keys["florsol"]),
    }
    options = [part for key, value in flags.items() for part in (f"--sftp-{key}", value)]
    base = ["rclone", "--config", "", "--retries", "1", *options]
    folder = lab.root / "many"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.edi").write_bytes(CONTENT[:50_000])
    (lab.outbox() / "ack.edi").write_bytes(b"answer")
    done = run([*base, "copy", "many", ":sftp:inbox"], lab.root)
    assert done.returncode == 0, done.stderr
    assert lab.visible() == [f"{number}.edi" for number in range(8)]
    done = run([*base, "move", ":sftp:outbox", "got"], lab.root)
    assert done.returncode == 0, done.stderr
    assert (lab.root / "got" / "ack.edi").read_bytes() == b"answer"
    assert list(lab.outbox().iterdir()) == []


@pytest.mark.skipif(not curl_has_sftp(), reason="this curl has no sftp")
def test_curl_uploads_resumes_and_fetches(lab: Lab, local: Path) -> None:
    login = ["--key", str(lab.keys["florsol"]), "-u", "florsol:"]
    base = ["curl", "-sSk", "--max-time", "20", *login]
    with cut_line(lab.door.port, after=600_000) as port:
        url = f"sftp://127.0.0.1:{port}/inbox/po.edi"
        assert run([*base, "-T", local.name, url], lab.root).returncode != 0
    assert soon(lambda: bool(lab.events("upload_broken")))
    assert lab.visible() == []
    url = f"sftp://127.0.0.1:{lab.door.port}"
    done = run([*base, "-C", "-", "-T", local.name, f"{url}/inbox/po.edi"], lab.root)
    assert done.returncode == 0, done.stderr
    assert (lab.inbox() / "po.edi").read_bytes() == CONTENT
    (lab.outbox() / "ack.edi").write_bytes(b"answer")
    assert run([*base, f"{url}/outbox/ack.edi"], lab.root).stdout == "answer"


def test_paramiko_puts_with_its_check_afterwards_and_gets(lab: Lab, local: Path) -> None:
    (lab.outbox() / "ack.edi").write_bytes(CONTENT)
    with lab.client() as client:
        status = client.put(str(local), "inbox/po.edi", confirm=True)
        assert status.st_size == len(CONTENT)
        client.utime("inbox/po.edi", (0, 0))
        client.get("outbox/ack.edi", str(lab.root / "fetched"))
        assert client.normalize("inbox/../outbox") == "/outbox"
        (entry,) = client.listdir_attr("outbox")
        assert str(entry).startswith("-r--------")
    assert (lab.root / "fetched").read_bytes() == CONTENT


def test_distance_costs_round_trips_and_breaks_nothing(lab: Lab) -> None:
    with (
        far_line(lab.door.port, one_way_s=0.025) as port,
        lab.client(port=port) as client,
    ):
        begun = time.monotonic()
        for number in range(5):
            client.putfo(BytesIO(CONTENT[:100_000]), f"/inbox/{number}.edi", confirm=False)
        took_s = time.monotonic() - begun
    assert len(lab.visible()) == 5
    assert took_s < 4


def test_files_for_one_partner_are_not_there_for_another(open_lab: OpenLab) -> None:
    lab = open_lab()
    (lab.outbox("bloom") / "secret.edi").write_bytes(b"prices")
    with lab.client("florsol") as client:
        client.putfo(BytesIO(b"x"), "/inbox/po.edi")
        assert client.listdir("/outbox") == []
        for path in ("/outbox/secret.edi", "/outbox/../../bloom/secret.edi", "/bloom/outbox"):
            with pytest.raises(FileNotFoundError):
                client.stat(path)
    assert lab.visible("florsol") == ["po.edi"]
    assert lab.visible("bloom") == []
