"""The order in which a partner's text finds what it means here: domain 9.4, step by step.

Each test has the row of its step and of every later one, and shows that this step decides; then it
takes the row away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from daemon.mapping.aliases import NO_ALIASES, Aliases
from daemon.mapping.apply import map_inventory, map_order
from daemon.mapping.tables import Tables, Words
from formats.records import InventoryAdvice, InventoryLine, OrderLine, PurchaseOrder
from tests.daemon.mapping.samples import HEAD, PARTNERS, TODAY, problems, small

MASTER = (
    "code,description,category,variety,color,grade,active\n"
    + "".join(f"S{step},Step {step},,,,,yes\n" for step in range(1, 5))
    + "S5,Red Rose,,,,,yes\n"
    + "S6,Rose Freedom Red 60 cm,Roses,Freedom,Red,60 cm,yes\n"
    + "OFF,Switched off,,,,,no\n"
)
STEPS = (
    "florsol,florsol,F1,,S1,,,,,",
    "florsol,florsol,,red rose,S2,,,,,",
    "alias",
    "*,,,red rose,S4,,,,,",
)


@dataclass(frozen=True)
class Learnt:
    """A book of aliases with one product for whatever is asked of one vendor."""

    vendor: str
    code: str

    def product(self, vendor: str, description: str) -> str | None:
        return self.code if (vendor, description) == (self.vendor, "Red Rose") else None


def tables(*rows: str, master: str = MASTER) -> Tables:
    text = HEAD + "".join(f"{row}\n" for row in rows)
    return small({"catalogue.csv": master, "products.csv": text})


def offered(of: Tables, aliases: Aliases = NO_ALIASES) -> str | None:
    """Return what florsol's offer is: a code, a description, and what it is like."""
    line = InventoryLine(
        *(1, Decimal(10), "Stem"),
        seller_item="F1",
        description="Red Rose",
        category="roses",
        variety="FREEDOM",
        color="red",
        grade="60cm",
    )
    advice = InventoryAdvice(lines=(line,))
    mapped = map_inventory(
        advice, of, partner="florsol", vendor="florsol", on=TODAY, aliases=aliases
    )
    return mapped.document.lines[0].product


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_each_step_decides_where_the_ones_before_say_nothing(step: int) -> None:
    rows = [row for row in STEPS[step - 1 :] if row != "alias"]
    aliases = Learnt("florsol", "S3") if step <= 3 else NO_ALIASES
    assert offered(tables(*rows), aliases) == f"S{step}"


def test_sixth_step_is_the_one_product_of_the_same_category_variety_colour_and_grade() -> None:
    master = MASTER.replace("S5,Red Rose", "S5,Pink Rose")
    assert offered(tables(master=master)) == "S6"


def like(
    category: str = "Roses", variety: str = "Freedom", color: str = "Red", grade: str = "60 cm"
) -> str | None:
    """Return what an offer of these words is, whose description nobody knows."""
    line = InventoryLine(
        *(1, Decimal(10), "Stem"),
        description="New",
        category=category or None,
        variety=variety or None,
        color=color or None,
        grade=grade or None,
    )
    advice = InventoryAdvice(lines=(line,))
    mapped = map_inventory(advice, tables(), partner="florsol", vendor="florsol", on=TODAY)
    return mapped.document.lines[0].product


@pytest.mark.parametrize(
    ("column", "word"),
    [("category", "Lilies"), ("variety", "Explorer"), ("color", "Pink"), ("grade", "50 cm")],
)
def test_a_product_that_differs_in_one_word_is_another(column: str, word: str) -> None:
    assert like() == "S6"
    assert like(**{column: word}) is None


@pytest.mark.parametrize("missing", ["category", "variety", "color", "grade"])
def test_what_is_not_said_is_not_alike(missing: str) -> None:
    assert like(**{missing: ""}) is None


def test_two_products_alike_are_not_chosen_between() -> None:
    master = MASTER.replace("S5,Red Rose", "S5,Pink Rose")
    twin = "S7,Freedom again,Roses,Freedom,Red,60CM,yes\n"
    assert offered(tables(master=master + twin)) is None
    off = twin.replace("yes", "no")
    assert offered(tables(master=master + off)) == "S6"


