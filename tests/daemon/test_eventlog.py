"""The event log: one event is one line, whatever a partner sends, and no event can raise."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import threading
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.errors import DataError, EnvironmentFault
from daemon.eventlog import SHOWN_CHARS, EventLog, Level, Say, safe

NOON = datetime(2026, 2, 14, 12, 0, 0, 123_000, tzinfo=UTC)


class Lines:
    """A log over a stream in memory, with what it wrote read back."""

    def __init__(self, *, pretty: bool = False, floor: Level = Level.INFO) -> None:
        self.stream = io.StringIO()
        self.say = EventLog(self.stream, pretty=pretty, floor=floor, now=lambda: NOON)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def only(self) -> dict[str, object]:
        (line,) = self.text.splitlines()
        assert self.text.endswith("\n")
        event = json.loads(line)
        assert isinstance(event, dict)
        return event


def test_event_is_one_json_line_with_time_level_and_name_first() -> None:
    log = Lines()
    log.say("file_claimed", partner="bloom", size_bytes=812)
    assert log.text == (
        '{"at":"2026-02-14T12:00:00.123+00:00","level":"info","event":"file_claimed",'
        '"partner":"bloom","size_bytes":812}\n'
    )


@pytest.mark.parametrize(
    ("event", "level"),
    [
        ("file_posted", "info"),
        ("order_held", "warning"),
        ("file.quarantined", "warning"),
        ("lane_failed", "alarm"),
        ("low_disk", "alarm"),
        ("spinning_disk", "info"),
        ("never_heard_of", "info"),
    ],
)
def test_level_comes_from_the_name_or_its_last_word(event: str, level: str) -> None:
    log = Lines()
    log.say(event)
    assert log.only()["level"] == level


def test_caller_may_set_the_level() -> None:
    log = Lines()
    log.say("host_key_changed", level=Level.ALARM, partner="bloom")
    assert log.only()["level"] == "alarm"


def test_events_below_the_floor_are_dropped() -> None:
    log = Lines(floor=Level.WARNING)
    log.say("file_posted")
    log.say("order_held")
    assert log.only()["event"] == "order_held"


def test_bound_fields_are_on_every_event_and_the_parent_keeps_its_own() -> None:
    log = Lines()
    lane = log.say.bind(partner="bloom")
    lane("file_posted", arrival=7)
    log.say("ready")
    first, second = (json.loads(line) for line in log.text.splitlines())
    assert (first["partner"], first["arrival"]) == ("bloom", 7)
    assert "partner" not in second


def test_log_serves_wherever_a_say_is_asked_for() -> None:
    log = Lines()
    say: Say = log.say
    say("ready")
    assert log.only()["event"] == "ready"


@pytest.mark.parametrize(
    "name",
    [
        'po.edi\n{"at":"2026-01-01","level":"info","event":"file_posted"}',
        "po.edi\r\nfile_posted",
        "po\x1b[2J\x1b[1;31m.edi",
        "po\u202etxt.edi",
        "po\u2028line\u2029paragraph\x85next\x0bvertical",
        "po\x00.edi",
        "po\udcff.edi",
        "po\ud800.edi",
        "\u200e\ufeff.edi",
        b"po\xff\xfe.edi",
        b"-rf \n\x1b]0;title\x07",
    ],
)
@pytest.mark.parametrize("pretty", [False, True])
def test_f30_hostile_name_stays_on_one_printable_line(name: str | bytes, *, pretty: bool) -> None:
    log = Lines(pretty=pretty)
    log.say("file_claimed", file=name)
    assert log.text.count("\n") == 1
    assert log.text[:-1].isprintable()
    if not pretty:
        event = log.only()
        assert event["event"] == "file_claimed"
        assert str(event["file"]).isprintable()


@pytest.mark.parametrize("pretty", [False, True])
def test_f30_field_of_a_megabyte_is_cut(*, pretty: bool) -> None:
    log = Lines(pretty=pretty)
    log.say("file_refused", why="x" * 1_000_000, file=b"\xff" * 1_000_000)
    assert len(log.text) < 1000
    assert "x..." in log.text


def test_f30_field_can_not_pose_as_time_level_or_name() -> None:
    log = Lines()
    log.say(
        "order_held", level=None, **{"event": "ready", "at": "then", "self": 1, "method_name": 2}
    )
    event = log.only()
    assert (event["event"], event["level"]) == ("order_held", "warning")
    assert event["at"] == "2026-02-14T12:00:00.123+00:00"


@pytest.mark.parametrize("length", [SHOWN_CHARS - 1, SHOWN_CHARS, SHOWN_CHARS + 1])
def test_text_is_cut_only_beyond_the_limit(length: int) -> None:
    shown = safe("a" * length)
    assert len(shown) == min(length, SHOWN_CHARS)
    assert shown.endswith("...") == (length > SHOWN_CHARS)


def test_latin_1_name_shows_the_same_from_bytes_and_from_the_file_system() -> None:
    name = "gr\xf6\xdfe.edi".encode("latin-1")
    assert safe(name) == safe(os.fsdecode(name)) == "gr\\xf6\\xdfe.edi"


def test_utf_8_name_is_readable() -> None:
    assert safe("größe €.edi".encode()) == "größe €.edi"


def test_cut_never_splits_an_escape() -> None:
    assert safe("\n" * 300) == "\\n" * 98 + "..."
    assert safe("abc\u202e", limit=6) == "abc..."


@given(st.one_of(st.text(), st.binary()), st.integers(min_value=0, max_value=300))
def test_safe_is_printable_short_and_settled(text: str | bytes, limit: int) -> None:
    shown = safe(text, limit)
    assert shown.isprintable()
    assert len(shown) <= limit
    assert safe(shown, limit) == shown


FIELD = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.binary(),
        st.decimals(),
        st.datetimes(),
        st.builds(object),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner), st.sets(st.text())),
    max_leaves=8,
)


NAME = st.one_of(st.sampled_from(["partner", "file", "name", "size", "at", "error"]), st.text())


@given(st.text(), st.dictionaries(NAME, FIELD, max_size=5))
def test_any_event_with_any_fields_is_one_line(event: str, fields: dict[str, object]) -> None:
    fields.pop("level", None)
    for pretty in (False, True):
        log = Lines(pretty=pretty)
        log.say(event, level=None, **fields)
        assert log.text[:-1].isprintable()
        assert log.text.endswith("\n")
        if not pretty:
            assert log.only()["event"] == safe(event)


class State(StrEnum):
    CLAIMED = "claimed"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (12, 12),
        (2**70, "<int of 71 bits>"),
        pytest.param(10**5000, "<int of 16610 bits>", id="int too long to print"),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (Decimal("1.20"), "1.20"),
        (NOON, "2026-02-14T12:00:00.123000+00:00"),
        (Path("/srv/k2kd/bloom"), "/srv/k2kd/bloom"),
        (State.CLAIMED, "claimed"),
        (Level.ALARM, 40),
        ((b"a\xff", 2), ["a\\xff", 2]),
        ({"a": "b\n"}, {"a": "b\\n"}),
        ([{"deep": "content"}], ["<dict>"]),
    ],
)
def test_value_is_shown_as(value: object, shown: object) -> None:
    log = Lines()
    log.say("told", value=value)
    assert log.only()["value"] == shown


def test_object_that_holds_content_shows_its_type_only() -> None:
    class Order:
        def __repr__(self) -> str:
            return "PO 10045, 40 boxes of roses"

    log = Lines()
    log.say("read", order=Order())
    assert log.only()["order"] == "<Order>"


def test_our_error_shows_its_text_and_no_traceback() -> None:
    log = Lines()
    cause = RuntimeError("password=rose")
    try:
        raise EnvironmentFault("the ledger does not answer; start it") from cause
    except EnvironmentFault as fault:
        log.say("ledger_lost", error=fault)
    event = log.only()
    assert event["error"] == (
        "EnvironmentFault: the ledger does not answer; start it (from RuntimeError)"
    )
    assert "error_at" not in event
    assert "rose" not in log.text


def test_foreign_error_shows_type_and_place_but_not_its_text() -> None:
    log = Lines()
    try:
        int("40 boxes of roses")
    except ValueError as error:
        log.say("lane_crashed", error=error)
    event = log.only()
    assert event["error"] == "ValueError"
    places = event["error_at"]
    assert isinstance(places, list)
    assert re.fullmatch(r"daemon/test_eventlog\.py:\d+ test_foreign_error\w+", places[-1])
    assert "roses" not in log.text


def test_system_error_shows_what_the_system_said() -> None:
    log = Lines()
    log.say("folder_lost", error=FileNotFoundError(2, "No such file", b"in\xff"))
    assert str(log.only()["error"]).startswith("FileNotFoundError: [Errno 2] No such file")


class Gone(io.StringIO):
    """A stream whose reader has hung up."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_stream_that_is_gone_costs_the_line_only() -> None:
    EventLog(Gone(), pretty=False)("ready")
    closed = io.StringIO()
    say = EventLog(closed, pretty=False)
    closed.close()
    say("ready")


