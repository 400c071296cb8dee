"""What the books say: status, files, show, trace."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from daemon import safefile
from daemon.cli.screen import size
from tests.daemon.cli.conftest import START, Run


def files(run: Run, *words: str) -> dict[str, Any]:
    """Return the files that came in, by name."""
    found: Any = run("files", "--json", *words).json()
    return {row["name"]: row for row in found}


def test_status_counts_files_and_names_what_waits(run: Run, site: Path) -> None:
    said = run("status")
    assert said.code == 0
    assert "no daemon runs" in said.out
    assert "1 order waiting   see k2kd orders" in said.out
    assert "1 open hold (1 unmapped)   see k2kd holds" in said.out
    assert "1 file in quarantine, not looked at   see k2kd quarantine list" in said.out
    row = next(line for line in said.out.splitlines() if line.startswith("bloom"))
    assert row.split() == ["bloom", "-", "1", "-", "-", "1", "-"]


def test_status_for_programs_has_the_same_numbers(run: Run, site: Path) -> None:
    found: Any = run("status", "--json").json()
    assert found["running"] is False
    assert found["files"]["bloom"] == {"posted": 1, "quarantined": 1}
    assert (found["red_orders"], found["open_holds"]) == (1, {"unmapped": 1})
    assert (found["undelivered"], found["unseen_quarantined"]) == ({}, 1)
    assert len(found["newest"]) == 5


def test_status_sees_a_running_daemon(run: Run, site: Path) -> None:
    with safefile.open_directory(site / "state") as state, safefile.exclusive(state):
        found: Any = run("status", "--json").json()
    assert found["running"] is True


def test_status_of_a_new_site_says_how_to_start(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "new")
    said = run("status", "--site", tmp_path / "new")
    assert said.code == 0
    assert "k2kd run --samples" in said.out


def test_files_are_listed_newest_first_and_narrowed(run: Run, site: Path) -> None:
    ids = [row["id"] for row in files(run).values()]
    assert ids == sorted(ids, reverse=True)
    assert list(files(run, "--state", "held")) == ["order-7731.json"]
    assert list(files(run, "--partner", "florsol")) == ["availability.csv"]
    assert len(files(run, "--limit", "2")) == 2
    assert "no such file" in run("files", "--state", "claimed").out


def test_files_of_an_unknown_partner_name_the_nearest(run: Run, site: Path) -> None:
    said = run("files", "--partner", "blooom")
    assert said.code == 2
    assert "did you mean bloom?" in said.err


def test_show_tells_findings_with_their_places(run: Run, site: Path) -> None:
    broken = files(run)["order-10046-broken.edi"]["id"]
    said = run("show", broken)
    assert said.code == 0
    for place in ("SE01 (segment 9)", "DTM02 (segment 3)", "PO102 (segment 6)"):
        assert place in said.out
    assert f"k2kd quarantine release {broken}" in said.out


def test_show_has_the_bytes_as_they_came(run: Run, site: Path) -> None:
    raw = subprocess.run(
        [sys.executable, "-c", START, "show", "1", "--raw"], check=True, capture_output=True
    ).stdout
    story: Any = run("show", 1, "--json").json()
    assert hashlib.sha256(raw).hexdigest() == story["arrival"]["sha256"]
    assert len(raw) == story["arrival"]["size_bytes"]


def test_show_of_nothing_says_where_to_look(run: Run, site: Path) -> None:
    said = run("show", 999)
    assert said.code == 2
    assert "there is no arrival 999; list them with: k2kd files" in said.err


def test_trace_follows_an_order_to_its_answers(run: Run, site: Path) -> None:
    (story,) = stories(run, "10045")
    (order,) = story["orders"]
    cut, whole, bunches = order["lines"]
    assert (cut["state"], cut["quantity"], cut["accepted"]) == ("cut", "8", "6")
    assert (whole["state"], bunches["state"]) == ("accepted", "accepted")
    assert len(cut["boxes"]) == 6
    kinds = sorted((out["partner"], out["kind"]) for out in story["outgoing"])
    assert kinds == [
        ("bloom", "855"),
        ("bloom", "997"),
        ("florsol", "850"),
        ("florsol", "labels"),
        ("florsol", "labels"),
        ("florsol", "order"),
    ]
    assert {out["state"] for out in story["outgoing"]} == {"delivered"}


def test_a_bug_is_told_in_plain_words_and_its_traceback_where_one_looks(
    run: Run, site: Path
) -> None:
    broken = files(run)["order-10046-broken.edi"]["id"]
    trace = "KeyError: 'nothing'\nTraceback (most recent call last):\n  line 7"
    with sqlite3.connect(site / "state" / "ledger.db") as ledger:
        ledger.execute(
            "UPDATE arrivals SET reason_code = 'bug', reason = ? WHERE id = ?", (trace, broken)
        )
    ledger.close()
    for words in (("files",), ("status",), ("quarantine", "list")):
        said = run(*words).out
        assert "a bug of k2kd: please report what k2kd show says of it" in said, words
        assert "KeyError" not in said, words
    for words in (("show", broken), ("trace", "order-10046-broken.edi")):
        assert "KeyError: 'nothing'" in run(*words).out, words


def stories(run: Run, what: str) -> list[Any]:
    said = run("trace", what, "--json")
    assert said.code == 0, said.err
    found: Any = said.json()
    return list(found)


def test_trace_finds_the_same_file_by_all_its_names(run: Run, site: Path) -> None:
    (story,) = stories(run, "10045")
    box = story["orders"][0]["lines"][0]["boxes"][3]
    answer = next(out["name"] for out in story["outgoing"] if out["kind"] == "855")
    for what in ("000000101", "101", box, answer, "order-10045.edi", str(story["arrival"]["id"])):
        assert story["arrival"]["id"] in [s["arrival"]["id"] for s in stories(run, what)], what


@pytest.mark.parametrize("what", ["%", "_", "1004_", "000000___", "\\", "'; --", "\udcff", "0001"])
def test_trace_takes_no_text_for_a_pattern(run: Run, site: Path, what: str) -> None:
    said = run("trace", what)
    assert said.code == 2
    assert "nothing here is called" in said.err


def test_trace_shows_a_red_line_with_its_text(run: Run, site: Path) -> None:
    said = run("trace", "AX-7731")
    assert "UNMAPPED" in said.out
    assert "Rose Explorer 60" in said.out
    assert "approved" not in said.out


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_500_000, "1.5 MB"), (2 * 10**9, "2 GB")],
)
def test_sizes_are_read_in_thousands(size_bytes: int, shown: str) -> None:
    assert size(size_bytes) == shown


def test_outbox_lists_files_on_their_way(run: Run, site: Path) -> None:
    found = run("outbox", "--json", "--partner", "bloom").json()
    assert {row["partner"] for row in found} == {"bloom"}
    assert {row["state"] for row in found} == {"delivered"}
    assert len(run("outbox", "--json", "--limit", "2").json()) == 2
    assert run("outbox", "--waiting").out == "everything is delivered\n"
    answer = next(row["name"] for row in found if row["kind"] == "855")
    assert answer in run("outbox").out


def test_outbox_has_the_bytes_as_delivered(run: Run, site: Path) -> None:
    (answer,) = (site / "outbox" / "bloom").glob("855-*")
    said = run("outbox", "--raw", answer.name)
    assert said.code == 0
    assert said.out.encode() == answer.read_bytes()
    assert run("outbox", "--raw", "nothing.edi").code == 2


def test_blocked_answer_is_named_with_where_to_look(run: Run, site: Path) -> None:
    with contextlib.closing(sqlite3.connect(site / "state" / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE outgoing SET state = 'blocked' WHERE name LIKE '855-%'")
    assert "1 answer blocked by a file of the same name   see k2kd outbox" in run("status").out
    (row,) = run("outbox", "--waiting", "--json").json()
    assert (row["kind"], row["state"]) == ("855", "blocked")


def test_drop_refused_at_the_door_is_listed(run: Run, site: Path) -> None:
    assert run("files", "--refused").out == "no drop was refused\n"
    (site / "inbox" / "bloom" / "link.edi").symlink_to("/etc/passwd")
    run("run", "--once", "--plain")
    (row,) = run("files", "--refused", "--json").json()
    assert (row["partner"], row["name"]) == ("bloom", "link.edi")
    assert "link.edi" in run("files", "--refused").out
    assert "1 drop refused at the door in 7 days   see k2kd files --refused" in run("status").out
    assert run("files", "--refused", "--partner", "florsol").out == "no drop was refused\n"
    assert "link.edi" in run("files", "--refused", "--partner", "bloom").out


def test_drop_refused_long_ago_is_counted_no_more_but_listed(run: Run, site: Path) -> None:
    (site / "inbox" / "bloom" / "link.edi").symlink_to("/etc/passwd")
    run("run", "--once", "--plain")
    with contextlib.closing(sqlite3.connect(site / "state" / "ledger.db")) as books, books:
        books.execute("UPDATE refusals SET created_at = '2026-01-01T00:00:00.000000+00:00'")
    assert "refused at the door" not in run("status").out
    assert "link.edi" in run("files", "--refused").out


@pytest.mark.parametrize("command", ["files", "status"])
def test_a_file_in_quarantine_says_why_in_words(run: Run, site: Path, command: str) -> None:
    row = next(line for line in run(command).out.splitlines() if "10046-broken" in line)
    assert "SE01 says 19 segments, 9 were counted" in row


def test_state_of_drops_that_never_had_one_is_refused(run: Run, site: Path) -> None:
    said = run("files", "--refused", "--state", "held")
    assert said.code == 2
    assert "leave --state out" in said.err


@pytest.mark.parametrize(
    "command",
    ["status", "files", "orders", "holds", "outbox", "check", "connections", "availability"],
)
def test_narrow_screen_cuts_no_line(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run(command).out.splitlines()
    # A command to copy stands on one line, however long.
    assert all(len(line) <= 80 for line in lines if "  next  " not in line)


def test_next_command_can_be_copied_from_a_narrow_screen(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    command = "k2kd map products axerrio-florsol 'Rose Explorer 60' ROS-EXP-60"
    assert f"  next  {command}" in run("orders", "--unmapped").out


def test_red_is_really_red_on_a_terminal(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31mUNMAPPED" in run("orders", "--unmapped").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;31m" not in run("orders", "--unmapped").out


def test_orders_and_trace_say_what_the_vendor_confirmed(run: Run, site: Path) -> None:
    head = "po_number,line,status,confirmed_boxes,confirmed_cost,ship_date,reason_code,message"
    rows = "10045,1,changed,4,0.35,,,\n10045,2,accepted,4,,,,\n10045,3,backordered,,,,,\n"
    (site / "inbox" / "florsol" / "answer.csv").write_text(f"{head}\n{rows}")
    assert run("run", "--once", "--plain").code == 0
    listed = [line.split() for line in run("orders", "--state", "approved").out.splitlines()]
    cells = {line[0]: line for line in listed if line and line[0] in {"1", "2", "3"}}
    assert cells["1"][-6:] == ["4", "at", "0.35", "Box", "partially", "confirmed"]
    assert cells["2"][-3:] == ["4", "Box", "confirmed"]
    assert cells["3"][-5:-1] == ["0,", "5", "later", "Box"]
    found: Any = run("orders", "--json", "--state", "approved").json()
    lines = found[0]["order"]["lines"]
    assert [(line["confirmed"], line["progress"]) for line in lines] == [
        ("4", "partially confirmed"),
        ("4", "confirmed"),
        ("0", "pending"),
    ]
    assert "KD0000005" not in run("trace", "10045").out
