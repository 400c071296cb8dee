"""Labels as PDF, one page for each box, in order: the same labels always give the same bytes.

Type is Helvetica, which every PDF reader has and which covers Windows-1252; nothing is fetched or
embedded. The library is loaded on the first use, because only this writer needs it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Protocol

from formats.findings import Finding
from formats.labels.items import CAP_HEIGHT, Bars, Fill, Item, Text
from formats.labels.label import Label, Stock
from formats.labels.layout import compose

POINTS_PER_MM = 72 / 25.4

PRINTER_DPI = 203
"""Bars are whole dots of this density, the most common one, so that they print with sharp edges."""


class _Path(Protocol):
    def rect(self, x: float, y: float, width: float, height: float) -> None: ...


class _Canvas(Protocol):
    """The part of a reportlab canvas that we use; lengths in points from the bottom left."""

    def beginPath(self) -> _Path: ...
    def drawPath(self, path: _Path, *, stroke: int, fill: int) -> None: ...
    def rect(self, x: float, y: float, w: float, h: float, *, stroke: int, fill: int) -> None: ...
    def setFont(self, name: str, size: float) -> None: ...
    def setFillGray(self, gray: float) -> None: ...
    def drawString(self, x: float, y: float, text: str) -> None: ...
    def drawCentredString(self, x: float, y: float, text: str) -> None: ...
    def drawRightString(self, x: float, y: float, text: str) -> None: ...
    def setTitle(self, title: str) -> None: ...
    def showPage(self) -> None: ...
    def save(self) -> None: ...


def write_pdf(
    labels: Sequence[Label], stock: Stock, *, report: list[Finding] | None = None
) -> bytes:
    """Return a PDF with a page of the size of `stock` for each label.

    Texts that were cut go to `report`. No labels is a ValueError: a PDF has at least one page.
    """
    if not labels:
        raise ValueError("there is no label to print")
    pages = (
        compose(label, stock, number=number, report=report)
        for number, label in enumerate(labels, start=1)
    )
    return draw(pages, stock, title="Shipping labels")


def draw(pages: Iterable[Iterable[Item]], stock: Stock, *, title: str) -> bytes:
    """Return a PDF of `pages`, each of the size of `stock`; `title` is what a reader shows."""
    written = io.BytesIO()
    canvas = _canvas(written, stock)
    canvas.setTitle(title)
    for page in pages:
        pen = _Pen(canvas, stock.height_mm)
        for item in page:
            if isinstance(item, Text):
                pen.text(item)
            elif isinstance(item, Fill):
                pen.fill(item)
            else:
                pen.bars(item)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def _canvas(target: io.BytesIO, stock: Stock) -> _Canvas:
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 (costs 100 ms, labels only)

    size = (stock.width_mm * POINTS_PER_MM, stock.height_mm * POINTS_PER_MM)
    # invariant: no time stamp and no random document id.
    canvas: _Canvas = Canvas(target, pagesize=size, invariant=1, pageCompression=1)
    return canvas


class _Pen:
    """Millimetres from the top left to points from the bottom left."""

    def __init__(self, canvas: _Canvas, height_mm: float) -> None:
        self._canvas = canvas
        self._height = height_mm

    def text(self, item: Text) -> None:
        canvas = self._canvas
        canvas.setFont("Helvetica-Bold" if item.is_bold else "Helvetica", item.size * POINTS_PER_MM)
        base = (self._height - item.y - item.size * CAP_HEIGHT) * POINTS_PER_MM
        if item.is_reversed:
            canvas.setFillGray(1)
        if item.align == "left":
            canvas.drawString(item.x * POINTS_PER_MM, base, item.text)
        elif item.align == "right":
            canvas.drawRightString((item.x + item.width) * POINTS_PER_MM, base, item.text)
        else:
            canvas.drawCentredString((item.x + item.width / 2) * POINTS_PER_MM, base, item.text)
        if item.is_reversed:
            canvas.setFillGray(0)

    def fill(self, item: Fill) -> None:
        self._canvas.rect(
            item.x * POINTS_PER_MM,
            (self._height - item.y - item.height) * POINTS_PER_MM,
            item.width * POINTS_PER_MM,
            item.height * POINTS_PER_MM,
            stroke=0,
            fill=1,
        )

    def bars(self, item: Bars) -> None:
        dot = 25.4 / PRINTER_DPI
        module = item.module_dots(PRINTER_DPI) * dot
        left = item.x + (item.width - module * item.symbol.modules) / 2
        left = round(left / dot) * dot
        bottom = (self._height - item.y - item.height) * POINTS_PER_MM
        path = self._canvas.beginPath()
        for offset, width in item.symbol.bars():
            path.rect(
                (left + offset * module) * POINTS_PER_MM,
                bottom,
                width * module * POINTS_PER_MM,
                item.height * POINTS_PER_MM,
            )
        self._canvas.drawPath(path, stroke=0, fill=1)
