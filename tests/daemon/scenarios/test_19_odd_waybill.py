"""Scenario 19: an air waybill whose check digit is wrong is taken, with a warning (W-01, W-02)."""

from __future__ import annotations

import pytest

from tests.daemon.sites import Desktop, only
from tests.daemon.trade.answering import states
from tests.daemon.trade.goods_files import bills, confirmed, result, rows, ship

ODD = "071-44313317"


def test_the_shipment_is_taken_and_its_vendor_warned(site: Desktop) -> None:
    confirmed(site, 2)
    files = ship(site, {"boxes": 2, "awb": ODD})
    ((status, code, message),) = rows(only(files, "florsol/advice"))
    assert (status, code) == ("done", "E-30")
    assert ODD in message and "check digit" in message
    assert result(only(files, "florsol/advice")) == "accepted"
    assert only(files, "florsol/advice").count(b"check digit") == 1
    # Kept as it was written, for the buyer too.
    assert bills(site)[0].awb == ODD
    assert f"REF*AW*{ODD}~".encode() in only(files, "bloom/856")
    assert states(site) == ["shipped"]


@pytest.mark.parametrize("number", ["176-12345675", "020-81140743"])
def test_a_right_one_brings_no_warning(site: Desktop, number: str) -> None:
    confirmed(site, 1)
    files = ship(site, {"boxes": 1, "awb": number})
    assert rows(only(files, "florsol/advice")) == [("done", "", "")]
