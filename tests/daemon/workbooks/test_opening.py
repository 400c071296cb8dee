"""Workbooks are opened elsewhere: what one asks for never becomes the daemon's trouble (F23)."""

from __future__ import annotations

import io
import resource
import shutil
import subprocess
import threading
import time
from dataclasses import replace

import openpyxl
import pytest

from daemon.errors import EnvironmentFault
from daemon.workbooks import opening
from daemon.workbooks.opening import DEFAULT_ALLOWANCE, Allowance, open_workbook
from formats.limits import DEFAULT_LIMITS, MEBIBYTE
from tests.formats.xlsx.books import book


def far_apart() -> bytes:
    """Return a workbook of 5 KB with a value in the first and one in the very last cell."""
    made = openpyxl.Workbook()
    made.worksheets[0]["A1"] = 1
    made.worksheets[0]["XFD1048576"] = 1
    body = io.BytesIO()
    made.save(body)
    return body.getvalue()


def code(data: bytes, allowance: Allowance = DEFAULT_ALLOWANCE) -> str:
    read = open_workbook(data, limits=DEFAULT_LIMITS, allowance=allowance)
    assert not read.sheets
    return read.findings[0].code


def test_a_workbook_is_read_in_its_own_process() -> None:
    (sheet,) = open_workbook(book({"S": [["a", 0.5]]}), limits=DEFAULT_LIMITS).sheets
    assert sheet.head()[0].cells == ["a", "0.5"]


def test_five_kilobytes_that_ask_for_half_a_terabyte_cost_nothing() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = far_apart()
    assert len(data) < 6_000
    assert code(data) == "xlsx.memory"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_what_takes_too_long_is_stopped() -> None:
    slow = book({"S": [["a"] * 50] * 5_000})
    begin = time.monotonic()
    assert code(slow, replace(DEFAULT_ALLOWANCE, wall_s=0.05)) == "xlsx.time"
    assert time.monotonic() - begin < 5


def test_what_says_too_much_is_stopped() -> None:
    wide = book({"S": [["a" * 50] * 50] * 1_000})
    assert code(wide, replace(DEFAULT_ALLOWANCE, text_bytes=MEBIBYTE)) == "xlsx.size"


def test_a_file_above_the_limit_is_not_even_given_to_the_process() -> None:
    data = book({"S": [["a"]]})
    for extra, is_read in ((-1, False), (0, True), (1, True)):
        limits = replace(DEFAULT_LIMITS, file_bytes=len(data) + extra)
        assert bool(open_workbook(data, limits=limits).sheets) is is_read


def test_a_machine_that_starts_no_process_is_not_the_files_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(EnvironmentFault, match="tried again"):
        open_workbook(book({"S": [["a"]]}), limits=DEFAULT_LIMITS)


@pytest.mark.parametrize("who", [threading.Timer, threading.Thread])
def test_a_machine_that_starts_no_thread_is_not_the_files_fault(
    who: type[threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    started, start = list[threading.Thread](), threading.Thread.start

    def start_none(thread: threading.Thread) -> None:
        if type(thread) is who:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_none)
    with pytest.raises(EnvironmentFault, match="tried again"):
        open_workbook(book({"S": [["a"]]}), limits=DEFAULT_LIMITS)
    for thread in started:
        thread.join(5)
        assert not thread.is_alive(), "it waits to stop a process that ended long ago"


def test_a_process_that_dies_before_its_workbook_is_sent_is_no_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    feed = opening._feed

    def feed_late(child: subprocess.Popen[bytes], data: bytes) -> None:
        assert child.stdin is not None
        child.wait()
        until = time.monotonic() + 0.2
        while not child.stdin.closed and time.monotonic() < until:
            time.sleep(0.005)
        feed(child, data)

    monkeypatch.setattr(opening, "_feed", feed_late)
    monkeypatch.setattr("sys.executable", shutil.which("false"))
    assert code(book({"S": [["a"]]})) == "xlsx.damaged"
