"""Boxes, bunches and stems are one quantity in other units, and never guessed (domain 3)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.trade.stock.units import NO_PACK, PackMissingError, PackRate, convert, whole
from formats.records import UnitType

BOX, BUNCH, STEM = UnitType.BOX, UnitType.BUNCH, UnitType.STEM
PACK = PackRate(12, 25)


@pytest.mark.parametrize(
    ("quantity", "unit", "target", "result"),
    [
        (10, BOX, STEM, 3000),
        (10, BOX, BUNCH, 120),
        (3000, STEM, BOX, 10),
        (3000, STEM, BUNCH, 120),
        (120, BUNCH, BOX, 10),
        (120, BUNCH, STEM, 3000),
        (7, BOX, BOX, 7),
        (0, BOX, STEM, 0),
    ],
)
def test_ten_boxes_of_twelve_bunches_of_25_stems(
    quantity: int, unit: UnitType, target: UnitType, result: int
) -> None:
    assert convert(Decimal(quantity), unit, target, PACK) == result


@pytest.mark.parametrize(
    ("stems", "boxes"), [(299, 0), (300, 1), (301, 1), (599, 1), (600, 2), (1800, 6)]
)
def test_only_whole_boxes_count(stems: int, boxes: int) -> None:
    assert whole(Decimal(stems), STEM, BOX, PACK) == boxes


@pytest.mark.parametrize(
    ("unit", "target", "pack", "missing"),
    [
        (BOX, STEM, NO_PACK, "bunches per box"),
        (BOX, STEM, PackRate(12, None), "stems per bunch"),
        (BOX, BUNCH, PackRate(None, 25), "bunches per box"),
        (STEM, BOX, PackRate(12, None), "stems per bunch"),
        (BUNCH, STEM, PackRate(12, None), "stems per bunch"),
        (BOX, STEM, PackRate(0, 25), "bunches per box"),
    ],
)
def test_a_missing_pack_gives_no_answer(
    unit: UnitType, target: UnitType, pack: PackRate, missing: str
) -> None:
    with pytest.raises(PackMissingError, match=missing):
        convert(Decimal(1), unit, target, pack)


def test_a_pack_is_asked_for_only_where_it_is_needed() -> None:
    assert convert(Decimal(5), BUNCH, BOX, PackRate(5, None)) == 1
    assert convert(Decimal(5), STEM, STEM, NO_PACK) == 5


@given(
    boxes=st.integers(0, 10**6),
    bunches=st.integers(1, 500),
    stems=st.integers(1, 200),
    unit=st.sampled_from([BUNCH, STEM]),
)
def test_there_and_back_is_the_same_number(
    boxes: int, bunches: int, stems: int, unit: UnitType
) -> None:
    pack = PackRate(bunches, stems)
    there = convert(Decimal(boxes), BOX, unit, pack)
    assert convert(there, unit, BOX, pack) == boxes
    assert whole(there, unit, BOX, pack) == boxes
    if there:
        assert whole(there - 1, unit, BOX, PackRate(bunches + 1, stems)) < boxes
