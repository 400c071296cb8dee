"""What the daemon and its posting process say to each other, over one channel a lane.

They are pickled: both are the same program, and the channel is theirs alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.clock import Clock
from daemon.config import Configuration
from daemon.eventlog import Level
from daemon.mapping.tables import Tables

# --- from the daemon -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begin:
    """Work for this site from now on; answered by `Ready` or `Refused`."""

    site: Configuration
    clock: Clock
    tables: Tables
    ledger_url: str
    """Address of the ledger that the daemon has open."""


@dataclass(frozen=True, slots=True)
class Work:
    """Post a batch of `partner`; answered by `Done`, `Refused` or `Broke`."""

    partner: str
    tables: Tables | None
    """The tables in use from now on; None where they are those of the last work."""


@dataclass(frozen=True, slots=True)
class TurnGiven:
    """It is the lane's turn at the ledger."""


# --- from the posting process --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ready:
    """What the site's work needs is loaded."""


@dataclass(frozen=True, slots=True)
class TurnAsked:
    """The lane wants to write; it waits for `TurnGiven`."""


@dataclass(frozen=True, slots=True)
class TurnOver:
    """The lane's transaction has ended."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The lane waits for its turn at the ledger's server, until its next word."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The lane isn't stuck: a large file takes minutes."""


@dataclass(frozen=True, slots=True)
class Done:
    """The work is over."""

    count: int
    """Arrivals that were worked on."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Disk, ledger or network failed (EnvironmentFault), and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broke:
    """A bug that no catch-all stopped: what it was, and where."""

    trace: str


Event = tuple[str, Level | None, Mapping[str, object]]
Answer = Ready | TurnAsked | TurnOver | Waiting | Moved | Done | Refused | Broke
Said = tuple[tuple[Event, ...], Answer]
"""The events since the last word, and the word."""
