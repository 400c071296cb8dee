"""Vendors' price lists: the buyer's own row first, by day, refused with place and remedy (K-60)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from daemon.mapping.load import from_files
from daemon.mapping.prices import has_prices, list_price
from daemon.mapping.problems import Notes
from daemon.mapping.tables import Tables
from formats.records import UnitType
from tests.daemon.mapping.samples import PARTNERS, TODAY, problems, small, small_files

HEAD = "vendor,buyer,product_code,price,unit_type,currency,active,valid_from,valid_to,comment\n"


def tables(*rows: str) -> Tables:
    return small({"prices.csv": HEAD + "".join(f"{row}\n" for row in rows)})


def asked(known: Tables, buyer: str = "bloom", on: date = TODAY) -> Decimal | None:
    row = list_price(known.prices, "florsol", buyer, "R60", on)
    return row.price if row else None


def test_own_row_of_a_buyer_goes_before_the_one_for_every_buyer() -> None:
    known = tables("florsol,*,R60,0.40,Stem,,,,,", "florsol,bloom,R60,0.36,Stem,EUR,,,,")
    assert (asked(known, "bloom"), asked(known, "tulipan")) == (Decimal("0.36"), Decimal("0.40"))
    row = list_price(known.prices, "florsol", "bloom", "R60", TODAY)
    assert row is not None and (row.unit, row.currency) == (UnitType.STEM, "EUR")
    assert has_prices(known.prices, "florsol", "tulipan")
    assert not has_prices(known.prices, "andes", "bloom")


def test_price_holds_on_its_days_both_ends_included() -> None:
    known = tables("florsol,bloom,R60,0.36,stem,,yes,2026-11-20,2026-11-22,")
    days = [date(2026, 11, day) for day in (19, 20, 22, 23)]
    assert [asked(known, on=day) for day in days] == [None, Decimal("0.36"), Decimal("0.36"), None]


def test_row_that_is_switched_off_prices_nothing() -> None:
    known = tables("florsol,bloom,R60,0.36,Stem,,no,,,")
    assert asked(known) is None
    assert not has_prices(known.prices, "florsol", "bloom")


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("florsol,bloom,R60,,Stem,,,,,", "price", "0 where it is free"),
        ("florsol,bloom,R60,-1,Stem,,,,,", "price", "from 0 to below"),
        ("florsol,bloom,R60,0.12345,Stem,,,,,", "price", "at most 4 decimals"),
        ("florsol,bloom,R60,0.36,Crate,,,,,", "unit_type", "a unit is one of"),
        ("florsol,bloom,R60,0.36,Stem,Euro,,,,", "currency", "three letters"),
        ("florsol,bloom,R600,0.36,Stem,,,,,", "product_code", "did you mean R60?"),
        ("florsoll,bloom,R60,0.36,Stem,,,,,", "vendor", "did you mean florsol?"),
        ("*,bloom,R60,0.36,Stem,,,,,", "vendor", "* means nothing here"),
        ("florsol,,R60,0.36,Stem,,,,,", "buyer", "name a buyer"),
    ],
)
def test_bad_cell_is_refused_with_row_column_and_remedy(row: str, column: str, said: str) -> None:
    (problem,) = problems({"prices.csv": f"{HEAD}{row}\n"})
    assert problem.startswith(f"prices.csv, row 2, column {column}: ")
    assert said in problem


def test_two_prices_of_one_product_on_one_day_are_refused() -> None:
    rows = (
        "florsol,bloom,R60,0.36,Stem,,,,2026-11-22,\nflorsol,bloom,R60,0.38,Stem,,,2026-11-22,,\n"
    )
    assert problems({"prices.csv": HEAD + rows}) == [
        "prices.csv, row 3, column price: row 2 prices the same goods; keep one, or part them by"
        " days"
    ]


def test_semicolons_come_with_a_decimal_comma() -> None:
    text = (HEAD + "florsol,bloom,R60,0@36,Stem,,,,,\n").replace(",", ";").replace("@", ",")
    assert asked(small({"prices.csv": text})) == Decimal("0.36")


def test_site_without_price_lists_needs_no_table() -> None:
    files = small_files()
    del files["prices.csv"]
    without = from_files(files, partners=PARTNERS, today=TODAY, notes=Notes())
    assert asked(without) is None
    assert without.hash == small().hash
