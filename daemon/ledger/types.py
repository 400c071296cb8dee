"""Column types that mean the same on SQLite and PostgreSQL.

SQLAlchemy's Numeric goes through a float on SQLite, and its DateTime loses the zone there; these
two keep money, quantity and time exact on both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import BigInteger, Dialect, Integer, String, TypeDecorator

Key = BigInteger().with_variant(Integer, "sqlite")
"""Primary keys: SQLite numbers rows only for INTEGER."""

_EXPONENT = 4
_STEP = Decimal(1).scaleb(-_EXPONENT)


class Exact(TypeDecorator[Decimal]):
    """A decimal of up to four places, kept as a whole number of ten-thousandths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return int(value.quantize(_STEP, ROUND_HALF_UP).scaleb(_EXPONENT))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        exact = Decimal(value).scaleb(-_EXPONENT)
        return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as UTC text that sorts and that a person can read."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone can't be kept; give it one")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)
