"""Exchange rates: the newest that has begun, never turned round, refused with place and remedy."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.errors import SiteError
from daemon.mapping.load import from_files, load
from daemon.mapping.problems import Notes
from daemon.mapping.rates import Rate, by_pair, rate
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.mapping.tableset import SETTLE_S, SHRUNK_SETTLE_S, TableSet
from tests.daemon.mapping.samples import (
    BOX_TYPES,
    PARTNERS,
    TODAY,
    HandClock,
    copied_sample,
    problems,
    sample,
    small,
    small_files,
)

HEAD = "from,to,rate,valid_from,comment\n"
FIRST = date(2026, 1, 1)


def tables(*rows: str) -> Tables:
    return small({"rates.csv": HEAD + "".join(f"{row}\n" for row in rows)})


def test_rate_holds_from_its_day_until_the_next_begins() -> None:
    rates = tables("EUR,USD,1.0850,2026-01-01,", "EUR,USD,1.1,2026-07-01,").rates
    assert rate(rates, "EUR", "USD", FIRST - timedelta(1)) is None
    assert rate(rates, "EUR", "USD", FIRST) == Decimal("1.0850")
    assert rate(rates, "EUR", "USD", date(2026, 6, 30)) == Decimal("1.0850")
    assert rate(rates, "EUR", "USD", date(2026, 7, 1)) == Decimal("1.1")
    assert rate(rates, "EUR", "USD", date.max) == Decimal("1.1")


def test_rate_without_a_day_holds_before_every_other() -> None:
    rates = tables("EUR,USD,1.1,2026-07-01,", "EUR,USD,1.0850,,").rates
    assert rate(rates, "EUR", "USD", date.min) == Decimal("1.0850")
    assert rate(rates, "EUR", "USD", date(2026, 7, 1)) == Decimal("1.1")


def test_rate_is_never_turned_round_nor_put_together() -> None:
    rates = tables("EUR,USD,1.0850,,", "USD,COP,4000,,").rates
    assert rate(rates, "USD", "EUR", TODAY) is None
    assert rate(rates, "EUR", "COP", TODAY) is None


def test_currency_in_itself_is_one() -> None:
    assert rate({}, "EUR", "EUR", TODAY) == 1


def test_letters_of_a_currency_may_be_small_and_a_comma_may_part_the_decimals() -> None:
    text = "from;to;rate;valid_from;comment\neur;usd;1,0850;;\n"
    assert rate(small({"rates.csv": text}).rates, "EUR", "USD", TODAY) == Decimal("1.0850")


@given(
    rows=st.dictionaries(
        st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 999), max_size=8
    ),
    on=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_the_newest_rate_that_has_begun_decides(rows: dict[date, int], on: date) -> None:
    known = by_pair(
        Rate(n, "EUR", "USD", Decimal(value), day, "")
        for n, (day, value) in enumerate(rows.items())
    )
    begun = [day for day in rows if day <= on]
    assert rate(known, "EUR", "USD", on) == (rows[max(begun)] if begun else None)


REFUSED = {
    "no currency": (
        ",USD,1.1,,",
        "row 2, column from: empty; write a currency of three letters, as USD",
    ),
    "long currency": (
        "EURO,USD,1.1,,",
        "row 2, column from: 'EURO' won't do; a currency of three letters such as USD is expected",
    ),
    "no rate": (
        "EUR,USD,,,",
        "row 2, column rate: empty; write what 1 of the first currency is in the second",
    ),
    "word": ("EUR,USD,one,,", "row 2, column rate: 'one' won't do; a number such as 12 or 0.365"),
    "nothing": (
        "EUR,USD,0,,",
        "row 2, column rate: '0' won't do; a rate above 0 and below 1000000",
    ),
    "negative": ("EUR,USD,'-1,,", "column rate"),
    "huge": ("EUR,USD,1000000,,", "column rate: '1000000' won't do; a rate above 0 and below"),
    "fine": ("EUR,USD,1.00000000001,,", "a rate of at most 10 decimals is expected"),
    "day": ("EUR,USD,1.1,1 May,", "column valid_from: '1 May' won't do; a date such as 2026-11-21"),
    "itself": ("EUR,eur,1,,", "row 2, column to: EUR in itself needs no rate; remove the row"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_row_is_refused_with_place_and_remedy(case: str) -> None:
    row, text = REFUSED[case]
    (problem,) = problems({"rates.csv": f"{HEAD}{row}\n"})
    assert problem.startswith("rates.csv, ")
    assert text in problem


def test_rates_at_the_ends_of_what_is_taken() -> None:
    rates = tables("EUR,USD,999999.9999999999,,", "USD,COP,0.0000000001,,").rates
    assert rate(rates, "EUR", "USD", TODAY) == Decimal("999999.9999999999")
    assert rate(rates, "USD", "COP", TODAY) == Decimal("1E-10")


@pytest.mark.parametrize("day", ["", "2026-01-01"])
def test_two_rates_of_one_pair_from_one_day_are_refused(day: str) -> None:
    rows = f"EUR,USD,1.1,{day},\nUSD,EUR,0.9,{day},\nEUR,USD,1.2,{day},\n"
    assert problems({"rates.csv": HEAD + rows}) == [
        "rates.csv, row 4, column valid_from: row 2 says EUR to USD from the same day; keep one"
    ]


def test_way_back_that_leads_elsewhere_is_doubted_once() -> None:
    assert tables("EUR,USD,1.25,,", "USD,EUR,0.80,,", "USD,COP,4000,,").warnings == ()
    (said,) = tables("EUR,USD,1.25,,", "USD,EUR,1.25,2026-01-01,").warnings
    assert said.startswith("rates.csv, row 3, column rate: 1.25 to EUR, but 1.25 back to USD")
    assert "1.5625 there and back" in said


def test_site_of_one_currency_may_do_without_the_table() -> None:
    files = small_files()
    empty = from_files(files, partners=PARTNERS, today=TODAY, notes=Notes())
    del files["rates.csv"]
    without = from_files(files, partners=PARTNERS, today=TODAY, notes=Notes())
    assert without.rates == empty.rates == {}
    assert without.hash == empty.hash
    assert tables("EUR,USD,1.1,,").hash != without.hash


def test_unreadable_table_is_said_though_it_could_be_missing() -> None:
    with pytest.raises(SiteError, match=r"rates\.csv: the file is empty"):
        small({"rates.csv": b""})


def test_sample_site_has_rates_to_look_at() -> None:
    assert rate(sample().rates, "EUR", "USD", TODAY) == Decimal("1.0850")


def test_running_site_takes_a_new_table_and_the_loss_of_one(tmp_path: Path) -> None:
    folder = copied_sample(tmp_path)
    content = (folder / "rates.csv").read_bytes()
    (folder / "rates.csv").unlink()
    assert load(folder, partners=PARTNERS, today=TODAY).rates == {}
    clock = HandClock()
    tables = TableSet.open(folder, PARTNERS, clock)

    (folder / "rates.csv").write_bytes(content)
    assert tables.refresh() is None
    clock.seconds += SETTLE_S
    assert tables.refresh() is not None
    assert rate(tables.current.rates, "EUR", "USD", TODAY) is not None

    (folder / "rates.csv").unlink()
    assert tables.refresh() is None
    clock.seconds += SETTLE_S
    assert tables.refresh() is None, "a save may have taken the file away for a moment"
    clock.seconds += SHRUNK_SETTLE_S
    assert tables.refresh() is not None
    assert tables.current.rates == {}


SIZED = BOX_TYPES.replace(",fbe", ",fbe,length_in,width_in,height_in,weight_kg")


def test_box_type_has_its_size_and_weight() -> None:
    entry = small({"box_types.csv": SIZED.replace("0.5\n", "0.5,41,10,12,13.5\n")}).entries[
        Kind.BOX_TYPES
    ]["HB"]
    assert [entry.fbe, entry.weight_kg] == [Decimal("0.5"), Decimal("13.5")]
    assert [entry.length_in, entry.width_in, entry.height_in] == [41, 10, 12]


def test_box_type_without_a_size_has_none() -> None:
    entry = small().entries[Kind.BOX_TYPES]["HB"]
    assert (entry.length_in, entry.width_in, entry.height_in, entry.weight_kg) == (None,) * 4


@pytest.mark.parametrize("column", ["length_in", "width_in", "height_in", "weight_kg"])
def test_side_of_nothing_is_refused(column: str) -> None:
    cells = dict.fromkeys(("length_in", "width_in", "height_in", "weight_kg"), "1") | {column: "0"}
    text = SIZED.replace("0.5\n", f"0.5,{','.join(cells.values())}\n")
    assert problems({"box_types.csv": text}) == [
        f"box_types.csv, row 2, column {column}: '0' won't do; a number above 0 is expected"
    ]
