"""What a person mends: mapping, holds, replays, quarantine, control numbers."""

from __future__ import annotations

import re
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from daemon import safefile
from daemon.samples import samples
from tests.daemon.cli.conftest import Run, Said
from tests.daemon.today import ZONE

MAP = ("map", "products", "axerrio-florsol", "Rose Explorer 60", "ROS-EXP-60")


def answers(site: Path, partner: str) -> set[str]:
    return {path.name for path in (site / "outbox" / partner).iterdir() if path.is_file()}


def order(run: Run, number: str) -> dict[str, Any]:
    found: Any = run("orders", "--json").json()
    return next(one["order"] for one in found if one["order"]["number"] == number)


def drop(site: Path, name: str, content: bytes) -> None:
    """Put a file into bloom's inbox, whole."""
    draft = site / "inbox" / "bloom" / f".{name}"
    draft.write_bytes(content)
    draft.rename(draft.with_name(name))


def sent() -> bytes:
    """Return bloom's order as its sample says it today."""
    today = datetime.now(ZONE).date()
    return next(sample.content for sample in samples(today) if sample.name == "order-10045.edi")


def test_red_order_shows_its_text_and_the_command_that_maps_it(run: Run, site: Path) -> None:
    said = run("orders", "--unmapped")
    assert said.code == 0
    assert "Purchase order AX-7731  held" in said.out
    assert "10045" not in said.out
    first = next(line for line in said.out.splitlines() if line.startswith("  next  "))
    command = "k2kd map products axerrio-florsol 'Rose Explorer 60' ROS-EXP-60"
    assert first.split("  next  ")[1].startswith(command)


def test_red_order_for_programs_brings_ranked_suggestions(run: Run, site: Path) -> None:
    (red,) = run("orders", "--unmapped", "--json").json()
    assert red["is_red"] is True
    scores = [guess["score"] for guess in red["holds"][0]["suggestions"]]
    assert red["holds"][0]["suggestions"][0]["code"] == "ROS-EXP-60"
    assert scores == sorted(scores, reverse=True)


def test_mapping_completes_the_order_and_delivers_its_answer(run: Run, site: Path) -> None:
    before = answers(site, "axerrio-florsol")
    said = run(*MAP)
    assert said.code == 0, said.err
    assert "completed order AX-7731 of axerrio-florsol" in said.out
    assert order(run, "AX-7731")["state"] == "pending approval"
    assert len(answers(site, "axerrio-florsol") - before) == 1
    assert run("holds").out == "nothing is held\n"
    assert run("orders", "--unmapped").out == "no red order: every product is mapped\n"


def test_mapping_decides_by_what_the_hold_says(run: Run, site: Path) -> None:
    run(*MAP)
    table = (site / "mappings" / "products.csv").read_text("utf-8")
    assert "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60," in table


def test_mapping_beside_a_running_daemon_leaves_the_work_to_it(run: Run, site: Path) -> None:
    with safefile.open_directory(site / "state") as state, safefile.exclusive(state):
        said = run(*MAP)
    assert said.code == 0
    assert "a daemon runs here and takes it within a second or two" in said.out
    assert order(run, "AX-7731")["state"] == "held"
    assert run("run", "--once", "--plain").code == 0
    assert order(run, "AX-7731")["state"] == "pending approval"


def test_mapping_again_changes_nothing(run: Run, site: Path) -> None:
    run(*MAP)
    table = (site / "mappings" / "products.csv").read_bytes()
    assert "says so already" in run(*MAP).out
    assert (site / "mappings" / "products.csv").read_bytes() == table


def test_mapping_is_taken_back(run: Run, site: Path) -> None:
    table = (site / "mappings" / "products.csv").read_bytes()
    run(*MAP)
    said = run(*MAP[:4], "--undo", "--description")
    assert said.code == 0, said.err
    assert "- axerrio-florsol,,,Rose Explorer 60" in said.out
    assert (site / "mappings" / "products.csv").read_bytes() == table


