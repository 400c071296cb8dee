"""Scenario 11: three box codes are changed and the third is unknown (L-06 to L-08, E-16)."""

from __future__ import annotations

import json

from tests.daemon.sites import Desktop, only
from tests.daemon.trade.goods_files import (
    axerrio_step,
    confirmed,
    goods,
    result,
    rows,
    scans,
    ship,
    swaps,
)

PAIRS = (("KD0000001", "PT991001"), ("KD0000002", "PT991002"), ("KS5704495", "PT991003"))


def test_two_are_changed_the_third_is_an_error_and_the_whole_is_partial(site: Desktop) -> None:
    confirmed(site, 2)
    body = only(site.send("florsol", "codes.csv", swaps(*PAIRS)), "florsol/advice")
    assert result(body) == "accepted-with-exceptions"
    assert [(status, code) for status, code, _ in rows(body)] == [
        ("done", ""),
        ("done", ""),
        ("refused", "E-16"),
    ]
    assert "Box code does not exist" in rows(body)[2][2]
    # Correlated by the new code alone (L-07).
    named = [line.split(",")[1] for line in body.decode().splitlines() if line.startswith("line,")]
    assert named == [new for _, new in PAIRS]
    assert goods(site) == [("PT991001", "allotted"), ("PT991002", "allotted")]


def test_an_axerrio_system_reads_the_same_as_json(site: Desktop) -> None:
    confirmed(site, 2)
    step = axerrio_step(
        "box-code-change", "m-1", swaps=[{"current": old, "new": new} for old, new in PAIRS]
    )
    answer = json.loads(
        only(site.send("axerrio-florsol", "codes.json", step), "axerrio-florsol/ack")
    )
    assert answer["result"] == "accepted-with-exceptions"
    assert [(line["line"], line["status"]) for line in answer["lines"]] == [
        ("PT991001", "changed"),
        ("PT991002", "changed"),
        ("PT991003", "error"),
    ]


def test_the_label_that_was_printed_first_still_scans(site: Desktop) -> None:
    confirmed(site, 2)
    site.send("florsol", "codes.csv", swaps(*PAIRS[:2]))
    ship(site, {"boxes": 2})
    body = only(site.send("bloom", "scan.csv", scans("KD0000001", "PT991002")), "bloom/advice")
    assert [code for _, code, _ in rows(body)] == ["1", "1"]
    assert goods(site) == [("PT991001", "received"), ("PT991002", "received")]
