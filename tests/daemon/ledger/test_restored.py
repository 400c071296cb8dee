"""Counters after an older ledger was put back: all of them, those it lacks, and again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from daemon.ledger import restored
from daemon.ledger.store import Ledger, advance
from tests.daemon.ledger.books import add_arrival


def test_a_second_restore_of_one_backup_begins_above_the_first(ledger: Ledger) -> None:
    now = datetime.now(UTC)
    with ledger.write() as conn:
        first = restored.margin(conn, now)
        assert first == restored.LEAST
    add_arrival(ledger)
    with ledger.read() as conn:
        assert restored.margin(conn, now + timedelta(hours=1)) >= restored.LEAST + 3590


def test_every_counter_is_raised_and_a_new_one_begins_there(ledger: Ledger) -> None:
    with ledger.write() as conn:
        for name in ("box", "key:outgoing", "control:group:A:B", "availability:v:b"):
            advance(conn, name, 7)
        advance(conn, "connections told", 3)
    with ledger.write() as conn:
        raised = {
            each.name: (each.before, each.after) for each in restored.raise_counters(conn, 50)
        }
    assert raised["box"] == raised["key:outgoing"] == (7, 57)
    assert "connections told" not in raised
    with ledger.write() as conn:
        assert advance(conn, "control:interchange:A:C") == 51
        assert advance(conn, "control:group:A:B", 2) == 59
        restored.raise_counters(conn, 100)
        assert advance(conn, "control:interchange:A:D") == 151


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("997-000000101-00000017.edi", 17),
        ("order-10045-123456789.csv", 123456789),
        ("stock.csv", None),
        ("20261122.csv", None),
        ("a-2026-11-22.csv", None),
        ("x-١٢٣٤٥٦٧٨.edi", None),
        ("x-9999999999999.edi", None),
        ("17", None),
    ],
)
def test_the_number_of_a_file_is_told_from_other_names(name: str, number: int | None) -> None:
    assert restored.number_in(name) == number
