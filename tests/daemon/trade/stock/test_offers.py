"""Where an offer stands, which state may follow, and the unit it is sold in (domain 13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.ledger.states import OFFER, ForbiddenMoveError, OfferState
from daemon.trade.stock.offers import SoldOfferError, check_offer, count_as_sold, offer_state
from daemon.trade.stock.units import NO_PACK, PackRate
from tests.daemon.partner_files import availability, inventory
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day

TODAY = date(2026, 11, 23)
PACK = PackRate(14, 25)
ORDER = "po_number,line,vendor_code,ship_date,product_code,boxes,unit_type,action\n"


def lot(**said: Any) -> dict[str, Any]:
    """Return a lot of 140 bunches on sale, with what a test says otherwise."""
    plain = {"product": "ROS", "unit_type": "Bunch", "unit": "BUNCH", "is_confirmed": True}
    numbers = {"published": Decimal(140), "bought": Decimal(0), "available_to": None}
    cost = {"unit_cost": Decimal("0.34"), "cost_unit": None, "currency": "USD"}
    pack = {"box_type_code": "HB", "box_type": "HALF", "bunches_per_box": 14, "stems_per_bunch": 25}
    return {**plain, **numbers, **cost, **pack, **said}


STANDS = {
    OfferState.STAGED: lot(is_confirmed=False),
    OfferState.ON_SALE: lot(),
    OfferState.PARTLY_SOLD: lot(bought=Decimal(1)),
    OfferState.SOLD_OUT: lot(bought=Decimal(140)),
    OfferState.WITHDRAWN: lot(published=Decimal(0)),
    OfferState.EXPIRED: lot(available_to="2026-11-22"),
}


@pytest.mark.parametrize("state", OfferState)
def test_a_row_says_where_its_offer_stands(state: OfferState) -> None:
    assert offer_state(STANDS[state], TODAY) is state


def test_what_is_not_known_of_it_is_staged_and_what_is_oversold_is_sold_out() -> None:
    assert offer_state(lot(product=None), TODAY) is OfferState.STAGED
    assert offer_state(lot(unit_type=None), TODAY) is OfferState.STAGED
    assert offer_state(lot(bought=Decimal(200)), TODAY) is OfferState.SOLD_OUT


def test_an_offer_is_over_the_day_after_its_last_one() -> None:
    last = lot(available_to=TODAY.isoformat())
    assert offer_state(last, TODAY) is OfferState.ON_SALE
    assert offer_state(last, TODAY + timedelta(days=1)) is OfferState.EXPIRED


@given(st.sampled_from(OfferState), st.sampled_from(OfferState))
def test_a_change_is_allowed_by_the_table_or_refused_by_name(
    before: OfferState, after: OfferState
) -> None:
    if after is before or after in OFFER[before]:
        check_offer("ROSA", STANDS[before], STANDS[after], TODAY)
        return
    with pytest.raises(ForbiddenMoveError, match=f"^the offer ROSA is {before.value} and can't"):
        check_offer("ROSA", STANDS[before], STANDS[after], TODAY)


def test_what_is_sold_is_never_staged_again() -> None:
    with pytest.raises(ForbiddenMoveError, match=r"it can become .*sold out"):
        check_offer("ROSA", lot(bought=Decimal(1)), lot(bought=Decimal(0), product=None), TODAY)


@pytest.mark.parametrize(
    ("name", "value"),
    [("product", "TUL"), ("product", None), ("unit_type", "Stem"), ("is_confirmed", False)],
)
def test_what_is_sold_stays_what_it_is_sold_as(name: str, value: object) -> None:
    """M-14, whatever state it would be in."""
    for bought in (1, 140):
        with pytest.raises(SoldOfferError, match=r"^some of the offer ROSA is sold, so it"):
            check_offer("ROSA", lot(bought=Decimal(bought)), {name: value}, TODAY)
    check_offer("ROSA", lot(), {name: value}, TODAY)


@pytest.mark.parametrize(
    ("said", "unit", "counted"),
    [("Stem", "STEM", "140"), ("Box", "BX", "49000"), ("Bunch", "BUNCH", "3500")],
)
def test_what_is_sold_is_counted_in_the_unit_it_is_sold_in(
    said: str, unit: str, counted: str
) -> None:
    values = lot(unit_type=said, unit=unit, published=Decimal(3500), cost_unit=None)
    before = lot(bought=Decimal(28))
    assert count_as_sold(before, values, PACK) == Decimal(counted)
    assert (values["unit_type"], values["unit"]) == ("Bunch", "BUNCH")
    # The cost is still one per what the file counts.
    assert values["cost_unit"] == (None if said == "Bunch" else said)


def test_what_nobody_has_bought_takes_the_unit_of_its_file() -> None:
    values = lot(unit_type="Stem", unit="STEM", published=Decimal(3500))
    assert count_as_sold(lot(), values, PACK) == Decimal(3500)
    assert values["unit_type"] == "Stem"


@pytest.mark.parametrize("said", ["Stem", None])
def test_a_unit_that_can_not_become_the_sold_one_leaves_unit_and_cost(said: str | None) -> None:
    other = {"currency": "EUR", "bunches_per_box": 9, "stems_per_bunch": 9, "box_type": "FULL"}
    values = lot(unit_type=said, unit="??", published=Decimal(9), unit_cost=Decimal(7), **other)
    assert count_as_sold(lot(bought=Decimal(1)), values, NO_PACK) is None
    assert (values["unit_type"], values["unit"]) == ("Bunch", "BUNCH")
    assert (values["unit_cost"], values["cost_unit"]) == (Decimal("0.34"), None)
    # A cost in another currency is another cost, and so is a unit in another pack.
    assert {name: values[name] for name in other} == {name: lot()[name] for name in other}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, where bloom has bought 4 of florsol's 10 boxes of 14 bunches."""
    with desktop(tmp_path / "site") as opened:
        opened.send("florsol", "stock.csv", availability(("Rosa Freedom 50cm", 140, "Bunch")))
        row = f"1,1,florsol,{day(1).isoformat()},BLM-111,4,Box,\n"
        opened.send("bloom", "order.csv", (ORDER + row).encode())
        assert opened.lots() == {"ROS-FRE-50": (140, 56)}
        yield opened


