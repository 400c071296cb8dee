"""A connection that the operator has switched off carries no order (domain K-09)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.errors import UsageError
from daemon.ledger.holds import HoldKind
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop
from tests.daemon.trade.order_answers import publish

OFF = NETWORK.replace('when_short = "cut"', 'when_short = "cut"\nis_on = false')


@pytest.fixture
def off(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=OFF) as opened:
        yield opened


def test_an_order_waits_until_the_connection_is_on_again(off: Desktop) -> None:
    publish(off, 5)
    order = purchase_order("1", ("BLM-100", "1", "BX"))
    files = off.send("bloom", "order.edi", order)
    assert not [name for name in files if name.startswith("florsol/")]
    (hold,) = off.holds()
    assert hold.kind is HoldKind.SWITCHED_OFF
    with pytest.raises(UsageError, match="switched off"):
        off.release(hold.id)
    off.reconfigure(NETWORK)
    off.release(hold.id)
    assert [name for name in off.run() if name.startswith("florsol/850")]
    assert [order.state for order in off.orders()] == ["approved"]
