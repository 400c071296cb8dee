"""Suggestions: good enough to choose from, and never applied."""

from __future__ import annotations

import pytest

from daemon.mapping.rows import Kind
from daemon.mapping.suggest import OTHER_NUMBERS_CAP, suggest, suggester
from tests.daemon.mapping.samples import CATALOGUE, TODAY, products, sample, small


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Rose Explorer 60", "ROS-EXP-60"),
        ("60 cm red explorer rose", "ROS-EXP-60"),
        ("EXPLORER 60CM", "ROS-EXP-60"),
        ("Rosé Freedm 50", "ROS-FRE-50"),
        ("alstro white", "ALS-WHI-SEL"),
        ("Clavel rojo", "CAR-RED-SEL"),
        ("gypso 750", "GYP-XLE-750"),
    ],
)
def test_first_suggestion_is_what_a_person_would_choose(text: str, code: str) -> None:
    best = suggest(sample(), text)[0]
    assert best.code == code
    assert best.description == sample().catalogue[code].description


def test_another_length_ranks_low_and_says_why() -> None:
    found = suggest(sample(), "Rose Explorer 70")
    assert {s.code for s in found[:2]} == {"ROS-EXP-50", "ROS-EXP-60"}
    assert all(s.score <= OTHER_NUMBERS_CAP for s in found)
    assert "but numbers 70 against 50" in found[0].reason


def test_length_not_said_ranks_below_length_said() -> None:
    said = suggest(sample(), "Rose Explorer 60")[0].score
    assert suggest(sample(), "Rose Explorer")[0].score < said


def test_best_first_and_three_at_most() -> None:
    found = suggest(sample(), "Rose Freedom Red 60 cm")
    assert len(found) == 3
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert found[0].score == 1.0
    assert len(suggest(sample(), "Rose Freedom Red 60 cm", limit=1)) == 1


def test_reason_names_words_numbers_and_the_partner_who_says_so() -> None:
    best = suggest(sample(), "Hortensia blauw")[0]
    assert best.reason == "same words: blauw, hortensia; as tulipan calls it"
    assert suggest(sample(), "Rose Explorer Red 60")[0].reason == (
        "same words: explorer, red, rose; same number: 60"
    )


@pytest.mark.parametrize("text", ["", "  ", "zzz qqq", "!!!", "-" * 5000])
def test_nothing_near_suggests_nothing(text: str) -> None:
    assert suggest(sample(), text) == ()


def test_inactive_product_is_not_suggested() -> None:
    tables = products("bloom,,,Ancient rose,OLD,,,,,")
    assert "OLD" not in {s.code for s in suggest(tables, "Old Rose")}
    assert "OLD" not in {s.code for s in suggest(tables, "Ancient rose")}


def test_code_counts_only_without_a_description() -> None:
    one = suggester(sample())
    assert one.suggest("Rose Explorer 60", "FS-1060") == one.suggest("Rose Explorer 60")
    assert one.suggest(None, "EXPLORER60")[0].code == "ROS-EXP-60"


def test_empty_catalogue_suggests_nothing() -> None:
    tables = small({"catalogue.csv": CATALOGUE.splitlines()[0] + "\n"})
    assert suggest(tables, "Rose") == ()


def test_suggesting_maps_nothing() -> None:
    tables = sample()
    suggest(tables, "Rose Explorer 60")
    assert tables.product("axerrio-florsol", None, "Rose Explorer 60", None, TODAY) is None


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Kind.CATEGORIES, "Rosas del jardín", "Roses"),
        (Kind.CATEGORIES, "Carnation", "Carnations"),
        (Kind.COLORS, "Blanco puro", "White"),
        (Kind.GRADES, "60cms", "60 cm"),
        (Kind.BOX_TYPES, "media", "HB"),
        (Kind.CARRIERS, "Sunline Trucking", "TRUCK1"),
        (Kind.CUSTOMERS, "Bloom Wholesalers", "BLOOM"),
        (Kind.SHIP_TO, "Boston", "TULIPAN-BOS"),
        (Kind.UNITS, "bunch", "Bunch"),
    ],
)
def test_every_kind_of_code_has_suggestions(kind: Kind, text: str, code: str) -> None:
    best = suggester(sample(), kind).suggest(text)[0]
    assert best.code == code


def test_another_grade_is_no_suggestion_worth_choosing() -> None:
    found = suggester(sample(), Kind.GRADES).suggest("70 cm")
    assert all(each.score <= OTHER_NUMBERS_CAP for each in found)
