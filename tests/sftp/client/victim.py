"""A program that polls and pushes for a site, and kills itself at a named step."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from daemon import config
from daemon.clock import SystemClock
from daemon.intake.spool import Spool
from daemon.ledger.arrivals import LedgerArrivals
from daemon.ledger.store import open_ledger
from daemon.replies.advice import refusal_advice
from daemon.sftp.remote import RemoteLanes


def main(root: Path, kill_at: str) -> None:
    def step(name: str) -> None:
        if name == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def say(_event: str, /, **_fields: object) -> None:
        pass

    site = config.load(root)
    ledger = open_ledger(site.ledger_url)
    with Spool(site.state / "spool") as spool:
        book = LedgerArrivals(ledger, refusal_advice)
        spool.recover(book.known_spool())
        lanes = RemoteLanes(site, ledger, book, spool, clock=SystemClock(), say=say, step=step)
        lanes.run_once()
    ledger.close()
