"""From cost to price: the vectors, what is said to be missing, what always holds (domain 4.5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from daemon.terms.pricing import Agreed, Basis, Charge
from daemon.trade.prices.box_types import BoxType, fbe_of, volumetric_kg
from daemon.trade.prices.charges import Packing
from daemon.trade.prices.pricing import landed, price
from daemon.trade.prices.quotes import Quotes, grouped
from daemon.trade.stock.units import NO_PACK, PackRate
from formats.records import ShipVia, UnitType
from tests.daemon.trade.prices.price_examples import COST, HB, ROSES, TERMS, D, amount


def said(packing: Packing = ROSES, terms: Agreed = TERMS, cost: Decimal | None = COST) -> list[str]:
    found = price(landed(cost, packing, terms), terms)
    assert found.amount is None
    return [str(missing) for missing in found.missing]


def test_box_of_300_stems_through_the_warehouse_part_by_part() -> None:
    cost = landed(COST, ROSES, TERMS)
    assert cost.box_total is not None
    assert cost.truck is not None
    assert cost.per_unit is not None
    assert cost.units_per_box == 300
    assert cost.flower == D("90.00")
    assert [cost.freight, cost.handling, cost.duty] == [D("24.00"), D("3.00"), D("5.85")]
    assert cost.truck.quantize(D("0.0001")) == D("3.1319")
    assert cost.box_total.quantize(D("0.0001")) == D("125.9819")
    assert cost.per_unit.quantize(D("0.000001")) == D("0.419940")
    assert cost.box_charge == cost.surcharge == 0
    assert cost.missing == ()
    found = price(cost, TERMS)
    assert str(found.amount) == "0.5832"
    assert found.gpm_percent == 28
    assert found.gpm_from == "the connection"
    assert found.missing == ()


def test_direct_from_the_grower_is_flower_and_gpm_alone() -> None:
    cost = landed(COST, ROSES, replace(TERMS, surcharge={"hb": D(5)}), ship_via=ShipVia.GROWER)
    parts = [cost.freight, cost.handling, cost.duty, cost.truck, cost.surcharge, cost.box_charge]
    assert parts == [0] * 6
    assert cost.box_total == cost.flower == D("90.00")
    assert cost.per_unit == COST
    assert str(price(cost, TERMS).amount) == "0.4167"


def test_direct_from_the_grower_needs_no_pack_no_box_and_no_charges() -> None:
    bare = Packing(UnitType.STEM, NO_PACK)
    cost = landed(COST, bare, Agreed(gpm_percent=D(28)), ship_via=ShipVia.GROWER)
    assert (cost.box_total, cost.per_unit, cost.missing) == (None, COST, ())
    assert price(cost, Agreed(gpm_percent=D(28))).amount == D("0.4167")
    quotes = Quotes(Agreed(gpm_percent=D(28)), ShipVia.GROWER)
    assert quotes.amount(COST, bare) == D("0.4167")


def test_bunch_and_box_are_priced_as_what_they_are() -> None:
    by_bunch = amount(replace(ROSES, unit=UnitType.BUNCH), cost=COST * 25)
    by_box = amount(replace(ROSES, unit=UnitType.BOX), cost=COST * 300)
    assert by_bunch == D("14.5812")
    assert by_box == D("174.9749")
    assert amount(Packing(UnitType.BOX, NO_PACK, HB, "BOG"), cost=COST * 300) == by_box


BASES = {
    Basis.FBE: D(24),
    Basis.BOX: D(48),
    Basis.CUBE: D(48) * 41 * 10 * 12 / 1728,
    Basis.KG: D(48) * 41 * 10 * 12 * D("2.54") ** 3 / 6000,
}


@pytest.mark.parametrize("basis", Basis)
def test_charge_is_counted_by_its_basis(basis: Basis) -> None:
    terms = replace(TERMS, freight=Charge(amount=D(48), basis=basis))
    freight = landed(COST, ROSES, terms).freight
    assert freight is not None
    assert abs(freight - BASES[basis]) < D("1E-20")


def test_extras_count_for_their_box_type_and_category_only() -> None:
    terms = replace(TERMS, surcharge={"hb": D("1.5")}, box_charge={"roses": D(2)})
    cost = landed(COST, replace(ROSES, category="ROSES"), terms)
    assert [cost.surcharge, cost.box_charge] == [D("1.5"), 2]
    other = replace(ROSES, category="Carnations", box=replace(HB, code="QB"))
    cost = landed(COST, other, terms)
    assert cost.surcharge == cost.box_charge == 0


def test_port_of_the_goods_comes_before_that_of_the_terms() -> None:
    terms = replace(TERMS, duty_percent={"bog": D(6), "nbo": D(4)}, port_of_origin="NBO")
    assert landed(COST, ROSES, terms).duty == D("5.4")
    assert landed(COST, replace(ROSES, port=None), terms).duty == D("3.6")


def test_price_may_be_the_landed_cost_and_then_nothing_comes_on_top() -> None:
    terms = replace(TERMS, is_landed_cost=True, markup_percent=D(10))
    assert amount(terms=terms) == D("0.4199")
    assert amount(terms=replace(terms, gpm_percent=None)) == D("0.4199")
    assert price(landed(COST, ROSES, terms), terms).gpm_percent is None


def test_typed_price_stands_as_it_was_typed() -> None:
    cost = landed(COST, ROSES, replace(TERMS, freight=None))
    for terms in (TERMS, replace(TERMS, is_landed_cost=True, markup_percent=D(10))):
        found = price(cost, terms, typed=D("0.123456"))
        assert (found.amount, found.is_typed, found.missing) == (D("0.123456"), True, ())
    assert price(cost, TERMS, typed=D(0)).amount == 0


@pytest.mark.parametrize(
    ("markup", "result"), [("10", "0.6416"), ("-10", "0.5249"), ("0", "0.5832")]
)
def test_markup_goes_up_or_down(markup: str, result: str) -> None:
    assert amount(terms=replace(TERMS, markup_percent=D(markup))) == D(result)


@pytest.mark.parametrize(
    ("places", "result"), [(0, "1"), (2, "0.58"), (3, "0.583"), (6, "0.583250")]
)
def test_price_has_the_places_that_were_asked_for(places: int, result: str) -> None:
    assert str(amount(terms=replace(TERMS, price_places=places))) == result


def test_half_is_a_half_after_gpm_and_markup() -> None:
    # 0.0001 / 0.7 * 1.05 is 0.00015; divided first it would come out a hair below.
    terms = Agreed(gpm_percent=D(30), markup_percent=D(5))
    assert amount(terms=terms, cost=D("0.0001"), ship_via=ShipVia.GROWER) == D("0.0002")


def test_no_cost_is_no_price_and_a_cost_of_nothing_is_one() -> None:
    assert said(cost=None) == [
        "flower: no unit cost; the vendor has to state one, 0.00 where the goods are free"
    ]
    free = landed(D("0.00"), ROSES, TERMS)
    assert free.flower == free.duty == 0
    assert free.missing == ()
    assert price(free, TERMS).amount == D("0.1395")
    assert amount(cost=D(0), ship_via=ShipVia.GROWER) == 0


NO_SIZE = replace(ROSES, box=BoxType("HB"))
MISSING: dict[str, tuple[Packing, Agreed, str]] = {
    "freight not set": (
        ROSES,
        replace(TERMS, freight=None),
        "freight: not set; write freight in the pricing terms of the connection or the buyer",
    ),
    "handling not set": (
        ROSES,
        replace(TERMS, handling=None),
        "handling: not set; write handling in the pricing terms",
    ),
    "truck not set": (
        ROSES,
        replace(TERMS, truck_per_cube=None),
        "truck: not set; write truck_per_cube in the pricing",
    ),
    "duty not set": (
        ROSES,
        replace(TERMS, duty_percent=None),
        "duty: not set; write duty_percent in the pricing terms",
    ),
    "port not known": (
        replace(ROSES, port=None),
        TERMS,
        "duty: by port of origin; write port_of_origin in the connection's pricing terms, or a *",
    ),
    "port not named": (
        replace(ROSES, port="UIO"),
        TERMS,
        "duty: none for UIO; write UIO in duty_percent of the pricing terms, or a *",
    ),
    "gpm not set": (
        ROSES,
        replace(TERMS, gpm_percent=None),
        "GPM: none is set; write gpm_percent in the pricing terms",
    ),
    "pack not known": (
        replace(ROSES, pack=PackRate(12, None)),
        TERMS,
        "units per box: the stems per bunch are not known; add the product to packs.csv",
    ),
    "fbe not known": (
        replace(ROSES, box=replace(HB, fbe=None)),
        replace(TERMS, handling=Charge(amount=D(0))),
        "freight: counted by FBE; write fbe of box type HB in our own list in box_types.csv",
    ),
    "side not known": (
        replace(ROSES, box=replace(HB, width_in=None)),
        TERMS,
        "truck: counted by cube; write length_in, width_in and height_in of box type HB",
    ),
    "weight not known": (
        NO_SIZE,
        replace(
            TERMS,
            freight=Charge(amount=D(2), basis=Basis.KG),
            handling=Charge(amount=D(6), basis=Basis.BOX),
            truck_per_cube=D(0),
        ),
        "freight: counted by kg; write weight_kg, or length_in, width_in and height_in of box",
    ),
    "box type not known": (
        replace(ROSES, box=None),
        replace(TERMS, handling=Charge(amount=D(0)), truck_per_cube=D(0)),
        "freight: counted by FBE, and the box type is not known; map it in box_types.csv",
    ),
    "surcharge of what": (
        replace(ROSES, box=None),
        replace(
            TERMS,
            freight=Charge(amount=D(0)),
            handling=Charge(amount=D(0)),
            truck_per_cube=D(0),
            surcharge={"hb": D(1)},
        ),
        "surcharge: by box type, which is not known; map it in box_types.csv",
    ),
    "category not known": (
        replace(ROSES, category=None),
        replace(TERMS, box_charge={"roses": D(1)}),
        "box charge: by category, which the product has none of; write it in catalogue.csv",
    ),
}


@pytest.mark.parametrize("case", MISSING)
def test_missing_part_is_said_with_the_place_that_would_give_it(case: str) -> None:
    packing, terms, text = MISSING[case]
    (sentence,) = said(packing, terms)
    assert sentence.startswith(text)
    assert Quotes(terms).amount(COST, packing) is None


def test_all_that_is_missing_is_said_at_once_and_the_rest_is_computed() -> None:
    terms = replace(TERMS, freight=None, gpm_percent=None)
    cost = landed(COST, NO_SIZE, terms)
    found = price(cost, terms)
    assert [each.part for each in found.missing] == ["freight", "handling", "truck", "GPM"]
    assert [cost.flower, cost.duty] == [90, D("5.85")]
    assert (cost.freight, cost.box_total, cost.per_unit) == (None, None, None)


def test_charge_of_nothing_needs_no_size() -> None:
    nothing = Charge(amount=D(0), basis=Basis.KG)
    terms = replace(TERMS, freight=nothing, handling=nothing, truck_per_cube=D(0))
    assert landed(COST, NO_SIZE, terms).box_total == D("95.85")


def test_volumetric_weight_of_a_box() -> None:
    assert volumetric_kg(D(104), D(25), D(30)) == D("13.00")
    assert BoxType("HB").cubes is None
    cubes = HB.cubes
    assert cubes is not None
    assert cubes.quantize(D("0.0001")) == D("2.8472")


def test_freight_is_paid_for_the_larger_weight() -> None:
    size = BoxType("A", None, D(20), D(20), D(20))
    volumetric = size.chargeable_kg
    assert volumetric is not None
    assert volumetric == D(20) ** 3 * D("2.54") ** 3 / 6000
    assert replace(size, weight_kg=volumetric + 1).chargeable_kg == volumetric + 1
    assert replace(size, weight_kg=volumetric - 1).chargeable_kg == volumetric
    assert BoxType("A", weight_kg=D(9)).chargeable_kg == 9
    assert BoxType("A", D(1), D(20), D(20)).chargeable_kg is None


def test_boxes_come_to_full_boxes_by_the_table() -> None:
    table = {"FB": "1", "HB": "0.5", "QB": "0.25", "EB": "0.125"}
    types = {code: BoxType(code, D(fbe)) for code, fbe in table.items()} | {"WB": BoxType("WB")}
    assert fbe_of({"FB": D(3), "HB": D(5), "QB": D(7), "EB": D(2)}, types) == D("7.5")
    assert fbe_of({"FB": D(3), "WB": D(1)}, types) is None
    assert fbe_of({"FB": D(3), "XX": D(1)}, types) is None
    assert fbe_of({}, types) == 0


def test_alike_lots_are_one_group() -> None:
    twin = replace(ROSES)
    lots = grouped([(COST, ROSES), (D("0.3"), twin), (None, ROSES), (COST, ROSES)])
    assert list(lots.places) == [0, 0, 1, 0]
    assert len(lots.groups) == 2
    assert Quotes(TERMS).amounts(lots) == [D("0.5832"), D("0.5832"), None, D("0.5832")]
