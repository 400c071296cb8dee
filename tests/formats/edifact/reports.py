"""What the tests of INVRPT share: who it goes between, and what was read of it."""

from __future__ import annotations

from datetime import datetime

from formats.edifact.reader import read
from formats.records import InventoryAdvice, Party
from tests.formats.edifact.samples import control, message, written

COUNTED = datetime(2026, 12, 4, 6, 0)  # noqa: DTZ001 - wall clock of the vendor's own zone
AT = datetime(2026, 12, 4, 6, 5)  # noqa: DTZ001 - wall clock of the vendor's own zone
VENDOR = Party("7701234000011", "UL", "FINCA ALTA")
BUYER = Party("B44", "92", "PETAL ROW")
REPORT = (
    "BGM+35+STK-77+9",
    "DTM+137:202612040605:203",
    "DTM+366:202612040600:203",
    "NAD+SU+7701234000011::9++FINCA ALTA",
    "NAD+WH+BOG::92",
    "CUX+2:USD:10",
    "LIN+1++ROS-RED-60:SA",
    "PIA+5+R60:BP+16207:VBN",
    "IMD+F++:::ROSE RED 60 CM",
    "IMD+F+35+:::RED",
    "IMD+F+8+:::ROSES",
    "IMD++S20+060",
    "DTM+44:20261205:102",
    "DTM+36:20261212:102",
    "DTM+94:20261203:102",
    "QTY+145:120:BX",
    "LOC+18+MIA",
    "PRI+AAA:0.36:::1:PCE",
    "CPS+1",
    "PAC+++HB::92",
    "QTY+59:10",
    "QTY+52:25",
    "LIN+2++10614141000019:EN",
    "QTY+17:40",
)


def report(*body: str, kind: str = "INVRPT:D:96A:UN:EAN004") -> bytes:
    return written(*message(body or REPORT, kind))


def advice_of(data: bytes) -> InventoryAdvice:
    (document,) = read(data).documents()
    assert isinstance(document.record, InventoryAdvice), document.findings
    assert control(data)[0][0].endswith("+7"), control(data)
    return document.record


def found_in(data: bytes) -> list[str]:
    return [each.code for document in read(data).documents() for each in document.findings]
