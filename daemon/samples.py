"""The sample network as it is shipped: its site, and its files with dates that are always to come.

Everything is read from the package, never from the checkout around it: that is a site of its own,
and whoever runs it has changed it. The files are templates: `{today:iso}` and `{today+3:yyyymmdd}`
become dates, nothing else changes, so control numbers and order numbers are the same every time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from daemon import safefile
from daemon.config import FILE_NAME, Configuration
from daemon.errors import EnvironmentFault

_DATE = re.compile(rb"\{today([+-][0-9]{1,3})?:(iso|yyyymmdd|yymmdd)\}")
_SHAPES = {b"iso": "%Y-%m-%d", b"yyyymmdd": "%Y%m%d", b"yymmdd": "%y%m%d"}


class Wave(StrEnum):
    """Which files come first: an order that comes before the stock finds nothing to sell."""

    STOCK = "stock"
    ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class Sample:
    """A file of the sample network, ready to be dropped."""

    partner: str
    name: str
    content: bytes
    wave: Wave


_WAVES: dict[Wave, tuple[tuple[str, str], ...]] = {
    Wave.STOCK: (("florsol", "availability.csv"), ("andes", "inventory.edi")),
    Wave.ORDERS: (
        ("bloom", "order-10045.edi"),
        ("bloom", "order-10046-broken.edi"),
        ("axerrio-florsol", "order-7731.json"),
    ),
}


def samples(today: date) -> Iterator[Sample]:
    """Yield the sample files as they would be sent on `today`, stock before orders."""
    inboxes = resources.files("daemon") / "sample" / "inbox"
    for wave, files in _WAVES.items():
        for partner, name in files:
            template = (inboxes / partner / name).read_bytes()
            yield Sample(partner, name, dated(template, today), wave)


def dated(template: bytes, today: date) -> bytes:
    """Return `template` with its dates filled in, counted from `today`."""

    def shown(found: re.Match[bytes]) -> bytes:
        day = today + timedelta(days=int(found[1] or 0))
        return day.strftime(_SHAPES[found[2]]).encode()

    return _DATE.sub(shown, template)


def install_samples(
    configuration: Configuration, today: date, wave: Wave | None = None
) -> list[Path]:
    """Drop the sample files into the inboxes, each under its name at once, and return their paths.

    `wave` None drops all of them. A partner that the site does not have is left out, and a file
    that is still waiting there is replaced. Raises EnvironmentFault.
    """
    dropped: list[Path] = []
    for sample in samples(today):
        if wave not in (None, sample.wave) or not configuration.partner_named(sample.partner):
            continue
        inbox = configuration.inbox(sample.partner)
        safefile.make_directories(inbox)
        with safefile.open_directory(inbox) as directory:
            safefile.replace(directory, sample.name, sample.content)
        dropped.append(inbox / sample.name)
    return dropped


def sample_site() -> Traversable:
    """Return the package's folder with the sample site's k2kd.toml and mappings.

    Raises EnvironmentFault where an installation has lost it.
    """
    folder = resources.files("daemon") / "sample"
    if not (folder / FILE_NAME).is_file():
        raise EnvironmentFault(f"the sample site is missing in {folder}; install k2kd again")
    return folder
