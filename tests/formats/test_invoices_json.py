"""Invoices in `k2k.steps/1`: every error at its path, and written as they are read."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from formats.documents import ReadDocument
from formats.invoices import Invoice, InvoiceAnswer, InvoiceDecision
from formats.limits import DEFAULT_LIMITS
from formats.records import Party
from formats.steps_json import read_steps
from formats.steps_json_out import write_step
from tests.formats.invoice_records import invoices

LINE = {"quantity": "2", "unit": "Box", "unitPrice": "90", "orderNumber": "10045", "orderLine": "1"}


def read(data: bytes) -> ReadDocument:
    (document,) = read_steps(data, DEFAULT_LIMITS, vendor=Party(code="FLORSOL"))
    return document


def invoice(**more: Any) -> ReadDocument:
    said = {"contract": "k2k.steps/1", "kind": "invoice", "number": "F-1", "total": "180"}
    said |= {"invoiceDate": "2026-11-21", "lines": [LINE]} | more
    return read(json.dumps(said).encode())


def places(document: ReadDocument) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.where.path) for finding in document.findings]


def test_an_invoice_is_read() -> None:
    found = invoice().record
    assert isinstance(found, Invoice)
    assert (found.vendor.code, found.order_numbers) == ("FLORSOL", ("10045",))


def test_a_wrong_total_is_named_at_its_path() -> None:
    document = invoice(total="180.02")
    assert (document.record, places(document)) == (None, [("invoice.total", "total")])


def test_a_wrong_amount_is_named_at_its_line() -> None:
    document = invoice(lines=[{**LINE, "amount": "181.00"}], total="181.00")
    assert (document.record, places(document)) == (None, [("invoice.amount", "lines[0].amount")])


def test_a_bad_line_refuses_the_invoice() -> None:
    document = invoice(lines=[LINE, {**LINE, "quantity": "-1"}])
    assert (document.record, places(document)) == (None, [("json.quantity", "lines[1].quantity")])


def test_decisions_that_are_right_are_used_beside_bad_ones() -> None:
    verdicts = [{"number": "F-1", "decision": "approve"}, {"number": "F-2", "decision": "maybe"}]
    said = {"contract": "k2k.steps/1", "kind": "invoice-answer", "verdicts": verdicts}
    document = read(json.dumps(said).encode())
    assert isinstance(document.record, InvoiceAnswer)
    assert [each.decision for each in document.record.verdicts] == [InvoiceDecision.APPROVE]
    assert places(document) == [("json.decision", "verdicts[1].decision")]


@given(invoices)
def test_what_is_written_is_read_again(made: Invoice) -> None:
    document = read(write_step(made))
    assert document.findings == ()
    assert document.record == made
