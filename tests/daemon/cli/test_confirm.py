"""An order is confirmed in its vendor's name, on a person's word."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.cli.conftest import Run
from tests.daemon.cli.test_mending import MAP, answers, order

CONFIRM = ("confirm", "10045", "--by", "ana")


def told(site: Path, partner: str, before: set[str]) -> dict[str, bytes]:
    """Return the files that a partner got since, by kind."""
    fresh = answers(site, partner) - before
    return {name.split("-")[0]: (site / "outbox" / partner / name).read_bytes() for name in fresh}


def lines(run: Run, number: str = "10045") -> list[tuple[str, str, str | None]]:
    return [(x["reference"], x["progress"], x["confirmed"]) for x in order(run, number)["lines"]]


def test_the_order_is_confirmed_and_everybody_hears_of_it(run: Run, site: Path) -> None:
    buyer, vendor = answers(site, "bloom"), answers(site, "florsol")
    said = run(*CONFIRM)
    assert said.code == 0, said.err
    assert "order 10045 of florsol is confirmed" in said.out
    assert "its vendor is told" in said.out and "files delivered" in said.out
    assert order(run, "10045")["state"] == "confirmed"
    assert {state for _, state, _ in lines(run)} == {"confirmed"}
    to_buyer = told(site, "bloom", buyer)
    assert b"BAK*06*" in to_buyer["855"] and b"ACK*IA*" in to_buyer["855"]
    notice = json.loads(told(site, "florsol", vendor)["notice"])
    assert notice["for"] == "vendor-orders"
    assert "The operator of the network (ana) has answered order 10045" in notice["text"]
    assert (notice["lines"][0]["product"], notice["lines"][0]["quantity"]) == ("FS-1060", "6")


FILE = (
    b"po_number,line,status,confirmed_boxes,message\n"
    b"10045,1,changed,3,hail\n10045,2,rejected,,hail\n10045,3,accepted,,\n"
)
"""What a vendor's own confirmation says of the order."""


def test_the_buyer_gets_what_a_file_of_the_vendor_would_give_it(
    run: Run, site: Path, worked_site: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(worked_site, other)
    before = {each: answers(each, "bloom") for each in (site, other)}
    run(*CONFIRM, "--line", "1=3", "--reject-line", "2", "--rest", "--note", "hail")
    (other / "inbox" / "florsol" / "yes.csv").write_bytes(FILE)
    assert run("run", "--once", "--plain", "--site", other).code == 0
    own, theirs = (told(each, "bloom", before[each]) for each in (site, other))
    assert own.keys() == theirs.keys()
    assert segments(own["855"]) == segments(theirs["855"])
    assert [s for s in segments(own["855"]) if s.startswith(b"ACK")] == [
        b"ACK*IQ*3*BX",
        b"ACK*IR*5*BX",
        b"ACK*IR*4*BX",
        b"ACK*IA*5*BX",
    ]


def segments(body: bytes) -> list[bytes]:
    """Return the segments of a set, without its envelope, which counts and dates files."""
    found = [segment.strip() for segment in body.split(b"~")]
    return found[3 : found.index(next(each for each in found if each.startswith(b"SE*")))]


def test_confirming_again_changes_nothing_and_tells_nobody(run: Run, site: Path) -> None:
    run(*CONFIRM)
    before = {name: answers(site, name) for name in ("bloom", "florsol")}
    said = run(*CONFIRM)
    assert (said.code, "nothing changed" in said.out) == (0, True)
    again = run(*CONFIRM, "--line", "1", "--json").json()
    assert (again["status"], again["state"]) == ("unchanged", "confirmed")
    assert {name: answers(site, name) for name in ("bloom", "florsol")} == before


def test_named_lines_alone_are_answered_and_the_rest_stays_open(run: Run, site: Path) -> None:
    said = run(*CONFIRM, "--line", "1=5")
    assert said.code == 0, said.err
    assert "order 10045 of florsol is approved" in said.out
    assert "line 1: 1 Box of 6 will not come" in said.out
    assert "not answered yet: line 2" in said.out
    assert lines(run)[0] == ("1", "partially confirmed", "5")
    assert lines(run)[1][1] == "pending"
    rest = run(*CONFIRM, "--json").json()
    assert (rest["state"], rest["status"]) == ("confirmed", "done")
    assert lines(run)[0] == ("1", "partially confirmed", "5"), "what was said of a line stays said"
    assert rest["lines"][0] == {
        "line": "1",
        "ordered": "6",
        "confirmed": "5",
        "unit": "Box",
        "progress": "partially confirmed",
        "reason": "only 6 Box left of 8",
    }


def test_an_order_of_which_nothing_comes_is_rejected_with_the_reason(run: Run, site: Path) -> None:
    before = answers(site, "bloom")
    names = [reference for reference, _, _ in lines(run)]
    refused = [word for name in names for word in ("--reject-line", name)]
    said = run(*CONFIRM, *refused, "--note", "frost", "--json")
    assert said.json()["state"] == "rejected"
    assert b"MSG*frost" in told(site, "bloom", before)["855"]


def test_a_word_is_amended_by_another(run: Run, site: Path) -> None:
    run(*CONFIRM)
    before = answers(site, "bloom")
    said = run(*CONFIRM, "--line", "1=2")
    assert said.code == 0, said.err
    assert lines(run)[0] == ("1", "partially confirmed", "2")
    files = told(site, "bloom", before)
    assert b"BAK*05*" in files["855"]
    (row,) = list(csv.DictReader(files["cancel"].decode().splitlines()))
    assert row["missing"] == "4"


def test_where_one_line_cant_be_answered_nothing_is(run: Run, site: Path) -> None:
    before = answers(site, "bloom")
    said = run(*CONFIRM, "--line", "2", "--line", "1=9")
    assert said.code == 1
    assert "9 Box answered, but only 6 were ordered" in said.err
    assert "order 10045 has no line 77" in run(*CONFIRM, "--line", "77").err
    assert {state for _, state, _ in lines(run)} == {"pending"}
    assert answers(site, "bloom") == before


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--line", "1=0"), "say --reject-line 1"),
        (("--line", "1=2.5"), "no whole number"),
        (("--line", "1=-2"), "no whole number"),
        (("--line", "1=\N{SUPERSCRIPT TWO}"), "no whole number"),
        (("--line", "1=9999999999"), "no whole number"),
        (("--line", "=2"), "a line has no number"),
        (("--line", "1=2", "--reject-line", "1"), "line 1 is named 2 times"),
        (("--vendor", "florsal"), "florsol"),
        (("--note", "x" * 501), "say it in 500"),
    ],
)
def test_what_cant_be_meant_is_said_with_the_way(
    run: Run, site: Path, words: tuple[str, ...], why: str
) -> None:
    said = run(*CONFIRM, *words)
    assert (said.code, why in said.err) == (2, True), said.err
    assert {state for _, state, _ in lines(run)} == {"pending"}


