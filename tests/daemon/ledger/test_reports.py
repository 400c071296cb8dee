"""Reports say the same of the same day on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import cli
from daemon.cli.init import create
from daemon.errors import UsageError
from daemon.ledger import reports, upkeep
from daemon.ledger.named import arrivals_named
from daemon.ledger.store import Ledger, open_ledger


@pytest.fixture
def books(tmp_path: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """The ledger of the sample site after its first day."""
    create(tmp_path / "site")
    monkeypatch.setenv("K2KD_LEDGER__URL", ledger_url)
    monkeypatch.setenv("K2KD_INTAKE__SETTLE_MOVED_S", "0")
    monkeypatch.setenv("K2KD_INTAKE__FREE_BYTES", "0")
    words = ["run", "--once", "--samples", "--plain", "--site", str(tmp_path / "site")]
    assert cli.main(words) == 0
    ledger = open_ledger(ledger_url)
    yield ledger
    ledger.close()


def test_a_day_is_told_alike_by_every_report(books: Ledger) -> None:
    with books.read() as conn:
        found = reports.overview(conn)
        names = {row.name.decode(): row.id for row in reports.files(conn, limit=10)}
        red = reports.orders(conn, is_unmapped=True, limit=10)
        traced = {
            what: arrivals_named(conn, what)
            for what in ("10045", "101", "000000101", "AX-7731", "KD0000003", "%", "100_5")
        }
        story = reports.story(conn, names["order-10045.edi"])
        counters = reports.control_counters(conn)
        waiting = reports.holds_of(conn, [order.document_id for order in red])
    assert found.files["bloom"] == {"posted": 1, "quarantined": 1}
    assert (found.red_orders, dict(found.undelivered), found.blocked) == (1, {}, 0)
    assert [order.number for order in red] == ["AX-7731"]
    assert [hold.source_description for hold in waiting] == ["Rose Explorer 60"]
    order, axerrio = names["order-10045.edi"], names["order-7731.json"]
    assert traced.pop("AX-7731") == [axerrio]
    assert (traced.pop("%"), traced.pop("100_5")) == ([], [])
    assert set(map(tuple, traced.values())) == {(order,)}
    assert story is not None
    assert [len(line.boxes) for line in story.orders[0].lines] == [6, 4, 5]
    assert "control:interchange:ZZ/K2KNET:ZZ/BLOOMWHSL" in counters


def test_page_of_files_is_narrowed(books: Ledger) -> None:
    with books.read() as conn:
        assert [r.name for r in reports.files(conn, state="held", limit=9)] == [b"order-7731.json"]
        assert len(reports.files(conn, limit=2)) == 2
        assert [o.number for o in reports.orders(conn, partner="tulipan", limit=9)] == []
        assert [o.number for o in reports.orders(conn, state="approved", limit=9)] == ["10045"]
        assert reports.story(conn, 999) is None


def test_name_that_is_no_text_finds_its_file_and_nothing_else(books: Ledger) -> None:
    with books.read() as conn:
        assert arrivals_named(conn, "caf\udce9.edi") == []
        assert len(arrivals_named(conn, "inventory.edi")) == 1


def test_only_quarantined_files_are_marked_as_seen(books: Ledger) -> None:
    with books.read() as conn:
        (broken,) = reports.files(conn, state="quarantined", limit=9)
    with books.write() as conn:
        upkeep.mark_seen(conn, broken.id, note="sent twice")
    with books.read() as conn:
        (seen,) = reports.files(conn, state="quarantined", limit=9)
        assert reports.overview(conn).unseen_quarantined == 0
    assert seen.is_seen
    assert seen.reason == f"{broken.reason} [rejected: sent twice]"
    other = next(key for key in range(1, 6) if key != broken.id)
    with pytest.raises(UsageError, match="not in quarantine"), books.write() as conn:
        upkeep.mark_seen(conn, other)
