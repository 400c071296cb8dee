"""Who is answered in X12: whom was agreed, else who the interchange says it is from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.answering import change_set, confirmation, publish
from tests.daemon.trade.goods_files import ship

NAMELESS = NETWORK.replace('x12 = { id = "BLOOMWHSL" }\n', 'content_advice = "824"\n')


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