def test_mapping_for_programs_tells_row_and_effect(run: Run, site: Path) -> None:
    found: Any = run(*MAP, "--json").json()
    assert found["file"] == "products.csv"
    assert (found["before"], found["completed"]["holds"]) == (None, 1)
    assert found["completed"]["orders"][0]["number"] == "AX-7731"
    # The answer to the Axerrio system, and the question to its buyer.
    assert found["carried"]["delivered"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("prodcuts", "bloom", "X", "ROS-EXP-60"), "did you mean products?"),
        (("products", "blooom", "X", "ROS-EXP-60"), "did you mean bloom?"),
        (("products", "bloom", "X"), "give our code as TARGET"),
        (("products", "bloom", "nothing", "--undo"), "has no row for nothing"),
        (("products", "bloom", "X", "ROS-EXP-60", "--vendor", "flor"), "did you mean florsol?"),
        (("products", "bloom", "\udcff", "ROS-EXP-60"), "not UTF-8"),
    ],
)
def test_mapping_that_can_not_be_is_a_usage_error(
    run: Run, site: Path, words: tuple[str, ...], said: str
) -> None:
    table = (site / "mappings" / "products.csv").read_bytes()
    answer = run("map", *words)
    assert answer.code == 2
    assert said in answer.err
    assert (site / "mappings" / "products.csv").read_bytes() == table


def test_mapping_to_a_code_that_is_not_ours_reaches_no_file(run: Run, site: Path) -> None:
    table = (site / "mappings" / "products.csv").read_bytes()
    said = run(*MAP[:4], "ROS-EXP-6O")
    assert said.code == 2
    assert "ROS-EXP-60" in said.err
    assert (site / "mappings" / "products.csv").read_bytes() == table


def test_unmapped_hold_is_not_released_but_mapped(run: Run, site: Path) -> None:
    said = run("release", 1)
    assert said.code == 2
    assert "k2kd map products axerrio-florsol" in said.err


def hold_of_conflict(run: Run, site: Path) -> Said:
    """Send order 10045 again with other content, and say what is held then."""
    other = sent().replace(b"*8*BX*", b"*2*BX*").replace(b"000000101", b"000000177")
    drop(site, "again.edi", other)
    assert run("run", "--once", "--plain").code == 0
    return run("holds", "--partner", "bloom", "--json")


def test_step_of_an_order_that_has_not_come_is_not_released(run: Run, site: Path) -> None:
    drop(site, "early.csv", b"po_number,decision\n99,approve\n")
    assert run("run", "--once", "--plain").code == 0
    (held,) = run("holds", "--partner", "bloom", "--json").json()
    hold = held["hold"]
    assert hold["kind"] == "unknown order"
    before = answers(site, "bloom")
    said = run("release", hold["id"])
    assert said.code == 2
    assert "99" in said.err and "is not there" in said.err
    assert f"k2kd reject {hold['id']}" in said.err
    (same,) = run("holds", "--partner", "bloom", "--json").json()
    assert same["hold"]["id"] == hold["id"]
    assert answers(site, "bloom") == before


def test_what_the_rules_refused_is_the_reason_of_its_file(run: Run, site: Path) -> None:
    drop(site, "scans.csv", b"box_code,rack\nNONE-1,A1\nNONE-2,A2\n")
    assert run("run", "--once", "--plain").code == 0
    (newest, *_) = run("files", "--json").json()
    assert (newest["name"], newest["state"]) == ("scans.csv", "posted")
    assert newest["refused"].startswith("refused: NONE-1: no box on its way to you")
    assert newest["refused"].endswith(", and 1 more")
    assert "refused: NONE-1" in run("status").out
    shown = run("show", newest["id"]).out
    assert "NONE-2: no box on its way to you has this code" in shown


def test_conflicting_order_takes_the_place_of_the_first_once_released(run: Run, site: Path) -> None:
    (held,) = hold_of_conflict(run, site).json()
    facts = held["hold"]
    assert facts["kind"] == "order exists"
    said = run("release", facts["id"])
    assert said.code == 0, said.err
    assert "order 10045 is approved" in said.out
    assert order(run, "10045")["lines"][0]["quantity"] == "2"
    assert run("release", facts["id"]).code == 2


def test_rejected_order_is_answered_with_the_reason(run: Run, site: Path) -> None:
    (held,) = hold_of_conflict(run, site).json()
    facts = held["hold"]
    before = answers(site, "bloom")
    said = run("reject", facts["id"], "--reason", "meant once only")
    assert said.code == 0, said.err
    assert answers(site, "bloom") - before
    assert order(run, "10045")["lines"][0]["quantity"] == "8"
    assert run("holds", "--partner", "bloom").out == "nothing is held\n"


