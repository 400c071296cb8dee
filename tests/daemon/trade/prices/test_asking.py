"""What a vendor asks of one buyer: its file, its markups, its price list, its surcharge (K-60)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from daemon.config import Connection
from daemon.mapping.tables import Tables
from daemon.terms.asking import AskingTerms
from daemon.trade.prices.asking import Asked, Asking, Stated
from daemon.trade.prices.box_types import BoxType
from daemon.trade.prices.charges import Packing
from daemon.trade.stock.units import NO_PACK, PackRate
from formats.records import UnitType
from tests.daemon.mapping.samples import TODAY, small
from tests.daemon.trade.calendar.calendars import farm

PRICES = "vendor,buyer,product_code,price,unit_type,currency\n"
HALF = BoxType("HB", Decimal("0.5"))
PACKED = Packing(UnitType.STEM, PackRate(12, 25), HALF, None, "Roses")


def asking(terms: dict[str, Any], rows: str = "", rates: str = "") -> Asking:
    files = {"prices.csv": PRICES + rows}
    if rates:
        files["rates.csv"] = f"from,to,rate\n{rates}\n"
    tables: Tables = small(files)
    link = Connection.model_validate({"vendor": "florsol", "buyer": "bloom", "asking": terms})
    vendor = farm().model_copy(update={"name": "florsol", "currency": "USD"})
    return Asking(link, vendor, tables, TODAY)


def asked(
    terms: dict[str, Any],
    rows: str = "",
    *,
    packing: Packing = PACKED,
    cost: str | None = "0.30",
    currency: str | None = "USD",
    rates: str = "",
) -> Asked:
    amount = None if cost is None else Decimal(cost)
    return asking(terms, rows, rates).of(Stated("R60", amount, currency, packing))


def test_without_terms_the_cost_is_the_one_of_the_file_to_its_last_digit() -> None:
    assert not asking({}).is_set
    assert asked({}, cost="0.123456").cost == Decimal("0.123456")


@pytest.mark.parametrize(
    ("markups", "cost"),
    [
        ({"R60": 4, "Roses": 6, "*": 5}, "0.3120"),
        ({"roses": 6, "*": 5}, "0.3180"),
        ({"Carnations": 6, "*": 5}, "0.3150"),
        ({"Carnations": 6}, "0.30"),
        ({"*": -10}, "0.2700"),
    ],
)
def test_markup_goes_by_code_then_category_then_the_rest(
    markups: dict[str, float], cost: str
) -> None:
    assert asked({"markup_percent": markups}).cost == Decimal(cost)


def test_lone_markup_is_for_all_goods() -> None:
    assert asked({"markup_percent": 5}).cost == Decimal("0.3150")


def test_price_list_stands_in_place_of_cost_and_markup() -> None:
    found = asked({"markup_percent": 5}, "florsol,bloom,R60,8.25,Bunch,EUR\n")
    assert (found.cost, found.currency, found.packing.unit) == (
        *(Decimal("8.25"), "EUR", UnitType.BUNCH),
    )


def test_price_list_gives_a_cost_to_goods_that_have_none() -> None:
    assert asked({}, "florsol,bloom,R60,0,Stem,\n", cost=None).cost == Decimal(0)
    assert asked({"markup_percent": 5}, cost=None).cost is None


def test_surcharge_is_inside_the_cost_only_where_the_fob_price_is_shown() -> None:
    # 4.80 an FBE is 2.40 a half box of 300 stems: 0.008 a stem.
    terms = {"fuel_surcharge": 4.80, "markup_percent": 10}
    assert asked(terms).cost == Decimal("0.3300")
    found = asked({**terms, "show_fob_price": True})
    assert (found.cost, found.surcharge) == (Decimal("0.3380"), Decimal("0.008"))


def test_surcharge_goes_on_a_list_price_too_in_its_unit() -> None:
    terms = {"fuel_surcharge": {"amount": 3, "basis": "box"}, "show_fob_price": True}
    found = asked(terms, "florsol,bloom,R60,8.00,Bunch,\n")
    assert found.cost == Decimal("8.2500")


def test_surcharge_of_another_currency_is_converted() -> None:
    terms = {"fuel_surcharge": {"amount": 3, "basis": "box"}, "show_fob_price": True}
    found = asked(terms, currency="EUR", rates="USD,EUR,0.9")
    assert found.cost == Decimal("0.3090")
    without = asked(terms, currency="EUR")
    assert without.cost is None
    assert "add a row USD,EUR to rates.csv" in str(without.missing[0])


@pytest.mark.parametrize(
    ("packing", "said"),
    [
        (Packing(UnitType.STEM, NO_PACK, HALF), "add the product to packs.csv"),
        (Packing(UnitType.STEM, PackRate(12, 25), None), "map it in box_types.csv"),
        (Packing(UnitType.STEM, PackRate(12, 25), BoxType("X", None)), "write fbe of box type X"),
    ],
)
def test_surcharge_that_cannot_be_divided_leaves_no_cost_and_says_why(
    packing: Packing, said: str
) -> None:
    found = asked({"fuel_surcharge": 4.80, "show_fob_price": True}, packing=packing)
    assert found.cost is None
    assert said in str(found.missing[0])


@pytest.mark.parametrize(
    "terms", [{"markup_percent": {"": 3}}, {"markup_percent": -100}, {"fuel": 3}]
)
def test_terms_that_mean_nothing_are_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AskingTerms.model_validate(terms)
