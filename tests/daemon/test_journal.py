"""journal: what somebody should look at is what `journalctl -p warning` lists."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daemon import journal
from daemon.cli import main
from daemon.eventlog import EventLog, Level
from tests.daemon.sites import drop

CHECKOUT = Path(__file__).resolve().parents[2]
JOURNALD = Path("/lib/systemd/systemd-journald")
NOON = datetime(2026, 2, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("level", "mark"),
    [(Level.DEBUG, "<7>"), (Level.INFO, "<6>"), (Level.WARNING, "<4>"), (Level.ALARM, "<3>")],
)
@pytest.mark.parametrize("pretty", [False, True])
def test_an_event_begins_with_its_priority(level: Level, mark: str, *, pretty: bool) -> None:
    stream = io.StringIO()
    log = EventLog(stream, pretty=pretty, floor=Level.DEBUG, now=lambda: NOON, is_marked=True)
    log.bind(partner="bloom")("seen", level=level, file="a\n<0>b.edi")
    (line,) = stream.getvalue().splitlines()
    assert line.startswith(mark)
    assert not line.removeprefix(mark).startswith("<")


def test_no_event_has_a_mark_where_no_journal_reads() -> None:
    stream = io.StringIO()
    EventLog(stream, pretty=False, now=lambda: NOON)("lane_failed")
    assert stream.getvalue().startswith("{")


def test_every_level_has_a_priority() -> None:
    assert {level.name.lower() for level in Level} <= set(journal.PRIORITIES)


def test_the_journal_is_told_from_an_output_that_goes_elsewhere(tmp_path: Path) -> None:
    with (tmp_path / "to").open("w") as to, (tmp_path / "other").open("w") as other:
        status = os.fstat(to.fileno())
        environ = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}
        assert journal.is_read_by_journal(to, environ)
        assert not journal.is_read_by_journal(other, environ)
        assert not journal.is_read_by_journal(to, {})
    assert not journal.is_read_by_journal(to, environ)
    assert not journal.is_read_by_journal(io.StringIO(), environ)


def test_every_line_of_several_is_marked() -> None:
    assert journal.marked("one\ntwo", "alarm") == "<3>one\n<3>two"


def test_what_ends_a_command_is_an_error_in_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    with said.open("w") as stream:
        status = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        monkeypatch.setattr(threading, "excepthook", threading.excepthook)
        assert main(["status", "--site", str(tmp_path)]) == 3
        worker = threading.Thread(target=lambda: 1 // 0)
        worker.start()
        worker.join()
    first, *crash = said.read_text().splitlines()
    assert first.startswith("<3>k2kd: ")
    assert crash[-1] == "<3>ZeroDivisionError: integer division or modulo by zero"
    assert all(line.startswith("<3>") for line in crash)


# A journal of its own in a namespace of its own, as a service's output reaches it.
_AS_A_SERVICE = """
mount -t tmpfs t /run && mount -t tmpfs t /var/log || exit 77
mkdir -p /run/systemd/journal /run/log/journal
"$1" & journald=$!
tries=0
until [ -S /run/systemd/journal/stdout ]; do
  tries=$((tries + 1)); [ $tries -lt 100 ] || exit 77; sleep 0.1
done
systemd-cat --identifier=k2kd sh -c '
  python=$0 site=$1
  JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); export JOURNAL_STREAM
  k2kd() { "$python" -c "import sys; from daemon.cli import main; sys.exit(main())" "$@"; }
  k2kd check --site "$site"
  k2kd run --once --samples --site "$site"
' "$2" "$3"
journalctl --sync
echo === ; journalctl --identifier=k2kd --priority=warning --output=cat --no-pager
echo === ; journalctl --identifier=k2kd --output=cat --no-pager
kill $journald
"""


@pytest.mark.skipif(
    not JOURNALD.exists() or not shutil.which("unshare") or os.geteuid() != 0,
    reason="needs root, unshare and systemd-journald for a journal of its own",
)
def test_journalctl_lists_what_somebody_should_look_at_and_nothing_else(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "site")]) == 0
    drop(tmp_path / "site", "bloom", "page.edi", b"<html>502 Bad Gateway</html>")
    done = subprocess.run(
        [
            *("unshare", "--mount", "--propagation", "private", "sh", "-c", _AS_A_SERVICE, "sh"),
            *(str(JOURNALD), sys.executable, str(tmp_path / "site")),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode == 77:
        pytest.skip(f"no journal could be started here: {done.stderr[-200:]}")
    _, warnings, everything = done.stdout.split("===")
    events = re.findall(r'"level":"(\w+)","event":"(\w+)"', warnings)
    assert ("warning", "quarantined") in events
    assert {level for level, _ in events} <= {"warning", "alarm"}
    assert '"event":"delivered"' in everything
    assert "site: 5 partners" in everything
    assert "site: 5 partners" not in warnings
    assert "<" not in {line[:1] for line in everything.splitlines()}
