"""A buyer hides the stock of vendors, or of one, and orders it all the same (K-31)."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon import cli
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import desktop, kinds, only

HIDES = NETWORK.replace(
    'receives_availability = "x12"',
    'receives_availability = "x12"\nbuying = { shows_k2k_stock = false }',
)
STOCK = availability(("Rosa Explorer 60cm", 900, "Stem"))


def test_hidden_stock_is_in_no_file_and_can_be_ordered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with desktop(tmp_path / "site", network=HIDES) as site:
        assert "tulipan/availability-florsol" in " ".join(
            kinds(files := site.send("florsol", "a", STOCK))
        )
        assert not [name for name in files if name.startswith("bloom/")]
        files = site.send("bloom", "1.edi", purchase_order("H-1", ("BLM-100", "1", "BX")))
        assert b"ACK*IA*1*BX" in only(files, "bloom/855-H-1")
        assert (
            cli.main(["availability", "bloom", "--site", str(site.root), "--vendor", "florsol"])
            == 0
        )
        assert "K-31" in capsys.readouterr().out


def test_a_connection_says_otherwise_than_its_buyer(tmp_path: Path) -> None:
    shown = HIDES.replace('when_short = "cut"', 'when_short = "cut"\nshows_k2k_stock = true', 1)
    with desktop(tmp_path / "site", network=shown) as site:
        assert "bloom/846-florsol" in " ".join(kinds(site.send("florsol", "a", STOCK)))


def test_what_was_shown_is_taken_back_once_and_comes_again(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        site.send("florsol", "a", STOCK)
        site.reconfigure(HIDES)
        (body,) = (b for name, b in site.run().items() if name.startswith("bloom/"))
        assert b"QTY*33*0*EA" in body
        assert not site.run()
        site.reconfigure(NETWORK)
        files = site.send("florsol", "b", availability(("Rosa Explorer 60cm", 800, "Stem")))
        assert b"QTY*33*800*EA" in only(files, "bloom/846-florsol")
