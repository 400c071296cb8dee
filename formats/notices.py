"""Write `k2k.notice/1`: what a person should be told, for a mailer or a screen to pick up.

k2kd sends no mail. A notice names who should read it, as addresses where they are known, and says
in plain sentences what happened and to which lines. The same notice gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

CONTRACT = "k2k.notice/1"


class Reader(StrEnum):
    """Whom a notice is for."""

    SALESPERSON = "salesperson"
    """The buyer's, of the customer."""
    CUSTOMER = "customer"
    """The buyer's customer."""
    VENDOR_CHECKOUT = "vendor-checkout"
    """Whoever the vendor has told about checkouts."""
    VENDOR_CANCEL = "vendor-cancel"
    """Whoever the vendor has told about cancellations."""
    VENDOR_ORDERS = "vendor-orders"
    """Whoever of the vendor answers orders."""
    PROCUREMENT = "procurement"
    """Whoever of the buyer orders."""
    ACCOUNTS_PAYABLE = "accounts-payable"
    """Whoever of the buyer pays invoices."""
    SHIPPING = "shipping"
    """Whoever of the buyer sees the goods off."""
    CONNECTION = "connection"
    """Whoever of either side looks after its connections."""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One line that a notice is about; `quantity` counts `unit`s."""

    line: str
    product: str | None
    description: str | None
    quantity: Decimal
    unit: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know. What isn't known is None and left out."""

    subject: str
    text: str
    reader: Reader
    to: tuple[str, ...]
    order: str | None
    at: datetime
    lines: Sequence[NoticeLine]
    code: str | None = None
    """The rule that speaks, as E-11."""
    buyer: str | None = None
    vendor: str | None = None
    customer: str | None = None
    ship_date: date | None = None


def write_notice(notice: Notice) -> bytes:
    """Return a notice as UTF-8 JSON."""
    value: dict[str, object] = {
        "contract": CONTRACT,
        "for": notice.reader.value,
        "to": list(notice.to),
        "subject": notice.subject,
        "text": notice.text,
        "code": notice.code,
        "order": notice.order,
        "buyer": notice.buyer,
        "vendor": notice.vendor,
        "customer": notice.customer,
        "shipDate": notice.ship_date.isoformat() if notice.ship_date else None,
        "at": notice.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "lines": [_said(_line(line)) for line in notice.lines],
    }
    text = json.dumps(_said(value), ensure_ascii=False, indent=1)
    return (text + "\n").encode(errors="backslashreplace")


def _line(line: NoticeLine) -> dict[str, object]:
    return {
        "line": line.line,
        "product": line.product,
        "description": line.description,
        "quantity": f"{line.quantity:f}",
        "unit": line.unit,
        "reason": line.reason,
    }


def _said(value: dict[str, object]) -> dict[str, object]:
    """Leave out what isn't known."""
    return {name: each for name, each in value.items() if each is not None}
