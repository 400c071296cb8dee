"""Labels as ZPL II for a label printer, one `^XA`..`^XZ` for each box, in order.

No text reaches the printer unescaped: after `^FH_` every byte that is a control character, not
ASCII, or one of `^ ~ _ \\` is written `_HH`, so that no field can begin a command.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from formats.findings import Finding
from formats.labels.code128 import QUIET_MODULES
from formats.labels.items import Bars, Fill, Item, Text
from formats.labels.label import Label, Stock
from formats.labels.layout import compose

_JUSTIFY = {"center": "C", "right": "R"}


def write_zpl(
    labels: Sequence[Label],
    stock: Stock,
    dpi: Literal[203, 300] = 203,
    *,
    report: list[Finding] | None = None,
) -> bytes:
    """Return the commands that print `labels` on `stock`; texts that were cut go to `report`."""
    if dpi not in (203, 300):
        raise ValueError(f"{dpi} dpi is not a printer density we write; use 203 or 300")
    pen = _Pen(dpi)
    pieces: list[str] = []
    width, height = stock.dots(dpi)
    for number, label in enumerate(labels, start=1):
        pieces.append(f"^XA\n^CI28\n^PW{width}\n^LL{height}\n^LH0,0\n")
        pieces.extend(
            pen.draw(item) for item in compose(label, stock, number=number, report=report)
        )
        pieces.append("^PQ1\n^XZ\n")
    return "".join(pieces).encode("ascii")


def escaped(text: str) -> str:
    """Return `text` as ^FD data after `^FH_`: UTF-8 bytes, anything unsafe as `_HH`."""
    return "".join(
        chr(byte) if 0x20 <= byte <= 0x7E and byte not in b"^~_\\" else f"_{byte:02X}"
        for byte in text.encode("utf-8", "replace")
    )


class _Pen:
    """Millimetres to commands for one print density."""

    def __init__(self, dpi: int) -> None:
        self._dpi = dpi

    def _dots(self, mm: float) -> int:
        return round(mm * self._dpi / 25.4)

    def draw(self, item: Item) -> str:
        if isinstance(item, Text):
            return self._text(item)
        if isinstance(item, Fill):
            return self._fill(item)
        return self._bars(item)

    def _text(self, item: Text) -> str:
        size = max(10, self._dots(item.size))
        origin = f"^FO{self._dots(item.x)},{self._dots(item.y)}"
        reverse = "^FR" if item.is_reversed else ""
        justify = _JUSTIFY.get(item.align)
        block = f"^FB{self._dots(item.width)},1,0,{justify},0" if justify else ""
        return f"{origin}{reverse}^A0N,{size},{size}{block}^FH_^FD{escaped(item.text)}^FS\n"

    def _fill(self, item: Fill) -> str:
        width, height = max(1, self._dots(item.width)), max(1, self._dots(item.height))
        # A box whose border is as thick as its shorter side is filled.
        origin = f"^FO{self._dots(item.x)},{self._dots(item.y)}"
        return f"{origin}^GB{width},{height},{min(width, height)}^FS\n"

    def _bars(self, item: Bars) -> str:
        module = item.module_dots(self._dpi)
        spare = self._dots(item.width) - module * item.symbol.modules
        x = self._dots(item.x) + max(spare // 2, module * QUIET_MODULES)
        return (
            f"^FO{x},{self._dots(item.y)}^BY{module}"
            f"^BCN,{self._dots(item.height)},N,N,N,N^FH_^FD{escaped(item.symbol.zpl)}^FS\n"
        )
