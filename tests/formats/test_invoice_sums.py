"""What an invoice adds up to, and which of its amounts are wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from formats.invoice_sums import (
    Sums,
    extended,
    line_amount,
    sums,
    untold_lines,
    wrong_sums,
)
from formats.invoices import Adjustment, AdjustmentKind, Invoice, InvoiceLine, Tax

CHARGE, ALLOWANCE = AdjustmentKind.CHARGE, AdjustmentKind.ALLOWANCE


def line(quantity: str, price: str | None, at: int = 1, **more: object) -> InvoiceLine:
    priced = None if price is None else Decimal(price)
    one = InvoiceLine(at, str(at), Decimal(quantity), "Box", priced)
    for name, value in more.items():
        setattr(one, name, value)
    return one


def invoice(
    total: str,
    *lines: InvoiceLine,
    adjustments: tuple[Adjustment, ...] = (),
    taxes: tuple[Tax, ...] = (),
) -> Invoice:
    return Invoice(
        number="F-1",
        invoice_date=date(2026, 11, 21),
        lines=lines,
        adjustments=adjustments,
        taxes=taxes,
        total=Decimal(total),
    )


def test_lines_and_charges_and_taxes_less_allowances_are_the_total() -> None:
    found = sums(
        invoice(
            "0",
            line("3", "20.00", adjustments=(Adjustment(ALLOWANCE, Decimal("1.50")),)),
            line("2", "5.00", at=2, taxes=(Tax(Decimal("0.60")),)),
            adjustments=(Adjustment(CHARGE, Decimal("12.00")),),
            taxes=(Tax(Decimal("4.20")),),
        )
    )
    assert found == Sums(Decimal("70.00"), Decimal("12.00"), Decimal("1.50"), Decimal("4.80"))
    assert found.total == Decimal("85.30")


def test_a_right_total_is_not_wrong() -> None:
    assert wrong_sums(invoice("60", line("3", "20.00"))) == ()


def test_a_total_that_is_a_cent_off_is_wrong_and_says_what_it_should_be() -> None:
    (wrong,) = wrong_sums(invoice("60.01", line("3", "20.00")))
    assert (wrong.line, wrong.stated, wrong.expected) == (None, Decimal("60.01"), Decimal(60))
    assert "make 60.00" in wrong.message


@pytest.mark.parametrize("total", ["0.99", "1.02"])
def test_lines_may_be_rounded_each_or_in_sum(total: str) -> None:
    # Three times 0.335: 1.005 in sum, 1.02 when each is rounded to 0.34.
    lines = [line("1", "0.335", at=at) for at in (1, 2, 3)]
    assert bool(wrong_sums(invoice(total, *lines))) is (total == "0.99")


def test_a_price_by_the_stem_counts_the_stems_of_the_boxes() -> None:
    one = line("2", "0.30", price_unit="Stem", bunches_per_box=12, stems_per_bunch=25)
    assert line_amount(one) == Decimal("180.00")


def test_a_price_by_the_bunch_counts_the_bunches_of_the_boxes() -> None:
    assert line_amount(line("2", "7.5", price_unit="bunch", bunches_per_box=12)) == Decimal(180)


def test_a_price_for_a_hundred_is_divided() -> None:
    assert extended(line("250", "28.50", price_basis=Decimal(100))) == Decimal("71.25")


def test_a_price_per_a_unit_whose_number_is_unknown_is_not_guessed() -> None:
    odd = line("2", "0.30", price_unit="Stem", bunches_per_box=12)
    told = invoice("1", odd)
    assert line_amount(odd) is None
    assert untold_lines(told) == (1,)
    assert wrong_sums(told) == ()


def test_a_line_without_a_price_has_no_amount_unless_it_states_one() -> None:
    assert line_amount(line("2", None)) is None
    assert line_amount(line("2", None, amount=Decimal(9))) == 9


def test_a_stated_amount_may_be_rounded_up_or_down_and_not_a_cent_more() -> None:
    for amount, is_wrong in (("1.33", False), ("1.34", False), ("1.35", True), ("1.32", True)):
        one = line("1", "1.335", amount=Decimal(amount))
        wrong = wrong_sums(invoice(amount, one))
        assert bool(wrong) is is_wrong
        assert all(each.line == 1 for each in wrong)


def test_nothing_is_rounded_on_the_way() -> None:
    big = line("999999999999999", "999999999999.999")
    exact = "999999999999998000000000000.001"
    assert line_amount(big) == Decimal(exact)
    assert wrong_sums(invoice("999999999999998000000000000.00", big)) == ()
