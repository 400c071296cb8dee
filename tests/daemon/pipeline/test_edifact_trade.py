"""EDIFACT through folders: stock and shipments of a vendor, and what nothing follows from."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon import cli, config
from daemon.errors import SiteError
from formats.edifact.reader import read
from formats.records import InventoryAdvice, Purpose
from formats.steps import ShipNotice
from tests.daemon.partner_files import purchase_order
from tests.daemon.pipeline.edifact_orders import BLOOM, FLORSOL, SITE, network, sent
from tests.daemon.pipeline.edifact_orders import order as edifact_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import confirmation, states
from tests.daemon.trade.goods_files import GOOD, bills, goods

IN_EDIFACT = network().replace(
    'receives_availability = "x12"',
    'receives_availability = "edifact"\nreceives_shipments = "edifact"',
)


def stock(*items: str, control: str = "7001") -> bytes:
    """Return an INVRPT of florsol with these segments for its items."""
    return sent(
        "INVRPT:D:96A:UN:EAN004",
        f"BGM+35+STK-{control}+9",
        f"DTM+137:{day():%Y%m%d}0600:203",
        f"NAD+SU+{FLORSOL}::9",
        "CUX+2:USD:10",
        *items,
        control=control,
    )


ROSES = (
    "LIN+1++FS-1060:SA",
    "IMD+F++:::Rosa Explorer 60cm",
    "QTY+145:3000:PCE",
    "PRI+AAA:0.34:::1:PCE",
)


def shipped(*boxes: str, number: str = "1", control: str = "7002") -> bytes:
    """Return a DESADV of florsol: a box for each code, of line 1 of the order."""
    body = [
        f"BGM+351+SHP-{control}+9",
        f"DTM+11:{day(2):%Y%m%d}:102",
        f"RFF+ON:{number}",
        f"RFF+AWB:{GOOD}",
        "CPS+1",
        f"PAC+{len(boxes)}",
    ]
    for at, code in enumerate(boxes, 1):
        body += [f"CPS+{at + 1}+1", "PAC+1++HB::92", "PCI+33E", f"GIN+BN+{code}"]
        body += [f"LIN+{at}", "QTY+12:1:BX", f"RFF+ON:{number}:1"]
    return sent("DESADV:D:96A:UN:EAN005", *body, control=control)


@pytest.fixture
def market(site: Desktop) -> Desktop:
    """A network in which florsol and bloom speak EDIFACT."""
    site.reconfigure(IN_EDIFACT)
    return site


def advice_in(body: bytes) -> InventoryAdvice:
    (document,) = read(body).documents()
    assert isinstance(document.record, InventoryAdvice), document.findings
    assert document.findings == ()
    return document.record


def answers(files: dict[str, bytes], partner: str) -> list[str]:
    """Return the kinds of files that a partner got."""
    names = (name.partition("/") for name in files)
    return sorted(name.partition("-")[0] for owner, _, name in names if owner == partner)


# --- stock


def test_stock_of_a_vendor_is_published_and_acknowledged(market: Desktop) -> None:
    files = market.send("florsol", "stock.edi", stock(*ROSES))
    assert market.lots() == {"ROS-EXP-60": (3000, 0)}
    assert market.states() == ["posted"]
    assert answers(files, "florsol") == ["CONTRL"]
    assert f"UCI+7001+{FLORSOL}:14+{SITE}:14+7'" in only(files, "florsol/CONTRL").decode()


def test_buyer_reads_in_edifact_what_it_can_have(market: Desktop) -> None:
    files = market.send("florsol", "stock.edi", stock(*ROSES))
    body = only(files, "bloom/INVRPT-")
    assert body.startswith(f"UNA:+.? '\nUNB+UNOC:3+{SITE}:14+{BLOOM}:14+".encode())
    advice = advice_in(body)
    assert (advice.purpose, advice.vendor.code) == (Purpose.NEW, FLORSOL)
    (line,) = advice.lines
    assert (line.buyer_item, line.unit) == ("BLM-100", "PCE")
    assert line.quantity == 3000
    assert line.unit_cost is not None


def test_buyer_is_told_of_a_change_as_a_change(market: Desktop) -> None:
    market.send("florsol", "stock.edi", stock(*ROSES))
    files = market.send("bloom", "order.edi", edifact_order())
    advice = advice_in(only(files, "bloom/INVRPT-change"))
    assert advice.purpose is Purpose.CHANGE
    assert [line.quantity for line in advice.lines] == [2700]


def test_what_a_vendor_offers_the_second_time_replaces_the_first(market: Desktop) -> None:
    market.send("florsol", "a.edi", stock(*ROSES))
    fewer = [each.replace("145:3000", "145:2000") for each in ROSES]
    market.send("florsol", "b.edi", stock(*fewer, control="7003"))
    assert market.lots() == {"ROS-EXP-60": (2000, 0)}


def test_lines_that_are_not_on_sale_are_named_to_the_vendor(market: Desktop) -> None:
    odd = ("LIN+2++FS-9999:SA", "IMD+F++:::Rosa Nobody Knows", "QTY+145:10:PCE")
    files = market.send("florsol", "stock.edi", stock(*ROSES, *odd))
    assert answers(files, "florsol") == ["CONTRL", "advice"]
    assert "FS-9999 is not known here" in only(files, "florsol/advice").decode()
    assert market.states() == ["held"]


def test_stock_that_breaks_the_standard_is_refused_and_nothing_is_published(
    market: Desktop,
) -> None:
    files = market.send("florsol", "stock.edi", stock(*ROSES, "XYZ+1"))
    contrl = only(files, "florsol/CONTRL").decode()
    assert "UCM+1+INVRPT:D:96A:UN:EAN004+4'" in contrl
    assert market.lots() == {}


# --- shipments


def ordered(site: Desktop, boxes: int = 2) -> None:
    """Let bloom order boxes in X12, as order 1, and florsol confirm them."""
    site.send("florsol", "stock.edi", stock(*ROSES))
    site.send("bloom", "order.edi", purchase_order("1", ("BLM-100", str(boxes), "BX")))
    site.send("florsol", "confirm.csv", confirmation(",accepted", number="1"))


def test_shipment_of_a_vendor_goes_on_its_waybill(market: Desktop) -> None:
    ordered(market)
    files = market.send("florsol", "ship.edi", shipped("PT1", "PT2"))
    assert [code for code, _ in goods(market)] == ["PT1", "PT2"]
    (bill,) = bills(market)
    assert (bill.awb, bill.ship_date) == (GOOD, day(2))
    assert states(market) == ["shipped"]
    assert f"UCI+7002+{FLORSOL}:14+{SITE}:14+7'" in only(files, "florsol/CONTRL").decode()
    assert "advice" not in answers(files, "florsol")


def test_buyer_reads_in_edifact_what_was_shipped(market: Desktop) -> None:
    ordered(market)
    files = market.send("florsol", "ship.edi", shipped("PT1", "PT2"))
    (document,) = read(only(files, "bloom/DESADV")).documents()
    notice = document.record
    assert isinstance(notice, ShipNotice), document.findings
    assert (notice.awb, notice.ship_date) == (GOOD, day(2))
    assert (notice.vendor.code, notice.buyer.code) == (FLORSOL, BLOOM)
    assert [(box.box_code, box.number, box.reference) for box in notice.boxes] == [
        ("PT1", "1", "1"),
        ("PT2", "1", "1"),
    ]
    assert [(box.buyer_item, box.unit) for box in notice.boxes] == [("BLM-100", "BX")] * 2


def test_buyer_whose_orders_come_in_edifact_is_told_of_shipments_the_same_way(
    site: Desktop,
) -> None:
    site.reconfigure(network())
    site.send("florsol", "stock.edi", stock(*ROSES))
    site.send("bloom", "order.edi", edifact_order("1"))
    site.send("florsol", "confirm.csv", confirmation(",accepted", number="1"))
    files = site.send("florsol", "ship.edi", shipped("PT1"))
    assert "DESADV" in answers(files, "bloom")


def test_short_shipment_is_said_to_the_vendor_in_words(market: Desktop) -> None:
    ordered(market, 3)
    files = market.send("florsol", "ship.edi", shipped("PT1", "PT2"))
    assert "advice" in answers(files, "florsol")
    assert [code for code, _ in goods(market)][:2] == ["PT1", "PT2"]


# --- what nothing follows from

EKT = (
    "BGM+493",
    f"DTM+97:{day():%Y%m%d}:102",
    f"NAD+BY+{BLOOM}::9",
    "NAD+FLA+3",
    "LIN+++16207:VBN",
    "RFF+AGJ:2603",
    "QTY+52:50",
    "QTY+66:2",
    "PRI+INV:0.560",
    "IMD++S99+:::R GR AVALANCHE",
)
PRICAT = (
    "BGM+9+CAT-1+9",
    f"DTM+137:{day():%Y%m%d}:102",
    "CUX+2:USD:10",
    "PGI+11+:::ROSES",
    "LIN+1++FS-1060:SA",
    "PRI+AAA:0.36:::1:PCE",
)


KEPT = {
    "CLOCKT:003:007:EF": (EKT, ("Market transactions", "R GR AVALANCHE", "2603")),
    "PRICAT:D:96A:UN:EAN006": (PRICAT, ("Catalogue", "CAT-1", "ROSES", "0.36")),
}


@pytest.mark.parametrize("kind", KEPT)
def test_sales_of_a_marketplace_and_catalogues_are_kept_and_acknowledged(
    market: Desktop, kind: str
) -> None:
    files = market.send("florsol", "kept.edi", sent(kind, *KEPT[kind][0]))
    assert market.states() == ["posted"]
    assert answers(files, "florsol") == ["CONTRL"]
    assert answers(files, "bloom") == []
    assert (market.orders(), market.lots()) == ([], {})


@pytest.mark.parametrize("kind", KEPT)
def test_what_is_kept_is_shown(
    market: Desktop,
    kind: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body, words = KEPT[kind]
    market.send("florsol", "kept.edi", sent(kind, *body))
    monkeypatch.setenv("COLUMNS", "400")
    assert cli.main(["show", "1", "--site", str(market.root)]) == 0
    shown = capsys.readouterr().out
    assert [each for each in words if each not in shown] == []


# --- settings


@pytest.mark.parametrize("key", ["receives_availability", "receives_shipments"])
def test_edifact_is_sent_only_between_partners_that_have_names_in_it(
    tmp_path: Path, key: str
) -> None:
    text = IN_EDIFACT.replace(f'edifact = {{ id = "{BLOOM}" }}\n', "")
    other = {"receives_availability", "receives_shipments"} - {key}
    text = text.replace(f'{other.pop()} = "edifact"\n', "")
    with desktop(tmp_path / "site") as site:
        (site.root / config.FILE_NAME).write_text(text)
        with pytest.raises(SiteError, match="bloom receives files as EDIFACT, so it needs an"):
            config.load(site.root)
        (site.root / config.FILE_NAME).write_text(
            IN_EDIFACT.replace(f'edifact = {{ id = "{SITE}" }}\n', "", 1)
        )
        with pytest.raises(SiteError, match=r"\[site\] needs an edifact section"):
            config.load(site.root)
