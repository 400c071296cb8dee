"""Eight buyers order the same fifty lots at once: nothing is sold twice, and the refused know why.

Here a tenth and less of the size is played; `make crowd` plays a thousand orders of each buyer.
"""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import update

from daemon.ledger import schema
from daemon.ledger.store import open_ledger
from tests.daemon.trade.crowds import crowd, crowd_audit

ORDERS = 60


@pytest.mark.parametrize(("processes", "threads"), [(1, 8), (2, 4)])
def test_sold_and_available_stay_what_was_published(
    tmp_path: Path, ledger_url: str, processes: int, threads: int
) -> None:
    """K-40 and edge case 1 of domain 4.8: the first commit wins, and the second is told."""
    _, found = crowd_audit.timed(
        tmp_path / "site", ledger_url, count=ORDERS, processes=processes, threads=threads
    )
    assert found.problems == []
    assert found.orders == len(crowd.BUYERS) * ORDERS
    assert min(found.lines[state] for state in ("accepted", "cut", "refused")) > 0
    assert found.published - found.sold < found.published * 0.1, "the crowd left too much"
    # One after another they would take 7 turns.
    assert found.turns > 3 * len(crowd.BUYERS)


def test_the_last_box_goes_to_one_of_eight(tmp_path: Path, ledger_url: str) -> None:
    crowd.make_crowd(tmp_path / "site", ledger_url, published=1)
    ledger = open_ledger(ledger_url)
    for name in crowd.BUYERS:
        crowd.claim(ledger, name, [crowd.order(name, f"{name}-1", 1, [(0, 1)])])
    crowd.work_in_threads(tmp_path / "site", ledger_url, crowd.BUYERS, 8)
    found = crowd_audit.audit(ledger, dict.fromkeys(crowd.BUYERS, 1))
    ledger.close()
    assert found.problems == []
    assert found.lines == {"accepted": 1, "refused": 7}


def test_the_audit_sees_a_box_that_is_sold_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    crowd_audit.timed(tmp_path / "site", url, count=5, processes=1, threads=2)
    ledger = open_ledger(url)
    lots = schema.stock_lots
    with ledger.write() as conn:
        conn.execute(
            update(lots).where(lots.c.product == "P07").values(bought=lots.c.bought - Decimal(12))
        )
    found = crowd_audit.audit(ledger, dict.fromkeys(crowd.BUYERS, 5))
    ledger.close()
    assert any("P07" in problem for problem in found.problems)


def test_the_audit_sees_an_order_without_an_answer(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    crowd_audit.timed(tmp_path / "site", url, count=5, processes=1, threads=2)
    ledger = open_ledger(url)
    out = schema.outgoing
    with ledger.write() as conn:
        conn.execute(update(out).where(out.c.kind == "855").values(kind="997"))
    found = crowd_audit.audit(ledger, dict.fromkeys(crowd.BUYERS, 5))
    ledger.close()
    assert any("has no answer" in problem for problem in found.problems)


def test_buyers_work_side_by_side(tmp_path: Path) -> None:
    """The lanes of the service really are several threads at once."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    crowd.make_crowd(tmp_path / "site", url, published=10)
    seen: set[str] = set()
    met = threading.Barrier(4, timeout=20)

    def work(partner: str) -> int:
        if partner not in seen:
            seen.add(partner)
            met.wait()
        return 0

    crowd.on_lanes(work, crowd.BUYERS[:4], threads=4)
    assert seen == set(crowd.BUYERS[:4])
