"""What gives a hidden vendor away, and what doesn't (domain H-03, H-04)."""

from __future__ import annotations

import pytest

from daemon.terms.company import ShowVendor
from daemon.trade.papers.shown import Shown

HIDDEN = Shown(
    ShowVendor.HIDDEN, None, None, "KD", ("florsol", "Florsol Farms", "V1", "FLO7"), ("PT",)
)
OPEN = Shown(ShowVendor.NAME, "Florsol Farms", None, "KD")


@pytest.mark.parametrize(
    "text",
    [
        *("FLORSOL", "by Florsol", "FLOR-SOL/9", "Rosa FlorsolRed", "lot 991 V1", "V1-ROSE"),
        *("flo7", "XFLO7X", "PT991001", "box pt991 of 3", "PT"),
    ],
)
def test_name_code_and_prefix_give_the_vendor_away(text: str) -> None:
    assert HIDDEN.told(text) is None
    assert OPEN.told(text) == text


@pytest.mark.parametrize("text", ["ROSE LANE", "V10", "AV1ON", "PTARMIGAN 9", "FLO", "", "K-1"])
def test_other_texts_may_be_read(text: str) -> None:
    assert HIDDEN.told(text) == text


def test_box_of_a_hidden_vendor_bears_a_code_of_ours() -> None:
    assert HIDDEN.may_carry("KD0000001")
    assert not HIDDEN.may_carry("PT991001")
    assert not HIDDEN.may_carry("77120")
    assert OPEN.may_carry("PT991001")
