"""Files of carts for tests, at a moment that a test sets."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop
from tests.daemon.today import day

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
DRAFT, OUT = "draft", "checked-out"
COLUMNS = (
    *("po_number", "line", "vendor_code", "ship_date", "customer_code", "product_code", "boxes"),
    *("unit_type", "action", "cart_status"),
)
ROSE, OTHER = "BLM-111", "BLM-100"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of New York's clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=NEW_YORK)


def cart(
    number: str,
    *lines: tuple[str, str, int, str],
    ship: date = TUESDAY,
    customer: str = "ROSELANE",
) -> bytes:
    """Return an order CSV of (line, product, boxes, status) rows; an empty status is no cart."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line, product, boxes, status in lines:
        row = (number, line, "florsol", ship.isoformat(), customer, product, boxes, "Box", "")
        writer.writerow((*row, status))
    return out.getvalue().encode()


def stock(*rows: tuple[str, int, str], since: date = MONDAY) -> bytes:
    """Return an availability of (description, quantity, unit) rows that begins `since`."""
    said = availability(*rows).decode()
    return said.replace(day().isoformat(), since.isoformat()).encode()


ROSES = (("Rosa Freedom 50cm", 140, "Bunch"), ("Rosa Explorer 60cm", 120, "Bunch"))
"""Ten boxes of each rose."""


def notices(files: dict[str, bytes]) -> list[tuple[str, dict[str, Any]]]:
    """Return the notices in `files` with whose outbox each is in, by reader."""
    found = [
        (name.split("/")[0], json.loads(body)) for name, body in files.items() if "/notice-" in name
    ]
    return sorted(found, key=lambda each: str(each[1]["for"]))


def answers(files: dict[str, bytes], partner: str = "bloom") -> dict[str, dict[str, str]]:
    """Return the rows of the one order answer in `files`, by line."""
    (body,) = (b for name, b in files.items() if name.startswith(f"{partner}/order-ack-"))
    return {row["line"]: row for row in csv.DictReader(StringIO(body.decode()))}


def taken(site: Desktop) -> dict[str, int]:
    """Return what is bought of each product."""
    return {product: bought for product, (_, bought) in site.lots().items()}


CALENDAR = """
ship_days_offset = 0
schedule = { mon = 1, tue = 1, wed = 1, thu = 1, fri = 3 }
days_of_service = ["mon", "tue", "wed", "thu", "fri"]
max_order_days = 14
"""


def network(*, link: str = "", selling: str = "", buying: str = "") -> str:
    """Return the sample network with more settings of florsol, bloom and their connection."""
    partners, first, *others = NETWORK.split("[[connection]]\n")
    said = {line.split(" = ")[0] for line in link.splitlines()}
    kept = [line for line in first.splitlines() if line.split(" = ")[0] not in said]
    made = "[[connection]]\n".join([partners, "\n".join([*kept, link, ""]), *others])
    made = made.replace("receives_labels = true\n", f"receives_labels = true\n{selling}\n")
    beside = 'receives_availability = "x12"\n'
    return made.replace(beside, f"{beside}{buying}\n")
