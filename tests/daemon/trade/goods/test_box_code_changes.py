"""Boxes get other codes as a set; old labels still scan, and no code is on two boxes ever."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.sites import Desktop, only
from tests.daemon.trade.answering import confirmation, order, publish
from tests.daemon.trade.goods_files import (
    axerrio_step,
    coded,
    confirmed,
    goods,
    result,
    rows,
    scans,
    ship,
    swaps,
)


def codes(site: Desktop) -> list[str]:
    return [code for code, _ in goods(site)]


def change(site: Desktop, *pairs: tuple[str, str]) -> bytes:
    """Let florsol send a box code file; return the answer."""
    return only(
        site.send("florsol", f"codes-{len(site.arrivals())}.csv", swaps(*pairs)), "florsol/advice"
    )


def said(body: bytes) -> list[tuple[str, str]]:
    """Return (status, code of the rule) of every row."""
    return [(status, code) for status, code, _ in rows(body)]


def names(body: bytes) -> list[str]:
    """Return by which code each row is named."""
    return [line.split(",")[1] for line in body.decode().splitlines() if line.startswith("line,")]


def test_boxes_get_new_codes_and_labels_before_they_are_shipped(site: Desktop) -> None:
    confirmed(site, 2)
    files = site.send("florsol", "c.csv", swaps(("KD0000001", "PT1"), ("KD0000002", "PT2")))
    assert codes(site) == ["PT1", "PT2"]
    labels = only({n: b for n, b in files.items() if n.endswith("zpl")}, "florsol/labels")
    assert b"PT1" in labels and b"PT2" in labels and b"KD0000001" not in labels
    # Nobody but the vendor has seen the boxes.
    assert not [name for name in files if name.startswith("bloom/")]


def test_results_go_by_the_new_code(site: Desktop) -> None:
    """L-07."""
    confirmed(site, 1)
    assert names(change(site, ("KD0000001", "PT1"), ("NO-1", "PT2"))) == ["PT1", "PT2"]


def test_codes_change_places_in_one_file(site: Desktop) -> None:
    confirmed(site, 2)
    body = change(site, ("KD0000001", "KD0000002"), ("KD0000002", "KD0000001"))
    assert said(body) == [("done", ""), ("done", "")]
    assert codes(site) == ["KD0000002", "KD0000001"]


def test_a_chain_moves_as_a_set(site: Desktop) -> None:
    confirmed(site, 2)
    change(site, ("KD0000001", "KD0000002"), ("KD0000002", "PT1"))
    assert codes(site) == ["KD0000002", "PT1"]


def test_a_code_to_itself_is_nothing_to_do(site: Desktop) -> None:
    confirmed(site, 1)
    assert said(change(site, ("KD0000001", "KD0000001"))) == [("unchanged", "")]
    assert codes(site) == ["KD0000001"]


def test_the_same_change_again_changes_nothing(site: Desktop) -> None:
    confirmed(site, 3)
    pairs = [("KD0000001", "PT1"), ("KD0000002", "KD0000001")]
    assert said(change(site, *pairs)) == [("done", ""), ("done", "")]
    after = codes(site)
    body = change(site, *pairs, ("KD0000003", "PT3"))
    assert said(body) == [("unchanged", ""), ("unchanged", ""), ("done", "")]
    assert codes(site) == [*after[:2], "PT3"]


def test_a_code_that_ever_stood_on_a_box_is_not_given_again(site: Desktop) -> None:
    confirmed(site, 2)
    change(site, ("KD0000001", "PT1"))
    for taken in ("KD0000001", "PT1"):
        assert said(change(site, ("KD0000002", taken))) == [("refused", "")]
    assert codes(site) == ["PT1", "KD0000002"]


def test_an_unknown_code_is_refused_and_an_old_one_says_what_the_box_is_called_now(
    site: Desktop,
) -> None:
    """E-16."""
    confirmed(site, 1)
    change(site, ("KD0000001", "PT1"))
    ((status, code, message),) = rows(change(site, ("KD0000001", "PT2")))
    assert (status, code) == ("refused", "E-16")
    assert "Box code does not exist" in message and "PT1" in message


def test_another_vendors_box_does_not_exist(site: Desktop) -> None:
    """L-06: a vendor may change only its own boxes."""
    confirmed(site, 1)
    body = only(site.send("andes", "c.csv", swaps(("KD0000001", "PT1"))), "andes/advice")
    assert said(body) == [("refused", "E-16")]
    assert result(body) == "rejected"
    assert codes(site) == ["KD0000001"]


def test_two_vendors_may_use_one_code(site: Desktop) -> None:
    """L-03: unique with the vendor."""
    confirmed(site, 1)
    table = schema.boxes
    with site.p.ledger.write() as conn:
        conn.execute(table.update().values(vendor="andes", code="PT1"))
    order(site, 1, number="2", control=2)
    change(site, ("KD0000002", "PT1"))
    assert codes(site) == ["PT1", "PT1"]


def test_the_buyer_is_told_new_codes_of_boxes_it_knows(site: Desktop) -> None:
    confirmed(site, 2)
    ship(site, *coded("PT1", "PT2"))
    files = site.send("florsol", "c.csv", swaps(("PT2", "PT9")))
    told = only(files, "bloom/box-codes").decode().splitlines()
    assert told == ["current_box_code,new_box_code", "PT2,PT9"]
    labels = only({n: b for n, b in files.items() if n.endswith("zpl")}, "florsol/labels")
    assert b"020-81140743" in labels


def test_a_box_that_the_buyer_has_scanned_keeps_its_code(site: Desktop) -> None:
    confirmed(site, 1)
    ship(site, *coded("PT1"))
    site.send("bloom", "r.csv", scans("PT1"))
    ((status, _, message),) = rows(change(site, ("PT1", "PT2")))
    assert (status, "received" in message) == ("refused", True)
    assert codes(site) == ["PT1"]


def test_a_code_that_is_ours_to_give_is_not_taken(site: Desktop) -> None:
    confirmed(site, 1)
    ((status, _, message),) = rows(change(site, ("KD0000001", "KD0000007")))
    assert (status, "given here" in message) == ("refused", True)
    publish(site, 60)
    order(site, 9, number="2", control=2)
    assert len(set(codes(site))) == 10


@pytest.mark.parametrize("state", ["cancelled"])
def test_a_box_that_ended_keeps_its_code(site: Desktop, state: str) -> None:
    publish(site, 20)
    order(site, 2)
    site.send("florsol", "k.csv", confirmation("1,changed,1,,,,hail"))
    assert goods(site)[1] == ("KD0000002", state)
    assert said(change(site, ("KD0000002", "PT2"))) == [("refused", "")]


def test_an_axerrio_system_is_answered_by_new_code_and_never_plainly(site: Desktop) -> None:
    """L-07, L-08."""
    confirmed(site, 1)
    pairs = [{"current": "KD0000001", "new": "PT1"}, {"current": "NO-1", "new": "PT2"}]
    files = site.send(
        "axerrio-florsol", "c.json", axerrio_step("box-code-change", "m", swaps=pairs)
    )
    answer = json.loads(only(files, "axerrio-florsol/ack"))
    assert answer["result"] == "accepted-with-exceptions"
    assert [(line["line"], line["status"]) for line in answer["lines"]] == [
        ("PT1", "changed"),
        ("PT2", "error"),
    ]
    assert codes(site) == ["PT1"]


def test_former_codes_are_kept_with_the_file_that_changed_them(site: Desktop) -> None:
    confirmed(site, 1)
    change(site, ("KD0000001", "PT1"))
    table = schema.former_box_codes.c
    (row,) = site.rows(select(table.code, table.vendor, table.arrival_id))
    assert tuple(row) == ("KD0000001", "florsol", len(site.arrivals()))
