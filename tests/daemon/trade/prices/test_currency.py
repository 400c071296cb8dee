"""Amounts in another currency, at the rate fixed with their document (domain 4.6)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.mapping.rates import Rate, by_pair
from daemon.trade.prices.currency import (
    CurrencyChangedError,
    FixedRate,
    RateMissingError,
    fix,
    kept,
    rounded,
)

MADE = date(2026, 5, 1)
LATER = date(2026, 6, 1)
RATES = by_pair(
    [
        Rate(2, "EUR", "USD", Decimal("1.0850"), date(2026, 1, 1), ""),
        Rate(3, "EUR", "USD", Decimal("1.2000"), LATER, ""),
    ]
)


def test_27_cents_of_a_euro_at_1_0850_are_0_2930_dollars() -> None:
    assert str(fix(RATES, "EUR", "USD", MADE).converted(Decimal("0.27"))) == "0.2930"


def test_missing_rate_names_the_row_to_add() -> None:
    with pytest.raises(RateMissingError, match=r"from USD to EUR on 2026-05-01; add a row USD,EUR"):
        fix(RATES, "USD", "EUR", MADE)
    with pytest.raises(RateMissingError, match=r"rates\.csv, valid from that day or before"):
        fix(RATES, "EUR", "USD", date(2025, 12, 31))


def test_own_currency_is_left_to_its_last_decimal() -> None:
    rate = fix({}, "USD", "USD", MADE)
    assert rate == FixedRate("USD", "USD", Decimal(1), MADE)
    assert rate.converted(Decimal("0.123456")) == Decimal("0.123456")


def test_rate_changed_after_a_document_was_made_changes_nothing_in_it() -> None:
    made = kept(None, RATES, "EUR", "USD", MADE)
    again = kept(made, RATES, "EUR", "USD", LATER)
    assert again is made
    assert again.converted(Decimal("0.27")) == Decimal("0.2930")
    assert kept(None, RATES, "EUR", "USD", LATER).converted(Decimal("0.27")) == Decimal("0.3240")


def test_kept_rate_outlives_its_row() -> None:
    made = kept(None, RATES, "EUR", "USD", MADE)
    assert kept(made, {}, "EUR", "USD", LATER) == made
    with pytest.raises(RateMissingError):
        kept(None, {}, "EUR", "USD", LATER)


def test_document_does_not_change_its_currency() -> None:
    made = fix(RATES, "EUR", "USD", MADE)
    with pytest.raises(CurrencyChangedError, match="made in EUR for USD, now in COP for USD"):
        kept(made, RATES, "COP", "USD", MADE)


@pytest.mark.parametrize(
    ("amount", "places", "result"),
    [
        ("0.00005", 4, "0.0001"),
        ("0.00004999", 4, "0.0000"),
        ("-0.00005", 4, "-0.0001"),
        ("2.5", 0, "3"),
        ("0.125", 2, "0.13"),
        ("0.135", 2, "0.14"),
    ],
)
def test_half_goes_away_from_zero(amount: str, places: int, result: str) -> None:
    assert str(rounded(Decimal(amount), places)) == result


@given(
    amount=st.decimals(0, 10**6, places=4),
    rate=st.decimals(Decimal("0.0001"), 1000, places=6),
    places=st.integers(0, 6),
)
def test_converted_amount_is_off_by_half_a_step_at_most(
    amount: Decimal, rate: Decimal, places: int
) -> None:
    converted = FixedRate("EUR", "USD", rate, MADE).converted(amount, places)
    assert abs(converted - amount * rate) * 2 <= Decimal(1).scaleb(-places)
    assert -int(converted.as_tuple().exponent) == places
