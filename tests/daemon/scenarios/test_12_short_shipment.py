"""Scenario 12: an order line of five boxes is shipped with three codes, and cut in two (P-30)."""

from __future__ import annotations

from tests.daemon.sites import Desktop, only
from tests.daemon.trade.answering import lines, progress, states
from tests.daemon.trade.goods_files import bills, coded, confirmed, goods, rows, ship

CODES = ("PT1", "PT2", "PT3")


def test_three_are_shipped_and_the_other_two_have_a_new_item_id(site: Desktop) -> None:
    confirmed(site, 5)
    (before,) = lines(site)
    files = ship(site, *coded(*CODES, line="", po_item_id=before.id))
    first, rest = lines(site)
    assert first.id == before.id
    assert (rest.split_from, rest.reference) == (before.id, "1")
    assert progress(site) == [("shipped", 3), ("confirmed", 2)]
    assert [int(line.quantity) for line in (first, rest)] == [3, 2]
    told = [message for _, code, message in rows(only(files, "florsol/advice")) if code == "P-30"]
    assert told == [f"3 of 5 boxes of line 1 are shipped; the other 2 are po_item_id {rest.id} now"]
    assert goods(site) == [(code, "staging") for code in CODES] + [
        ("KD0000004", "allotted"),
        ("KD0000005", "allotted"),
    ]
    notice = only(files, "bloom/856").decode()
    assert [f"MAN*SM*{code}~" in notice for code in (*CODES, "KD0000004")] == [True] * 3 + [False]
    assert states(site) == ["confirmed"]


def test_the_rest_follows_under_its_new_id(site: Desktop) -> None:
    confirmed(site, 5)
    ship(site, *coded(*CODES))
    rest = lines(site)[1]
    ship(site, *coded("PT4", "PT5", line="", po_item_id=rest.id, awb="176-12345675"))
    assert (progress(site), states(site)) == ([("shipped", 3), ("shipped", 2)], ["shipped"])
    assert len(bills(site)) == 2


def test_the_same_file_again_cuts_nothing_more(site: Desktop) -> None:
    confirmed(site, 5)
    ship(site, *coded(*CODES))
    files = ship(site, *coded(*CODES, box_type="HB"))
    assert [status for status, _, _ in rows(only(files, "florsol/advice"))] == ["unchanged"] * 3
    assert len(lines(site)) == 2
