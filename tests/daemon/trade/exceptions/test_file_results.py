"""What a file's own answer says of it: never plain where the rules took less than all (L-08)."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import SetClock
from tests.daemon.trade.answering import publish
from tests.daemon.trade.cart_files import (
    CALENDAR,
    MONDAY,
    ROSES,
    TUESDAY,
    at,
    network,
    stock,
)
from tests.daemon.trade.direct import order_csv
from tests.daemon.trade.goods_files import axerrio_step
from tests.daemon.trade.systems.floral_orders import order as system_order
from tests.daemon.trade.systems.prebook_files import as_json, settings
from tests.daemon.trade.systems.test_aliases import created
from tests.daemon.trade.systems.test_vendor_made import EXPLORER


def said(body: bytes) -> tuple[str, dict[str, int]]:
    """Return the result of a file, and its counts without those that are 0."""
    rows = list(csv.DictReader(StringIO(body.decode())))
    (result,) = (row["status"] for row in rows if row["record"] == "file")
    counts = {row["status"]: int(row["count"]) for row in rows if row["record"] == "count"}
    return result, {name: count for name, count in counts.items() if count}


def order(number: str, boxes: int = 1, product: str = "BLM-100") -> bytes:
    return order_csv(number, ship_via="warehouse", boxes=boxes, product_code=product)


def together(*orders: bytes) -> bytes:
    """Return one file of several orders."""
    head = orders[0].splitlines(keepends=True)[0]
    return head + b"".join(b"".join(each.splitlines(keepends=True)[1:]) for each in orders)


def sent(site: Desktop, body: bytes) -> tuple[str, dict[str, int]]:
    name = f"po-{len(site.arrivals())}"
    return said(only(site.send("bloom", f"{name}.csv", body), f"bloom/advice-{name}"))


def test_an_order_of_which_nothing_is_left_is_rejected_in_the_answer_to_its_file(
    site: Desktop,
) -> None:
    publish(site, 1)
    assert sent(site, order("P-1")) == ("accepted", {"received": 1, "accepted": 1})
    assert sent(site, order("P-2")) == ("rejected", {"received": 1, "rejected": 1})


def test_an_order_that_is_cut_is_accepted_with_exceptions(site: Desktop) -> None:
    publish(site, 1)
    found = sent(site, order("P-1", boxes=2))
    assert found == ("accepted-with-exceptions", {"received": 1, "accepted": 1})


def test_orders_of_one_file_are_counted_each_as_it_was_judged(site: Desktop) -> None:
    publish(site, 3)
    body = together(
        *(order("P-1"), order("P-2", product="NOBODYS"), order("P-3", boxes=9), order("P-4"))
    )
    assert sent(site, body) == (
        "accepted-with-exceptions",
        {"received": 4, "accepted": 2, "held": 1, "rejected": 1},
    )


def test_a_line_of_an_order_that_is_refused_is_an_exception(site: Desktop) -> None:
    publish(site, 9)
    second: dict[str, object] = {"line": 2, "product_code": "BLM-110"}
    body = order_csv("P-1", {"line": 1}, second, ship_via="warehouse")
    assert sent(site, body) == ("accepted-with-exceptions", {"received": 1, "accepted": 1})


@pytest.mark.parametrize(("boxes", "result"), [(9, "accepted"), (0, "rejected")])
def test_what_was_found_in_json_stands_in_the_answer_to_the_order(
    site: Desktop, boxes: int, result: str
) -> None:
    publish(site, boxes)
    body = json.loads(created()) | {"authenticationToken": "s3cret-token"}
    files = site.send("bloom", "po.json", json.dumps(body).encode())
    assert not [name for name in files if "advice" in name]
    told = json.loads(only(files, "bloom/ack-"))
    assert told["result"] == result
    assert [each["where"] for each in told["findings"]] == ["authenticationToken"]


# --- what a reader left out of JSON


def without_line_2(number: str = "AX-1") -> dict[str, Any]:
    """Return an order of florsol's system whose second of three lines can't be read."""
    said: dict[str, Any] = json.loads(system_order(number))
    said["order"]["lines"][1]["boxes"] = "many"
    return said


def told_to_system(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(only(files, "axerrio-florsol/ack"))
    return found


@pytest.mark.parametrize("approves", ["asked", "auto"])
def test_a_line_that_is_left_out_of_an_order_is_named_and_never_plain(
    site: Desktop, approves: str
) -> None:
    """L-08: also where all the others are accepted at once."""
    site.reconfigure(settings(approves_orders=f'"{approves}"'))
    site.map_row("products", EXPLORER)
    files = site.send("axerrio-florsol", "o.json", json.dumps(without_line_2()).encode())
    told = told_to_system(files)
    assert told["result"] == "accepted-with-exceptions"
    assert (told["counts"]["received"], told["counts"]["rejected"]) == (3, 1)
    assert [each["where"] for each in told["findings"]] == ["order.lines[1].boxes"]


def test_it_is_named_again_once_the_order_is_completed(site: Desktop) -> None:
    said = without_line_2()
    said["order"]["lines"][2] |= {"vendorItem": "NEW-1", "description": "Something new"}
    site.send("axerrio-florsol", "o.json", json.dumps(said).encode())
    site.map_row("products", "axerrio-florsol,,NEW-1,,ALS-WHI-SEL,,yes,,,")
    told = told_to_system(site.run())
    assert told["result"] == "accepted-with-exceptions"
    assert [each["where"] for each in told["findings"]] == ["order.lines[1].boxes"]


def test_each_message_of_a_file_is_answered_with_what_was_found_in_it_alone(
    site: Desktop,
) -> None:
    site.map_row("products", EXPLORER)
    both = [without_line_2("AX-1"), json.loads(system_order("AX-2", "m-2"))]
    files = site.send("axerrio-florsol", "o.json", json.dumps(both).encode())
    found = {
        number: json.loads(only(files, f"axerrio-florsol/ack-{number}"))["findings"]
        for number in ("AX-1", "AX-2")
    }
    assert [each["where"] for each in found["AX-1"]] == ["[0].order.lines[1].boxes"]
    assert found["AX-2"] == []


def test_a_broken_box_of_a_json_order_is_left_out_whole_and_named(site: Desktop) -> None:
    """E-25."""
    site.map_row("products", EXPLORER)
    said = json.loads(system_order())
    rows = [{"vendorItem": "FS-1160", "bunches": count} for count in (3, "many", 2)]
    said["order"]["lines"][1]["breakdown"] = rows
    told = told_to_system(site.send("axerrio-florsol", "o.json", json.dumps(said).encode()))
    assert [line["line"] for line in told["lines"]] == ["1", "3"]
    assert [(each["code"], each["where"]) for each in told["findings"]] == [
        ("json.bunches", "order.lines[1].breakdown[1].bunches"),
        ("E-25", "order.lines[1].breakdown"),
    ]


def test_a_buyers_prebook_in_json_says_what_was_left_out_of_it(site: Desktop) -> None:
    line = {"productCode": "BLM-100", "boxType": "HB", "unitType": "stem", "unitPrice": "0.30"}
    body = as_json({**line, "boxes": 2}, {**line, "boxes": 0})
    told = json.loads(only(site.send("bloom", "p.json", body), "bloom/ack"))
    assert (told["messageId"], told["result"]) == ("b-1", "accepted-with-exceptions")
    assert [each["where"] for each in told["findings"]] == ["order.lines[1].boxes"]


# --- the rule that speaks, and the next day, in JSON as in a CSV


def test_a_refused_line_names_its_rule_and_the_next_ship_date(tmp_path: Path) -> None:
    """E-10: for a program, not only in a sentence."""
    clock = SetClock(at(MONDAY, 12, 30))
    made = network(link=CALENDAR, selling='selling = { ecommerce_cut_off = { daily = "1200" } }')
    with desktop(tmp_path / "site", network=made, clock=clock) as late:
        late.send("florsol", "stock.csv", stock(*ROSES))
        body = json.loads(created()) | {"shipDate": MONDAY.isoformat()}
        files = late.send("bloom", "po.json", json.dumps(body).encode())
    (line,) = json.loads(only(files, "bloom/ack-"))["lines"]
    assert (line["status"], line["code"]) == ("rejected", "E-10")
    assert line["shipDate"] == TUESDAY.isoformat()


def test_a_line_that_nobody_knows_names_its_rule(site: Desktop) -> None:
    (line, *_) = (
        each
        for each in told_to_system(site.send("axerrio-florsol", "o.json", system_order()))["lines"]
        if each["status"] == "UNKNOWN"
    )
    assert line["code"] == "E-14"


def test_a_row_of_a_step_names_its_rule(site: Desktop) -> None:
    step = axerrio_step("box-code-change", "m-1", swaps=[{"current": "NO-1", "new": "PT9"}])
    (line,) = told_to_system(site.send("axerrio-florsol", "c.json", step))["lines"]
    assert (line["line"], line["status"], line["code"]) == ("PT9", "error", "E-16")