@pytest.mark.parametrize("command", [("release", "77"), ("reject", "77", "--reason", "no")])
def test_hold_that_is_not_there_says_where_to_look(
    run: Run, site: Path, command: tuple[str, ...]
) -> None:
    said = run(*command)
    assert said.code == 2
    assert "list them with: k2kd holds" in said.err


def test_rejection_without_a_reason_is_refused(run: Run, site: Path) -> None:
    assert run("reject", 1, "--reason", " ").code == 2
    assert run("reject", 1).code == 2


def test_replay_answers_again_and_changes_nothing(run: Run, site: Path) -> None:
    files: Any = run("files", "--json").json()
    key = next(row["id"] for row in files if row["name"] == "order-10045.edi")
    before, lines = answers(site, "bloom"), order(run, "10045")["lines"]
    said = run("replay", key)
    assert said.code == 0, said.err
    kinds = sorted(name.split("-")[0] for name in answers(site, "bloom") - before)
    assert kinds == ["855", "997"]
    assert order(run, "10045")["lines"] == lines
    assert run("replay", 999).code == 2


def test_quarantine_shows_the_reason_and_the_first_bytes_safely(run: Run, site: Path) -> None:
    drop(site, "evil.edi", b"\x1b[2J\x00\xff broken")
    run("run", "--once", "--plain")
    (row, _older) = run("quarantine", "list", "--json").json()
    key = row["id"]
    said = run("quarantine", "show", key)
    assert said.code == 0, said.err
    assert "\\x1b[2J\\x00\\xff broken" in said.out
    assert "\x1b" not in said.out
    left: Any = run("quarantine", "list", "--json").json()
    assert key not in [one["id"] for one in left]
    everything: Any = run("quarantine", "list", "--all", "--json").json()
    assert key in [one["id"] for one in everything]


def test_quarantine_lays_aside_with_a_note(run: Run, site: Path) -> None:
    (row,) = run("quarantine", "list", "--json").json()
    key = row["id"]
    assert run("quarantine", "reject", key, "--note", "sent twice").code == 0
    assert "nothing in quarantine" in run("quarantine", "list").out
    assert "[rejected: sent twice]" in run("show", key).out
    assert "k2kd quarantine list" not in run("status").out


def test_files_that_were_looked_at_hide_no_other_from_a_short_list(run: Run, site: Path) -> None:
    drop(site, "later.bin", bytes(range(256)))
    run("run", "--once", "--plain")
    (later, older) = run("quarantine", "list", "--json").json()
    run("quarantine", "show", later["id"])
    (left,) = run("quarantine", "list", "--limit", 1, "--json").json()
    assert left["id"] == older["id"]


def test_quarantine_works_on_a_file_again(run: Run, site: Path) -> None:
    drop(site, "unknown.bin", bytes(range(256)))
    run("run", "--once", "--plain")
    (row, _older) = run("quarantine", "list", "--json").json()
    key = row["id"]
    before: Any = run("show", key, "--json").json()
    assert run("quarantine", "release", key).code == 0
    after: Any = run("show", key, "--json").json()
    assert after["arrival"]["state"] == "quarantined"
    assert after["arrival"]["attempts"] == 1
    assert len(after["outgoing"]) == len(before["outgoing"]) + 1


@pytest.mark.parametrize("word", ["show", "release", "reject"])
def test_quarantine_refuses_a_file_that_is_not_in_it(run: Run, site: Path, word: str) -> None:
    said = run("quarantine", word, 1)
    assert said.code == 2
    assert "not in quarantine" in said.err
    assert run("quarantine", word, 999).code == 2


