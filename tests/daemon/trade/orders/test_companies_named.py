"""Companies name each other as their own books do, and nobody is guessed (K-01)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.network import NETWORK, connection
from tests.daemon.partner_files import availability, interchange, purchase_order
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day

HEAD = "po_number,line,vendor_code,ship_date,product_code,boxes,box_type,unit_type,unit_cost"


def with_codes(network: str, vendor: str, buyer: str, short: str, codes: tuple[str, str]) -> str:
    """Return `network` where the two call each other by `codes`: the vendor's, the buyer's."""
    plain = connection(vendor, buyer, short)
    coded = plain.replace('"V1"', f'"{codes[0]}"').replace('"C1"', f'"{codes[1]}"')
    assert plain in network
    return network.replace(plain, coded)


CODED = with_codes(NETWORK, "florsol", "bloom", "cut", ("FARM-1", "4711"))
CODED = with_codes(CODED, "florsol", "tulipan", "refuse", ("V1", "4712"))
CODED = with_codes(CODED, "andes", "bloom", "", ("FARM-2", "88"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """Bloom calls its vendors FARM-1 and FARM-2; florsol its buyers 4711 and 4712."""
    with desktop(tmp_path / "site", network=CODED) as opened:
        opened.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))
        yield opened


def order(number: str, vendor: str, *, prebook: str = "") -> bytes:
    """Return an order CSV of one box that names its vendor so."""
    row = f"{number},1,{vendor},{day(2)},BLM-100,1,HB,Stem,0.34,{prebook}"
    return f"{HEAD},prebook\n{row}\n".encode()


def vendors(site: Desktop, kind: str = "purchase_order") -> dict[str, str | None]:
    return {each.number: each.vendor for each in site.orders(kind)}


def test_a_buyers_own_code_for_a_vendor_finds_it_in_every_format(site: Desktop) -> None:
    files = site.send("bloom", "1.csv", order("C-1", "farm-1"))
    assert "florsol/850-C-1" in kinds(files)
    said = purchase_order("X-1", ("BLM-100", "1", "BX"), vendor="FARM-2", receiver="K2KNET")
    site.send("bloom", "2.edi", said)
    site.send("bloom", "3.csv", order("P-1", "FARM-1", prebook="yes"))
    assert vendors(site) == {"C-1": "florsol", "X-1": "andes"}
    assert vendors(site, "prebook") == {"P-1": "florsol"}


def test_our_names_for_a_vendor_go_on_finding_it(site: Desktop) -> None:
    for at, name in enumerate(("florsol", "Florsol Farms", "FLORSOL"), 1):
        site.send("bloom", f"{at}.csv", order(f"N-{at}", name))
    assert set(vendors(site).values()) == {"florsol"}


def test_a_code_that_means_two_vendors_means_none(site: Desktop) -> None:
    site.reconfigure(CODED.replace('"FARM-2"', '"FARM-1"'))
    files = site.send("bloom", "1.csv", order("C-1", "FARM-1"))
    assert vendors(site) == {"C-1": None}
    (hold,) = site.holds()
    assert hold.kind.value == "no partner"
    assert "names FARM-1 as its vendor" in hold.message
    assert b"FARM-1" in only(files, "bloom/order-ack-C-1")


def test_an_order_for_somebody_unknown_waits_also_where_there_is_one_vendor_only(
    site: Desktop,
) -> None:
    said = purchase_order(
        *("T-1", ("TUL-EXP60", "1", "BX")), sender="TULIPAN", receiver="K2KNET", vendor="OTHERCO"
    )
    files = site.send("tulipan", "1.edi", said)
    assert not [name for name in files if name.startswith("florsol/")]
    (hold,) = site.holds()
    assert "names OTHERCO as its vendor" in hold.message
    assert "set vendor_code of its connection" in hold.message
    site.reconfigure(CODED.replace('vendor_code = "V1"', 'vendor_code = "OTHERCO"'))
    site.release(hold.id)
    assert "florsol/850-T-1" in kinds(site.run())


def test_an_approval_names_the_vendor_as_its_buyer_does(site: Desktop) -> None:
    header = b"po_number,decision,vendor_code\n"
    files = site.send("bloom", "1.csv", header + b"AX-1,approve,FARM-1\n")
    # It waits for the order: the vendor is known.
    assert [hold.kind.value for hold in site.holds()] == ["unknown order"]
    files = site.send("bloom", "2.csv", header + b"AX-1,approve,FARM-9\n")
    assert (
        "FARM-9 is no vendor that bloom or this site knows"
        in only(files, "bloom/advice-2").decode()
    )


def test_a_vendor_reads_its_own_code_for_the_buyer(site: Desktop) -> None:
    files = site.send("bloom", "1.edi", purchase_order("7", ("BLM-100", "1", "BX")))
    assert "N1*BY*Bloom Wholesale*91*4711~" in only(files, "florsol/850-7").decode()
    (row,) = csv.DictReader(io.StringIO(only(files, "florsol/order-7").decode()))
    assert row["buyer_code"] == "4711"
    change = b"po_number,line,product_code,boxes,action\n7,1,BLM-100,2,CHANGE\n"
    files = site.send("bloom", "2.csv", change)
    assert "N1*BY*Bloom Wholesale*91*4711~" in only(files, "florsol/860-7").decode()


def test_a_vendor_names_its_buyer_as_its_own_books_do(site: Desktop) -> None:
    """Two buyers have an order 7, and the vendor says whose it confirms and ships."""
    site.send("bloom", "7.edi", purchase_order("7", ("BLM-100", "1", "BX")))
    other = purchase_order("7", ("TUL-EXP60", "2", "BX"), sender="TULIPAN")
    site.send("tulipan", "7.edi", other)
    body = [f"BAK*00*AD*7*{day():%Y%m%d}", "N1*BY*Tulipan*91*4712", "CTT*0"]
    answer = interchange(
        [body], control=1, sender="FLORSOL", receiver="K2KNET", group="PR", kind="855"
    )
    site.send("florsol", "7.edi", answer)
    assert {each.buyer: each.state for each in site.orders()} == {
        "bloom": "approved",
        "tulipan": "confirmed",
    }
