"""Every error of domain section 14 that a file can bring: its code in the answer, and what it does.

Those that have more to show have modules of their own; here each is named once, so that none is
forgotten: `test_each_error_of_the_list_has_a_test` looks for it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from daemon.ledger.holds import Hold, HoldKind, open_holds
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import change_set, publish
from tests.daemon.trade.cart_files import answers
from tests.daemon.trade.direct import order_csv
from tests.daemon.trade.systems.test_aliases import created

NUMBERS = range(10, 31)


def said(files: dict[str, bytes], partner: str = "bloom") -> str:
    """Return all that a partner is told in answers, as one text."""
    told = (b"advice", b"ack", b"order-ack")
    return "\n".join(
        body.decode()
        for name, body in files.items()
        if name.startswith(tuple(f"{partner}/{kind.decode()}" for kind in told))
    )


def for_admin(site: Desktop) -> str:
    """Return what the books tell a person of the newest file: findings and holds."""
    newest = max(row.id for row in site.rows(select(schema.arrivals.c.id)))
    table = schema.findings.c
    found = site.rows(select(table.code, table.message).where(table.arrival_id == newest))
    holds = [hold.message for hold in site.holds()]
    return "\n".join([*(f"{row.code} {row.message}" for row in found), *holds])


# --- E-17: a file without what its method needs is refused whole


@pytest.mark.parametrize(
    "missing", ["purchaseOrderNumber", "purchaseOrderItems[0].boxes", "purchaseOrderItems"]
)
def test_e_17_missing_parameter_is_fatal_for_the_file(site: Desktop, missing: str) -> None:
    publish(site, 9)
    body = json.loads(created())
    if missing == "purchaseOrderItems":
        body["purchaseOrderItems"] = []
    elif missing.startswith("purchaseOrderItems"):
        del body["purchaseOrderItems"][0]["boxes"]
    else:
        del body[missing]
    files = site.send("bloom", "po.json", json.dumps(body).encode())
    name = missing.partition("[")[0]
    assert name in said(files)
    assert (site.orders(), site.states()[-1]) == ([], "quarantined")
    assert name in for_admin(site)


def test_e_17_token_in_a_file_is_reported_and_kept_nowhere(site: Desktop) -> None:
    publish(site, 9)
    body = json.loads(created()) | {"authenticationToken": "s3cret-token"}
    files = site.send("bloom", "po.json", json.dumps(body).encode())
    assert "needs no token" in said(files)
    assert "s3cret-token" not in said(files) + for_admin(site) + site.log.getvalue()
    assert [each.state for each in site.orders()] == ["approved"]


# --- E-21: a carrier that can't take the goods


def sent(site: Desktop, carrier: str, via: str = "warehouse") -> dict[str, str]:
    body = order_csv("C-1", carrier_code=carrier, ship_via=via, ship_to_street="1 Way",
                     ship_to_city="Boston", ship_to_name="Rose")  # fmt: skip
    return answers(site.send("bloom", "po.csv", body))["1"]


def test_e_21_outbound_carrier_takes_nothing_to_a_warehouse(site: Desktop) -> None:
    publish(site, 9)
    row = sent(site, "CCF")
    assert (row["status"], row["reason_code"]) == ("rejected", "E-21")
    assert "carrier CCF (Coastal Cold Freight) takes goods out" in row["message"]
    assert "refused.E-21" in for_admin(site)
    assert site.lots()["ROS-EXP-60"][1] == 0


def test_e_21_inactive_carrier_takes_nothing_at_all(site: Desktop) -> None:
    publish(site, 9)
    table = site.root / "mappings" / "carriers.csv"
    kept = table.read_text().replace(
        "TRUCK1,Sunline Truck Lines,TRUCK1,Sunline Truck Lines,yes",
        "TRUCK1,Sunline Truck Lines,TRUCK1,Sunline Truck Lines,no",
    )
    table.write_text(kept)
    assert site.p.tables.refresh(is_whole=True) is not None
    row = sent(site, "SUNL", via="grower")
    assert (row["status"], row["reason_code"]) == ("rejected", "E-21")
    assert "is not active any more" in row["message"]


@pytest.mark.parametrize(
    ("carrier", "via"),
    [
        *(("CCF", "grower"), ("SUNL", "warehouse"), ("AIRCARGO", "warehouse")),
        *(("NOBODY", "warehouse"), ("", "warehouse")),
    ],
)
def test_e_21_carrier_that_can_take_the_goods_does(site: Desktop, carrier: str, via: str) -> None:
    publish(site, 9)
    assert sent(site, carrier, via)["status"] == "accepted"


def test_e_21_change_to_such_a_carrier_is_refused_and_the_order_stays(site: Desktop) -> None:
    publish(site, 9)
    sent(site, "AIRCARGO")
    files = site.send("bloom", "c.edi", change_set("C-1", "TD5**2*CCF", control=9))
    assert b"takes goods out to customers" in only(files, "bloom/865")
    assert "refused.E-21" in for_admin(site)


# --- E-22: a vendor named in two ways


def test_e_22_vendor_by_id_and_by_code_is_refused(site: Desktop) -> None:
    publish(site, 9)
    body = json.loads(created()) | {"vendorId": 77}
    files = site.send("bloom", "po.json", json.dumps(body).encode())
    assert "Either vendorId or vendorCode is expected (A-03, E-22)" in said(files)
    assert (site.orders(), site.states()[-1]) == ([], "quarantined")
    assert "E-22" in for_admin(site)


# --- E-25: an assorted box with one bad row


def test_e_25_bad_row_of_a_breakdown_leaves_its_box_out_and_no_other(site: Desktop) -> None:
    publish(site, 9)
    site.send("florsol", "f.csv", availability(("Rosa Freedom 60cm", 900, "Stem")))
    body = order_csv(
        "B-1",
        {"line": 1},
        {"line": 2, "product_code": "BLM-110"},
        {"line": 3, "parent_line": 2, "product_code": "BLM-100", "bunches": "many"},
        {"line": 4, "parent_line": 2, "product_code": "BLM-110", "bunches": 5},
        ship_via="warehouse",
    )
    files = site.send("bloom", "po.csv", body)
    found = [line for line in said(files).splitlines() if "E-25" in line]
    assert len(found) >= 2
    assert answers(files).keys() == {"1"}
    assert answers(files)["1"]["status"] == "accepted"
    assert "E-25" in for_admin(site)


# --- E-28: more boxes in one item than the interface takes


def test_e_28_item_of_more_than_a_hundred_boxes_is_taken_as_several(site: Desktop) -> None:
    item = {
        "productCode": "FS-1060", "quantity": 250, "boxTypeCode": "HB", "unitType": "Stem",
        "stemsBunch": 25, "bunches": 12, "unitCost": "0.30", "availableFrom": str(day()),
    }  # fmt: skip
    files = site.send("florsol", "s.json", json.dumps({"inventoryItems": [item]}).encode())
    assert site.lots()["ROS-EXP-60"][0] == 250
    assert "E-28" in said(files, "florsol") and "E-28" in for_admin(site)


# --- none is forgotten


HERE = ("E-17", "E-21", "E-22", "E-25", "E-28")
ELSEWHERE: dict[str, str] = {
    "E-10": "scenarios/test_05_cut_off.py",
    "E-11": "trade/carts/test_cart_ends.py",
    "E-12": "trade/calendar/test_ship_dates.py",
    "E-13": "scenarios/test_04_ship_days_offset.py",
    "E-14": "scenarios/test_08_unmapped_product.py",
    "E-15": "mapping/test_staging.py",
    "E-16": "scenarios/test_11_box_codes.py",
    "E-18": "trade/goods/test_shipments.py",
    "E-19": "trade/goods/test_waybill_numbers.py",
    "E-20": "trade/goods/test_waiting_shipments.py",
    "E-23": "trade/orders/test_locations.py",
    "E-24": "scenarios/test_02_oversold.py",
    "E-26": "scenarios/test_16_truck_line.py",
    "E-27": "trade/systems/test_buyer_prebooks.py",
    "E-29": "trade/landing/test_landed_cost.py",
    "E-30": "scenarios/test_19_odd_waybill.py",
}


@pytest.mark.parametrize("code", [f"E-{number}" for number in NUMBERS])
def test_each_error_of_the_list_has_a_test(code: str) -> None:
    """Domain section 14: whoever moves a test says here where it is."""
    assert (code in HERE) is not (code in ELSEWHERE)
    folder = Path(__file__).parents[2]
    module = Path(__file__) if code in HERE else folder / ELSEWHERE[code]
    assert re.search(rf"\b{code}\b", module.read_text()), f"{module.name} doesn't name {code}"
    told = (Path(__file__).parents[4] / "docs/trade.md").read_text()
    assert f"\n| {code} | " in told, "docs/trade.md says of each what becomes of it"


# --- the operator's half: what is refused by a rule that somebody here may mend


def exceptions(site: Desktop) -> list[Hold]:
    with site.p.ledger.read() as conn:
        return open_holds(conn, [HoldKind.EXCEPTION])


def late_order(site: Desktop, number: str, lines: int = 1) -> dict[str, bytes]:
    """Order of the first ship day there is, for goods that are there two weeks later only."""
    rows: list[dict[str, object]] = [{"line": each, "boxes": 1} for each in range(1, lines + 1)]
    body = order_csv(number, *rows, ship_via="warehouse", ship_date=day(2).isoformat())
    return site.send("bloom", f"{number}-{len(site.arrivals())}.csv", body)


@pytest.fixture
def later(site: Desktop) -> Desktop:
    """A site whose roses can be had later than anyone orders them here."""
    rose = ("Rosa Explorer 60cm", 9_000, "Stem")
    site.send("florsol", "a.csv", availability(rose, at=12))
    return site


def test_refusal_is_one_exception_a_document_that_a_person_ends(
    later: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    files = late_order(later, "L-1", lines=8)
    assert {row["reason_code"] for row in answers(files).values()} == {"E-13"}
    (exception,) = exceptions(later)
    assert (exception.partner, exception.place) == ("bloom", "order L-1")
    for part in ("E-13", "line 1", "and 3 more", "k2kd availability --explain"):
        assert part in exception.message
    # It stops nothing: the file is done.
    assert later.states()[-1] == "posted"
    words = ["--site", str(later.root)]
    assert cli.main(["holds", *words]) == 0
    shown = capsys.readouterr().out
    assert f"k2kd release {exception.id}" in shown and "k2kd reject" not in shown
    assert cli.main(["status", *words]) == 0
    assert "1 open hold (1 exception)" in capsys.readouterr().out

    # The order, tried again, takes the place of what was said of it; dismissed, it stays so.
    late_order(later, "L-1", lines=7)
    (again,) = exceptions(later)
    assert again.id != exception.id
    later.release(again.id)
    assert exceptions(later) == []
    late_order(later, "L-2")
    (other,) = exceptions(later)
    later.reject(other.id, "known")
    assert (exceptions(later), later.states()[-1]) == ([], "posted")


def test_refusal_that_nobody_here_can_mend_is_no_exception(site: Desktop) -> None:
    publish(site, 9)
    body = order_csv("C-1", boxes=9_999, ship_via="warehouse")
    assert answers(site.send("bloom", "po.csv", body))["1"]["status"] == "rejected"
    assert exceptions(site) == []


def test_e_21_is_held_up_until_the_order_comes_with_another_carrier(site: Desktop) -> None:
    publish(site, 9)
    sent(site, "CCF")
    (exception,) = exceptions(site)
    assert (exception.partner, exception.place) == ("bloom", "order C-1")
    assert "E-21 line 1" in exception.message and "carriers.csv" in exception.message
    assert sent(site, "AIRCARGO")["status"] == "accepted"
    assert exceptions(site) == []
