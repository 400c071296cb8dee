"""The sample network as a site that nothing has to wait for, and partners who collect at once.

Stock and orders are the files of the sample network, with one order twice and a file that is large
enough for the spool. Later the mapping row comes that frees the order that was held, and the
accepted order comes a third time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from daemon import config
from daemon.config import Configuration
from daemon.samples import Wave as SampleWave
from daemon.samples import sample_site, samples
from daemon.service import make_folders

NOON = datetime(2026, 6, 1, 16, tzinfo=UTC)
"""Noon at the sample site."""
TODAY = NOON.date()
AT_ONCE = """
[intake]
settle_s = 0
settle_moved_s = 0
quiet_s = 0
cut_short_s = 0
free_bytes = 0
"""
ORDER = "order-10045.edi"
LARGE = b"<?xml version='1.0'?><order><note>" + b"rose " * 250_000 + b"</note></order>"
FREEING_ROW = "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,\n"


@dataclass(frozen=True, slots=True)
class Collected:
    """A file that a partner fetched from its outbox and deleted there."""

    partner: str
    name: str
    content: bytes


def make_site(root: Path, ledger_url: str = "") -> None:
    """Make the site in `root`, with nothing in its inboxes; without a URL it runs on SQLite."""
    source = Path(str(sample_site()))
    shutil.copytree(source / "mappings", root / "mappings")
    text = (source / config.FILE_NAME).read_text("utf-8") + AT_ONCE
    if ledger_url:
        text += f'\n[ledger]\nurl = "{ledger_url}"\n'
    (root / config.FILE_NAME).write_text(text, "utf-8")
    make_folders(config.load(root))


def move_ledger(root: Path, old_url: str, new_url: str) -> None:
    """Let the site in `root` keep its ledger at another address, if it named one."""
    if not old_url:
        return
    file = root / config.FILE_NAME
    file.write_text(file.read_text("utf-8").replace(old_url, new_url), "utf-8")


def drop_stock(root: Path) -> None:
    """Drop what vendors offer."""
    _drop_samples(root, SampleWave.STOCK)


def drop_orders(root: Path) -> None:
    """Drop the orders, one of them twice, and a file that is large enough for the spool."""
    _drop_samples(root, SampleWave.ORDERS)
    site = config.load(root)
    drop(site, "bloom", "order-again.edi", _order())
    drop(site, "tulipan", "large.xml", LARGE)


def drop_late(root: Path) -> None:
    """Bring the row that frees the held order, and the accepted order once more."""
    table = root / "mappings" / "products.csv"
    with table.open("a", encoding="utf-8") as file:
        file.write(FREEING_ROW)
    drop(config.load(root), "bloom", "order-third.edi", _order())


def drop(site: Configuration, partner: str, name: str, content: bytes) -> None:
    """Put a whole file into a partner's inbox."""
    (site.inbox(partner) / name).write_bytes(content)


def collect(root: Path) -> list[Collected]:
    """Fetch and delete what stands in the outboxes, as partners do, hidden folders left out."""
    found = [
        path
        for path in sorted((root / "outbox").glob("*/*"))
        if path.is_file() and not path.name.startswith(".")
    ]
    collected = [Collected(path.parent.name, path.name, path.read_bytes()) for path in found]
    for path in found:
        path.unlink()
    return collected


def debris(root: Path) -> Iterator[str]:
    """Yield what must not lie about once everything is done."""
    for pattern in ("inbox/*/*", "outbox/*/.staging/*", "state/spool/tmp/*"):
        yield from (str(path.relative_to(root)) for path in sorted(root.glob(pattern)))


def _drop_samples(root: Path, wave: SampleWave) -> None:
    site = config.load(root)
    for sample in samples(TODAY):
        if sample.wave is wave:
            drop(site, sample.partner, sample.name, sample.content)


def _order() -> bytes:
    return next(s.content for s in samples(TODAY) if s.name == ORDER)
