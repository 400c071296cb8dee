"""What always holds of a price, whatever it is made of (domain 4.5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from daemon.terms.pricing import Agreed, Basis, Charge
from daemon.trade.prices.box_types import BoxType
from daemon.trade.prices.charges import Packing
from daemon.trade.prices.pricing import landed, price
from daemon.trade.prices.quotes import Quotes, grouped
from daemon.trade.stock.units import PackRate
from formats.records import ShipVia, UnitType
from tests.daemon.trade.prices.price_examples import amount

money = st.decimals(0, 1000, places=3)
costs = st.decimals(0, 1000, places=4)
gpms = st.decimals(0, Decimal("99.99"), places=2)
sides = st.decimals(1, 60, places=1)
packs = st.builds(PackRate, st.integers(1, 60), st.integers(1, 60))
boxes = st.builds(BoxType, st.just("HB"), st.decimals("0.01", 4, places=3), sides, sides, sides)
packings = st.builds(
    Packing,
    st.sampled_from(UnitType),
    packs,
    boxes,
    st.just("BOG"),
    st.sampled_from(["Roses", None]),
)
charge = st.builds(Charge, amount=money, basis=st.sampled_from(Basis))
agreements = st.builds(
    Agreed,
    freight=charge,
    handling=charge,
    duty_percent=st.fixed_dictionaries({"bog": st.decimals(0, 50, places=2)}),
    truck_per_cube=money,
    surcharge=st.sampled_from([{}, {"hb": Decimal("1.25")}]),
    gpm_percent=gpms,
    is_landed_cost=st.booleans(),
    markup_percent=st.decimals(0, 50, places=1),
    price_places=st.integers(0, 6),
)


def step(terms: Agreed) -> Decimal:
    return Decimal(1).scaleb(-terms.price_places)


@given(costs, packings, agreements)
def test_price_is_never_below_the_landed_cost(
    cost: Decimal, packing: Packing, terms: Agreed
) -> None:
    for ship_via in ShipVia:
        landed_cost = landed(cost, packing, terms, ship_via=ship_via)
        asked = price(landed_cost, terms).amount
        assert asked is not None
        assert landed_cost.per_unit is not None
        assert asked >= landed_cost.per_unit.quantize(step(terms), ROUND_HALF_UP)


@given(costs, packings, agreements)
def test_direct_is_never_dearer_than_through_the_warehouse(
    cost: Decimal, packing: Packing, terms: Agreed
) -> None:
    direct = amount(packing, terms, cost, ShipVia.GROWER)
    warehouse = amount(packing, terms, cost)
    assert direct is not None
    assert warehouse is not None
    assert direct <= warehouse


@given(costs, packings, agreements)
def test_parts_come_to_the_whole(cost: Decimal, packing: Packing, terms: Agreed) -> None:
    found = landed(cost, packing, terms)
    parts = (found.flower, found.freight, found.handling, found.duty, found.truck)
    known = [part for part in (*parts, found.box_charge, found.surcharge) if part is not None]
    assert len(known) == 7
    assert found.box_total is not None
    assert abs(sum(known) - found.box_total) < Decimal("1E-15")


@given(costs, gpms, st.decimals(-99, 200, places=2), st.integers(0, 6))
def test_price_is_rounded_half_up_at_its_last_place(
    cost: Decimal, gpm: Decimal, markup: Decimal, places: int
) -> None:
    terms = Agreed(gpm_percent=gpm, markup_percent=markup, price_places=places)
    asked = amount(terms=terms, cost=cost, ship_via=ShipVia.GROWER)
    exact = Fraction(cost) * (100 + Fraction(markup)) / (100 - Fraction(gpm))
    whole = (exact * 10**places * 2 + 1) // 2
    assert asked == Decimal(int(whole)).scaleb(-places)


@given(costs, packings, agreements, st.decimals("0.1", 99, places=1))
def test_markup_has_the_sign_it_is_given(
    cost: Decimal, packing: Packing, terms: Agreed, markup: Decimal
) -> None:
    ways = (-markup, Decimal(0), markup)
    down, same, up = (amount(packing, replace(terms, markup_percent=w), cost) for w in ways)
    assert down is not None
    assert same is not None
    assert up is not None
    assert (down == same == up) if terms.is_landed_cost else (down <= same <= up)


@given(st.lists(st.tuples(st.none() | costs, packings), max_size=6), agreements)
def test_quotes_are_the_same_prices_to_the_digit(
    lots: list[tuple[Decimal | None, Packing]], terms: Agreed
) -> None:
    for ship_via in ShipVia:
        one_by_one = [amount(packing, terms, cost, ship_via) for cost, packing in lots]
        quotes = Quotes(terms, ship_via)
        assert [quotes.amount(cost, packing) for cost, packing in lots] == one_by_one
        assert quotes.amounts(grouped([*lots, *lots])) == one_by_one * 2
