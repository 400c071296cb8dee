"""What follows by itself from a vendor's order can't be written: that is said, and undone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from daemon.errors import UnwritableError
from daemon.pipeline import vendor_made
from daemon.trade.desk import Desk
from daemon.trade.outcome import OrderOutcome


def refuse(*_given: object) -> None:
    raise ValueError("N104 holds 'V', and at least 2 characters are expected")


def nothing(*_given: object) -> list[object]:
    return []


@pytest.mark.parametrize("module", ["confirmation_replies", "shipment_replies", "landing_replies"])
def test_value_that_no_writer_takes_is_told_with_what_to_do(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = SimpleNamespace(
        origin=None, arrival_id=1, document_id=1, rows=[], shipments=(), order=None
    )
    for name in ("confirmation_of", "shipment_of", "confirm", "ship"):
        monkeypatch.setattr(vendor_made, name, lambda *_given: done)
    monkeypatch.setattr(vendor_made, "recount", nothing)
    for name in ("confirmation_replies", "shipment_replies", "landing_replies"):
        tell = refuse if name == module else nothing
        monkeypatch.setattr(getattr(vendor_made, name), "tell", tell)
    with pytest.raises(UnwritableError, match=r"N104 holds 'V'.*release the file"):
        vendor_made.carry_on(cast(Desk, None), cast(OrderOutcome, done))
