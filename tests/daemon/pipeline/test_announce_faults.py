"""A view that fails keeps no other waiting, and a large one that is cut off is told anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.errors import EnvironmentFault
from daemon.trade.views import shelf
from tests.daemon.network import NETWORK
from tests.daemon.pipeline.market import (
    EXPLORER,
    EXPLORER_50,
    FREEDOM,
    MONDIAL,
    Market,
    left,
    nobody_is_told,
    opened,
    told,
)
from tests.daemon.trade.views.showroom import (
    FailingLedger,
    Goods,
    Shown,
    should_see,
    told_to,
)


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    with opened(tmp_path, NETWORK) as made:
        yield made


def test_a_view_that_fails_is_said_once_and_keeps_no_other_waiting(market: Market) -> None:
    code = "B" * 60  # more than an X12 element has room for
    market.site.map_row("products", f"bloom,,{code},,ROS-MON-60,,yes,,,")
    table = market.site.root / "mappings" / "products.csv"
    table.write_text(
        "".join(row for row in table.read_text().splitlines(keepends=True) if "BLM-121" not in row)
    )
    market.site.map_row("products", "andes,,AND-XX,,ROS-EXP-60,,yes,,,")
    files = market.publish(EXPLORER, Goods("FS-1260", 300))
    assert not told_to(files, "bloom")
    assert left(files, "tulipan") == {"TUL-EXP60": 600, "ROS-MON-60": 300}
    assert left(market.order(1), "tulipan") == {"TUL-EXP60": 300}
    (said,) = market.said("announce_failed")
    assert (said["partner"], said["level"]) == ("bloom", "alarm")
    table.write_text(table.read_text().replace(code, "BLM-121"))
    market.site.map_row("products", "andes,,AND-YY,,ROS-EXP-60,,yes,,,")
    files = market.site.run()
    assert (told(files).is_full, left(files)) == (True, {"BLM-100": 300, "BLM-121": 300})


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch, market: Market) -> Market:
    """Where a file has room for two lots."""
    monkeypatch.setattr(shelf, "CHUNK", 2)
    return market


MANY = (EXPLORER, EXPLORER_50, FREEDOM, MONDIAL, Goods("FS-1260", 300))


def test_a_large_view_is_several_files_of_which_only_the_first_begins_anew(
    in_pieces: Market,
) -> None:
    files = told_to(in_pieces.publish(*MANY), "bloom")
    assert [one.is_full for one in files] == [True, False, False]
    assert [len(one.offers) for one in files] == [2, 2, 1]
    assert nobody_is_told(in_pieces.site.run())


@pytest.mark.parametrize("written", [1, 2, 3, 4, 5])
def test_a_large_view_that_is_cut_off_is_told_from_its_beginning(
    in_pieces: Market, written: int
) -> None:
    """Three files for each of two buyers; the books fail after some of them."""
    ledger = in_pieces.site.p.ledger
    shown = {"bloom": Shown(), "tulipan": Shown()}
    in_pieces.site.p.announcer.ledger = FailingLedger(ledger, written)
    with pytest.raises(EnvironmentFault):
        in_pieces.publish(*MANY)
    in_pieces.site.p.announcer.ledger = ledger
    # What was told and then sold must be told, though the first telling never came to its end.
    begun = in_pieces.publish(EXPLORER, Goods("FS-1050", 0))
    for name, system in shown.items():
        system.take(begun, name)
        assert (
            system.kept
            == system.anew
            == should_see(in_pieces.site, "florsol", name, in_pieces.clock.now())
        )
        assert len(system.kept) == 4
