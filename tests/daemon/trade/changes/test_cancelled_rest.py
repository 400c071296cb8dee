"""What becomes of an order whose cut-off rest never comes (P-21, P-27, P-30)."""

from __future__ import annotations

import pytest

from tests.daemon.sites import Desktop
from tests.daemon.trade.answering import answer_set, lines, progress, states
from tests.daemon.trade.goods_files import coded, confirmed, goods, ship

FIVE, SHIPPED = 5, ("PT1", "PT2", "PT3")


@pytest.fixture
def cut(site: Desktop) -> Desktop:
    """A confirmed order of five boxes, of which three are shipped."""
    confirmed(site, FIVE)
    ship(site, *coded(*SHIPPED))
    return site


def answer(site: Desktop, *cells: object) -> None:
    """Let the vendor answer a line by (number, our id, status, boxes)."""
    head = "po_number,line,po_item_id,status,confirmed_boxes,message"
    row = ",".join("" if cell is None else f"{cell}" for cell in cells)
    site.send("florsol", "c.csv", f"{head}\n1,{row},frost\n".encode())


@pytest.mark.parametrize("by_id", [True, False])
def test_an_order_is_shipped_once_the_rest_of_its_cut_line_is_rejected(
    cut: Desktop, *, by_id: bool
) -> None:
    rest = lines(cut)[1].id
    answer(cut, *((None, rest) if by_id else (1, None)), "rejected", None)
    assert progress(cut) == [("shipped", 3), ("cancelled", 0)]
    assert states(cut) == ["shipped"]
    assert [state for _, state in goods(cut)] == ["staging"] * 3 + ["cancelled"] * 2


def test_an_855_means_the_rest_by_the_number_of_the_line(cut: Desktop) -> None:
    cut.send("florsol", "a.edi", answer_set("1", ("1", "IR", "2"), control=77))
    assert (progress(cut), states(cut)) == ([("shipped", 3), ("cancelled", 0)], ["shipped"])


def test_the_first_answer_again_changes_nothing_of_what_is_shipped(cut: Desktop) -> None:
    answer(cut, 1, None, "accepted", FIVE)
    assert (progress(cut), states(cut)) == ([("shipped", 3), ("confirmed", 2)], ["confirmed"])
