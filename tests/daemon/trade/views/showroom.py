"""What buyers have after their files, and what they should have: two models of a buyer's system.

`Shown` reads availability files as a buyer's system does. One keeps its offers and changes what a
file names; one begins anew with every file of everything. Both must always have what the vendor has
for them now (`should_see`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from daemon.errors import EnvironmentFault
from daemon.ledger.store import Ledger
from daemon.terms.connection import Modality
from daemon.trade.calendar.plans import Plans
from daemon.trade.views.activation import is_stopped
from daemon.trade.views.readiness import lacking
from daemon.trade.views.shelf import changed_lots, kept_of, shelf
from daemon.trade.views.told import is_told
from daemon.trade.views.view import eyes, view
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop

LATEST = 1 << 60
NEW_YORK = ZoneInfo("America/New_York")


@dataclass(frozen=True)
class Goods:
    """One line of a vendor's file; days count from the day of the file."""

    code: str
    stems: int
    begins: int = 0
    ends: int | None = None
    location: str = ""
    unit: str = "EA"
    cost_unit: str = "EA"


def advice(
    *lines: Goods, control: int, at: datetime, cost: str = "0.30", currency: str = ""
) -> bytes:
    """Return florsol's 846 of `lines`, counted at `at`."""
    now = at.astimezone(NEW_YORK)
    body = [f"BIA*00*PS*R{control}*{now:%Y%m%d}*{now:%H%M}"]
    body += [f"CUR*SE*{currency}"] if currency else []
    body.append("N1*SE*Florsol*92*FLORSOL")
    for number, line in enumerate(lines, 1):
        begins = now.date() + timedelta(line.begins)
        body += [f"LIN*{number}*VN*{line.code}", f"PID*F*08***{line.code}"]
        body.append(f"DTM*018*{begins:%Y%m%d}")
        if line.ends is not None:
            body.append(f"DTM*036*{now.date() + timedelta(line.ends):%Y%m%d}")
        body += [f"CTP**UCP*{cost}*1*{line.cost_unit}", f"QTY*33*{line.stems}*{line.unit}"]
        body += [f"N1*WH**92*{line.location}"] if line.location else []
    body.append(f"CTT*{len(lines)}")
    parts = {"sender": "FLORSOL", "receiver": "K2KNET", "group": "IB", "kind": "846"}
    return interchange([body], control=control, **parts)


class Offer(NamedTuple):
    """What a file says of an offer that a buyer acts on."""

    item: str
    quantity: Decimal
    first_truck: date | None
    price: Decimal | None


@dataclass(frozen=True)
class Told:
    """One availability file."""

    is_full: bool
    offers: dict[str, Offer]


@dataclass
class Shown:
    """A buyer's system, twice: `kept` changes what a file names, `anew` forgets the rest first."""

    kept: dict[str, Offer] = field(default_factory=dict)
    anew: dict[str, Offer] = field(default_factory=dict)
    files: list[Told] = field(default_factory=list)

    def take(self, files: dict[str, bytes], partner: str) -> None:
        """Take the availability files of `partner`, in the order in which they were made."""
        for told in told_to(files, partner):
            self.files.append(told)
            if told.is_full:
                self.anew.clear()
            for system in (self.kept, self.anew):
                system.update(told.offers)
                for offer in [name for name, one in system.items() if one.quantity == 0]:
                    del system[offer]


def told_to(files: dict[str, bytes], partner: str) -> list[Told]:
    """Return the availability files of a partner in the order in which they were made."""
    own = [
        (int(name.rpartition("-")[2].partition(".")[0]), name.partition("/")[2], body)
        for name, body in files.items()
        if name.startswith((f"{partner}/846-", f"{partner}/availability-"))
    ]
    return [
        _told_csv(name, body) if name.endswith(".csv") else _told_x12(name, body)
        for _key, name, body in sorted(own)
    ]


def _told_csv(name: str, body: bytes) -> Told:
    rows = list(csv.DictReader(StringIO(body.decode())))
    offers = {
        row["offer"]: Offer(
            row["product_code"],
            Decimal(row["quantity_units"]),
            _day(row["available_from"]),
            Decimal(row["price"]) if row["price"] else None,
        )
        for row in rows
    }
    assert len(offers) == len(rows), "an offer stands twice in a file"
    return Told(not name.startswith("availability-change"), offers)


def _told_x12(name: str, body: bytes) -> Told:
    segments = [s.strip().split("*") for s in body.decode().split("~")]
    purpose = next(s[1] for s in segments if s[0] == "BIA")
    assert purpose == ("04" if name.startswith("846-change") else "00")
    offers: dict[str, Offer] = {}
    for parts in segments:
        if parts[0] == "LIN":
            ids = dict(zip(parts[2::2], parts[3::2], strict=True))
            current = ids.get("LT") or parts[1]
            assert current not in offers
            offers[current] = Offer(ids.get("BP", ""), Decimal(0), None, None)
        elif parts[:2] == ["DTM", "018"]:
            offers[current] = offers[current]._replace(first_truck=_day(parts[2]))
        elif parts[0] == "CTP" and parts[2] == "RES":
            offers[current] = offers[current]._replace(price=Decimal(parts[3]))
        elif parts[0] == "QTY":
            offers[current] = offers[current]._replace(quantity=Decimal(parts[2]))
    return Told(purpose == "00", offers)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def should_see(site: Desktop, vendor: str, buyer: str, at: datetime) -> dict[str, Offer]:
    """Return what the buyer would be told if it had never been told anything."""
    link = site.site.connection_of(vendor, buyer)
    seller, reader = site.site.partner_named(vendor), site.site.partner_named(buyer)
    if link is None or seller is None or reader is None or not is_told(link, reader):
        return {}
    tables, today = site.p.tables.current, at.astimezone(site.site.site.zone).date()
    if is_stopped(lacking(site.site, tables, link, today), Modality.SALES):
        return {}
    by = eyes(site.site, tables, link, at=at, plans=Plans())
    assert by is not None
    with site.p.ledger.read() as conn:
        lots = [
            lot for piece in changed_lots(conn, vendor, since=-1, up_to=LATEST) for lot in piece
        ]
        kept = kept_of(conn, site.site, tables, vendor, lots)
    return {
        row.offer.name or "": Offer(
            row.buyer_item or "", row.offer.quantity, row.available_from, row.price
        )
        for row in view(shelf(lots, seller, tables, today, kept=kept), by)
    }


class FailingLedger(Ledger):
    """A ledger that fails at the `last`-th writing from now on, and at every later one."""

    def __init__(self, ledger: Ledger, last: int) -> None:
        super().__init__(ledger.engine, ledger.now, turns=ledger._turns)
        self.left = last

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.left -= 1
        if self.left < 0:
            raise EnvironmentFault("the disk of the ledger is gone")
        with super().write() as conn:
            yield conn
