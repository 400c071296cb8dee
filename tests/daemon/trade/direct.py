"""Orders that ship direct from the grower, and a network where two companies agreed on them."""

from __future__ import annotations

from formats.tabular.order_rows import COLUMNS
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop
from tests.daemon.today import day

_FIRST = 'buyer = "bloom"\nwhen_short = "cut"'
_AGREED = """
modality = ["sales", "procurement"]
default_carrier = "TRUCK2"
"""
DIRECT = NETWORK.replace(_FIRST, _FIRST + _AGREED, 1)
"""The sample network; florsol and bloom use procurement, with a carrier for what isn't mapped."""

HOME = {
    "ship_to_name": "Rose Lane Florist",
    "ship_to_street": "8 Rose Lane",
    "ship_to_city": "Atlanta",
    "ship_to_state": "GA",
    "ship_to_zip": "30303",
    "ship_to_country": "US",
}
"""Where a customer of the buyer lives."""

STOCK = (("Rosa Explorer 60cm", 30_000, "Stem"), ("Rosa Freedom 60cm", 30_000, "Stem"))


def order_csv(number: str, *rows: dict[str, object], **header: object) -> bytes:
    """Return an order CSV; each row is a line of 1 box of Explorer 60 but for what it says."""
    common: dict[str, object] = {
        "po_number": number,
        "vendor_code": "FLORSOL",
        "ship_date": day(2).isoformat(),
        "ship_via": "grower",
        "customer_code": "RL01",
        "product_code": "BLM-100",
        "boxes": 1,
        "box_type": "HB",
    }
    lines = [",".join(COLUMNS)]
    for at, row in enumerate(rows or ({},), 1):
        cells = {**common, "line": at, **header, **row}
        lines.append(",".join("" if (v := cells.get(name)) is None else f"{v}" for name in COLUMNS))
    return "".join(f"{line}\n" for line in lines).encode()


def publish(site: Desktop) -> None:
    """Let florsol offer enough roses."""
    site.send("florsol", "availability.csv", availability(*STOCK))
