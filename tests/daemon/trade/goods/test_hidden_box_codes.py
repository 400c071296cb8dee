"""What goes with the goods shows a second code of a box, not a hidden vendor's own (L-09, H-04)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import cli
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish
from tests.daemon.trade.exceptions.test_exceptions import LINE
from tests.daemon.trade.goods.test_external_codes import beside
from tests.daemon.trade.goods_files import rows, swaps

OWN, SECOND = "PT991001", "EXT-0001"
OPEN = DIRECT.replace("[[connection]]", LINE + "[[connection]]", 1).replace(
    "receives_labels = true", 'receives_labels = true\nselling = { box_code_prefixes = ["PT"] }', 1
)
ID = 'x12 = { id = "BLOOMWHSL" }'
HIDDEN = OPEN.replace(ID, f'{ID}\nbuying = {{ show_vendor_to = {{ ROSELANE = "hidden" }} }}')
ACCOUNT = 'shipper_account = "77120"'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """A direct order of one box that bears its vendor's code, from before the vendor was hidden."""
    with desktop(tmp_path / "site", network=OPEN) as opened:
        publish(opened)
        opened.send("bloom", "po.csv", order_csv("T-1", **HOME))
        files = opened.send("florsol", "codes.csv", swaps(("KD0000001", OWN)))
        assert OWN.encode() in zpl(files)
        opened.reconfigure(HIDDEN)
        opened.run()
        yield opened


def zpl(files: dict[str, bytes]) -> bytes:
    """Return the labels of `files` that a printer gets."""
    return b"".join(body for name, body in files.items() if name.endswith(".zpl"))


def manifest(site: Desktop, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], bytes]:
    """Load the truck; return the codes of what stays behind, and the file for the truck line."""
    capsys.readouterr()
    words = ["--site", str(site.root), "--date", f"{day(2)}", "--json"]
    cli.main(["manifest", "sunline", *words])
    problems = [each["code"] for each in json.loads(capsys.readouterr().out)["problems"]]
    files = site.run()
    return problems, b"" if problems else only(files, "sunline/manifest-")


@pytest.mark.parametrize("layout", ["", ', layout = "local-delivery"'], ids=["plain", "local"])
def test_label_and_manifest_show_the_external_code_alone(
    site: Desktop, capsys: pytest.CaptureFixture[str], layout: str
) -> None:
    site.reconfigure(HIDDEN.replace(ACCOUNT, ACCOUNT + layout))
    files = site.send("florsol", "beside.csv", beside((OWN, SECOND)))
    assert rows(only(files, "florsol/advice"))[0][0] == "done"
    labels = zpl(files)
    assert SECOND.encode() in labels and OWN.encode() not in labels
    problems, sent = manifest(site, capsys)
    assert problems == []
    assert SECOND.encode() in sent and OWN.encode() not in sent


def test_without_an_external_code_neither_shows_the_box(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    problems, _ = manifest(site, capsys)
    assert problems == ["H-04"]


def test_external_code_that_gives_the_vendor_away_too_is_shown_nowhere(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    files = site.send("florsol", "beside.csv", beside((OWN, "PT991002")))
    assert b"PT991" not in zpl(files)
    assert manifest(site, capsys)[0] == ["H-04"]


def test_while_nothing_is_hidden_the_box_goes_by_its_own_code(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    site.reconfigure(OPEN)
    files = site.send("florsol", "beside.csv", beside((OWN, SECOND)))
    assert SECOND.encode() not in zpl(files)
    problems, sent = manifest(site, capsys)
    assert (problems, OWN.encode() in sent) == ([], True)
