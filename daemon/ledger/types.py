"""Column types that mean the same on SQLite and PostgreSQL.

SQLAlchemy's Numeric goes through a float on SQLite, and its DateTime loses the zone there; these
two keep money, quantity and time exact on both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from sqlalchemy import BigInteger, Dialect, Integer, String, TypeDecorator

Key = BigInteger().with_variant(Integer, "sqlite")
"""Primary keys: SQLite numbers rows only for INTEGER."""


class Exact(TypeDecorator[Decimal]):
    """A decimal of a fixed number of places, kept as a whole number of the smallest part."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int = 4) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        step = Decimal(1).scaleb(-self.places)
        return int(value.quantize(step, ROUND_HALF_UP).scaleb(self.places))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        exact = Decimal(value).scaleb(-self.places)
        if exact == exact.to_integral_value():
            return exact.quantize(Decimal(1))
        return exact.normalize()


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as UTC text that sorts and that a person can read."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else _utc_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


@lru_cache(maxsize=64)
def _utc_text(moment: datetime) -> str:
    """Return a time as UTC text; every row of a posting has the same one."""
    if moment.tzinfo is None:
        raise ValueError("a time without zone can't be kept; give it one")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
