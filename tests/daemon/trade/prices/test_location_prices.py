"""A location's GPM, a customer's markup: in the answer to an order, and asked (K-61, K-64)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daemon import cli
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, interchange
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.direct import HOME

PARTS = (
    'truck_per_cube = 1.10, freight = 48, handling = 6, duty_percent = { "*" = 6.5 },'
    " gpm_percent = 28"
)
"""The example of domain 4.5: 0.4199 landed, 0.5832 asked."""
TERMS = "pricing = { markup_percent = { ROSELANE = -10 }, location_gpm_percent = { MIA = 35 } }"
PRICED = NETWORK.replace(
    'x12 = { id = "BLOOMWHSL" }',
    f'x12 = {{ id = "BLOOMWHSL" }}\nlocations = ["MIA", "BOS"]\nbuying = {{ {TERMS} }}',
).replace("truck_per_cube = 0", PARTS, 1)
HEAD = {
    **{"po_number": "", "line": "1", "vendor_code": "FLORSOL", "ship_date": f"{day(2)}"},
    **{"location": "BOS", "customer_code": "", "product_code": "BLM-100", "boxes": "1"},
    **{"box_type": "HB", "unit_type": "Stem", "unit_cost": "0.30", "ship_via": "warehouse"},
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=PRICED) as opened:
        roses = availability(("Rosa Explorer 60cm", 6000, "Stem"), cost="0.30")
        opened.send("florsol", "stock.csv", roses)
        yield opened


def answered(site: Desktop, number: str, **cells: str) -> dict[str, str]:
    """Let bloom order a box; return the row of the answer."""
    row = HEAD | {"po_number": number} | cells
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row))
    writer.writeheader()
    writer.writerow(row)
    files = site.send("bloom", f"{number}.csv", text.getvalue().encode())
    (found,) = csv.DictReader(io.StringIO(only(files, "bloom/order-ack").decode()))
    return found


def seen(site: Desktop, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Return what `k2kd availability` shows bloom of its one offer of florsol's."""
    capsys.readouterr()
    said = ["availability", "bloom", "--vendor", "florsol", "--site", str(site.root), *words]
    assert cli.main([*said, "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    return found


def test_the_answer_to_an_order_has_the_price_at_its_location(site: Desktop) -> None:
    company, miami = answered(site, "A"), answered(site, "B", location="MIA")
    assert (company["landed_cost"], company["price"]) == ("0.4199", "0.5832")
    # 0.419940 / (1 - 0.35)
    assert (miami["landed_cost"], miami["price"]) == ("0.4199", "0.6461")


def test_a_markup_for_a_customer_comes_on_top(site: Desktop) -> None:
    # 0.419940 x 0.90 / 0.65, and direct from the grower 0.30 x 0.90 / 0.65.
    row = answered(site, "C", location="MIA", customer_code="ROSELANE")
    assert row["price"] == "0.5815"
    direct = {name: str(value) for name, value in HOME.items()}
    row = answered(site, "D", **direct, location="MIA", ship_via="grower", customer_code="ROSELANE")
    assert (row["landed_cost"], row["price"]) == ("", "0.4154")


def test_the_855_has_the_price_as_well(site: Desktop) -> None:
    body = [
        f"BEG*00*SA*X-1**{day():%Y%m%d}",
        f"DTM*010*{day(2):%Y%m%d}",
        *("N1*SE*FLORSOL*92*FLORSOL", "N1*WH**92*MIA", "N1*UC*Rose Lane*92*ROSELANE"),
        *("PO1*1*1*BX*90.00**BP*BLM-100", "CTT*1"),
    ]
    files = site.send("bloom", "1.edi", interchange([body], control=1))
    # A box of 300 stems: 125.9819 x 0.90 / 0.65.
    assert "CTP**RES*174.4365*1*BX~" in only(files, "bloom/855-X-1").decode()


def test_a_price_is_per_the_unit_of_the_cost(site: Desktop) -> None:
    row = answered(site, "E", unit_type="Bunch", unit_cost="7.50")
    # 25 stems of 0.30: 0.419940 x 25 / 0.72, rounded once.
    assert (row["landed_cost"], row["price"]) == ("10.4985", "14.5812")


def test_a_line_that_gets_nothing_has_no_price(site: Desktop) -> None:
    row = answered(site, "F", boxes="1000000")
    assert row["status"] == "rejected"
    assert not row.get("price")


def test_one_can_ask_for_a_location_and_a_customer(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seen(site, capsys)["price"] == "0.5832"
    assert seen(site, capsys, "--location", "MIA")["price"] == "0.6461"
    both = seen(site, capsys, "--location", "MIA", "--customer", "roselane")
    assert (both["price"], both["price_direct"]) == ("0.5815", "0.4154")


def test_a_customer_may_be_named_as_the_buyer_calls_it(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    site.map_row("customers", "bloom,,RL01,,ROSELANE,,yes,,,,,,,,,")
    assert seen(site, capsys, "--location", "MIA", "--customer", "RL01")["price"] == "0.5815"


def test_a_customer_that_only_the_terms_name_is_known(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    file = site.root / "k2kd.toml"
    days = 'customer_days = { CORNER-SHOP = ["mon"] }'
    text = file.read_text().replace("buying = { ", f"buying = {{ {days}, ", 1)
    assert days in text
    file.write_text(text)
    words = ["availability", "bloom", "--customer", "corner-shop", "--site", str(site.root)]
    assert cli.main(words) == 0


def test_the_explanation_says_whose_margin_it_is(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--product", "BLM-100", "--explain", "--location", "MIA", "--customer", "ROSELANE")
    assert cli.main(["availability", "bloom", "--site", str(site.root), *words]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "K-64 price: GPM 35 % of the buyer, location MIA, markup -10 %" in told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("bloom", "--location", "NYC"), "NYC is no location of bloom; name one of: MIA, BOS"),
        (("--customer", "ROSELANE"), "say whose: k2kd availability BUYER"),
        (
            ("bloom", "--customer", "ROSELAND"),
            "ROSELAND is no customer of bloom; did you mean ROSELANE?",
        ),
        (("bloom", "--customer", "*"), "* is no customer of bloom; add it to customers.csv"),
    ],
)
def test_a_location_or_customer_of_nobody_is_refused(
    site: Desktop, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str
) -> None:
    assert cli.main(["availability", *words, "--site", str(site.root)]) == 2
    assert why in capsys.readouterr().err


def test_a_vendors_system_reads_no_price_of_its_buyer(site: Desktop) -> None:
    site.map_row("products", "axerrio-florsol,,FS-1160,,ROS-EXP-60,,yes,,,")
    body = (
        "po_number,line,buyer_code,location,product_code,boxes,box_type,unit_type,unit_cost\n"
        "S-1,1,bloom,MIA,FS-1160,1,HB,Stem,0.30\n"
    )
    files = site.send("axerrio-florsol", "s.csv", body.encode())
    assert b"price" not in only(files, "axerrio-florsol/order-ack-S-1")
