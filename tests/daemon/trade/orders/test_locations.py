"""A buyer with several locations names the one that orders (E-23)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop, kinds
from tests.daemon.trade.cart_files import answers
from tests.daemon.trade.direct import order_csv, publish

SEVERAL = NETWORK.replace(
    'title = "Bloom Wholesale"', 'title = "Bloom Wholesale"\nlocations = ["MIA", "BOS"]'
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=SEVERAL) as opened:
        publish(opened)
        yield opened


def order(**cells: object) -> bytes:
    return order_csv("L-1", ship_via="warehouse", **cells)


@pytest.mark.parametrize(
    ("location", "said"),
    [("", "name the one that orders"), ("UIO", "UIO is no location of bloom")],
)
def test_an_order_of_no_known_location_is_refused_with_those_there_are(
    site: Desktop, location: str, said: str
) -> None:
    files = site.send("bloom", "po.csv", order(location=location))
    row = answers(files)["1"]
    assert (row["status"], row["reason_code"]) == ("rejected", "E-23")
    assert said in row["message"] and "MIA, BOS" in row["message"]
    assert not [name for name in files if name.startswith("florsol/")]
    assert site.lots()["ROS-EXP-60"][1] == 0


@pytest.mark.parametrize("location", ["MIA", "bos"])
def test_an_order_that_names_its_location_goes_on(site: Desktop, location: str) -> None:
    files = site.send("bloom", "po.csv", order(location=location))
    assert "florsol/850-L-1" in kinds(files)


def test_the_order_is_sent_again_with_its_location(site: Desktop) -> None:
    site.send("bloom", "po.csv", order())
    files = site.send("bloom", "again.csv", order(location="MIA"))
    assert answers(files)["1"]["status"] == "accepted"
