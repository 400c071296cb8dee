"""A share of the stock is kept for a buyer: no other sees it or buys it (domain K-45)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from daemon.terms.connection import Connection
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop
from tests.daemon.trade.answering import lines, order, publish
from tests.daemon.trade.views.showroom import should_see

_TULIPAN = 'buyer = "tulipan"\nwhen_short = "refuse"'
KEPT = NETWORK.replace(_TULIPAN, f'{_TULIPAN}\nreserved_percent = {{ "ROS-EXP-60" = 40 }}', 1)
"""The sample network; of florsol's Explorer 60, 40 % are kept for tulipan."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """Ten boxes are published, of which four are kept for tulipan."""
    with desktop(tmp_path / "site", network=KEPT) as opened:
        publish(opened, 10)
        yield opened


def tulipan_orders(site: Desktop, boxes: int, number: str, control: int) -> dict[str, bytes]:
    body = purchase_order(
        number, ("TUL-EXP60", f"{boxes}", "BX"), sender="TULIPAN", control=control
    )
    return site.send("tulipan", f"{number}.edi", body)


def sees(site: Desktop, buyer: str) -> int:
    """Return the stems that a buyer is shown."""
    found = should_see(site, "florsol", buyer, site.clock.now())
    return sum(int(offer.quantity) for offer in found.values())


def test_no_other_buyer_gets_what_is_kept(site: Desktop) -> None:
    order(site, 9)
    (line,) = lines(site)
    assert (int(line.accepted), line.reason) == (6, "only 6 Box left of 9")


def test_the_buyer_it_is_kept_for_gets_it_all(site: Desktop) -> None:
    order(site, 9)
    tulipan_orders(site, 4, "T-1", 2)
    (line,) = lines(site, "T-1")
    assert (line.state, int(line.accepted)) == ("accepted", 4)


def test_what_it_has_bought_is_no_longer_kept(site: Desktop) -> None:
    tulipan_orders(site, 3, "T-1", 2)
    order(site, 9)
    (line,) = lines(site)
    # Ten, less three that are bought, less one that is kept still.
    assert int(line.accepted) == 6
    tulipan_orders(site, 1, "T-2", 3)
    assert [int(each.accepted) for each in lines(site, "T-2")] == [1]


def test_two_orders_of_one_file_pass_share_no_reserve(site: Desktop) -> None:
    for number, control in (("A", 1), ("B", 2)):
        body = purchase_order(number, ("BLM-100", "4", "BX"), control=control)
        site.drop("bloom", f"{number}.edi", body)
    site.run()
    assert [int(lines(site, number)[0].accepted) for number in ("A", "B")] == [4, 2]


def test_each_buyer_is_shown_what_it_can_have(site: Desktop) -> None:
    # Run to see it in the files as well as in what should be seen.
    assert (sees(site, "bloom"), sees(site, "tulipan")) == (6 * 300, 10 * 300)
    order(site, 6)
    assert (sees(site, "bloom"), sees(site, "tulipan")) == (0, 4 * 300)


def test_without_shares_everybody_is_shown_everything(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        publish(site, 10)
        assert (sees(site, "bloom"), sees(site, "tulipan")) == (3000, 3000)


def test_a_product_has_one_share() -> None:
    shares = {"Roses": 10, "roses ": 20}
    with pytest.raises(ValidationError, match="stands twice"):
        Connection(vendor="florsol", buyer="bloom", reserved_percent=shares)
