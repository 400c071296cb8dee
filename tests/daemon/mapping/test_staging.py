"""Which offers are on sale, and how those that wait get there: domain M-10 to M-14."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.errors import UsageError
from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from daemon.ledger.posting import posting
from daemon.trade.desk import Desk
from daemon.trade.stock.staging import confirm
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, desktop, only, open_desktop

EXPLORER = "Rosa Explorer 60cm"
BY_HAND = 'currency = "USD"\nselling = { confirms_stock = "hand" }\n'
Opened = Callable[[str], Desktop]


@pytest.fixture
def opened(each_site: Desktop) -> Opened:
    """Return what gives florsol other terms in the sample network, on each database."""

    def with_terms(florsol: str) -> Desktop:
        each_site.reconfigure(NETWORK.replace('currency = "USD"\n', florsol, 1))
        return each_site

    return with_terms


def without(site: Desktop, table: str, *starts: str) -> None:
    """Take rows out of a mapping table, and let it be noticed."""
    change(
        site,
        table,
        lambda text: "".join(
            row for row in text.splitlines(keepends=True) if not row.startswith(starts)
        ),
    )


def change(site: Desktop, table: str, edit: Callable[[str], str]) -> None:
    file = site.root / "mappings" / f"{table}.csv"
    file.write_text(edit(file.read_text()))
    reloaded = site.p.tables.refresh(is_whole=True)
    assert reloaded is not None and reloaded.is_good, reloaded


def kinds(site: Desktop) -> list[HoldKind]:
    return [hold.kind for hold in site.holds()]


def products(site: Desktop) -> list[tuple[str | None, bool]]:
    lots = schema.stock_lots
    return [(r.product, r.is_confirmed) for r in site.rows(select(lots).order_by(lots.c.id))]


def confirmed_by_hand(site: Desktop, *names: str) -> int:
    vendor = site.site.partner_named("florsol")
    assert vendor is not None
    with posting(site.p.ledger) as post:
        desk = Desk(post, site.site, site.p.tables.current, site.p.today())
        return confirm(desk, vendor, names)


# --- M-10, M-11, M-12, M-13


def test_identical_text_needs_no_mapping(each_site: Desktop) -> None:
    """M-10, and M-13 for what is identical."""
    site = each_site
    files = site.send("florsol", "a.csv", availability(("Rose Explorer RED  60 cm", 500, "Stem")))
    assert (products(site), site.holds()) == ([("ROS-EXP-60", True)], [])
    assert b"500" in only(files, "tulipan/availability")


def test_text_that_was_mapped_once_is_mapped_in_the_next_file(each_site: Desktop) -> None:
    """M-11: asked once, whatever the files to come."""
    site = each_site
    site.send("florsol", "a.csv", availability(("Rosa Nueva 60", 500, "Stem")))
    assert kinds(site) == [HoldKind.UNMAPPED]
    site.map_row("products", "florsol,,,Rosa Nueva 60,ROS-EXP-60,,yes,,,")
    site.run()
    site.send("florsol", "b.csv", availability(("Rosa  NUEVA 60", 300, "Stem"), at=1))
    assert products(site) == [("ROS-EXP-60", True), ("ROS-EXP-60", True)]
    assert not site.holds()


def test_offer_without_a_pack_is_staged_until_its_row_comes(each_site: Desktop) -> None:
    """M-12, the blue sign; E-15."""
    site = each_site
    without(site, "packs", "florsol,ROS-EXP-60")
    files = site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    advice = only(files, "florsol/advice").decode()
    assert "E-15" in advice and "it is not known here how it is packed" in advice
    assert (products(site), site.states()) == ([("ROS-EXP-60", False)], ["held"])
    (hold,) = site.holds()
    assert (hold.kind, hold.source_code) == (HoldKind.NO_PACK, "ROS-EXP-60")
    assert "packs.csv: florsol,ROS-EXP-60,BOX,BUNCHES,STEMS,Stem" in hold.message
    refused = site.send("bloom", "1.edi", purchase_order("PO-1", ("BLM-100", "25", "EA")))
    assert [row.state for row in site.orders()] == ["rejected"], refused.keys()

    site.map_row("packs", "florsol,ROS-EXP-60,HB,12,25,Stem,yes,,,")
    files = site.run()
    assert (products(site), site.holds()) == ([("ROS-EXP-60", True)], [])
    assert site.states()[0] == "posted"
    assert b"PO-1" not in only(files, "bloom/846")
    assert b"QTY*33*500*EA" in only(files, "bloom/846")


def test_vendor_that_sells_loose_needs_no_pack(opened: Opened) -> None:
    site = opened('currency = "USD"\nselling = { sells_without_pack = true }\n')
    without(site, "packs", "florsol,ROS-EXP-60")
    site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    assert (products(site), site.holds()) == ([("ROS-EXP-60", True)], [])


def test_terms_that_change_reach_what_is_staged_already(each_site: Desktop) -> None:
    """Nobody sends a file again because a setting is another one."""
    site = each_site
    without(site, "packs", "florsol,ROS-EXP-60")
    site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    terms = 'currency = "USD"\nselling = { sells_without_pack = true }\n'
    site.reconfigure(NETWORK.replace('currency = "USD"\n', terms, 1))
    files = site.run()
    assert (products(site), site.holds()) == ([("ROS-EXP-60", True)], [])
    assert b"QTY*33*500*EA" in only(files, "bloom/846")


def test_one_hold_stands_for_all_lots_of_a_product_without_a_pack(site: Desktop) -> None:
    without(site, "packs", "florsol,ROS-EXP-60")
    for number in range(3):
        site.send("florsol", f"{number}.csv", availability((EXPLORER, 500, "Stem"), at=number))
    assert kinds(site) == [HoldKind.NO_PACK]
    assert len(products(site)) == 3
    assert site.states() == ["posted", "posted", "held"]


def test_without_auto_confirmation_a_person_puts_offers_on_sale(opened: Opened) -> None:
    """M-13 switched off: mapped, packed, and still nobody can buy it."""
    site = opened(BY_HAND)
    rows = ((EXPLORER, 500, "Stem"), ("Rosa Freedom 60cm", 300, "Stem"))
    files = site.send("florsol", "a.csv", availability(*rows))
    assert "M-12" in only(files, "florsol/advice").decode()
    assert products(site) == [("ROS-EXP-60", False), ("ROS-FRE-60", False)]
    (hold,) = site.holds()
    assert hold.kind is HoldKind.STAGED
    assert hold.message.startswith("2 offers wait for a person's word")
    assert not any(b"QTY*33*500" in body for body in files.values())

    assert confirmed_by_hand(site, "ROS-EXP-60") == 1
    assert [hold.message[:13] for hold in site.holds()] == ["1 offer waits"]
    assert b"QTY*33*500*EA" in only(site.run(), "bloom/846")

    site.release(site.holds()[0].id)
    assert (products(site), site.holds()) == ([("ROS-EXP-60", True), ("ROS-FRE-60", True)], [])
    assert site.states() == ["posted"]


def test_what_a_person_confirmed_once_stays_on_sale_in_the_next_file(opened: Opened) -> None:
    site = opened(BY_HAND)
    site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    confirmed_by_hand(site)
    files = site.send("florsol", "b.csv", availability((EXPLORER, 450, "Stem")))
    assert (products(site), site.holds()) == ([("ROS-EXP-60", True)], [])
    assert b"QTY*33*450*EA" in only(files, "bloom/846")


def test_a_person_cannot_confirm_what_has_no_pack(opened: Opened) -> None:
    site = opened(BY_HAND)
    without(site, "packs", "florsol,ROS-EXP-60")
    site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    assert confirmed_by_hand(site) == 0
    (hold,) = site.holds()
    with pytest.raises(UsageError, match="ends when what it waits for is there"):
        site.release(hold.id)
    assert products(site) == [("ROS-EXP-60", False)]


# --- M-14


def remap(site: Desktop, to: str) -> None:
    change(
        site,
        "products",
        lambda text: text.replace(
            "FS-1060,Rosa Explorer 60cm,ROS-EXP-60", f"FS-1060,Rosa Explorer 60cm,{to}"
        ).replace("FS-1060,Rosa Explorer 60cm,ROS-FRE-60", f"FS-1060,Rosa Explorer 60cm,{to}"),
    )
    site.run()


def test_unsold_goods_are_mapped_anew_as_often_as_wanted(each_site: Desktop) -> None:
    site = each_site
    site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    remap(site, "ROS-FRE-60")
    assert products(site) == [("ROS-FRE-60", True)]
    remap(site, "ROS-EXP-60")
    assert (products(site), site.holds()) == ([("ROS-EXP-60", True)], [])


def test_sold_goods_stay_what_they_are_sold_as_and_the_sale_is_named(each_site: Desktop) -> None:
    site = each_site
    site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    site.send("bloom", "1.edi", purchase_order("PO-1", ("BLM-100", "25", "EA")))
    remap(site, "ROS-FRE-60")
    assert products(site) == [("ROS-EXP-60", True)]
    (hold,) = site.holds()
    assert hold.kind is HoldKind.REMAPPED
    assert hold.message.startswith(
        "Rosa Explorer 60cm of florsol stays ROS-EXP-60, though the tables say ROS-FRE-60, for some"
        " is sold (M-14): order PO-1 of bloom."
    )
    with pytest.raises(UsageError, match="order PO-1 of bloom"):
        site.release(hold.id)
    # A new count of the same goods is no way round it.
    site.send("florsol", "b.csv", availability((EXPLORER, 400, "Stem")))
    assert (products(site), kinds(site)) == ([("ROS-EXP-60", True)], [HoldKind.REMAPPED])


def test_mapping_back_ends_the_hold_on_sold_goods(each_site: Desktop) -> None:
    site = each_site
    site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    site.send("bloom", "1.edi", purchase_order("PO-1", ("BLM-100", "25", "EA")))
    remap(site, "ROS-FRE-60")
    remap(site, "ROS-EXP-60")
    assert (products(site), site.holds()) == ([("ROS-EXP-60", True)], [])


def test_goods_whose_sale_was_cancelled_are_mapped_anew(each_site: Desktop) -> None:
    site = each_site
    site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    site.send("bloom", "1.edi", purchase_order("PO-1", ("BLM-100", "25", "EA")))
    remap(site, "ROS-FRE-60")
    cancel = purchase_order("PO-1", ("BLM-100", "25", "EA"), purpose="01", control=2)
    site.send("bloom", "2.edi", cancel)
    (hold,) = site.holds()
    site.release(hold.id)
    assert (products(site), site.holds()) == ([("ROS-FRE-60", True)], [])


def test_row_that_is_taken_out_takes_unsold_goods_off_sale(each_site: Desktop) -> None:
    site = each_site
    files = site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    assert b"QTY*33*500*EA" in only(files, "bloom/846")
    without(site, "products", "florsol,,FS-1060")
    files = site.run()
    assert b"QTY*33*0*EA" in only(files, "bloom/846")
    assert (products(site), kinds(site)) == ([(None, False)], [HoldKind.UNMAPPED])
    site.map_row("products", "florsol,,,Rosa Explorer 60cm,ROS-EXP-60,,yes,,,")
    files = site.run()
    assert b"QTY*33*500*EA" in only(files, "bloom/846")
    assert not site.holds()


def test_change_of_the_tables_while_the_daemon_was_down_reaches_the_stock(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        site.send("florsol", "a.csv", availability((EXPLORER, 500, "Stem")))
    file = tmp_path / "site" / "mappings" / "products.csv"
    file.write_text(file.read_text().replace("60cm,ROS-EXP-60", "60cm,ROS-FRE-60"))
    again = open_desktop(tmp_path / "site")
    again.run()
    assert products(again) == [("ROS-FRE-60", True)]
    again.close()
