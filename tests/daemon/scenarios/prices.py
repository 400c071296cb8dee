"""A network with the price terms of domain 4.5, and what its buyers are told."""

from __future__ import annotations

import csv
from io import StringIO

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop, only

TERMS = 'freight = 48, handling = 6, duty_percent = { "*" = 6.5 }, gpm_percent = 28'
PRICED = NETWORK.replace("truck_per_cube = 0 }", f"truck_per_cube = 1.10, {TERMS} }}")
BARE = NETWORK.replace(
    "pricing = { truck_per_cube = 0 }", "pricing = { truck_per_cube = 0, gpm_percent = 28 }"
)
"""Where nobody has said what freight, handling and duties cost."""


def offered(site: Desktop) -> dict[str, str]:
    """Let florsol offer roses at 0.30 a stem; return what tulipan's CSV says of them."""
    roses = availability(("Rosa Explorer 60cm", 600, "Stem"), cost="0.30")
    files = site.send("florsol", "stock.csv", roses)
    (row,) = csv.DictReader(StringIO(only(files, "tulipan/availability").decode()))
    return row
