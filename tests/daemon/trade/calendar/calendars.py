"""Connections with calendars for tests, written as an admin writes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from daemon.config import Connection, Partner
from daemon.trade.calendar.plan import Plan, plan

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
WEDNESDAY = date(2026, 11, 25)
THURSDAY = date(2026, 11, 26)
FRIDAY = date(2026, 11, 27)
SATURDAY = date(2026, 11, 28)
SUNDAY = date(2026, 11, 29)
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WORKDAYS = EVERY_DAY[:5]
SAME_DAY = dict.fromkeys(EVERY_DAY, 0)
NEXT_DAY = dict.fromkeys(EVERY_DAY, 1)


def link(**settings: Any) -> Connection:
    """Return farm -> shop, which ships every day for the same day unless `settings` say else."""
    known = {"schedule": SAME_DAY, "days_of_service": EVERY_DAY, "max_order_days": 14}
    return Connection.model_validate({"vendor": "farm", "buyer": "shop", **known, **settings})


def farm(**selling: Any) -> Partner:
    """Return the vendor; `locations`, `time_zone` and the like go beside its selling terms."""
    return _partner("farm", "vendor", "selling", selling)


def shop(**buying: Any) -> Partner:
    return _partner("shop", "buyer", "buying", buying)


def _partner(name: str, role: str, key: str, terms: dict[str, Any]) -> Partner:
    beside = {k: terms.pop(k) for k in ("locations", "time_zone", "currency") if k in terms}
    return Partner.model_validate({"name": name, "roles": [role], **beside, key: terms})


def at(day: date, hour: int, minute: int = 0, second: int = 0, *, fold: int = 0) -> datetime:
    """Return a moment of New York's clock."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=NEW_YORK, fold=fold)


def planned(
    connection: Connection,
    now: datetime,
    *,
    vendor: Partner | None = None,
    buyer: Partner | None = None,
    location: str | None = None,
    customer: str | None = None,
) -> Plan:
    """Return the plan on a site that lies in New York."""
    return plan(
        connection,
        vendor or farm(),
        buyer or shop(),
        now,
        zone=NEW_YORK,
        location=location,
        customer=customer,
    )
