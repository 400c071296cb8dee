"""Scenario 2: a file that offers less than is sold is taken, flagged and held (K-43, E-24)."""

from __future__ import annotations

from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, only
from tests.daemon.trade.views.showroom import told_to

ALSTROEMERIA = "Alstroemeria Blanca Select"


def publish(site: Desktop, bunches: int) -> dict[str, bytes]:
    return site.send("florsol", f"{bunches}.csv", availability((ALSTROEMERIA, bunches, "Bunch")))


def sell(site: Desktop, bunches: int) -> dict[str, bytes]:
    body = purchase_order(f"N{bunches}", ("BLM-200", str(bunches), "X2"), control=bunches)
    return site.send("bloom", f"{bunches}.edi", body)


def left(files: dict[str, bytes], buyer: str) -> list[int]:
    return [int(o.quantity) for told in told_to(files, buyer) for o in told.offers.values()]


def test_500_sold_and_400_offered_are_100_short_until_there_is_more(site: Desktop) -> None:
    publish(site, 500)
    assert (left(files := sell(site, 500), "bloom"), left(files, "tulipan")) == ([0], [0])
    files = publish(site, 400)
    assert "100 are short (E-24)" in site.holds()[0].message
    assert [hold.kind.value for hold in site.holds()] == ["oversold"]
    assert b"E-24" in only(files, "florsol/advice")
    # What is left is 0, never a number below it.
    assert (left(files, "bloom"), left(files, "tulipan")) == ([0], [0])
    assert site.lots()["ALS-WHI-SEL"] == (400, 500)
    files = sell(site, 10)
    assert b"ACK*IR*10" in only(files, "bloom/855")
    files = publish(site, 520)
    assert site.holds() == []
    assert (left(files, "bloom"), left(files, "tulipan")) == ([20], [20])
