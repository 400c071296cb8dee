"""Scenario 10: a prebook line without cost is not exported, one with cost 0.00 is (8.3, U-16)."""

from __future__ import annotations

from tests.daemon.sites import Desktop
from tests.daemon.trade.systems.prebook_files import answer, details, sent


def test_no_cost_hides_a_line_and_a_cost_of_zero_shows_it(site: Desktop) -> None:
    files = sent(site, ("BLM-100", "2", ""), ("BLM-110", "4", "0.00"))
    shown = details(files)["order"]["lines"]
    assert [(line["vendorItem"], line["unitPrice"]) for line in shown] == [("FS-1160", "0.00")]
    assert [word for word, _ in answer(files)] == ["held", "accepted"]
