"""Interchanges for the tests, of two firms that don't exist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from formats.edifact.policy import STRICT, Policy
from formats.edifact.reader import EdifactReading, read
from formats.edifact.technical import control_message
from formats.records import PurchaseOrder

BUYER = "5412345000013:14"
VENDOR = "7701234000011:14"
AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone

ORDER = (
    "BGM+220+PO-77001+9",
    "DTM+137:20261204:102",
    "DTM+2:20261211:102",
    "DTM+10:20261208:102",
    "FTX+AAI+++KEEP COLD:CALL ON ARRIVAL",
    "RFF+CO:WEB-5512",
    "NAD+BY+5412345000013::9",
    "NAD+SU+V0044::92++FINCA ALTA",
    "NAD+DP+DC04::92++PETAL ROW DC 4+12 CANAL ST:DOOR 12+TAMPA+FL+33602+US",
    "CUX+2:USD:9",
    "TDT+20++++PRMF",
    "LIN+1++10614141000019:EN",
    "PIA+1+ROS-RED-60:SA+R60:BP",
    "IMD+F++:::ROSE RED 60 CM",
    "QTY+21:10:BX",
    "QTY+59:10",
    "QTY+52:25",
    "PRI+AAA:0.365:::1:PCE",
    "PAC+10++HB::92",
    "PCI++MARK-7",
    "LIN+2++ALS-MIX:SA",
    "QTY+21:4:BX",
    "PRI+AAA:2800:::100",
    "LIN+3++ALS-WHI:SA+1:2",
    "QTY+21:12:BH",
    "UNS+S",
    "CNT+2:3",
)
GROUP = "UNG+ORDERS+A:14+B:14+261204:0930+9+UN+D:96A"


def message(
    body: Sequence[str] = ORDER,
    kind: str = "ORDERS:D:96A:UN:EAN008",
    reference: str = "1",
    count: str | None = None,
) -> list[str]:
    """Return UNH to UNT; `count` replaces the true 0074."""
    return [
        f"UNH+{reference}+{kind}",
        *body,
        f"UNT+{count or len(body) + 2}+{reference}",
    ]


def order_with(*, at: int = 0, put: tuple[str, ...] = (), drop: int = 0) -> list[str]:
    """Return an order message with segments put in or dropped at a position (UNH = 1)."""
    body = [*ORDER]
    body[at - 2 : at - 2 + drop] = put
    return message(body)


def header(
    syntax: str = "UNOC:3",
    sender: str = BUYER,
    recipient: str = VENDOR,
    reference: str = "5001",
    rest: str = "",
) -> str:
    return f"UNB+{syntax}+{sender}+{recipient}+261204:0930+{reference}{rest}"


def written(
    *segments: str, unb: str | None = None, count: str = "1", end: str = "\n", unz: str = "5001"
) -> bytes:
    """Return an interchange of `segments` (an order where there are none)."""
    lines = [unb or header(), *(segments or message()), f"UNZ+{count}+{unz}"]
    return "".join(f"{each}'{end}" for each in lines).encode("latin-1")


def opened(data: bytes, policy: Policy = STRICT) -> EdifactReading:
    """Return a file that was read to its end."""
    reading = read(data, policy=policy)
    list(reading.documents())
    return reading


def control(data: bytes, policy: Policy = STRICT) -> list[list[str]]:
    """Return what the CONTRL of every interchange says: its segments between UNH and UNT."""
    answers = []
    for number, outcome in enumerate(opened(data, policy).outcomes, 1):
        answer = control_message(outcome, reference=str(number), at=AT)
        if answer is not None:
            lines = answer.decode("latin-1").replace("'", "").splitlines()
            answers.append(lines[3:-2])
    return answers


def only(data: bytes, policy: Policy = STRICT) -> list[str]:
    """Return what the one CONTRL says of a file below its UCI, and the action of the UCI."""
    ((head, *rest),) = control(data, policy)
    action = head.split("+")[4:]
    return ["+".join(action), *rest]


def codes(data: bytes, policy: Policy = STRICT) -> list[str]:
    """Return the code of every finding of a file, envelope first."""
    reading = read(data, policy=policy)
    found = [each for document in reading.documents() for each in document.findings]
    return [each.code for each in (*reading.envelope_findings(), *found)]


def order_of(data: bytes) -> PurchaseOrder:
    """Return the one order of an interchange."""
    (document,) = read(data).documents()
    assert isinstance(document.record, PurchaseOrder), document.findings
    return document.record
