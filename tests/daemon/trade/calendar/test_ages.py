"""The age of goods, from the cut date that a vendor's file says (K-20, K-21)."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import MONDAY, at
from tests.daemon.trade.views.showroom import told_to

HEADER = (
    "vendorId,productDescription,availableFrom,quantityUnits,unitType,category,color,unitCost,"
    "stemsBunch,cutDate"
)


def days_old(age: int) -> date:
    return MONDAY - timedelta(days=age)


def csv(cut: date | None) -> bytes:
    said = cut.isoformat() if cut else ""
    row = f"111,Rosa Explorer 60cm,{MONDAY},600,Stem,Roses,Red,0.30,25,{said}"
    return f"{HEADER}\n{row}\n".encode()


def advice(*dates: str) -> bytes:
    body = [f"BIA*00*PS*R1*{MONDAY:%Y%m%d}*0800", "N1*SE*Florsol*92*FLORSOL"]
    body += ["LIN*1*VN*FS-1060", *dates, "QTY*33*600*EA", "CTT*1"]
    parts = {"sender": "FLORSOL", "receiver": "K2KNET", "group": "IB", "kind": "846"}
    return interchange([body], control=1, **parts)


def cut_dates(site: Desktop) -> list[str | None]:
    return [row.cut_on for row in site.rows(select(schema.stock_lots))]


def left(files: dict[str, bytes]) -> list[int]:
    return [int(one.quantity) for told in told_to(files, "bloom") for one in told.offers.values()]


@pytest.mark.parametrize(("age", "seen"), [(0, [600]), (10, [600]), (11, [])])
def test_goods_of_a_csv_are_offered_up_to_their_greatest_age(
    site: Desktop, age: int, seen: list[int]
) -> None:
    files = site.send("florsol", "stock.csv", csv(days_old(age)))
    assert cut_dates(site) == [days_old(age).isoformat()]
    assert left(files) == seen


def test_goods_without_a_cut_date_have_no_age(site: Desktop) -> None:
    assert left(site.send("florsol", "stock.csv", csv(None))) == [600]
    assert cut_dates(site) == [None]


def test_a_file_that_changes_nothing_but_the_cut_date_changes_what_is_offered(
    site: Desktop,
) -> None:
    site.send("florsol", "a.csv", csv(days_old(1)))
    assert left(site.send("florsol", "b.csv", csv(days_old(11)))) == [0]
    assert left(site.send("florsol", "c.csv", csv(days_old(2)))) == [600]


def test_goods_leave_the_offer_on_the_day_they_are_too_old(site: Desktop, clock: SetClock) -> None:
    site.send("florsol", "stock.csv", csv(days_old(9)))
    clock.set(at(MONDAY + timedelta(days=1), 9))
    assert left(site.run()) == [600]
    clock.set(at(MONDAY + timedelta(days=2), 9))
    assert left(site.run()) == [0]


@pytest.mark.parametrize(
    ("dates", "cut"),
    [
        ({"405": 3}, 3),
        ({"510": 2}, 2),
        ({"510": 2, "405": 3}, 3),
        ({"018": 0}, None),
    ],
)
def test_an_846_says_when_goods_were_cut_or_else_packed(
    site: Desktop, dates: dict[str, int], cut: int | None
) -> None:
    said = [f"DTM*{code}*{days_old(age):%Y%m%d}" for code, age in dates.items()]
    site.send("florsol", "stock.edi", advice(*said))
    assert cut_dates(site) == [None if cut is None else days_old(cut).isoformat()]


def test_an_api_shaped_body_says_when_goods_were_cut(site: Desktop) -> None:
    item = {
        "productDescription": "Rosa Explorer 60cm",
        **{"stemsBunch": 25, "unitType": "Stem", "quantity": 600},
        "cutDate": days_old(4).isoformat(),
    }
    site.send("florsol", "stock.json", json.dumps(item).encode())
    assert cut_dates(site) == [days_old(4).isoformat()]


HAS_EDIFACT = 'receives_availability = "edifact"\nedifact = { id = "BLOOM" }'


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('receives_availability = "x12"', "\nDTM*405*%Y%m%d~"),
        ('receives_availability = "csv"', ",%Y-%m-%d\r\n"),
        (HAS_EDIFACT, "DTM+94:%Y%m%d:102'"),
    ],
)
def test_a_buyer_is_told_the_cut_date_only_where_real_age_is_passed_on(
    site: Desktop, setting: str, said: str
) -> None:
    """K-29: the vendor decides it for each buyer."""
    network = NETWORK.replace('receives_availability = "x12"', setting)
    network = network.replace('id = "K2KNET" }', 'id = "K2KNET" }\nedifact = { id = "K2KNET" }')
    site.reconfigure(network)
    wanted = format(days_old(3), said)
    first = site.send("florsol", "a.csv", csv(days_old(3)))
    assert wanted not in to_bloom(first)
    site.reconfigure(
        network.replace('buyer = "bloom"', 'buyer = "bloom"\ntransfer_real_aging = true')
    )
    second = site.send("florsol", "b.csv", csv(days_old(3)).replace(b",600,", b",601,"))
    new = {name: body for name, body in second.items() if name not in first}
    assert wanted in to_bloom(new)
    others = [body for name, body in new.items() if name.startswith("tulipan/")]
    assert others
    assert not any(days_old(3).isoformat().encode() in body for body in others)


def to_bloom(files: dict[str, bytes]) -> str:
    return "".join(body.decode() for name, body in files.items() if name.startswith("bloom/"))


def test_the_vendor_is_told_of_a_cut_date_that_is_none(site: Desktop) -> None:
    files = site.send("florsol", "stock.csv", csv(None).replace(b"25,\n", b"25,soon\n"))
    (said,) = [body.decode() for name, body in files.items() if name.startswith("florsol/advice")]
    assert "cutDate" in said
    assert cut_dates(site) == []


def test_the_reason_is_named_to_whoever_asks(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    old = datetime.now().astimezone().date() - timedelta(days=30)
    site.send("florsol", "stock.csv", csv(old))
    asked = ["availability", "bloom", "--product", "BLM-100", "--explain"]
    assert cli.main([*asked, "--site", str(site.root)]) in (0, 1)
    assert "K-20" in capsys.readouterr().out
