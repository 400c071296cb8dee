"""Progress lines: a person sees time, partner, file, step and key facts, in colour if wanted."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest

from daemon.eventlog import EventLog, Level

NOON = datetime(2026, 2, 14, 12, 0, 0, tzinfo=UTC)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that shows colours, whatever the terminal of this test run shows."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def line(event: str, /, *, level: Level | None = None, **fields: object) -> str:
    stream = io.StringIO()
    EventLog(stream, pretty=True, now=lambda: NOON)(event, level=level, **fields)
    assert stream.getvalue().endswith("\n")
    return stream.getvalue()[:-1]


def test_line_shows_time_partner_file_step_and_facts_in_columns() -> None:
    shown = line("file_posted", partner="bloom", file=b"po-10045.edi", orders=1, answers=3)
    assert shown == (
        f"{NOON.astimezone():%H:%M:%S}  bloom       {'po-10045.edi':<36}  posted       "
        "1 order, 3 answers"
    )


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"size_bytes": 812}, "size 812 B"),
        ({"size_bytes": 48_300}, "size 48.3 kB"),
        ({"size_bytes": 2_500_000_000}, "size 2.5 GB"),
        ({"size": 812}, "size 812 B"),
        ({"took_ms": 12.5}, "took 12.5 ms"),
        ({"wait_s": 5}, "wait 5 s"),
        ({"entries": 1, "findings": 0}, "1 entry"),
        ({"arrival": 17, "unmapped_lines": 2}, "arrival 17, 2 unmapped lines"),
        ({"why": "product code is not mapped"}, "product code is not mapped"),
        ({"format": "X12 850"}, "format X12 850"),
        ({"codes": ["A1", "B2"]}, "codes A1, B2"),
        ({"sha256": "ab" * 32, "po": None, "note": ""}, ""),
        ({"is_late": True}, "is late True"),
    ],
)
def test_facts_read_as_words(fields: dict[str, object], facts: str) -> None:
    assert line("file_posted", level=None, **fields).split("posted")[1].strip() == facts


def test_name_of_a_file_may_come_as_name() -> None:
    shown = line("file_claimed", partner="bloom", name=b"po\xff.edi").split()
    assert shown[1:] == ["bloom", r"po\xff.edi", "claimed"]


def test_unknown_event_prints_its_name() -> None:
    assert "tables reloaded" in line("tables_reloaded", rows=812)
    assert "812 rows" in line("tables_reloaded", rows=812)


def test_subject_that_the_columns_do_not_show_stays_in_the_step() -> None:
    assert "order held" in line("order_held")


def test_alarm_stands_out_in_words_and_in_colour(colour: None) -> None:
    assert "ALARM: disk full" in line("claiming_paused", why="disk full")
    terminal = Terminal()
    EventLog(terminal)("claiming_paused")
    assert "\x1b[1;37;41mclaiming paused" in terminal.getvalue()


def test_terminal_gets_progress_lines_and_a_pipe_gets_json() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    EventLog(terminal)("ready")
    EventLog(pipe)("ready")
    assert not terminal.getvalue().startswith("{")
    assert pipe.getvalue().startswith("{")


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch, colour: None) -> None:
    coloured = Terminal()
    EventLog(coloured)("file_claimed")
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    EventLog(plain)("file_claimed")
    assert "\x1b[36m" in coloured.getvalue()
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", plain.getvalue())


def test_name_that_looks_like_markup_is_shown_as_it_is() -> None:
    assert "[bold red]:rose:[/].edi" in line("file_claimed", file="[bold red]:rose:[/].edi")


def test_long_line_is_not_wrapped() -> None:
    assert "\n" not in line("file_refused", file="n" * 190, why="w" * 190)
