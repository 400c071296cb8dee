"""Characters and units that a file can't have: replaced, sent as was agreed, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, interchange, order_set
from tests.daemon.sites import Desktop, desktop, only

SHOP = "Peñón Flores"
SITE = "8712345000028"
GLN = "7701234000011"


def agreed(settings: str) -> str:
    """Return the network with more settings in the X12 section of the vendor."""
    return NETWORK.replace('x12 = { id = "FLORSOL" }', f'x12 = {{ id = "FLORSOL"{settings} }}')


def edifact(settings: str) -> str:
    """Return the network whose vendor takes orders as ORDERS, in letters without marks."""
    text = NETWORK.replace("[site]\n", f'[site]\nedifact = {{ id = "{SITE}" }}\n')
    ours = f'name = "florsol"\nedifact = {{ id = "{GLN}", syntax = "UNOB"{settings} }}\n'
    text = text.replace('name = "florsol"\n', ours)
    return text.replace('receives_orders = ["x12", "csv"]', 'receives_orders = ["edifact"]')


def order() -> bytes:
    body = order_set("PO-1", ("BLM-100", "1", "BX"))
    body.insert(-2, f"N1*ST*{SHOP}*92*SHOP1")
    return interchange([body], control=7)


def sent(site: Desktop) -> dict[str, bytes]:
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))
    return site.send("bloom", "order.edi", order())


@pytest.mark.parametrize(
    ("settings", "shop"),
    [
        ("", b"N1*ST*Penon Flores*"),
        (', characters = "latin-1"', f"N1*ST*{SHOP}*".encode("latin-1")),
        (', characters = "utf-8", unsendable = "refuse"', f"N1*ST*{SHOP}*".encode()),
    ],
)
def test_vendor_gets_names_in_the_characters_that_were_agreed(
    tmp_path: Path, settings: str, shop: bytes
) -> None:
    with desktop(tmp_path / "site", network=agreed(settings)) as site:
        assert shop in only(sent(site), "florsol/850")


@pytest.mark.parametrize(
    ("network", "character_set"),
    [(agreed(', unsendable = "refuse"'), "ascii"), (edifact(', unsendable = "refuse"'), "UNOB")],
    ids=["x12", "edifact"],
)
def test_name_that_cannot_be_sent_is_for_a_person_where_that_was_agreed(
    tmp_path: Path, network: str, character_set: str
) -> None:
    with desktop(tmp_path / "site", network=network) as site:
        files = sent(site)
        assert not [name for name in files if name.startswith(("florsol/850", "florsol/ORDERS"))]
        found = site.arrivals()[-1]
        assert (found.state, found.reason_code) == ("quarantined", "unwritable")
        assert SHOP in found.reason
        assert character_set in found.reason


def test_edifact_writes_the_nearest_letters_otherwise(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=edifact("")) as site:
        assert b"Penon Flores" in only(sent(site), "florsol/ORDERS")


@pytest.mark.parametrize(("word", "unit"), [("CT", b"*CT*"), ("qb", b"*BX*"), ("BOX", b"*BX*")])
def test_vendor_gets_its_own_unit_where_x12_has_it(tmp_path: Path, word: str, unit: bytes) -> None:
    with desktop(tmp_path / "site", network=agreed("")) as site:
        site.unmap_row("units", "florsol,,CAJA,Caja,Box,,yes,,,")
        site.map_row("units", f"florsol,,{word},,Box,,yes,,,")
        (item,) = [
            each
            for each in only(sent(site), "florsol/850").split(b"~\n")
            if each.startswith(b"PO1")
        ]
        assert unit in item