def test_a_number_that_nobody_has_says_where_to_look(run: Run, site: Path) -> None:
    said = run("confirm", "NO-SUCH")
    assert (said.code, "k2kd orders" in said.err) == (2, True)


def test_a_state_that_allows_it_not_is_named_with_those_that_do(run: Run, site: Path) -> None:
    held = run("confirm", "AX-7731")
    assert held.code == 1
    assert "order AX-7731 is held, and only an approved or confirmed one is answered" in held.err
    run(*MAP)
    waits = run("confirm", "AX-7731")
    assert (waits.code, "approve it first, with k2kd approve" in waits.err) == (1, True)
    run("disapprove", "AX-7731", "--reason", "no")
    over = run("confirm", "AX-7731")
    assert (over.code, "is cancelled" in over.err and "needs a new order" in over.err) == (1, True)


def test_an_order_of_the_vendors_system_is_answered_to_the_system_too(run: Run, site: Path) -> None:
    run(*MAP)
    run("approve", "AX-7731")
    before = answers(site, "axerrio-florsol")
    assert run("confirm", "AX-7731").code == 0
    (body,) = told(site, "axerrio-florsol", before).values()
    assert json.loads(body)["result"] == "accepted"


def test_boxes_of_what_wont_come_end_and_labels_are_printed_again(run: Run, site: Path) -> None:
    before = answers(site, "florsol")
    run(*CONFIRM, "--line", "1=3")
    fresh = answers(site, "florsol") - before
    assert any(name.startswith("labels-10045") for name in fresh)
    shown: Any = order(run, "10045")["lines"][0]
    assert len(shown["boxes"]) == 3


def test_what_nobody_checked_out_is_deleted_as_when_the_vendor_confirms(
    run: Run, site: Path
) -> None:
    """Domain 4.4 step 5."""
    with closing(sqlite3.connect(site / "state" / "ledger.db")) as ledger, ledger:
        ledger.execute(
            "UPDATE order_lines SET is_checked_out = 0 WHERE reference = '3' AND order_id ="
            " (SELECT id FROM orders WHERE number = '10045' AND kind = 'purchase_order')"
        )
    said = run(*CONFIRM)
    assert "line 3: not checked out, so it was deleted" in said.out
    assert [state for _, state, _ in lines(run)] == ["confirmed", "confirmed", "cancelled"]


def ship_early(run: Run, site: Path) -> None:
    """Let the vendor ship line 3 before anybody has confirmed the order."""
    rows = b"po_number,line,awb,boxes\n10045,3,176-12345675,5\n"
    (site / "inbox" / "florsol" / "ship.csv").write_bytes(rows)
    run("run", "--once", "--plain")


def test_a_shipment_that_waited_for_the_confirmation_goes_on(run: Run, site: Path) -> None:
    """P-22."""
    ship_early(run, site)
    assert "not confirmed" in run("holds").out
    run(*CONFIRM)
    assert "not confirmed" not in run("holds").out
    assert [state for _, state, _ in lines(run)] == ["confirmed", "confirmed", "shipped"]


def test_what_is_shipped_is_answered_no_more(run: Run, site: Path) -> None:
    ship_early(run, site)
    run(*CONFIRM)
    said = run(*CONFIRM, "--line", "3=2")
    assert (said.code, "it has been shipped, so its answer stands" in said.err) == (1, True)


def test_the_books_say_whose_word_it_was(run: Run, site: Path) -> None:
    run(*CONFIRM, "--note", "says Juan")
    with closing(sqlite3.connect(site / "state" / "ledger.db")) as ledger:
        rows = ledger.execute("SELECT cause FROM moves WHERE after = 'confirmed'").fetchall()
    assert {cause for (cause,) in rows} == {"k2kd confirm by ana: says Juan"}


def test_help_shows_how(run: Run) -> None:
    said = run("confirm", "--help").out
    assert "k2kd confirm 10045 --line 1=5 --reject-line 2" in said
    assert "While nothing is shipped" in said
