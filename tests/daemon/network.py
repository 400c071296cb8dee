"""The sample network as a site in a folder: who takes part, who is connected, and the tables."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from daemon import config
from daemon.samples import sample_site

SAMPLE_SITE = Path(str(sample_site()))
"""The sample network as shipped; the checkout is a site too, but whoever runs it has changed it."""

QUICK = """
[intake]
rescan_s = 0.2
settle_s = 0.0
settle_moved_s = 0.0
quiet_s = 0.0
cut_short_s = 0.0
free_bytes = 0
"""

_PARTNERS = """
[site]
name = "test-network"
x12 = { id = "K2KNET" }
time_zone = "America/New_York"

[[partner]]
name = "florsol"
title = "Florsol Farms"
roles = ["vendor"]
x12 = { id = "FLORSOL" }
complete_when = "renamed"
availability_mode = "overwrite"
receives_orders = ["x12", "csv"]
receives_labels = true
currency = "USD"

[[partner]]
name = "andes"
title = "Andes Blooms"
roles = ["vendor"]
x12 = { id = "ANDESBLM" }
receives_orders = ["x12"]
currency = "USD"

[[partner]]
name = "bloom"
title = "Bloom Wholesale"
roles = ["buyer"]
x12 = { id = "BLOOMWHSL" }
currency = "USD"
receives_availability = "x12"

[[partner]]
name = "tulipan"
title = "Tulipan Import"
roles = ["buyer"]
x12 = { id = "TULIPAN" }
currency = "USD"
receives_availability = "csv"

[[partner]]
name = "axerrio-florsol"
roles = ["axerrio"]
vendor = "florsol"
"""

_CONNECTION = """
[[connection]]
vendor = "{vendor}"
buyer = "{buyer}"
{when_short}vendor_code = "V1"
customer_code = "C1"
agreed = {{ vendor = 2026-01-05, buyer = 2026-01-05 }}
schedule = {{ mon = 0, tue = 0, wed = 0, thu = 0, fri = 0, sat = 0, sun = 0 }}
days_of_service = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
pricing = {{ truck_per_cube = 0 }}
asking = {{ cost_stands = false }}
"""


def connection(vendor: str, buyer: str, when_short: str = "") -> str:
    """Return a connection that ships and serves every day; without `when_short` as by default."""
    said = f'when_short = "{when_short}"\n' if when_short else ""
    return _CONNECTION.format(vendor=vendor, buyer=buyer, when_short=said)


def partner(name: str, role: str, *settings: str) -> str:
    """Return a partner that trades in dollars, whose X12 identity is its name in capitals."""
    common = (f'roles = ["{role}"]', f'x12 = {{ id = "{name.upper()}" }}', 'currency = "USD"')
    return "\n".join(["", "[[partner]]", f'name = "{name}"', *common, *settings, ""])


NETWORK = (
    _PARTNERS
    + connection("florsol", "bloom", "cut")
    + connection("florsol", "tulipan", "refuse")
    + connection("andes", "bloom")
)
"""Two vendors, one of which has a system of its own, and two buyers."""


def keep_rows_of_everybody(mappings: Path, own: Mapping[str, list[str]]) -> None:
    """Leave of the sample's tables what holds for every partner; `own` are whole tables of ours."""
    for path in mappings.glob("*.csv"):
        head, *rows = path.read_text().splitlines()
        kept = own.get(path.stem, [row for row in rows if row.startswith("*")])
        path.write_text("\n".join([head, *kept, ""]))


def make_site(root: Path, *, network: str = NETWORK, ledger_url: str = "") -> Path:
    """Write a site with `network` and the sample network's tables into `root`."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SAMPLE_SITE / "mappings", root / "mappings")
    configure(root, network, ledger_url)
    return root


def configure(root: Path, network: str = NETWORK, ledger_url: str = "") -> None:
    """Write the configuration of a site."""
    ledger = f'\n[ledger]\nurl = "{ledger_url}"\n' if ledger_url else ""
    (root / config.FILE_NAME).write_text(network + ledger + QUICK)
