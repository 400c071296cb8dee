"""Who is answered in X12: whom was agreed, else who the interchange says it is from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.config import FILE_NAME, load
from daemon.errors import SiteError
from tests.daemon.network import NETWORK, make_site
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import change_set, confirmation, publish
from tests.daemon.trade.goods_files import ship
from tests.daemon.trade.systems.system_bodies import BODIES, BODIES_NETWORK, EXPLORER, SYSTEM, sale

NAMELESS = NETWORK.replace('x12 = { id = "BLOOMWHSL" }\n', 'content_advice = "824"\n').replace(
    'receives_availability = "x12"', 'receives_availability = "none"'
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """A site on which nothing was agreed about what bloom is called in X12."""
    with desktop(tmp_path / "site", network=NAMELESS) as opened:
        publish(opened, 9)
        yield opened


def receiver(body: bytes) -> tuple[str, str, str]:
    """Return ISA07, ISA08 and GS03 of a file."""
    isa, gs = body.decode().split("~")[:2]
    return isa.split("*")[7], isa.split("*")[8].strip(), gs.split("*")[3]


OURS = ("ZZ", "SHOP77", "SHOP77")


def order(number: str = "1", control: int = 1, boxes: str = "2") -> bytes:
    lines = [("BLM-100", boxes, "BX")]
    return purchase_order(number, *lines, sender="SHOP77", control=control)


def test_an_order_and_its_change_are_answered_to_who_sent_them(site: Desktop) -> None:
    files = site.send("bloom", "po.edi", order())
    assert receiver(only(files, "bloom/997")) == receiver(only(files, "bloom/855")) == OURS
    change = change_set("1", "POC*1*QI*3*1*BX", control=2, sender="SHOP77")
    files = site.send("bloom", "change.edi", change)
    assert receiver(only(files, "bloom/997")) == receiver(only(files, "bloom/865")) == OURS


def test_what_follows_an_order_goes_to_who_sent_it(site: Desktop) -> None:
    site.send("bloom", "po.edi", order())
    files = site.send("florsol", "yes.csv", confirmation(",accepted"))
    assert receiver(only(files, "bloom/855")) == OURS
    assert receiver(only(ship(site, {"boxes": 2}), "bloom/856")) == OURS


def test_an_order_that_waited_is_answered_to_who_sent_it(site: Desktop) -> None:
    body = order(number="2", control=7).replace(b"BLM-100", b"BLM-900")
    assert receiver(only(site.send("bloom", "po.edi", body), "bloom/855")) == OURS
    site.map_row("products", "bloom,,BLM-900,,ROS-EXP-60,,yes,,,")
    assert receiver(only(site.run(), "bloom/855")) == OURS


def test_what_was_agreed_goes_before_what_a_file_says(tmp_path: Path) -> None:
    with desktop(tmp_path / "agreed") as opened:
        publish(opened, 9)
        files = opened.send("bloom", "po.edi", order())
        assert receiver(only(files, "bloom/855"))[1] == "BLOOMWHSL"
        assert receiver(only(files, "bloom/997")) == OURS


def test_goods_of_an_order_that_another_sent_go_to_its_buyer(tmp_path: Path) -> None:
    """The vendor's system sold them: what it calls itself in X12 is nothing to the buyer."""
    named = 'x12 = { id = "BLOOMWHSL" }\n'
    network = BODIES_NETWORK.replace(named, f'{named}receives_shipments = "x12"\n')
    with desktop(tmp_path / "sold", network=network) as site:
        site.map_row("products", EXPLORER)
        (x12,) = (body for body in BODIES if body.name == "o.edi")
        site.send(SYSTEM, "o.edi", x12.write(sale(), 1))
        site.send("bloom", "yes.csv", b"po_number,decision,by\nAX-1,approve,ana\n")
        site.send("florsol", "yes.csv", confirmation(",accepted", number="AX-1"))
        files = ship(site, {"boxes": 2}, po_number="AX-1", ship_date=day(3).isoformat())
        assert receiver(only(files, "bloom/856")) == ("ZZ", "BLOOMWHSL", "BLOOMWHSL")


@pytest.mark.parametrize(
    "receives",
    [
        'receives_availability = "x12"',
        'receives_shipments = "x12"',
        'receives_invoices = "x12-880"',
        'buying.exports_invoices = "x12"',
    ],
)
def test_who_is_to_be_sent_x12_must_have_a_name_in_it(tmp_path: Path, receives: str) -> None:
    """By a name of ours it would get files that its system takes for another's."""
    site = make_site(tmp_path / "site")
    file = site / FILE_NAME
    file.write_text(
        file.read_text()
        .replace('x12 = { id = "BLOOMWHSL" }\n', f"{receives}\n")
        .replace('currency = "USD"\nreceives_availability = "x12"\n', 'currency = "USD"\n')
    )
    with pytest.raises(SiteError) as error:
        load(site)
    assert error.value.problems == [
        f"{file}: bloom receives files as X12, so it needs an x12 section with its id:"
        ' x12 = { id = "ITSID" }, as its own files say it in ISA06',
    ]