def test_stock_that_is_counted_in_stems_now_sells_no_more_than_there_is(site: Desktop) -> None:
    stems = availability(("Rosa Freedom 50cm", 3000, "Stem"))
    site.send("florsol", "stems.csv", stems)
    assert site.lots() == {"ROS-FRE-50": (120, 56)}
    row = f"2,1,florsol,{day(1).isoformat()},BLM-111,9,Box,\n"
    files = site.send("bloom", "more.csv", (ORDER + row).encode())
    assert b"only 4 Box left of 9" in only(files, "bloom/order-ack")
    assert site.lots() == {"ROS-FRE-50": (120, 112)}


def test_a_unit_that_nobody_knows_leaves_what_is_sold_as_it_was_and_its_vendor_is_told(
    tmp_path: Path,
) -> None:
    with desktop(tmp_path / "odd") as site:
        first = inventory(("FS-1150", "140", "X2"), sender="FLORSOL")
        site.send("florsol", "stock.edi", first)
        row = f"1,1,florsol,{day(1).isoformat()},BLM-111,4,Box,\n"
        site.send("bloom", "order.csv", (ORDER + row).encode())
        assert site.lots() == {"ROS-FRE-50": (140, 56)}
        odd = inventory(("FS-1150", "900", "KG"), control=2, sender="FLORSOL", at="0700")
        advice = only(site.send("florsol", "odd.edi", odd), "florsol/advice").decode()
        said = "FS-1150 is sold by the Bunch here, and nobody knows how many of those a KG is"
        assert said in advice
        assert site.lots() == {"ROS-FRE-50": (140, 56)}
        site.send("bloom", "cancel.csv", (ORDER + "1,,,,,,,CANCEL\n").encode())
        assert site.lots() == {"ROS-FRE-50": (140, 0)}
