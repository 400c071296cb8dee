"""What every table of the ledger shares."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, MetaData

from daemon.ledger.types import Key

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def arrival_key(*, nullable: bool = False) -> Column[int]:
    """Return a column that names the arrival a row comes from."""
    return Column("arrival_id", Key, ForeignKey("arrivals.id"), nullable=nullable, index=True)
