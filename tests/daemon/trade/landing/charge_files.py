"""Charges of air waybills as buyers write them, and the landed cost that they are told."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import confirmation, publish
from tests.daemon.trade.goods_files import GOOD, coded, rows, ship

PRICED = NETWORK.replace(
    "pricing = { truck_per_cube = 0 }",
    'pricing = { freight = 48, handling = 6, duty_percent = { "*" = 6.5 }, truck_per_cube = 1.10 }',
    1,
)
"""The sample network; bloom pays what domain 4.5 computes for goods of florsol."""
ORDER = (
    "po_number,line,vendor_code,ship_date,product_code,boxes,box_type,unit_type,unit_cost,ship_via"
)


def ordered(
    site: Desktop, *boxes: int, number: str = "1", cost: str = "0.30", via: str = ""
) -> None:
    """Let bloom order a line for each number of boxes of 300 stems, and florsol confirm them."""
    publish(site, 50)
    lines = [ORDER]
    for at, count in enumerate(boxes, 1):
        lines.append(f"{number},{at},FLORSOL,{day(2)},BLM-100,{count},HB,Stem,{cost},{via}")
    site.send("bloom", f"order-{number}.csv", "".join(f"{line}\n" for line in lines).encode())
    site.send("florsol", f"confirm-{number}.csv", confirmation(",accepted", number=number))


def travelling(site: Desktop, boxes: int = 2, *, awb: str = GOOD, **more: Any) -> None:
    """Let florsol ship order 1 of so many boxes, coded PT1, PT2 ..."""
    ordered(site, boxes, **more)
    ship(site, *coded(*(f"PT{at}" for at in range(1, boxes + 1)), awb=awb))


def state(site: Desktop, *said: dict[str, object], partner: str = "bloom") -> dict[str, bytes]:
    """Let a buyer send a file of charges; each row is of GOOD but for what it says."""
    columns = list(dict.fromkeys(["awb", "charge", *(name for row in said for name in row)]))
    lines = [",".join(columns)]
    for row in said:
        cells: dict[str, object] = {"awb": GOOD, **row}
        lines.append(",".join(f"{cells.get(name, '')}" for name in columns))
    body = "".join(f"{line}\n" for line in lines).encode()
    return site.send(partner, f"charges-{len(site.arrivals())}.csv", body)


def freight(amount: object, **more: object) -> dict[str, object]:
    return {"charge": "freight", "amount": amount, **more}


def answered(files: dict[str, bytes], partner: str = "bloom") -> list[tuple[str, str, str]]:
    """Return (status, code, message) of the rows of the answer."""
    return rows(only(files, f"{partner}/advice"))


def landed(files: dict[str, bytes], partner: str = "bloom") -> list[dict[str, str]]:
    """Return the boxes of the one file of landed cost."""
    return read_rows(only(files, f"{partner}/landed-cost"))


def read_rows(body: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV with its header as keys."""
    return list(csv.DictReader(StringIO(body.decode(), newline="")))


def costs(files: dict[str, bytes]) -> list[tuple[str, str, str, str]]:
    """Return (box, state, cost of the box, cost of a unit) of every box that was told of."""
    names = ("box_code", "state", "box_landed_cost", "unit_landed_cost")
    return [tuple(row[name] for name in names) for row in landed(files)]  # type: ignore[misc]


def charges(site: Desktop) -> list[Any]:
    """Return every charge of the books, oldest first."""
    return site.rows(select(schema.awb_charges).order_by(schema.awb_charges.c.id))
