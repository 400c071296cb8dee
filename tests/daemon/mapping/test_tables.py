"""Looking up: the precedence of domain 9.4, and nothing guessed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product as combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.mapping.rows import Kind, clean, code_key, description_key
from formats.records import UnitType
from tests.daemon.mapping.samples import BOX_TYPES, CATALOGUE, HEAD, TODAY, products, small

RANKS = [
    "bloom,florsol,B1,",
    "bloom,florsol,,red rose",
    "bloom,,B1,",
    "bloom,,,red rose",
    "*,florsol,B1,",
    "*,florsol,,red rose",
    "*,,B1,",
    "*,,,red rose",
]
MASTER = CATALOGUE + "".join(f"P{n},Product number {n},,,,,\n" for n in range(len(RANKS)))
DIGITS_AND_LETTERS = st.text(st.sampled_from("abcXYZ019éñß"), min_size=1, max_size=12)
BLANKS = st.text(st.sampled_from(" \t\n\r\u00a0\u2003"), min_size=1, max_size=3)


@given(st.sets(st.integers(0, len(RANKS) - 1), min_size=1), st.randoms(use_true_random=False))
def test_best_rank_decides_whatever_the_order_of_the_file(
    present: set[int], shuffled: Random
) -> None:
    order = sorted(present)
    shuffled.shuffle(order)
    rows = "".join(f"{RANKS[n]},P{n},,,,,\n" for n in order)
    tables = small({"catalogue.csv": MASTER, "products.csv": HEAD + rows})
    found = tables.product("bloom", "B1", "Red Rose", "florsol", TODAY)
    assert found == f"P{min(present)}"


@pytest.mark.parametrize(("vendor", "first"), [(None, 2), ("andes", 2), ("florsol", 0)])
def test_vendor_rows_hold_for_their_connection_only(vendor: str | None, first: int) -> None:
    rows = "".join(f"{rank},P{n},,,,,\n" for n, rank in enumerate(RANKS))
    tables = small({"catalogue.csv": MASTER, "products.csv": HEAD + rows})
    assert tables.product("bloom", "B1", "red rose", vendor, TODAY) == f"P{first}"


def test_rows_of_another_partner_never_count() -> None:
    tables = products("florsol,,B1,red rose,R60,,,,,")
    assert tables.product("bloom", "B1", "red rose", "florsol", TODAY) is None


def test_code_is_exact_and_description_is_not() -> None:
    tables = products("bloom,,B1,Red Rose,R60,,,,,")
    assert tables.product("bloom", "b1", None, None, TODAY) is None
    assert tables.product("bloom", None, "  RED   rose ", None, TODAY) == "R60"
    assert tables.product("bloom", "B2", "red rose", None, TODAY) == "R60"
    assert tables.product("bloom", None, "red roses", None, TODAY) is None


def test_own_description_or_code_needs_no_row() -> None:
    tables = products()
    assert tables.product("bloom", None, "ROSE red  60 cm", None, TODAY) == "R60"
    assert tables.product("bloom", "R50", None, None, TODAY) == "R50"
    assert tables.product("bloom", "R50", "Rose Red 60 cm", None, TODAY) == "R60"
    assert tables.product("bloom", "OLD", "Old rose", None, TODAY) is None


def test_inactive_target_counts_as_unmapped_and_ends_the_search() -> None:
    tables = products("bloom,florsol,B1,,OLD,,,,,", "bloom,,B1,,R60,,,,,")
    assert tables.product("bloom", "B1", None, "florsol", TODAY) is None
    assert tables.product("bloom", "B1", None, None, TODAY) == "R60"


@pytest.mark.parametrize("off", ["bloom,florsol,B1,,,,,,,", "bloom,florsol,B1,,R50,,no,,,"])
def test_row_switched_off_lets_the_next_decide(off: str) -> None:
    tables = products(off, "bloom,,B1,,R60,,,,,")
    assert tables.product("bloom", "B1", None, "florsol", TODAY) == "R60"


def test_description_of_two_codes_maps_neither_but_the_codes_do() -> None:
    tables = products("bloom,,B1,Red rose,R60,,,,,", "bloom,,B2,Red rose,R50,,,,,")
    assert tables.product("bloom", None, "red rose", None, TODAY) is None
    assert tables.product("bloom", "B2", "red rose", None, TODAY) == "R50"


def test_row_by_description_goes_before_a_description_beside_a_code() -> None:
    tables = products("bloom,,B1,Red rose,R60,,,,,", "bloom,,,Red rose,R50,,,,,")
    assert tables.product("bloom", None, "red rose", None, TODAY) == "R50"


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_dates_part_two_rows_and_both_ends_count(on: date) -> None:
    tables = products(
        "bloom,,B1,,R60,,,2026-03-01,2026-06-30,", "bloom,,B1,,R50,,,2026-07-01,2026-12-31,"
    )
    first = date(2026, 3, 1) <= on <= date(2026, 6, 30)
    second = date(2026, 7, 1) <= on <= date(2026, 12, 31)
    expected = "R60" if first else "R50" if second else None
    assert tables.product("bloom", "B1", None, None, on) == expected


def test_first_and_last_day_are_valid() -> None:
    tables = products("bloom,,B1,,R60,,,2026-03-01,2026-06-30,")
    first, last, day = date(2026, 3, 1), date(2026, 6, 30), timedelta(days=1)
    answers = [tables.product("bloom", "B1", None, None, d) for d in (first - day, first)]
    answers += [tables.product("bloom", "B1", None, None, d) for d in (last, last + day)]
    assert answers == [None, "R60", "R60", None]


@given(st.lists(DIGITS_AND_LETTERS, min_size=1, max_size=4), st.data())
def test_blanks_and_case_never_change_a_description(words: list[str], data: st.DataObject) -> None:
    blanks = [data.draw(BLANKS) for _ in words]
    spaced = "".join(blank + word for blank, word in zip(blanks, words, strict=True))
    assert description_key(spaced) == description_key(" ".join(words))
    assert description_key(spaced.upper()) == description_key(" ".join(words))


@given(st.text(max_size=40))
def test_cleaning_twice_is_cleaning_once_and_leaves_nothing_hidden(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == once.strip()
    assert not any(c in once for c in "\r\n\t\x00\u200b\ufeff\u00a0")


@given(st.text(max_size=40))
def test_text_in_a_table_finds_the_same_text_in_a_file(text: str) -> None:
    assert description_key(clean(text)) == description_key(text)
    assert code_key(Kind.PRODUCTS, clean(text)) == code_key(Kind.PRODUCTS, text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("X2", UnitType.BUNCH),
        ("x2", UnitType.BUNCH),
        ("Bunches", UnitType.BUNCH),
        ("STEM", UnitType.STEM),
        (" box ", UnitType.BOX),
        ("PL", None),
        ("", None),
    ],
)
def test_unit_is_a_code_or_a_word_in_any_case(text: str, unit: UnitType | None) -> None:
    tables = small({"units.csv": HEAD + "*,,X2,,bunch,,,,,\n*,,,bunches,Bunch,,,,,\n"})
    assert tables.unit("bloom", text, None, None, TODAY) is unit


def test_own_box_type_is_known_by_code_and_name_in_any_case() -> None:
    tables = small({"box_types.csv": BOX_TYPES + "florsol,,MEDIA,Media caja,HB,,,,,,\n"})
    for text, partner in combinations(("hb", "HALF BOX"), ("florsol", "bloom")):
        assert tables.box_type(partner, text, None, None, TODAY) == "HB"
    assert tables.box_type("florsol", "media", None, None, TODAY) == "HB"
    assert tables.box_type("bloom", "media", None, None, TODAY) is None


def test_inactive_entry_of_the_own_list_is_unmapped() -> None:
    tables = small({"box_types.csv": BOX_TYPES.replace("HB,,,", "HB,,no,")})
    assert tables.box_type("bloom", "HB", None, None, TODAY) is None


def test_customer_and_ship_to_and_carrier_resolve_by_code_or_name() -> None:
    rows = HEAD + "*,,OURS,Our name,OURS,,,,,\nbloom,,01,Miami,OURS,,,,,\n"
    tables = small({name: rows for name in ("customers.csv", "ship_to.csv", "carriers.csv")})
    for find in (tables.customer, tables.ship_to, tables.carrier):
        assert find("bloom", "01", None, None, TODAY) == "OURS"
        assert find("bloom", None, "MIAMI", None, TODAY) == "OURS"
        assert find("tulipan", None, "our name", None, TODAY) == "OURS"
        assert find("tulipan", "01", None, None, TODAY) is None


def test_partner_is_told_in_the_words_of_its_first_row() -> None:
    tables = products(
        "bloom,andes,B0,,R60,,,,,",
        "bloom,,B1,,R60,,no,,,",
        "bloom,,B2,,R60,,,,2026-11-20,",
        "bloom,,B3,Rose,R60,,,,,",
        "bloom,,B4,Rose again,R60,,,,,",
    )
    row = tables.partner_code(Kind.PRODUCTS, "bloom", "R60", TODAY)
    assert row is not None
    assert (row.source_code, row.source_description) == ("B3", "Rose")
    andes = tables.partner_code(Kind.PRODUCTS, "bloom", "R60", TODAY, "andes")
    assert andes is not None
    assert andes.source_code == "B0"
    assert tables.partner_code(Kind.PRODUCTS, "bloom", "R50", TODAY) is None
    assert tables.partner_code(Kind.PRODUCTS, "tulipan", "R60", TODAY) is None


def test_deciding_row_explains_an_answer() -> None:
    tables = products("bloom,,B1,Red rose,R60,,,,,")
    row = tables.deciding_row(
        Kind.PRODUCTS, "bloom", (None, "B1"), None, vendor="florsol", on=TODAY
    )
    assert row is not None
    assert row.number == 2
    assert (
        tables.deciding_row(Kind.PRODUCTS, "bloom", ("R60",), None, vendor=None, on=TODAY) is None
    )
