"""Money, quantity and time come back from the ledger as they went in, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, delete, insert, select

from daemon.ledger.store import Ledger
from daemon.ledger.types import Exact, Key, Moment

things = Table(
    "things",
    MetaData(),
    Column("id", Key, primary_key=True),
    Column("n", Exact),
    Column("t", Moment),
)
ON_BOTH = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def book(ledger: Ledger) -> Ledger:
    """A ledger with a table of both types, empty."""
    with ledger.write() as conn:
        things.metadata.create_all(conn)
        conn.execute(delete(things))
    return ledger


@given(
    numbers=st.lists(
        st.decimals(-(10**11), 10**11, places=4, allow_nan=False), min_size=1, max_size=20
    )
)
@ON_BOTH
def test_four_decimal_places_are_kept_exactly(book: Ledger, numbers: list[Decimal]) -> None:
    with book.write() as conn:
        conn.execute(delete(things))
        conn.execute(insert(things), [{"id": i, "n": n} for i, n in enumerate(numbers)])
        found = list(conn.execute(select(things.c.n).order_by(things.c.id)).scalars())
        in_order = list(conn.execute(select(things.c.n).order_by(things.c.n)).scalars())
    assert found == numbers
    assert in_order == sorted(numbers)


@given(
    moments=st.lists(
        st.datetimes(
            datetime(1971, 1, 1),  # noqa: DTZ001 - the strategy wants naive bounds
            datetime(2200, 1, 1),  # noqa: DTZ001
            timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone.max]),
        ),
        min_size=1,
        max_size=20,
    )
)
@ON_BOTH
def test_times_keep_their_instant_and_sort_by_it(book: Ledger, moments: list[datetime]) -> None:
    with book.write() as conn:
        conn.execute(delete(things))
        conn.execute(insert(things), [{"id": i, "t": t} for i, t in enumerate(moments)])
        found = list(conn.execute(select(things.c.t).order_by(things.c.id)).scalars())
        in_order = list(conn.execute(select(things.c.t).order_by(things.c.t)).scalars())
    assert found == moments
    assert in_order == sorted(moments)
    assert all(moment.tzinfo is not None for moment in found)


@pytest.mark.parametrize(
    ("given_number", "kept"), [("0.00005", "0.0001"), ("0.00004", "0"), ("-0.00005", "-0.0001")]
)
def test_a_fifth_place_is_rounded_half_up(book: Ledger, given_number: str, kept: str) -> None:
    with book.write() as conn:
        conn.execute(insert(things).values(id=1, n=Decimal(given_number)))
        assert conn.execute(select(things.c.n)).scalar_one() == Decimal(kept)


def test_nothing_is_neither_zero_nor_a_time(book: Ledger) -> None:
    with book.write() as conn:
        conn.execute(insert(things).values(id=1, n=None, t=None))
        assert conn.execute(select(things.c.n, things.c.t)).one() == (None, None)


def test_a_time_without_zone_is_refused(book: Ledger) -> None:
    naive = datetime(2026, 11, 21, 8, 30)  # noqa: DTZ001 - that is the point
    with pytest.raises(Exception, match="without zone"), book.write() as conn:
        conn.execute(insert(things).values(id=1, t=naive))
