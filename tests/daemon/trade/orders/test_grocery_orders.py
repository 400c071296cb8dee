"""An order of the grocery trade goes the way of every order."""

from __future__ import annotations

from pathlib import Path

from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.answering import publish


def grocery_order(site: Desktop, *, status: str = "N", control: int = 70) -> dict[str, bytes]:
    """Let bloom order two boxes of Explorer 60 with an 875."""
    body = [
        *(f"G50*{status}*{day():%Y%m%d}*77", f"G62*10*{day(2):%Y%m%d}", "N1*ST*DC*92*DC04"),
        *("N1*SE*FLORSOL*92*FLORSOL", "G68*2*BX*0.30**BP*BLM-100", "G76*2*BX"),
    ]
    data = interchange([body], control=control, group="OG", kind="875")
    return site.send("bloom", f"g-{control}.edi", data)


def test_order_is_placed_answered_and_told_to_its_vendor(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        publish(site, 5)
        files = grocery_order(site)
        assert {"bloom/855-77", "bloom/997-000000070", "florsol/850-77"} <= set(kinds(files))
        assert b"AK1*OG*70~" in only(files, "bloom/997")
        assert b"ACK*IA*2*BX" in only(files, "bloom/855")
        assert b"PO1*1*2*BX" in only(files, "florsol/850")
        assert [row.state for row in site.orders()] == ["approved"]


def test_order_is_cancelled_as_it_was_sent(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        publish(site, 5)
        grocery_order(site)
        files = grocery_order(site, status="F", control=71)
        assert b"BEG*01*" in only(files, "florsol/850")
        assert [row.state for row in site.orders()][-1] == "cancelled"
