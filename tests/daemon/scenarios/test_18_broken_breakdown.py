"""Scenario 18: an assorted box with one bad row of four is left out whole, other lines are not."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from formats.tabular.order_lines import BROKEN_BOX
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.direct import order_csv, publish

ROSES = ("BLM-100", "BLM-101", "BLM-110", "BLM-111")


def breakdown(number: str, bunches: Sequence[object], third: str = ROSES[2]) -> bytes:
    """Return an order of a box of Explorer, an assorted box of four, and a box of Freedom."""
    products = (*ROSES[:2], third, ROSES[3])
    assorted = {"line": 2, "product_code": "", "product_description": "Assorted roses 50"}
    inside = (
        {"line": f"2.{at}", "parent_line": 2, "product_code": product, "bunches": count,
         "boxes": "", "box_type": ""}
        for at, (product, count) in enumerate(zip(products, bunches, strict=True), 1)
    )  # fmt: skip
    last = {"line": 3, "product_code": "BLM-110"}
    return order_csv(number, {"line": 1}, assorted, *inside, last, ship_via="warehouse")


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode())))


def test_one_bad_row_of_four_leaves_the_box_out_and_the_other_lines_in(site: Desktop) -> None:
    publish(site)
    files = site.send("bloom", "po.csv", breakdown("X-1", (3, 3, "x", 3)))
    answered = [(row["line"], row["status"]) for row in rows(only(files, "bloom/order-ack-X-1"))]
    assert answered == [("1", "accepted"), ("3", "accepted")]
    assert b",2.1," not in only(files, "florsol/order-X-1")

    advice = rows(only(files, "bloom/advice-po"))
    assert advice[0]["status"] == "accepted-with-exceptions"
    found = {row["where"]: row for row in advice if row["record"] == "finding"}
    # Rows 4 to 7 are the four of the box; row 3 is the box itself.
    assert found["row 6, column bunches"]["code"] == "csv.bunches"
    assert {where for where, row in found.items() if row["code"] == BROKEN_BOX} == {
        "row 3, column line",
        *(f"row {at}, column parent_line" for at in (4, 5, 7)),
    }
    assert "left out with its 4 rows: row 6 can't be used" in found["row 3, column line"]["message"]


def test_box_that_is_sent_again_in_order_is_taken_whole(site: Desktop) -> None:
    publish(site)
    site.map_row("products", "bloom,,,Assorted roses 50,MIX-ROS-50,,yes,,,")
    files = site.send("bloom", "po.csv", breakdown("X-2", (3, 3, 3, 3)))
    advice = rows(only(files, "bloom/advice-po"))
    assert [row for row in advice if row["record"] == "finding"] == []
    assert [row["line"] for row in rows(only(files, "bloom/order-ack-X-2"))] == ["1", "2", "3"]


def test_content_that_no_table_knows_holds_the_order_and_names_the_row(site: Desktop) -> None:
    publish(site)
    site.map_row("products", "bloom,,,Assorted roses 50,MIX-ROS-50,,yes,,,")
    files = site.send("bloom", "po.csv", breakdown("X-3", (3, 3, 3, 3), third="NO-SUCH"))
    (waits,) = site.holds()
    assert (waits.place, waits.source_code) == ("line 2, content 3", "NO-SUCH")
    answered = {row["line"]: row["status"] for row in rows(only(files, "bloom/order-ack-X-3"))}
    assert answered == {"1": "held", "2": "UNKNOWN", "3": "held"}
    assert not [name for name in kinds(files) if name.startswith("florsol/")]
