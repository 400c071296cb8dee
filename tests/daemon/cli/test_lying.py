"""`k2kd status` on what is not taken yet: files in inboxes, and tables that are refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from daemon import safefile
from daemon.cli.init import create
from daemon.cli.lying import MOST_SHOWN
from tests.daemon.cli.conftest import Run


@pytest.fixture
def quiet_site(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The worked site with the waiting times of a real one."""
    monkeypatch.delenv("K2KD_INTAKE__QUIET_S")
    return site


@contextmanager
def a_daemon(site: Path) -> Iterator[None]:
    """Hold the site as a daemon would."""
    with ExitStack() as stack:
        state = stack.enter_context(safefile.open_directory(site / "state"))
        stack.enter_context(safefile.exclusive(state))
        yield


def lying(run: Run) -> list[dict[str, Any]]:
    found: Any = run("status", "--json").json()
    return list(found["waiting_in_inboxes"]["files"])


def test_a_csv_that_must_lie_still_is_listed_with_what_it_waits_for(
    run: Run, quiet_site: Path
) -> None:
    (quiet_site / "inbox" / "tulipan" / "order.csv").write_bytes(b"po_number,line\n1,1\n")
    said = run("status")
    row = next(line for line in said.out.splitlines() if "order.csv" in line)
    assert "Waiting in inboxes" in said.out
    assert row.startswith("tulipan")
    assert "complete after 60 s without change" in row


def test_what_lies_in_inboxes_is_told_to_programs(run: Run, quiet_site: Path) -> None:
    file = quiet_site / "inbox" / "tulipan" / "order.csv"
    file.write_bytes(b"po_number,line\n1,1\n")
    (one,) = lying(run)
    since = datetime.fromisoformat(one["unchanged_since"])
    assert (one["partner"], one["name"], one["cause"]) == ("tulipan", "order.csv", "quiet")
    assert abs(since.timestamp() - os.stat(file).st_ctime) < 1
    assert since.tzinfo is not None
    assert 0 < one["left_s"] <= 60
    assert since <= datetime.now(UTC)


def test_a_temporary_name_is_listed_although_it_is_never_taken(run: Run, quiet_site: Path) -> None:
    (quiet_site / "inbox" / "bloom" / "po.edi.part").write_bytes(b"ISA")
    (one,) = lying(run)
    assert (one["cause"], one["left_s"]) == ("temporary name", None)
    assert "rename it once it is whole" in run("status").out


def test_a_whole_file_waits_for_a_daemon_where_none_runs(run: Run, site: Path) -> None:
    order = run("show", 3, "--raw").out.encode()
    (site / "inbox" / "bloom" / "po.edi").write_bytes(order)
    assert "complete; taken when a daemon runs: k2kd run" in run("status").out
    with a_daemon(site):
        assert "complete; taken when the daemon looks next" in run("status").out


def test_a_disk_that_is_too_full_is_said_where_a_person_looks(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("status", "--json").json()["no_room"] is None
    monkeypatch.setenv("K2KD_INTAKE__FREE_BYTES", str(1 << 60))
    assert "nothing is taken in below" in run("status").out
    assert "nothing is taken in below" in run("status", "--json").json()["no_room"]


def test_empty_inboxes_are_not_spoken_of(run: Run, site: Path) -> None:
    assert "Waiting in inboxes" not in run("status").out
    assert lying(run) == []


def test_an_inbox_that_is_no_folder_is_said_and_hides_no_other(run: Run, quiet_site: Path) -> None:
    (quiet_site / "inbox" / "florsol").rmdir()
    (quiet_site / "inbox" / "florsol").write_bytes(b"in the way")
    (quiet_site / "inbox" / "tulipan" / "order.csv").write_bytes(b"a,b\n")
    said = run("status")
    assert said.code == 0
    assert "inbox/florsol" in said.out
    assert "order.csv" in said.out


@pytest.mark.parametrize("number", [MOST_SHOWN, MOST_SHOWN + 1])
def test_only_the_longest_waiting_files_of_a_flood_are_shown(
    run: Run, quiet_site: Path, number: int
) -> None:
    for each in range(number):
        (quiet_site / "inbox" / "tulipan" / f"order-{each}.csv").write_bytes(b"a,b\n")
    assert ("and 1 file more" in run("status").out) is (number > MOST_SHOWN)
    assert len(lying(run)) == number


@pytest.fixture
def broken_row(site: Path) -> int:
    """Spoil a row of products.csv and return its number."""
    table = site / "mappings" / "products.csv"
    lines = table.read_text("utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if "ROS-EXP-60" in line)
    lines[at] = lines[at].replace("ROS-EXP-60", "ROS-EXP-6O")
    table.write_text("".join(lines), "utf-8")
    return at + 1


def test_refused_tables_are_shown_with_file_row_column_and_sentence(
    run: Run, site: Path, broken_row: int
) -> None:
    said = run("status")
    assert said.code == 0
    row = next(line for line in said.out.splitlines() if line.startswith("products.csv"))
    assert row.split()[:3] == ["products.csv", str(broken_row), "target_code"]
    assert "did you mean ROS-EXP-60?" in row
    start = "a daemon starts with those that were used last"
    assert f"1 problem in the mapping tables; {start}" in said.out
    (one,) = run("status", "--json").json()["refused_tables"]
    assert (one["file"], one["row"], one["column"]) == ("products.csv", broken_row, "target_code")


def test_no_daemon_starts_with_refused_tables_where_none_were_ever_used(
    run: Run, tmp_path: Path
) -> None:
    create(tmp_path / "new")
    with (tmp_path / "new" / "mappings" / "products.csv").open("a") as table:
        table.write("bloom,,B1,,ROS-NOWHERE,,yes,,,\n")
    said = run("status", "--site", tmp_path / "new").out
    assert "1 problem in the mapping tables; no daemon starts with them" in said


def test_a_running_daemon_goes_on_with_the_tables_it_had(
    run: Run, site: Path, broken_row: int
) -> None:
    with a_daemon(site):
        assert "the daemon goes on with the tables it had" in run("status").out


def test_good_tables_are_not_spoken_of(run: Run, site: Path) -> None:
    assert "mapping tables" not in run("status").out
    assert run("status", "--json").json()["refused_tables"] == []
