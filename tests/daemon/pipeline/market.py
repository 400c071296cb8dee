"""A market to be told of: a vendor that publishes, two buyers, and a clock that a test sets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.views.showroom import (
    NEW_YORK,
    Goods,
    Told,
    advice,
    told_to,
)

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=NEW_YORK)
EXPLORER, EXPLORER_50 = Goods("FS-1060", 600), Goods("FS-1050", 900)
FREEDOM, MONDIAL = Goods("FS-1160", 300), Goods("FS-1250", 1200)
TERMS = """freight = 48, handling = 6, duty_percent = { "*" = 6.5 }, gpm_percent = 28"""
PRICED = NETWORK.replace("truck_per_cube = 0 }", "truck_per_cube = 1.10, " + TERMS + " }")
CLOSING = NETWORK.replace(
    'currency = "USD"\n\n[[partner]]\nname = "andes"',
    'currency = "USD"\n[partner.selling]\ncarrier_cut_off = { daily = "14:00" }\n\n'
    '[[partner]]\nname = "andes"',
)


class Market:
    """A site whose florsol publishes, and whose clock a test sets."""

    def __init__(self, site: Desktop, clock: SetClock) -> None:
        self.site, self.clock = site, clock
        self.control = 0

    def publish(self, *lines: Goods, **said: str) -> dict[str, bytes]:
        self.clock.set(self.clock.now() + timedelta(minutes=1))
        self.control += 1
        body = advice(*lines, control=self.control, at=self.clock.now(), **said)
        return self.site.send("florsol", f"{self.control}.edi", body)

    def order(self, boxes: int, item: str = "BLM-100") -> dict[str, bytes]:
        self.control += 1
        body = purchase_order(
            f"N{self.control}", (item, str(boxes), "BX"), control=self.control, ship=None
        )
        return self.site.send("bloom", f"{self.control}.edi", body)

    def at(self, moment: datetime) -> dict[str, bytes]:
        """Let it be `moment`, and work."""
        self.clock.set(moment)
        return self.site.run()

    def edit(self, network: str) -> dict[str, bytes]:
        """Let an admin write other settings, and work."""
        self.site.reconfigure(network)
        return self.site.run()

    def said(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.site.log.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]


@contextmanager
def opened(root: Path, network: str) -> Iterator[Market]:
    """Open a site with `network` on a Monday morning."""
    clock = SetClock(MONDAY)
    with desktop(root / "site", network=network, clock=clock) as site:
        yield Market(site, clock)


def told(files: dict[str, bytes], buyer: str = "bloom") -> Told:
    """Return the one availability file of a buyer."""
    (one,) = told_to(files, buyer)
    return one


def left(files: dict[str, bytes], buyer: str = "bloom") -> dict[str, int]:
    """Return what a buyer's one file says is left, by its own product code."""
    return {offer.item: int(offer.quantity) for offer in told(files, buyer).offers.values()}


def nobody_is_told(files: dict[str, bytes]) -> bool:
    return not told_to(files, "bloom") and not told_to(files, "tulipan")
