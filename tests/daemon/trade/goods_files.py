"""Shipments, box codes, air waybills and scans as partners write them, and where boxes are then."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop
from tests.daemon.today import day
from tests.daemon.trade.answering import confirmation, order, publish

SHIPMENT = "po_number,line,po_item_id,awb,house_awb,ship_date,box_code,boxes,lot_number,box_type"
GOOD = "020-81140743"
"""An air waybill whose check digit is right (domain W-01)."""
OTHER = "176-12345675"
SHIPS = 2
"""Days from today to the ship date of the orders."""


def confirmed(site: Desktop, *boxes: int, number: str = "1", control: int = 1) -> None:
    """Publish, order a line for each number of boxes, and confirm all of it."""
    publish(site, 50)
    order(site, *boxes, number=number, control=control)
    site.send("florsol", f"confirm-{number}.csv", confirmation(",accepted", number=number))


def shipment(*rows: dict[str, object], **common: object) -> bytes:
    """Return a shipment CSV; each row is what it says beside `common` (order 1, line 1)."""
    columns = SHIPMENT.split(",")
    shared: dict[str, object] = {
        "po_number": "1",
        "line": 1,
        "awb": GOOD,
        "ship_date": day(SHIPS).isoformat(),
    }
    lines = [SHIPMENT]
    for row in rows:
        cells = {**shared, **common, **row}
        lines.append(",".join("" if (v := cells.get(n)) is None else f"{v}" for n in columns))
    return "".join(f"{line}\n" for line in lines).encode()


def coded(*codes: str, **more: object) -> list[dict[str, object]]:
    """Return a row of a shipment for each box code."""
    return [{"box_code": code, **more} for code in codes]


def ship(site: Desktop, *rows: dict[str, object], **common: object) -> dict[str, bytes]:
    """Let florsol send a shipment."""
    name = f"ship-{len(site.arrivals())}.csv"
    return site.send("florsol", name, shipment(*rows, **common))


def swaps(*pairs: tuple[str, str]) -> bytes:
    """Return a box code file."""
    lines = ["current_box_code,new_box_code", *(f"{old},{new}" for old, new in pairs)]
    return "".join(f"{line}\n" for line in lines).encode()


def waybill(**cells: object) -> bytes:
    """Return an air waybill file of one row."""
    return f"{','.join(cells)}\n{','.join(f'{v}' for v in cells.values())}\n".encode()


def scans(*codes: str, **columns: object) -> bytes:
    """Return a receiving file; `columns` stand in every row."""
    head = ",".join(["box_code", *columns]) if columns else "box_code,rack"
    tail = ",".join(f"{v}" for v in columns.values())
    return "".join(f"{line}\n" for line in (head, *(f"{code},{tail}" for code in codes))).encode()


def notice(
    number: str, *boxes: tuple[str, str], control: int = 1, usage: str = "P", lot: str = ""
) -> bytes:
    """Return an 856 of (order line, box code) boxes of order `number`, all of one lot."""
    body = ["BSN*00*S-1*20261121*0900*0001", "HL*1**S", f"REF*AW*{GOOD}"]
    body += [f"DTM*011*{day(SHIPS):%Y%m%d}", "HL*2*1*O", f"PRF*{number}"]
    at = 2
    for line, code in boxes:
        body += [f"HL*{at + 1}*2*P", *([f"REF*LT*{lot}"] if lot else []), f"MAN*SM*{code}"]
        body += [f"HL*{at + 2}*{at + 1}*I", f"LIN*{line}*PL*{line}", "SN1**1*BX"]
        at += 2
    body.append(f"CTT*{at}")
    return interchange(
        [body],
        control=control,
        sender="FLORSOL",
        receiver="K2KNET",
        usage=usage,
        group="SH",
        kind="856",
    )


def axerrio_step(kind: str, message: str, **fields: Any) -> bytes:
    """Return a `k2k.steps/1` document of florsol's Axerrio system."""
    return json.dumps(
        {"contract": "k2k.steps/1", "kind": kind, "messageId": message} | fields
    ).encode()


def goods(site: Desktop) -> list[tuple[str, str]]:
    """Return (code, state) of every box, in the order they were allotted."""
    table = schema.boxes.c
    rows = site.rows(select(table.code, table.state).order_by(table.id))
    return [(row.code, row.state) for row in rows]


def bills(site: Desktop) -> list[Any]:
    """Return every air waybill, oldest first."""
    return site.rows(select(schema.shipments).order_by(schema.shipments.c.id))


def rows(body: bytes) -> list[tuple[str, str, str]]:
    """Return (status, code, message) of the lines of a CSV answer."""
    found = [line.split(",", 7) for line in body.decode().splitlines()]
    return [(each[3], each[5], each[7].strip('"')) for each in found if each[0] == "line"]


def result(body: bytes) -> str:
    """Return the result of a CSV answer as a whole."""
    return body.decode().splitlines()[1].split(",")[3]


STAGED = "staging"
OURS = ("KD0000001", "KD0000002", "KD0000003", "KD0000004", "KD0000005")


def segments(body: bytes) -> list[list[str]]:
    return [segment.strip().split("*") for segment in body.decode().split("~")]
