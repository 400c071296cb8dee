"""Invoices and charges of the play as they are written, no two of the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tests.daemon.stateful.world import MONDAY

_INVOICE = (
    "invoice_number,invoice_date,purpose,currency,total,line,po_number,po_line,quantity,unit,"
    "unit_price,comments"
)

Billed = tuple[str, int, Decimal]
"""A line that is billed: its number in the order, boxes, and what a box costs."""


def invoice(
    number: str, order: str, lines: Sequence[Billed], *, total: Decimal, unique: int
) -> bytes:
    """Return an invoice for boxes of an order."""
    head = f"{number},{MONDAY.date()},new,USD,{total}"
    rows = [
        f"{head},{at},{order},{line},{boxes},Box,{price},n{unique}"
        for at, (line, boxes, price) in enumerate(lines, 1)
    ]
    return "\n".join([_INVOICE, *rows, ""]).encode()


def cancelled_invoice(number: str, unique: int) -> bytes:
    """Return the word that an invoice is taken back."""
    row = f"{number},{MONDAY.date()},cancel,USD,0,,,,,,,n{unique}"
    return "\n".join([_INVOICE, row, ""]).encode()


def invoice_answer(number: str, decision: str, unique: int) -> bytes:
    return f"invoice_number,decision,by,reason\n{number},{decision},ana,r{unique}\n".encode()


def charge(awb: str, kind: str, amount: int, unique: int) -> bytes:
    """Return what part of an air waybill's way really cost, to be divided by boxes."""
    row = f"{awb},{kind},{amount},USD,box,r{unique}"
    return f"awb,charge,amount,currency,basis,reference\n{row}\n".encode()


def charge_answer(awb: str, kind: str, decision: str, unique: int) -> bytes:
    return f"awb,charge,decision,by,reason\n{awb},{kind},{decision},ana,r{unique}\n".encode()


def completed(awb: str, is_completed: bool, unique: int) -> bytes:
    """Return the word that all charges of an air waybill have come, or that more may come."""
    word = "yes" if is_completed else "no"
    return f"awb,completed,note {unique}\n{awb},{word},\n".encode()
