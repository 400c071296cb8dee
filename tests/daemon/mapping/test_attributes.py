"""Categories, grades and colours: partners' words and the network's (domain 9.1)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from daemon.mapping.apply import map_inventory
from daemon.mapping.rows import ATTRIBUTES, Kind
from daemon.mapping.tables import Tables
from formats.records import InventoryAdvice, InventoryLine
from tests.daemon.mapping.samples import HEAD, TODAY, problems, small

OWN = HEAD + "*,,ROSE,Roses,ROSE,Roses,,,,\n"


def word(
    tables: Tables, text: str, partner: str = "florsol", kind: Kind = Kind.CATEGORIES
) -> object:
    return tables.word(kind, partner, text, vendor=partner, on=TODAY)


def test_three_vendors_words_for_one_category_are_one_word() -> None:
    rows = "florsol,,ROS,,ROSE,,,,,\nandes,,,Rosas de jardín,ROSE,,,,,\n"
    tables = small({"categories.csv": OWN + rows})
    assert word(tables, "ROS") == "ROSE"
    assert word(tables, "rosas de  JARDÍN", "andes") == "ROSE"
    assert word(tables, "Rose", "bloom") == "ROSE"
    assert word(tables, "ROSES", "bloom") == "ROSE"


def test_word_of_one_account_is_none_of_another() -> None:
    tables = small({"categories.csv": OWN + "florsol,,ROS,,ROSE,,,,,\n"})
    assert word(tables, "ROS", "andes") is None


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_word_of_the_catalogue_needs_no_table(kind: Kind) -> None:
    tables = small()
    said = {Kind.CATEGORIES: "roses", Kind.GRADES: "60CM", Kind.COLORS: "RED"}[kind]
    ours = {Kind.CATEGORIES: "Roses", Kind.GRADES: "60 cm", Kind.COLORS: "Red"}[kind]
    assert word(tables, said, kind=kind) == ours
    assert word(tables, "Azul", kind=kind) is None


@pytest.mark.parametrize("text", ["60cm", "60 CM", " 60  cm ", "060 cm", "60 cms"])
def test_a_length_is_the_same_however_it_is_written(text: str) -> None:
    assert word(small(), text, kind=Kind.GRADES) == "60 cm"


@pytest.mark.parametrize("text", ["60", "60 g", "160 cm", "60 cm select", "-60 cm"])
def test_another_length_is_another_grade(text: str) -> None:
    assert word(small(), text, kind=Kind.GRADES) is None


def test_catalogues_word_is_the_networks_where_a_row_of_every_partner_says_so() -> None:
    rows = HEAD + "*,,ROSE,,ROSE,,,,,\n*,,Roses,,ROSE,,,,,\n"
    tables = small({"categories.csv": rows})
    assert tables.word_of(Kind.CATEGORIES, "R60", TODAY) == "ROSE"
    assert small().word_of(Kind.CATEGORIES, "R60", TODAY) == "Roses"
    assert tables.word_of(Kind.CATEGORIES, "NONE", TODAY) is None


def test_partner_is_told_its_own_word_or_the_networks() -> None:
    rows = HEAD + "bloom,,RS,Rose family,Roses,,,,,\nandes,,,Rosas,Roses,,,,,\n"
    tables = small({"categories.csv": rows})
    told = [
        tables.word_for(Kind.CATEGORIES, p, "Roses", TODAY) for p in ("bloom", "andes", "tulipan")
    ]
    assert told == ["RS", "Rosas", "Roses"]
    assert tables.word_for(Kind.CATEGORIES, "bloom", None, TODAY) is None


def test_row_to_a_word_that_the_network_does_not_have_is_refused_with_the_nearest() -> None:
    (said,) = problems({"categories.csv": HEAD + "florsol,,ROS,,Rosess,,,,,\n"})
    assert said == (
        "categories.csv, row 2, column target_code: Rosess is in neither the own list (the rows of"
        " *) nor catalogue.csv; did you mean Roses?"
    )


def test_catalogue_that_leaves_the_own_list_is_warned_of() -> None:
    tables = small({"colors.csv": HEAD + "*,,RD,,RD,,,,,\n"})
    (said,) = (text for text in tables.warnings if text.startswith("colors.csv"))
    assert said.startswith("colors.csv: Red is in catalogue.csv, but not in the own list")
    assert not small({"colors.csv": HEAD + "*,,RD,Red,RD,,,,,\n"}).warnings


def test_unknown_words_hold_nothing_up_and_are_said_once_each() -> None:
    lines = tuple(
        InventoryLine(
            n, Decimal(1), "Stem", description="Rose Red 60 cm", category="Rosas", grade="X"
        )
        for n in (1, 2)
    )
    mapped = map_inventory(
        InventoryAdvice(lines=lines), small(), partner="florsol", vendor="florsol", on=TODAY
    )
    assert mapped.is_complete
    assert [(u.kind, u.source_code, u.where) for u in mapped.optional] == [
        (Kind.CATEGORIES, "Rosas", "line 1, category"),
        (Kind.GRADES, "X", "line 1, grade"),
    ]
    assert [line.category for line in mapped.document.lines] == ["Rosas", "Rosas"]


def test_network_without_words_lacks_none() -> None:
    bare = "code,description,category,variety,color,grade,active\nR60,Rose Red 60 cm,,,,,\n"
    line = InventoryLine(1, Decimal(1), "Stem", description="Rose Red 60 cm", category="Rosas")
    advice = InventoryAdvice(lines=(line,))
    tables = small({"catalogue.csv": bare})
    mapped = map_inventory(advice, tables, partner="florsol", vendor="florsol", on=TODAY)
    assert mapped.optional == ()
