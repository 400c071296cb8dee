"""A vendor's files keep its stock: overwritten, added to or replaced, and never sold unmapped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.errors import UsageError
from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, inventory, purchase_order
from tests.daemon.sites import Desktop, desktop, kinds, only

EXPLORER = "Rosa Explorer 60cm"
FREEDOM = "Rosa Freedom 60cm"


@pytest.fixture
def mode(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desktop]:
    """A site whose florsol keeps its stock in the mode that the test names."""
    wanted = f'availability_mode = "{request.param}"'
    network = NETWORK.replace('availability_mode = "overwrite"', wanted)
    with desktop(tmp_path / "site", network=network) as opened:
        yield opened


def stock(site: Desktop, *rows: tuple[str, int], name: str = "stock.csv") -> dict[str, bytes]:
    return site.send("florsol", name, availability(*((text, n, "Stem") for text, n in rows)))


def sell(site: Desktop, boxes: int, control: int = 1) -> None:
    order = purchase_order(str(control), ("BLM-100", str(boxes), "BX"), control=control)
    site.send("bloom", f"{control}.edi", order)


def result(files: dict[str, bytes]) -> str:
    """Return the result on the first row of a file acknowledgement."""
    return only(files, "florsol/advice").decode().splitlines()[1].split(",")[3]


@pytest.mark.parametrize("mode", ["overwrite"], indirect=True)
def test_overwrite_replaces_what_it_names_and_leaves_the_rest(mode: Desktop) -> None:
    stock(mode, (EXPLORER, 600), (FREEDOM, 900))
    stock(mode, (EXPLORER, 300))
    assert mode.lots() == {"ROS-EXP-60": (300, 0), "ROS-FRE-60": (900, 0)}


@pytest.mark.parametrize("mode", ["increase"], indirect=True)
def test_increase_adds_within_a_file_and_over_files(mode: Desktop) -> None:
    stock(mode, (EXPLORER, 600), (EXPLORER, 100))
    stock(mode, (EXPLORER, 50))
    assert mode.lots() == {"ROS-EXP-60": (750, 0)}


@pytest.mark.parametrize("mode", ["increase"], indirect=True)
def test_the_same_increase_twice_counts_once_and_is_answered_alike(mode: Desktop) -> None:
    """Scenario 3 of the domain (K-44)."""
    first = stock(mode, (EXPLORER, 600))
    again = stock(mode, (EXPLORER, 600))
    assert mode.lots() == {"ROS-EXP-60": (600, 0)}
    assert only(again, "florsol/advice") == only(first, "florsol/advice")
    assert (kinds(again), mode.states()) == (["florsol/advice-stock"], ["posted", "duplicate"])


@pytest.mark.parametrize("mode", ["replace"], indirect=True)
def test_replace_reduces_what_it_leaves_out_to_what_is_sold(mode: Desktop) -> None:
    stock(mode, (EXPLORER, 900), (FREEDOM, 900))
    sell(mode, 2)
    stock(mode, (FREEDOM, 300))
    assert mode.lots() == {"ROS-EXP-60": (600, 600), "ROS-FRE-60": (300, 0)}


@pytest.mark.parametrize("mode", ["overwrite"], indirect=True)
def test_an_offer_below_what_is_sold_is_held_until_enough_is_offered(mode: Desktop) -> None:
    """Scenario 2 of the domain (K-43, E-24)."""
    stock(mode, (EXPLORER, 600))
    sell(mode, 2)
    files = stock(mode, (EXPLORER, 400))
    (hold,) = mode.holds()
    assert hold.kind is HoldKind.OVERSOLD
    assert "200 are short (E-24)" in hold.message
    assert result(files) == "held"
    assert b"E-24" in only(files, "florsol/advice")
    assert b"QTY*33*0*EA" in only(files, "bloom/846")
    assert mode.states()[-1] == "held"
    with pytest.raises(UsageError, match="offers enough"):
        mode.release(hold.id)
    files = stock(mode, (EXPLORER, 900))
    assert b"QTY*33*300*EA" in only(files, "bloom/846")
    assert (mode.holds(), set(mode.states())) == ([], {"posted"})


@pytest.mark.parametrize("mode", ["overwrite"], indirect=True)
def test_a_cancellation_ends_an_oversell(mode: Desktop) -> None:
    stock(mode, (EXPLORER, 600))
    sell(mode, 2)
    stock(mode, (EXPLORER, 400))
    cancel = purchase_order("1", ("BLM-100", "2", "BX"), purpose="01", control=2)
    mode.send("bloom", "c.edi", cancel)
    assert (mode.holds(), set(mode.states())) == ([], {"posted"})


@pytest.mark.parametrize("mode", ["overwrite"], indirect=True)
def test_two_files_that_oversell_make_one_hold_that_belongs_to_the_newer(mode: Desktop) -> None:
    stock(mode, (EXPLORER, 600))
    sell(mode, 2)
    stock(mode, (EXPLORER, 400))
    stock(mode, (EXPLORER, 300))
    (hold,) = mode.holds()
    assert (hold.arrival_id, mode.states()) == (4, ["posted", "posted", "posted", "held"])


@pytest.mark.parametrize("mode", ["overwrite"], indirect=True)
def test_an_unknown_product_is_staged_and_sold_once_mapped(mode: Desktop) -> None:
    """M-12: kept, answered, and not on sale."""
    files = stock(mode, (EXPLORER, 600), ("Rosa Nueva", 300))
    assert result(files) == "accepted-with-exceptions"
    assert b"Rosa Nueva" in only(files, "florsol/advice")
    assert b"Nueva" not in only(files, "bloom/846")
    assert mode.states() == ["held"]
    mode.map_row("products", "florsol,,,Rosa Nueva,ROS-EXP-50,,yes,,,")
    files = mode.run()
    assert b"QTY*33*300*EA" in only(files, "bloom/846")
    assert (mode.holds(), mode.states()) == ([], ["posted"])
    states = mode.rows(select(schema.documents.c.state))
    assert [row.state for row in states] == ["posted"]


@pytest.mark.parametrize("mode", ["overwrite"], indirect=True)
def test_an_unknown_product_in_every_file_waits_once_and_frees_all_of_them(mode: Desktop) -> None:
    for quantity in (100, 200, 300):
        stock(mode, ("Rosa Nueva", quantity))
    assert [hold.arrival_id for hold in mode.holds()] == [3]
    assert mode.states() == ["posted", "posted", "held"]
    mode.map_row("products", "florsol,,,Rosa Nueva,ROS-EXP-50,,yes,,,")
    mode.run()
    assert (mode.lots(), mode.states()) == ({"ROS-EXP-50": (300, 0)}, ["posted"] * 3)


def test_an_older_count_changes_nothing(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        site.send("andes", "1.edi", inventory(("AND-CR-SEL", "500", "EA"), at="0900"))
        older = inventory(("AND-CR-SEL", "900", "EA"), at="0800", control=2)
        files = site.send("andes", "2.edi", older)
        assert site.lots() == {"CAR-RED-SEL": (500, 0)}
        assert kinds(files) == ["andes/997-000000002", "andes/advice-2"]
        newer = inventory(("AND-CR-SEL", "400", "EA"), at="0901", control=3)
        site.send("andes", "3.edi", newer)
        assert site.lots() == {"CAR-RED-SEL": (400, 0)}
        states = site.rows(select(schema.documents.c.state).order_by(schema.documents.c.id))
        assert [row.state for row in states] == ["posted", "superseded", "posted"]


def test_a_lot_of_a_day_that_is_over_is_not_shown(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        body = inventory(("AND-CR-SEL", "500", "EA")).decode()
        line = "QTY*33*500*EA~\n"
        over = body.replace(line, f"{line}DTM*036*20200101~\n").replace("SE*6*", "SE*7*")
        files = site.send("andes", "1.edi", over.encode())
        assert kinds(files) == ["andes/997-000000001"]


def test_stock_lots_are_exact_to_the_stem(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        stock(site, (EXPLORER, 999_999_999))
        assert site.lots() == {"ROS-EXP-60": (999_999_999, 0)}
