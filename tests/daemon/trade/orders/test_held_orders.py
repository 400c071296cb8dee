"""An order that names what nobody knows is held until somebody says what it is, or rejects it."""

from __future__ import annotations

import pytest

from daemon.errors import UsageError
from daemon.ledger.holds import HoldKind
from tests.daemon.network import NETWORK, connection
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, only
from tests.daemon.trade.orders.order_answers import acknowledgement, answers, bought, publish


def test_an_unknown_code_holds_the_order_until_it_is_mapped(site: Desktop) -> None:
    publish(site, 5)
    order = purchase_order("1", ("BLM-100", "1", "BX"), ("BLM-999", "1", "BX"))
    files = site.send("bloom", "o.edi", order)
    assert acknowledgement(only(files, "bloom/855")) == "AH"
    assert bought(site) == 0
    site.map_row("products", "bloom,,BLM-999,,ROS-EXP-60,,yes,,,")
    files = site.run()
    assert answers(only(files, "bloom/855")) == [("IA", "1"), ("IA", "1")]
    assert (bought(site), site.holds(), site.states()[-1]) == (2, [], "posted")
    assert site.run() == {}


def test_an_unmapped_hold_can_not_be_released_but_rejected(site: Desktop) -> None:
    publish(site, 5)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-999", "1", "BX")))
    (hold,) = site.holds()
    with pytest.raises(UsageError, match="k2kd map products bloom"):
        site.release(hold.id)
    site.reject(hold.id, "never heard of it")
    assert answers(only(site.run(), "bloom/855")) == [("IR", "1")]
    assert ([o.state for o in site.orders()], site.states()[-1]) == (["rejected"], "posted")


def test_a_pack_that_went_missing_holds_the_order_until_it_is_there_again(site: Desktop) -> None:
    """Goods that never had a pack are not on sale; those that are may lose theirs."""
    pack = "florsol,CAR-RED-SEL,QB,16,25,Stem,yes,,,"
    site.map_row("products", "florsol,,,Rosa Nueva,CAR-RED-SEL,,yes,,,")
    site.map_row("packs", pack)
    site.send("florsol", "nueva.csv", availability(("Rosa Nueva", "600", "Stem")))
    site.unmap_row("packs", pack)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-300", "1", "BX")))
    (hold,) = site.holds()
    assert hold.kind is HoldKind.NO_PACK
    assert "CAR-RED-SEL" in hold.message
    assert "packs.csv" in hold.message
    site.map_row("packs", pack)
    assert answers(only(site.run(), "bloom/855")) == [("IA", "1")]
    assert site.lots()["CAR-RED-SEL"] == (600, 400)


NEWCOMER = """
[[partner]]
name = "newcomer"
title = "Newcomer Farms"
roles = ["vendor"]
x12 = { id = "NEWCOMER" }
receives_orders = ["x12"]
currency = "USD"
"""
LINK = connection("newcomer", "bloom") + 'modality = ["sales", "procurement"]\n'


def test_an_unknown_vendor_holds_the_order_until_the_site_knows_it(site: Desktop) -> None:
    order = purchase_order("1", ("BLM-100", "1", "BX"), receiver="K2KNET", vendor="NEWCOMER")
    files = site.send("bloom", "o.edi", order)
    assert acknowledgement(only(files, "bloom/855")) == "AH"
    (hold,) = site.holds()
    assert hold.kind is HoldKind.NO_PARTNER
    assert "NEWCOMER" in hold.message
    site.reconfigure(NETWORK + NEWCOMER)
    with pytest.raises(UsageError, match="not connected"):
        site.release(hold.id)
    assert site.holds() == [hold]
    site.reconfigure(NETWORK + NEWCOMER + LINK)
    site.release(hold.id)
    files = site.run()
    assert [n for n in files if n.startswith("newcomer/850")]
    (placed,) = site.orders()
    assert (placed.state, placed.buyer, placed.vendor) == ("approved", "bloom", "newcomer")
    assert (site.holds(), site.states()) == ([], ["posted"])


def rows(vendor: str) -> bytes:
    """Return an order of one box as CSV, with the vendor that it names."""
    return f"po_number,line,vendor_code,product_code,boxes\n1,1,{vendor},BLM-100,1\n".encode()


def test_an_order_that_names_no_vendor_says_to_both_what_to_do(site: Desktop) -> None:
    """bloom buys from two vendors, so none of them can be meant alone."""
    publish(site, 5)
    files = site.send("bloom", "o.csv", rows(""))
    told = only(files, "bloom/order-ack").decode()
    assert "names no vendor" in told
    assert "column vendor_code" in told
    assert "configuration" not in told
    (hold,) = site.holds()
    assert hold.kind is HoldKind.NO_PARTNER
    assert "order 1 names no vendor" in hold.message
    assert "reject it" in hold.message
    site.reject(hold.id, "no vendor")
    site.run()
    files = site.send("bloom", "again.csv", rows("florsol"))
    assert [n for n in files if n.startswith("florsol/850")]
    assert (site.holds(), bought(site)) == ([], 1)


def test_an_order_that_names_an_unknown_vendor_tells_its_buyer_nothing_of_our_settings(
    site: Desktop,
) -> None:
    told = only(site.send("bloom", "o.csv", rows("nobody-farms")), "bloom/order-ack").decode()
    assert "nobody-farms is not known here as a vendor" in told
    assert "configuration" not in told
    (hold,) = site.holds()
    assert "set vendor_code of its connection" in hold.message


def test_a_held_order_of_a_partner_that_left_stops_nobody(site: Desktop) -> None:
    publish(site, 5)
    site.send("tulipan", "o.edi", purchase_order("1", ("NEW-1", "1", "BX"), sender="TULIPAN"))
    site.send("bloom", "o.edi", purchase_order("2", ("NEW-1", "1", "BX")))
    left = NETWORK.split('[[partner]]\nname = "tulipan"')
    rest = left[1][left[1].index("[[partner]]") :]
    links = rest.split("[[connection]]")
    kept = [link for link in links if 'buyer = "tulipan"' not in link]
    network = left[0] + "[[connection]]".join(kept)
    for file in (site.root / "mappings").glob("*.csv"):
        rows = file.read_text().splitlines(keepends=True)
        file.write_text("".join(row for row in rows if not row.startswith("tulipan,")))
    with (site.root / "mappings" / "products.csv").open("a") as products:
        products.write("*,,NEW-1,,ROS-EXP-60,,yes,,,\n")
    site.reconfigure(network)
    files = site.run()
    assert answers(only(files, "bloom/855-2")) == [("IA", "1")]
