"""What the way of goods really cost: the charges of an air waybill, and what becomes of each.

A buyer enters them when the invoices of airline, handler and customs have come, in place of the
estimates that its prices were made with (domain W-05, K-69). None means that nothing was said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from formats.records import Record


class ChargeKind(StrEnum):
    """What is paid for."""

    FREIGHT = "freight"
    HANDLING = "handling"
    DUTIES = "duties"


class ChargeBasis(StrEnum):
    """What a charge is divided by among the boxes of its air waybill."""

    FBE = "FBE"
    BOX = "box"
    CUBE = "cube"
    KG = "kg"
    VALUE = "value"
    """The value of the flowers."""


class ChargeDecision(StrEnum):
    """What accounts payable, and then its system, say of a charge (W-05)."""

    APPROVE = "approve"
    SENT = "sent"
    SYNCHRONIZED = "synchronized"
    FAILED = "failed"
    VOID = "void"
    """It is not of this air waybill after all; the estimate counts again."""


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One row: a charge, a decision about one, or whether all charges have come."""

    line: int
    """Its row in the file as findings count it."""
    awb: str
    """In full, or its last four digits (W-03)."""
    house_awb: str | None = None
    """The charge is of this house air waybill alone."""
    ship_date: date | None = None
    charge: ChargeKind | None = None
    amount: Decimal | None = None
    currency: str | None = None
    basis: ChargeBasis | None = None
    reference: str | None = None
    """Number of the invoice that it comes from."""
    decision: ChargeDecision | None = None
    by: str | None = None
    reason: str | None = None
    is_completed: bool | None = None
    """Whether the air waybill has all its charges (W-05, completed / not completed)."""


class WaybillCharges(Record):
    """Real charges of air waybills (charge file of a buyer)."""

    kind: Literal["waybill_charges"] = "waybill_charges"
    message_id: str | None = None
    is_test: bool = False
    rows: tuple[ChargeRow, ...]
