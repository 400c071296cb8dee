"""Code 128 of a box code: its bars, its exact width, and the same as data of a ZPL ^BC.

Source: ISO/IEC 15417. Subset A (control characters) and FNC1 (GS1) are not made here.
"""

from __future__ import annotations

from dataclasses import dataclass

QUIET_MODULES = 10
"""Blank space that must stay free at each side, in modules."""

_START_B, _START_C, _STOP = 104, 105, 106
_TO_B = 100
_SYMBOL_MODULES = 11
_STOP_MODULES = 13

# Widths of bar, space, bar, space, bar, space for every value, then those of the stop.
_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 "
    "112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 "
    "311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 "
    "112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 "
    "122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 "
    "124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 "
    "211412 211214 211232 2331112"
)


@dataclass(frozen=True, slots=True)
class Code128:
    """One symbol: its values from start to stop, and the same as ^FD data of a ZPL ^BC in mode N.

    `zpl` is not yet escaped for ^FH.
    """

    text: str
    values: tuple[int, ...]
    zpl: str

    @property
    def modules(self) -> int:
        """Width without quiet zones."""
        return _SYMBOL_MODULES * (len(self.values) - 1) + _STOP_MODULES

    def bars(self) -> tuple[tuple[int, int], ...]:
        """Return offset and width of each bar, in modules."""
        table = _WIDTHS.split()
        found: list[tuple[int, int]] = []
        offset = 0
        for value in self.values:
            for index, digit in enumerate(table[value]):
                if index % 2 == 0:
                    found.append((offset, int(digit)))
                offset += int(digit)
        return tuple(found)


def encode(text: str) -> Code128:
    """Return the symbol for printable ASCII `text`; anything else is a ValueError.

    Digits at the beginning go in pairs (subset C), the rest in subset B. There is no way back to C:
    printers and renderers do not agree on it, and a box code is too short to gain much.
    """
    if not text or not all(" " <= character <= "~" for character in text):
        raise ValueError(f"the bar code text {text!r} must be printable ASCII and not empty")
    pairs = _leading_digits(text) // 2
    # Two digits alone gain nothing, unless they are all there is.
    if pairs < 2 and 2 * pairs != len(text):
        pairs = 0
    rest = text[2 * pairs :]
    values = [_START_C] if pairs else [_START_B]
    values += [int(text[i : i + 2]) for i in range(0, 2 * pairs, 2)]
    if pairs and rest:
        values.append(_TO_B)
    values += [ord(character) - 32 for character in rest]
    check = (values[0] + sum(i * value for i, value in enumerate(values))) % 103
    start = ">;" + text[: 2 * pairs] + (">6" if rest else "") if pairs else ">:"
    # `>` begins a control code in ^BC data and is written `>0`.
    return Code128(text, (*values, check, _STOP), start + rest.replace(">", ">0"))


def _leading_digits(text: str) -> int:
    return len(text) - len(text.lstrip("0123456789"))
