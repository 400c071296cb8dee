"""What only a real system shows: leases, other accounts, full volumes, and what was opened."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from daemon.intake import lease
from daemon.intake.settle import Writer
from tests.daemon.intake.fakes import House, x12

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534
linux = pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can change accounts")


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every account may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def asked(file: Path) -> Writer:
    fd = os.open(file, os.O_RDONLY)
    try:
        return lease.writer(fd)
    finally:
        os.close(fd)


@linux
def test_f12_the_kernel_tells_whether_anybody_writes(tmp_path: Path) -> None:
    file = tmp_path / "po.edi"
    with file.open("wb"):
        assert asked(file) is Writer.SOME
    assert asked(file) is Writer.NONE
    with file.open("rb"):
        assert asked(file) is Writer.NONE


@linux
@root
def test_the_kernel_does_not_answer_for_a_file_of_another_account(open_to_all: Path) -> None:
    file = open_to_all / "po.edi"
    file.write_bytes(b"x")
    with as_nobody():
        assert asked(file) is Writer.UNKNOWN


@linux
def test_a_writer_that_comes_during_the_question_does_not_kill_us(tmp_path: Path) -> None:
    file = tmp_path / "po.edi"
    file.write_bytes(b"x")
    program = (
        "import fcntl, os, signal, sys, threading\n"
        "from daemon.intake import lease\n"
        "fd = os.open(sys.argv[1], os.O_RDONLY)\n"
        "real = fcntl.fcntl\n"
        "def slow(fd, command, argument=0):\n"
        "    if command == fcntl.F_SETLEASE and argument == fcntl.F_UNLCK:\n"
        "        w = threading.Thread(target=lambda: os.open(sys.argv[1], os.O_WRONLY))\n"
        "        w.start()\n"
        "        w.join(0.3)\n"
        "    return real(fd, command, argument)\n"
        "fcntl.fcntl = slow\n"
        "print(lease.writer(fd).value)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != -signal.SIGIO
    assert (done.returncode, done.stdout.strip()) == (0, b"none"), done.stderr


@root
def test_f20_an_unreadable_file_is_answered_once_stays_and_is_taken_when_mended(
    open_to_all: Path,
) -> None:
    house = House(open_to_all)
    house.inbox.chmod(0o777)
    file = house.drop("po.edi", x12())
    file.chmod(0o600)
    house.drop("good.edi", x12(2)).chmod(0o666)
    with as_nobody():
        for _ in range(3):
            house.look_after(2)
    assert house.book.codes == ["intake.unreadable"]
    assert house.book.names == [b"good.edi"]
    assert house.left == ["po.edi"]
    file.chmod(0o644)
    with as_nobody():
        house.look_after(2)
    assert house.book.names == [b"good.edi", b"po.edi"]


@root
def test_an_inbox_we_may_not_write_to_is_claimed_once(open_to_all: Path) -> None:
    house = House(open_to_all)
    house.drop("po.edi", x12())
    house.inbox.chmod(0o755)
    with as_nobody():
        for _ in range(3):
            house.look_after(2)
    assert house.book.batches == [1]
    assert house.ear.count("removal_failed") == 1


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.slow
def test_f17_the_target_of_a_symlink_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"nobody's business")
    os.mkfifo(tmp_path / "trap")
    inbox = tmp_path / "site" / "inbox" / "rosa"
    inbox.mkdir(parents=True)
    for name, target in (("a.edi", secret), ("b.edi", tmp_path / "trap"), ("c.edi", "c.edi")):
        (inbox / name).symlink_to(target)
    (inbox / "good.edi").write_bytes(x12())
    program = (
        "import sys; from pathlib import Path; from tests.daemon.intake.fakes import House\n"
        "h = House(Path(sys.argv[1])); h.look(); print(sorted(h.book.codes), h.book.names)\n"
    )
    trace = tmp_path / "trace"
    done = subprocess.run(
        [
            *("strace", "-f", "-e", "trace=open,openat,openat2,stat,readlink,readlinkat"),
            *("-o", str(trace), sys.executable, "-c", program, str(tmp_path / "site")),
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=110,
    )
    if b"ptrace" in done.stderr.lower():
        pytest.skip("this host forbids tracing")
    assert done.stdout.strip().decode() == f"{['intake.symlink'] * 3} [b'good.edi']"
    calls = trace.read_text("utf-8", "replace")
    assert "good.edi" in calls
    for name in ("secret.txt", "trap", "a.edi", "b.edi", "c.edi"):
        assert name not in calls


TIGHT = """
import os, sys
from pathlib import Path
from tests.daemon.intake.fakes import House, large_x12, x12
root = Path(sys.argv[1])
house = House(root)
big = house.drop("big.edi", large_x12())
ballast = root / "state" / "ballast"
{fill}
first = house.look()
assert first.claimed == [] and first.fault is not None, first
assert type(first.fault).__name__ == "Full", first.fault
assert big.read_bytes() == large_x12()
assert os.listdir(root / "state" / "spool" / "tmp") == []
assert os.listdir(root / "state" / "spool" / "data") == []
{free}
[(_, claim)] = house.look().claimed
assert house.spool.path(claim.spool).read_bytes() == large_x12()
assert house.left == []
print("held")
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare is not installed")
@pytest.mark.parametrize(
    ("options", "fill", "free"),
    [
        (
            "size=2m",
            # The check of free space is what normally stops here; this is the disk that fills up
            # between the check and the copy.
            "from daemon.safefile import Room\n"
            "house.spool.room = lambda: Room(1 << 40, 100, 100)\n"
            "ballast.write_bytes(bytes(1 << 20))",
            "ballast.unlink()",
        ),
        (
            "size=64m,nr_inodes=50",
            "from daemon.safefile import Room\n"
            "house.spool.room = lambda: Room(1 << 40, 100, 100)\n"
            "ballast.mkdir()\n"
            "try:\n"
            "    for n in range(100): (ballast / str(n)).touch()\n"
            "except OSError: pass",
            "import shutil; shutil.rmtree(ballast)",
        ),
    ],
    ids=["bytes", "inodes"],
)
def test_f05_a_volume_that_fills_up_during_the_copy_loses_nothing(
    tmp_path: Path, options: str, fill: str, free: str
) -> None:
    site = tmp_path / "site"
    (site / "state").mkdir(parents=True)
    program = TIGHT.format(fill=fill, free=free)
    # The tight volume exists in a mount namespace of its own and goes with it.
    script = f'mount -t tmpfs -o {options} none "$1/state" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        [
            *("unshare", "-Urm", "sh", "-c", script, "sh"),
            *(str(site), sys.executable, program),
        ],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    if b"unshare failed" in done.stderr or b"permission denied" in done.stderr.lower():
        pytest.skip("this host forbids mount namespaces")
    assert done.stdout.strip() == b"held", done.stderr.decode()
