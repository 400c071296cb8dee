"""What a label is drawn with: texts, black rectangles and the bar code, in millimetres.

`x` and `y` count from the top left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from formats.labels import code128

MAX_MODULE_MM = 0.51
"""Four dots at 203 dpi, six at 300: wide enough for any scanner."""

CAP_HEIGHT = 0.72
"""Height of a capital letter over the type size; `Text.y` is the top of the capitals."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text. `size` is the type size; `width` the room that `align` refers to."""

    x: float
    y: float
    width: float
    size: float
    text: str
    is_bold: bool = True
    align: Literal["left", "center", "right"] = "left"
    is_reversed: bool = False
    """White, on a `Fill` that comes before it."""


@dataclass(frozen=True, slots=True)
class Fill:
    """A black rectangle: a rule, or the ground of reversed text."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bars:
    """The bar code, centred between `x` and `x + width`, quiet zones included."""

    x: float
    y: float
    width: float
    height: float
    symbol: code128.Code128

    def module_dots(self, dpi: int) -> int:
        """Return the module width in dots: the widest that fits, up to MAX_MODULE_MM."""
        dots_per_mm = dpi / 25.4
        room = int(self.width * dots_per_mm) // (self.symbol.modules + 2 * code128.QUIET_MODULES)
        return max(1, min(room, int(MAX_MODULE_MM * dots_per_mm)))


Item: TypeAlias = Text | Fill | Bars
