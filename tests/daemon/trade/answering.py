"""Confirmations and changes as partners write them, and what stands in the books after them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.partner_files import availability, interchange, purchase_order
from tests.daemon.sites import Desktop
from tests.daemon.today import day

BOX = 300
"""Stems in a box of Explorer 60 (packs.csv)."""
CONFIRMATION = "po_number,line,status,confirmed_boxes,confirmed_cost,ship_date,reason_code,message"


def publish(site: Desktop, boxes: int) -> None:
    """Let florsol publish so many boxes of Explorer 60."""
    stems = str(boxes * BOX)
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", stems, "Stem")))


def order(site: Desktop, *boxes: int, number: str = "1", control: int = 1) -> dict[str, bytes]:
    """Let bloom order a line of Explorer 60 for each number of boxes."""
    lines = [("BLM-100", str(each), "BX") for each in boxes]
    body = purchase_order(number, *lines, control=control)
    return site.send("bloom", f"order-{number}.edi", body)


def confirmation(*rows: str, number: str = "1") -> bytes:
    """Return a confirmation file; a row is what follows the order number, as `1,changed,3`."""
    width = CONFIRMATION.count(",")
    lines = [f"{number},{row}" for row in rows]
    padded = [line + "," * (width - line.count(",")) for line in lines]
    return "\n".join([CONFIRMATION, *padded, ""]).encode()


def answer_set(
    number: str,
    *acks: tuple[str, str, str],
    kind: str = "AC",
    control: int = 1,
    usage: str = "P",
    sender: str = "FLORSOL",
) -> bytes:
    """Return an 855 of (line, ACK01, quantity) answers; every line ordered ten boxes."""
    body = [f"BAK*00*{kind}*{number}*{day():%Y%m%d}"]
    for reference, code, quantity in acks:
        body += [f"PO1*{reference}*10*BX", f"ACK*{code}*{quantity}*BX"]
    body.append(f"CTT*{len(acks)}")
    return interchange(
        [body],
        control=control,
        sender=sender,
        receiver="K2KNET",
        group="PR",
        kind="855",
        usage=usage,
    )


def change_set(
    number: str,
    *segments: str,
    control: int,
    purpose: str = "04",
    sequence: str = "",
    usage: str = "P",
    sender: str = "BLOOMWHSL",
) -> bytes:
    """Return an 860 of the segments that follow its BCH."""
    body = [f"BCH*{purpose}*SA*{number}**{sequence}*{day():%Y%m%d}", *segments]
    return interchange([body], control=control, sender=sender, group="PC", kind="860", usage=usage)


def acks(body: bytes) -> list[tuple[str, str]]:
    """Return (ACK01, quantity) of every answer of an 855 or 865."""
    found = [segment.strip().split("*") for segment in body.decode().split("~")]
    return [(part[1], part[2] if len(part) > 2 else "") for part in found if part[0] == "ACK"]


def head(body: bytes) -> list[str]:
    """Return the first segment of an answer, in elements."""
    found = [segment.strip().split("*") for segment in body.decode().split("~")]
    return next(part for part in found if part[0] in ("BAK", "BCA", "BCH", "BEG"))


def lines(site: Desktop, number: str = "1") -> list[Any]:
    """Return the lines of the newest purchase order of a number, from the books."""
    table = schema.order_lines
    newest = [row.id for row in site.orders() if row.number == number][-1]
    return site.rows(select(table).where(table.c.order_id == newest).order_by(table.c.line))


def progress(site: Desktop, number: str = "1") -> list[tuple[str, int | None]]:
    """Return progress and confirmed quantity of every line."""
    return [
        (row.progress, None if row.confirmed is None else int(row.confirmed))
        for row in lines(site, number)
    ]


def stock_of(site: Desktop) -> tuple[float, float]:
    """Return boxes of Explorer 60 (published, bought)."""
    published, bought = site.lots()["ROS-EXP-60"]
    return published / BOX, bought / BOX


def boxes(site: Desktop) -> list[str]:
    """Return the states of all boxes, oldest first."""
    table = schema.boxes.c
    return [row.state for row in site.rows(select(table.state).order_by(table.id))]


def states(site: Desktop) -> list[str]:
    return [row.state for row in site.orders()]


def answered_rows(body: bytes) -> list[tuple[str, str]]:
    """Return (status, message) of the lines of a CSV answer to a step."""
    found = [line.split(",", 7) for line in body.decode().splitlines()]
    return [(parts[3], parts[7]) for parts in found if parts[0] == "line"]
