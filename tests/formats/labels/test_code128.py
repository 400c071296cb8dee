"""Code 128 symbols read back as the text they were made from, and are as wide as they say."""

import numpy
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.labels.code128 import encode

PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=20)


def _read(text: str) -> list[str]:
    symbol = encode(text)
    picture = numpy.full((60, (symbol.modules + 40) * 2), 255, numpy.uint8)
    for offset, width in symbol.bars():
        picture[10:50, (20 + offset) * 2 : (20 + offset + width) * 2] = 0
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@settings(max_examples=200, deadline=None)
@given(PRINTABLE)
def test_a_decoder_reads_the_text_back(text: str) -> None:
    assert _read(text) == [text]


@pytest.mark.parametrize(
    ("text", "zpl", "modules"),
    [
        ("KS001001", ">:KS001001", 123),
        ("12345678901234567890", ">;12345678901234567890", 145),
        ("1234567", ">;123456>67", 90),
        ("12AB", ">:12AB", 79),
        ("12", ">;12", 46),
        ("A>B", ">:A>0B", 68),
    ],
)
def test_leading_digits_go_in_pairs(text: str, zpl: str, modules: int) -> None:
    symbol = encode(text)
    assert (symbol.zpl, symbol.modules) == (zpl, modules)
    offset, width = symbol.bars()[-1]
    assert offset + width == modules


@pytest.mark.parametrize("text", ["", "Ñ1", "A\n", "\x7f", "\uff11"])
def test_what_is_not_printable_ascii_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        encode(text)
