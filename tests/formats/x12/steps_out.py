"""What the tests of written step files share: the envelope, and what a reader makes of a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from formats.records import OrderLine
from formats.steps import LineChange, OrderChange
from formats.x12.reader import read
from formats.x12.write import ControlNumbers, Envelope

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
CONTROL = ControlNumbers(1, 1)
VERSIONS = ("00401", "00501")
FEW = settings(max_examples=60, deadline=None)
versions = st.sampled_from(VERSIONS)


def envelope(version: str = "00401", *, is_test: bool = False) -> Envelope:
    return Envelope(
        "ZZ",
        "PETALROW",
        "01",
        "FINCAALTA",
        usage="T" if is_test else "P",
        version="00501" if version == "00501" else "00401",
    )


def read_back(data: bytes) -> object:
    reading = read(data)
    assert reading.envelope_findings() == ()
    (document,) = reading.documents()
    assert document.findings == ()
    assert [each.status for each in reading.outcomes[0].groups] == ["A"]
    return document.record


def lines_of(data: bytes, *tags: str) -> list[str]:
    found = [each.strip() for each in data.decode().split("~")]
    return [each for each in found if each.split("*")[0] in tags]


def line(number: int = 1, **others: object) -> OrderLine:
    made = OrderLine(number, str(number), Decimal(10), "BX", unit_price=Decimal(30))
    return replace(made, price_unit="BX", **others)  # type: ignore[arg-type]  # any field


def change_of(*changes: LineChange, **others: object) -> OrderChange:
    fields = {"number": "PO-77001", "order_date": date(2026, 12, 1), "changes": changes, **others}
    return OrderChange.model_validate(fields)