def test_whoever_asks_of_another_day_meanwhile_takes_nothing_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Threads share the tables, and about midnight they ask of different days."""
    made = tables(master=MASTER.replace("S5,Red Rose", "S5,Pink Rose"))
    words = Words("Roses", "Freedom", "Red", "60 cm")
    word, days = Tables.word, [TODAY + timedelta(days=1)]

    def interrupted(self: Tables, *asked: Any, **of: Any) -> str | None:
        if days and of["on"] == TODAY:
            assert made.alike("florsol", words, vendor="florsol", on=days.pop()) == "S6"
        return word(self, *asked, **of)

    assert made.alike("florsol", words, vendor="florsol", on=TODAY) == "S6"
    monkeypatch.setattr(Tables, "word", interrupted)
    assert made.alike("florsol", words, vendor="florsol", on=TODAY) == "S6"
    assert not days


def test_seventh_step_is_unknown_however_near_the_words_are() -> None:
    line = InventoryLine(1, Decimal(10), "Stem", description="Red Roses")
    advice = InventoryAdvice(lines=(line,))
    mapped = map_inventory(advice, tables(), partner="florsol", vendor="florsol", on=TODAY)
    assert mapped.document.lines[0].product is None
    assert [found.source_description for found in mapped.unmapped] == ["Red Roses"]


def test_row_whose_target_is_inactive_ends_the_search() -> None:
    assert offered(tables("florsol,,F1,,OFF,,,,,")) is None


def test_alias_goes_before_rows_of_every_partner_and_never_before_the_partners_own() -> None:
    learnt = Learnt("florsol", "S3")
    assert offered(tables("*,,,red rose,S4,,,,,"), learnt) == "S3"
    assert offered(tables("florsol,,,red rose,S1,,,,,"), learnt) == "S1"
    assert offered(tables("florsol,,F1,,S2,,,,,"), learnt) == "S2"


def test_alias_of_a_product_that_is_switched_off_counts_for_nothing() -> None:
    assert offered(tables(), Learnt("florsol", "OFF")) == "S5"
    assert offered(tables(), Learnt("florsol", "GONE")) == "S5"


def test_alias_holds_for_its_vendor_alone_and_for_orders_too() -> None:
    line = OrderLine(1, "1", Decimal(1), "HB", description="Red Rose")
    order = PurchaseOrder(number="PO1", lines=(line,))
    found = [
        map_order(
            *(order, tables()),
            partner="bloom",
            vendor=vendor,
            on=TODAY,
            aliases=Learnt("florsol", "S3"),
        )
        .document.lines[0]
        .product
        for vendor in ("florsol", "andes", None)
    ]
    assert found == ["S3", "S5", "S5"]


def test_two_active_rows_of_equal_rank_are_a_fault_of_the_tables() -> None:
    rows = HEAD + "florsol,,F1,,R60,,,,,\nflorsol,,F1,,R50,,,,,\n"
    (said,) = problems({"products.csv": rows})
    assert "row 2 maps the same code F1 to R60, this one to R50" in said


def test_rows_of_one_account_say_nothing_of_another() -> None:
    of = tables("florsol,,F1,,S1,,,,,")
    found = [of.product(name, "F1", None, None, TODAY) for name in PARTNERS]
    assert found == ["S1", None, None, None, None]


@pytest.mark.parametrize(
    ("row", "is_warned"),
    [
        ("*,,100,,R60,,,,,", True),
        ("*,,,Red Rose,R60,,,,,", False),
        ("*,,R50,,R60,,,,,", False),
        ("*,,8712345678906,,R60,,,,,", False),
        ("*,,VBN 577,,R60,,,,,", False),
        ("florsol,,100,,R60,,,,,", False),
    ],
)
def test_a_code_for_every_account_is_warned_of(row: str, is_warned: bool) -> None:
    warnings = small({"products.csv": HEAD + f"{row}\n"}).warnings
    assert any("each has codes of its own (M-16)" in text for text in warnings) == is_warned
