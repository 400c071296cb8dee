"""A purchase order file whose rows say `prebook` is a pre-sale, and is written as one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from formats.limits import DEFAULT_LIMITS
from formats.records import PurchaseOrder
from formats.tabular.dialect import Dialect
from formats.tabular.purchase_order import read_purchase_orders, write_purchase_order

HEADER = b"po_number,line,vendor_code,ship_date,product_code,boxes,unit_type,unit_cost,prebook\n"


def read(rows: bytes) -> PurchaseOrder:
    (document,) = read_purchase_orders(HEADER + rows, dialect=Dialect(), limits=DEFAULT_LIMITS)
    assert document.findings == ()
    assert isinstance(document.record, PurchaseOrder)
    return document.record


@pytest.mark.parametrize("word", [b"yes", b"Y", b"true", b"1", b"x"])
def test_rows_that_say_prebook_make_one(word: bytes) -> None:
    said = read(b"PB-1,1,florsol,2026-11-24,BLM-100,2,stem,0.30," + word + b"\n")
    assert said.is_prebook


@pytest.mark.parametrize("word", [b"no", b"", b"0"])
def test_and_others_are_orders(word: bytes) -> None:
    assert not read(b"1,1,florsol,2026-11-24,BLM-100,2,stem,0.30," + word + b"\n").is_prebook


def test_one_row_that_says_it_is_enough_and_a_rival_refuses_the_order() -> None:
    rows = b"PB-1,1,florsol,2026-11-24,A,2,stem,0.30,yes\nPB-1,2,florsol,2026-11-24,B,2,stem,0,%s\n"
    assert read(rows % b"").is_prebook
    (document,) = read_purchase_orders(
        HEADER + rows % b"no", dialect=Dialect(), limits=DEFAULT_LIMITS
    )
    assert document.record is None
    assert [finding.code for finding in document.findings] == ["csv.prebook"]


def test_no_cost_is_not_a_cost_of_zero() -> None:
    """U-16."""
    said = read(b"P,1,florsol,2026-11-24,A,2,stem,,yes\nP,2,florsol,2026-11-24,B,2,stem,0.00,yes\n")
    assert [line.unit_price for line in said.lines] == [None, Decimal("0.00")]


def test_a_prebook_is_written_as_one_and_an_order_without_the_column() -> None:
    said = read(b"PB-1,1,florsol,2026-11-24,BLM-100,2,stem,0.30,yes\n")
    (again,) = read_purchase_orders(
        write_purchase_order(said), dialect=Dialect(), limits=DEFAULT_LIMITS
    )
    assert isinstance(again.record, PurchaseOrder)
    assert again.record.is_prebook
    plain = write_purchase_order(said.model_copy(update={"is_prebook": False}))
    assert b"prebook" not in plain
