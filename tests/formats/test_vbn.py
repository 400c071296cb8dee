"""VBN codes are taken by their shape, known or not, and what they say of a pack is used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from formats.vbn import (
    Vbn,
    VbnTables,
    feature_type,
    feature_value,
    package_code,
    product_code,
)


@pytest.mark.parametrize(
    ("parse", "good", "bad"),
    [
        (product_code, ("1", "16207", "10103901"), ("", "A1", "123456789", "١٢")),
        (feature_type, ("S20", "K99"), ("s20", "S2", "S200", "20S")),
        (feature_value, ("070", "A1", "NL", "0000"), ("", "07-0", "12345")),
        (package_code, ("577", "9999"), ("", "HB", "12345")),
    ],
)
def test_codes_are_told_by_shape_alone(
    parse: Callable[[str], str], good: tuple[str, ...], bad: tuple[str, ...]
) -> None:
    assert tuple(parse(text) for text in good) == good
    for text in bad:
        with pytest.raises(ValueError, match="is expected"):
            parse(text)


@pytest.mark.parametrize(
    ("pieces", "value", "stems", "bunches"),
    [
        (80, "010", 10, 8),
        (80, "030", 30, None),
        (None, "010", 10, None),
        (80, "000", None, None),
        (80, "A1", None, None),
    ],
)
def test_pack_is_what_pieces_and_stems_a_bunch_say(
    pieces: int | None, value: str, stems: int | None, bunches: int | None
) -> None:
    vbn = Vbn("1", features=(("L11", value),), pieces=pieces)
    assert (vbn.stems_per_bunch, vbn.bunches_per_unit) == (stems, bunches)


def test_known_pack_is_added_and_a_said_one_kept() -> None:
    made = Vbn("1").with_pack(8, 25)
    assert made == Vbn("1", features=(("L11", "025"),), pieces=200)
    assert made.with_pack(4, 10) == made
    assert (made.bunches_per_unit, made.stems_per_bunch) == (8, 25)


def test_product_is_looked_up_with_its_length_first() -> None:
    assert Vbn("16207", features=(("S20", "070"),)).lookups == ("VBN 16207 S20 070", "VBN 16207")
    assert Vbn("16207").lookups == ("VBN 16207",)
    assert Vbn(features=(("S20", "070"),)).lookups == ()


def test_words_come_from_the_lists_and_codes_where_they_end() -> None:
    tables = VbnTables({"16207": "Rosa Avalanche+"}, {"S20": "length"}, {("S20", "070"): "70 cm"})
    vbn = Vbn("16207", features=(("S20", "070"), ("S20", "075"), ("S05", "023")))
    assert tables.words(vbn) == "Rosa Avalanche+, length 70 cm, length 075"
    assert tables.words(Vbn("1")) is None
    assert VbnTables().words(vbn) is None


def test_words_are_found_for_a_code_of_a_mapping_table() -> None:
    tables = VbnTables({"16207": "Rosa Avalanche+"}, {}, {("S20", "070"): "70 cm"})
    assert tables.words_for("VBN 16207 S20 070") == "Rosa Avalanche+, S20 70 cm"
    assert tables.words_for("VBN 16207") == "Rosa Avalanche+"
    for other in ("", "VBN", "VBN 1", "16207", "FS-1060"):
        assert tables.words_for(other) is None
