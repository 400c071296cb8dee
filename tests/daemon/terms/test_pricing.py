"""Pricing terms: whose setting holds, and what is refused before a site starts."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest
from pydantic import ValidationError

from daemon.terms.pricing import Agreed, Basis, Charge, PricingTerms, agreed, keyed_amount


def terms(text: str) -> PricingTerms:
    return PricingTerms.model_validate(tomllib.loads(text))


def test_settings_are_read_as_they_are_written() -> None:
    read = terms(
        """
        freight = { amount = 2.4, basis = "kg" }
        handling = 6
        duty_percent = { BOG = 6.5, "*" = 0 }
        port_of_origin = "BOG"
        truck_per_cube = 1.10
        surcharge = { HB = 1.5 }
        box_charge = { "Spray  Roses" = 2 }
        gpm_percent = 28
        location_gpm_percent = { MIA = 30 }
        markup_percent = { ROSELANE = -2.5 }
        price_places = 2
        """
    )
    assert agreed(read, location="mia", customer="roselane") == Agreed(
        freight=Charge(amount=Decimal("2.4"), basis=Basis.KG),
        handling=Charge(amount=Decimal(6), basis=Basis.FBE),
        duty_percent={"bog": Decimal("6.5"), "*": Decimal(0)},
        port_of_origin="BOG",
        truck_per_cube=Decimal("1.1"),
        surcharge={"hb": Decimal("1.5")},
        box_charge={"spray roses": Decimal(2)},
        gpm_percent=Decimal(30),
        gpm_from="the buyer, location mia",
        markup_percent=Decimal("-2.5"),
        price_places=2,
    )


def test_nothing_said_is_nothing_agreed_and_four_places() -> None:
    assert agreed(None) == agreed(PricingTerms(), PricingTerms()) == Agreed()
    assert Agreed().price_places == 4
    assert Agreed().freight is None


def test_lone_number_is_per_fbe_or_for_every_key() -> None:
    read = terms("freight = 48\nduty_percent = 0\nmarkup_percent = 3")
    assert read.freight == Charge(amount=Decimal(48), basis=Basis.FBE)
    assert read.duty_percent == {"*": Decimal(0)}
    assert agreed(read).markup_percent == agreed(read, customer="ANY").markup_percent == 3


@pytest.mark.parametrize(
    ("location", "gpm", "whose"),
    [
        ("MIA", 35, "the connection, location MIA"),
        ("ATL", 25, "the buyer, location ATL"),
        ("BOS", 30, "the connection"),
        (None, 30, "the connection"),
    ],
)
def test_gpm_of_a_location_wins_then_the_connections(
    location: str | None, gpm: int, whose: str
) -> None:
    buyer = terms("gpm_percent = 20\nlocation_gpm_percent = { MIA = 22, ATL = 25 }")
    connection = terms("gpm_percent = 30\nlocation_gpm_percent = { MIA = 35 }")
    found = agreed(buyer, connection, location=location)
    assert found.gpm_percent == gpm
    assert found.gpm_from == whose


def test_company_gpm_holds_where_no_other_is_set() -> None:
    found = agreed(terms("gpm_percent = 20"), terms("freight = 3"), location="MIA")
    assert found.gpm_percent == 20
    assert found.gpm_from == "the buyer's company"


def test_gpm_of_nothing_is_a_gpm() -> None:
    assert agreed(terms("gpm_percent = 20"), terms("gpm_percent = 0")).gpm_percent == 0


def test_connection_replaces_what_it_states_and_no_more() -> None:
    buyer = terms(
        'freight = 48\nhandling = 6\nduty_percent = { BOG = 6.5, "*" = 1 }\n'
        "price_equals_landed_cost = true\nprice_places = 2\nmarkup_percent = 3"
    )
    linked = terms(
        "freight = 0\nduty_percent = { NBO = 4 }\nprice_equals_landed_cost = false\n"
        "price_places = 0\nmarkup_percent = 0"
    )
    found = agreed(buyer, linked)
    assert found.freight == Charge(amount=Decimal(0))
    assert found.handling == Charge(amount=Decimal(6))
    assert found.duty_percent == {"nbo": Decimal(4)}
    assert found.is_landed_cost is False
    assert found.price_places == 0
    assert found.markup_percent == 0
    assert agreed(buyer).is_landed_cost is True


def test_key_is_found_whatever_its_case_and_star_is_every_other() -> None:
    amounts = {"bog": Decimal(6), "*": Decimal(1)}
    assert keyed_amount(amounts, "Bog ") == 6
    assert keyed_amount(amounts, "UIO") == keyed_amount(amounts, None) == 1
    assert keyed_amount({"bog": Decimal(6)}, "UIO") is None


REFUSED = {
    "gpm of all": ("gpm_percent = 100", "no price earns a GPM of 100 %; write less than 100"),
    "gpm beyond": ("gpm_percent = 250.5", "no price earns a GPM of 250.5 %"),
    "gpm of a location": ("location_gpm_percent = { MIA = 100 }", "no price earns a GPM"),
    "gpm as a fraction": ("gpm_percent = 0.28", "0.28 is taken as per cent; for 28 % write 28"),
    "gpm given away": ("gpm_percent = -100", "gives the goods away"),
    "gpm of every location": ('location_gpm_percent = { "*" = 3 }', "gpm_percent holds for every"),
    "gpm no number": ("gpm_percent = nan", "finite number"),
    "negative freight": ("freight = -1", "greater than or equal to 0"),
    "yes for freight": ("freight = true", "Charge"),
    "basis": ('freight = { amount = 1, basis = "ton" }', "'FBE', 'box', 'cube' or 'kg'"),
    "markup below nothing": ("markup_percent = -100", "greater than -100"),
    "key twice": ("surcharge = { HB = 1, hb = 2 }", "hb stands twice; keep one"),
    "empty key": ('surcharge = { " " = 1 }', "an empty name stands for nothing"),
    "places": ("price_places = 7", "less than or equal to 6"),
    "unknown": ("gpm = 28", "Extra inputs are not permitted"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_setting_is_refused_when_it_is_read(case: str) -> None:
    text, said = REFUSED[case]
    with pytest.raises(ValidationError) as caught:
        terms(text)
    assert said in str(caught.value)


@pytest.mark.parametrize("gpm", ["99.999999", "1", "0", "-1", "-99.999999"])
def test_gpm_up_to_its_limits_is_taken(gpm: str) -> None:
    assert terms(f"gpm_percent = {gpm}").gpm_percent == Decimal(gpm)


def test_a_price_list_is_of_products() -> None:
    with pytest.raises(ValidationError, match="a price is for one product"):
        terms('price_list = { "*" = 0.5 }')


def test_a_price_list_holds_where_the_connection_or_the_buyer_says_so() -> None:
    own = terms('price_list = { "ROS-EXP-60" = 0.5 }\nprice_list_holds = true')
    assert agreed(own).listed("ros-exp-60") == Decimal("0.5")
    assert agreed(own).listed(None) is None
    assert agreed(own, terms("price_list_holds = false")).listed("ROS-EXP-60") is None