@pytest.mark.parametrize("pretty", [False, True])
def test_terminal_without_utf_8_gets_escapes(*, pretty: bool) -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="ascii", errors="strict") as stream:
        EventLog(stream, pretty=pretty)("file_claimed", file="größe.edi")
        assert b"gr\\" in raw.getvalue()
        assert raw.getvalue().isascii()


def test_lines_of_threads_do_not_mix() -> None:
    log = Lines()

    def speak(lane: int) -> None:
        say = log.say.bind(lane=lane)
        for number in range(200):
            say("file_posted", number=number, why="w" * 150)

    threads = [threading.Thread(target=speak, args=(lane,)) for lane in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = [json.loads(line) for line in log.text.splitlines()]
    assert len(events) == 800
    assert [e["number"] for e in events if e["lane"] == 2] == list(range(200))


def test_error_of_a_partner_names_what_to_do() -> None:
    log = Lines(pretty=True)
    log.say("file_quarantined", file="po.edi", error=DataError("x12.SE01", "count the segments"))
    assert "quarantined" in log.text
    assert "count the segments" in log.text


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.EADDRINUSE, "set another [sftp_server] port"),
        (errno.EADDRNOTAVAIL, "set another [sftp_server] address"),
        (errno.EACCES, "set a higher [sftp_server] port"),
    ],
)
def test_server_that_cannot_listen_says_what_to_set(number: int, advice: str) -> None:
    stream = io.StringIO()
    log = EventLog(stream, pretty=False)
    log("sftp_failed", port=2222, error=OSError(number, os.strerror(number)))
    found = json.loads(stream.getvalue())
    assert advice in found["advice"]
    assert os.strerror(number) in found["error"]


def test_other_failures_are_given_no_advice_that_is_not_theirs() -> None:
    stream = io.StringIO()
    log = EventLog(stream, pretty=False)
    log("sftp_failed", error=OSError(errno.ENOMEM, "no memory"))
    log("intake_failed", error=OSError(errno.EADDRINUSE, "in use"))
    log("sftp_failed", advice="own words", error=OSError(errno.EADDRINUSE, "in use"))
    first, second, third = map(json.loads, stream.getvalue().splitlines())
    assert "advice" not in first
    assert "advice" not in second
    assert third["advice"] == "own words"
