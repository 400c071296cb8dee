"""`k2kd goods` shows where every box is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.daemon.cli.conftest import Run
from tests.daemon.sites import desktop
from tests.daemon.trade.goods_files import GOOD, coded, confirmed, scans, ship


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A site with one order of two boxes, one of them shipped and received."""
    root = tmp_path / "goods"
    with desktop(root) as site:
        confirmed(site, 2)
        ship(site, *coded("PT1"))
        site.send("bloom", "r.csv", scans("PT1", rack="A-12"))
    return root


def test_boxes_are_listed_with_waybill_state_and_rack(run: Run, shipped: Path) -> None:
    said = run("goods", "--site", shipped)
    assert said.code == 0
    first, second = said.out.splitlines()[2:4]
    for text in ("PT1", "ROS-EXP-60", "florsol", "bloom", GOOD, "received", "A-12"):
        assert text in first
    assert "KD0000002" in second and "allotted" in second


@pytest.mark.parametrize(
    ("option", "value", "codes"),
    [
        ("--awb", GOOD, ["PT1"]),
        ("--awb", GOOD[-4:], ["PT1"]),
        ("--awb", "9999", []),
        ("--order", "1", ["PT1", "KD0000002"]),
        ("--order", "2", []),
        ("--box", "PT1", ["PT1"]),
        ("--box", "KD0000001", ["PT1"]),
    ],
)
def test_only_what_was_asked_for(
    run: Run, shipped: Path, option: str, value: str, codes: list[str]
) -> None:
    found = run("goods", option, value, "--json", "--site", shipped).json()
    assert [row["code"] for row in found] == codes


def test_programs_get_former_codes_and_the_id_that_partners_know(run: Run, shipped: Path) -> None:
    first, second = run("goods", "--json", "--site", shipped).json()
    assert first["former_codes"] == ["KD0000001"]
    # The shipped box keeps the line, the rest has a new one (P-30).
    assert (first["po_item_id"], second["po_item_id"]) == (1, 2)


def test_nothing_found_is_said(run: Run, shipped: Path) -> None:
    assert run("goods", "--order", "77", "--site", shipped).out.strip() == "no such box"
