"""A box gets a second code that changes nothing (L-09), or another by a person's force (L-06)."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from tests.daemon.sites import Desktop, only
from tests.daemon.trade.goods_files import (
    GOOD,
    axerrio_step,
    coded,
    confirmed,
    goods,
    rows,
    scans,
    ship,
    swaps,
)

FIRST, SECOND = "KD0000001", "KD0000002"


def beside(*pairs: tuple[str, str]) -> bytes:
    """Return a file that gives boxes external codes only."""
    lines = ["current_box_code,external_code", *(f"{own},{other}" for own, other in pairs)]
    return "".join(f"{line}\n" for line in lines).encode()


def answered(site: Desktop, body: bytes, partner: str = "florsol") -> list[tuple[str, str]]:
    """Let a partner send a box code file; return (status, message) of each row."""
    files = site.send(partner, f"codes-{len(site.arrivals())}.csv", body)
    return [(status, message) for status, _, message in rows(only(files, f"{partner}/advice"))]


def externals(site: Desktop) -> list[tuple[str, str | None]]:
    table = schema.boxes.c
    query = select(table.code, table.external_code).order_by(table.id)
    return [(row.code, row.external_code) for row in site.rows(query)]


def received(site: Desktop) -> None:
    """Let florsol ship two boxes, and bloom scan the first."""
    confirmed(site, 2)
    ship(site, *coded(FIRST, SECOND), awb=GOOD)
    site.send("bloom", "in.csv", scans(FIRST))


def test_external_code_scans_and_leaves_the_code_as_it_is(site: Desktop) -> None:
    confirmed(site, 2)
    assert answered(site, beside((FIRST, "EXT-1"))) == [("done", "")]
    assert externals(site) == [(FIRST, "EXT-1"), (SECOND, None)]
    # The same file again changes nothing.
    assert answered(site, beside((FIRST, "EXT-1")).replace(b"\n", b"\r\n"))[0][0] == "unchanged"
    ship(site, *coded(FIRST, SECOND), awb=GOOD)
    scanned = rows(only(site.send("bloom", "in.csv", scans("EXT-1")), "bloom/advice"))
    assert scanned[0][0] == "done" and f"its code is {FIRST} now" in scanned[0][2]
    assert dict(goods(site))[FIRST] == "received"


def test_code_and_external_code_come_in_one_row_and_in_json(site: Desktop) -> None:
    confirmed(site, 2)
    both = b"current_box_code,new_box_code,external_code\n" + f"{FIRST},PT1,EXT-1\n".encode()
    assert answered(site, both) == [("done", "")]
    pairs = [{"current": SECOND, "external": "EXT-2"}]
    site.send("axerrio-florsol", "c.json", axerrio_step("box-code-change", "m", swaps=pairs))
    assert externals(site) == [("PT1", "EXT-1"), (SECOND, "EXT-2")]


def test_buyer_of_a_shipped_box_is_told_of_its_external_code(site: Desktop) -> None:
    confirmed(site, 2)
    ship(site, *coded(FIRST, SECOND), awb=GOOD)
    files = site.send("florsol", "codes.csv", beside((SECOND, "EXT-2")))
    told = only(files, "bloom/box-codes").decode().splitlines()
    assert told == ["current_box_code,new_box_code,external_code", f"{SECOND},{SECOND},EXT-2"]


def test_code_that_stands_for_another_box_is_no_external_code(site: Desktop) -> None:
    confirmed(site, 2)
    answered(site, beside((FIRST, "EXT-1")))
    for taken in ("EXT-1", FIRST):
        ((status, message),) = answered(site, beside((SECOND, taken)))
        assert status == "refused" and ("goes by it" in message or "given here" in message)
    ((status, message),) = answered(site, swaps((SECOND, "EXT-1")))
    assert status == "refused"
    assert externals(site) == [(FIRST, "EXT-1"), (SECOND, None)]


def test_two_rows_that_disagree_are_refused(site: Desktop) -> None:
    confirmed(site, 2)
    files = site.send("florsol", "codes.csv", beside((FIRST, "EXT-1"), (FIRST, "EXT-2")))
    assert b"two external codes" in only(files, "florsol/advice")
    assert externals(site)[0] == (FIRST, "EXT-1")


def test_other_vendors_boxes_have_no_external_code_of_ours(site: Desktop) -> None:
    confirmed(site, 1)
    ((status, _),) = answered(site, beside((FIRST, "EXT-1")), "andes")
    assert status == "refused"
    assert externals(site) == [(FIRST, None)]


def test_received_box_keeps_its_code_until_a_person_forces_it(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    received(site)
    ((status, message),) = answered(site, swaps((FIRST, "PT1")))
    assert status == "refused" and "the operator, who can force it" in message

    words = ["--site", str(site.root)]
    assert cli.main(["box-code", "florsol", FIRST, "PT1", *words]) == 2
    assert "--force" in capsys.readouterr().err
    force = ["--force", "--by", "ana", *words]
    assert cli.main(["box-code", "florsol", FIRST, "PT1", *force]) == 0
    assert "box PT1 of florsol: done" in capsys.readouterr().out
    told = only(site.run(), "bloom/box-codes").decode().splitlines()
    assert told == ["current_box_code,new_box_code", f"{FIRST},PT1"]
    moves = schema.moves.c
    (forced,) = site.rows(select(schema.moves).where(moves.entity == "box code"))
    assert (forced.before, forced.after, forced.cause) == (FIRST, "PT1", "k2kd box-code by ana")
    # The old label scans on.
    (scanned,) = rows(
        only(site.send("bloom", "again.csv", scans(FIRST, rack="R9")), "bloom/advice")
    )
    assert scanned[0] == "unchanged"

    assert cli.main(["box-code", "andes", "PT1", "PT2", *force]) == 2
    assert "andes has no box with the code PT1" in capsys.readouterr().err
    assert cli.main(["box-code", "florsol", "PT1", SECOND, *force]) == 1
    assert [code for code, _ in goods(site)] == ["PT1", SECOND]

    assert cli.main(["box-code", "florsol", "PT1", "--external", "EXT-1", *force]) == 0
    capsys.readouterr()
    assert cli.main(["goods", "--box", "EXT-1", "--json", *words]) == 0
    (shown,) = json.loads(capsys.readouterr().out)
    assert (shown["code"], shown["external_code"], shown["former_codes"]) == (
        *("PT1", "EXT-1"),
        [FIRST],
    )
