"""`k2kd check` warns of terms that can have no effect, and of no others (K-01, K-27, K-64)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from daemon import cli
from tests.daemon.network import NETWORK, configure, make_site
from tests.daemon.trade.orders.test_companies_named import CODED

BLOOM = 'x12 = { id = "BLOOMWHSL" }'


def buying(pricing: str, locations: str = '["MIA"]') -> str:
    return CODED.replace(
        BLOOM, f"{BLOOM}\nlocations = {locations}\nbuying = {{ pricing = {{ {pricing} }} }}"
    )


def selling(cut_offs: str) -> str:
    added = f"receives_labels = true\nselling = {{ carrier_cut_offs = {{ {cut_offs} }} }}\n"
    return CODED.replace("receives_labels = true\n", added, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site", network=CODED)


def warned(root: Path, capsys: pytest.CaptureFixture[str], *rules: str) -> list[str]:
    """Return the warnings of `k2kd check` about terms, or of `rules`, as `place: sentence`."""
    rules = rules or ("K-01", "K-27", "K-64")
    capsys.readouterr()
    cli.main(["check", "--site", str(root), "--json"])
    notes: list[Any] = json.loads(capsys.readouterr().out)["notes"]
    found = [f"{each['part']}: {each['text']}" for each in notes if each["level"] == "warning"]
    return [each for each in found if any(rule in each for rule in rules)]


@pytest.mark.parametrize(
    "network",
    [
        CODED,
        buying("location_gpm_percent = { mia = 30 }", '["MIA", "ATL", "BOS"]'),
        selling('TRUCK1 = { daily = "16:00" }'),
    ],
    ids=["plain", "a location of its own", "a carrier of ours"],
)
def test_terms_that_hold_are_not_warned_of(
    root: Path, capsys: pytest.CaptureFixture[str], network: str
) -> None:
    configure(root, network)
    assert warned(root, capsys, "E-23", "K-01", "K-27", "K-64") == []


def test_a_margin_of_no_location_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(root, buying("location_gpm_percent = { MIAMI = 30 }"))
    (said,) = warned(root, capsys)
    assert said.startswith("bloom: location_gpm_percent names miami, which is no location of bloom")


def test_a_cut_off_of_no_carrier_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(root, selling('SUNLINE = { daily = "16:00" }'))
    (said,) = warned(root, capsys)
    assert said.startswith("florsol: carrier_cut_offs names SUNLINE, which is no carrier of")


HOLDS = (
    ("selling", 'local_after = { roses = 3, "ROS-EXP-60" = 4 }'),
    ("link", 'reserved_percent = { Roses = 20, "*" = 5 }'),
    ("link", "asking = { markup_percent = { Carnations = 3 } }"),
    (
        "link",
        "pricing = { truck_per_cube = 0, box_charge = { Roses = 2 }, surcharge = { hb = 1 } }",
    ),
    ("link", 'pricing = { truck_per_cube = 0, price_list = { "ros-exp-60" = 0.75 } }'),
)


def of_goods(where: str, term: str) -> str:
    """Return the network with a term of florsol's, or of its connection with bloom."""
    if where == "selling":
        added = f"receives_labels = true\nselling = {{ {term} }}\n"
        return CODED.replace("receives_labels = true\n", added, 1)
    key = term.partition(" = ")[0]
    head, first, rest = CODED.partition('buyer = "bloom"\n')
    kept = "\n".join(row for row in rest.splitlines() if not row.startswith(f"{key} = "))
    return f"{head}{first}{term}\n{kept}\n"


@pytest.mark.parametrize(("where", "term"), HOLDS)
def test_goods_of_the_network_are_not_warned_of(
    root: Path, capsys: pytest.CaptureFixture[str], where: str, term: str
) -> None:
    configure(root, of_goods(where, term))
    assert warned(root, capsys, "K-21") == []


@pytest.mark.parametrize(
    ("where", "term", "said"),
    [
        ("selling", "local_after = { Rosas = 3 }", "florsol: local_after names rosas, which is no"),
        ("link", "reserved_percent = { Rosas = 20 }", "reserved_percent names rosas, which is no"),
        ("link", "asking = { markup_percent = { FS-1060 = 3 } }", "markup_percent names fs-1060"),
        (
            "link",
            'pricing = { truck_per_cube = 0, box_charge = { "ROS-EXP-60" = 2 } }',
            "pricing.box_charge names ros-exp-60, which is no category of the network",
        ),
        (
            "link",
            "pricing = { truck_per_cube = 0, price_list = { Roses = 0.75 } }",
            "pricing.price_list names roses, which is no product of catalogue.csv",
        ),
        (
            "link",
            "pricing = { truck_per_cube = 0, surcharge = { MEDIA = 1 } }",
            "pricing.surcharge names media, which is no box type of box_types.csv",
        ),
    ],
)
def test_goods_that_the_network_does_not_have_are_named(
    root: Path, capsys: pytest.CaptureFixture[str], where: str, term: str, said: str
) -> None:
    """A vendor's own word for a category has no effect in its terms, and nobody would notice."""
    configure(root, of_goods(where, term))
    (found,) = warned(root, capsys, "K-21")
    assert said in found


def test_codes_that_stand_for_several_are_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(root, NETWORK)
    assert sorted(each.partition(",")[0] for each in warned(root, capsys)) == [
        "bloom: vendor_code v1 stands for 2 vendors of bloom",
        "florsol: customer_code c1 stands for 2 buyers of florsol",
    ]


def test_a_location_that_is_mapped_to_and_nobodys_is_named(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(root, buying("", '["MIA", "ATL"]'))
    assert warned(root, capsys, "E-23") == [
        "locations.csv: BOS is no location of any partner; add it to locations of the company whose"
        " it is, or take it out of the own list (E-23)"
    ]