def test_control_numbers_are_listed_and_set(run: Run, site: Path) -> None:
    found: Any = run("control-numbers", "list", "--json").json()
    bloom = [one for one in found if one["receiver"] == "ZZ/BLOOMWHSL"]
    assert {one["level"] for one in bloom} == {"interchange", "group"}
    assert run("control-numbers", "reset", "bloom", "--to", "5000").code == 0
    before = answers(site, "bloom")
    run("map", "products", "bloom", "NEW-1", "ROS-EXP-60")
    drop(site, "next.edi", sent().replace(b"000000101", b"000000178").replace(b"10045", b"9"))
    run("run", "--once", "--plain")
    new = [site / "outbox" / "bloom" / name for name in answers(site, "bloom") - before]
    controls = {int(re.split(rb"\*", path.read_bytes())[13]) for path in new}
    assert controls
    assert min(controls) == 5001


def test_numbers_of_edifact_are_listed_and_set_too(run: Run, site: Path) -> None:
    file = site / "k2kd.toml"
    text = file.read_text("utf-8").replace(
        'name = "bloom"', 'name = "bloom"\nedifact = { id = "BLOOM", qualifier = "ZZZ" }', 1
    )
    file.write_text(text.replace("[site]\n", '[site]\nedifact = { id = "SITE" }\n', 1))
    unb = "UNB+UNOA:3+BLOOM:ZZZ+SITE:14+{:%y%m%d}:0900+{}"
    for control in (1, 2):
        head = unb.format(datetime.now(UTC), control)
        body = "UNH+1+ORDERS:D:96A:UN'BGM+220+1+9'UNT+3+1'"
        drop(site, f"{control}.edi", f"{head}'{body}UNZ+1+{control}'".encode())
        run("run", "--once", "--plain")
        found: Any = run("control-numbers", "list", "--json").json()
        (counter,) = (one for one in found if one["level"] == "edifact")
        assert (counter["receiver"], counter["last"]) == ("ZZZ/BLOOM", 700 * (control - 1) + 1)
        assert run("control-numbers", "reset", "bloom", "--to", "700", "--yes").code == 0


def test_control_numbers_do_not_go_back_unasked(run: Run, site: Path) -> None:
    said = run("control-numbers", "reset", "bloom", "--to", "0")
    assert said.code == 2
    assert "say --yes" in said.err
    assert run("control-numbers", "reset", "bloom", "--to", "0", "--yes").code == 0


def test_counters_that_an_older_ledger_lacks_are_made_and_told(run: Run, site: Path) -> None:
    with sqlite3.connect(site / "state" / "ledger.db") as ledger:
        ledger.execute("DELETE FROM sequences WHERE name LIKE 'control:%'")
    ledger.close()
    said = run("control-numbers", "reset", "bloom", "--to", "5000")
    assert said.code == 0
    assert "the books had none of these, so they were made" in said.out
    assert "interchange from ZZ/K2KNET to ZZ/BLOOMWHSL" in said.out
    before = answers(site, "bloom")
    drop(site, "next.edi", sent().replace(b"000000101", b"000000178").replace(b"10045", b"9"))
    run("run", "--once", "--plain")
    new = [site / "outbox" / "bloom" / name for name in answers(site, "bloom") - before]
    heads = [path.read_bytes().split(b"*") for path in new]
    given = [(head[6], int(head[13])) for head in heads]
    assert min(control for _, control in given) == 5001
    assert len(set(given)) == len(given)
    again = run("control-numbers", "reset", "bloom", "--to", "6000")
    assert "were made" not in again.out


def test_a_counter_is_made_for_each_that_a_partner_may_have_addressed(run: Run, site: Path) -> None:
    said = run("control-numbers", "reset", "tulipan", "--to", "5")
    assert said.code == 0
    found: Any = run("control-numbers", "list", "--json").json()
    senders = {one["sender"] for one in found if one["receiver"].endswith("/TULIPAN")}
    assert senders == {"ZZ/K2KNET", "ZZ/FLORSOL"}
    assert {one["last"] for one in found if one["receiver"].endswith("/TULIPAN")} == {5}


def test_bytes_that_are_gone_are_said_to_be(run: Run, site: Path) -> None:
    with sqlite3.connect(site / "state" / "ledger.db") as ledger:
        ledger.execute("UPDATE arrivals SET data = NULL, spool = NULL")
    ledger.close()
    shutil.rmtree(site / "state" / "spool", ignore_errors=True)
    said = run("show", 1, "--raw")
    assert said.code == 1
    assert "past their retention time" in said.err
    assert run("replay", 1).code == 1
