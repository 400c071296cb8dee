"""The layout of a table whose columns aren't ours: one that was agreed on, or one of Komet's."""

from __future__ import annotations

from formats.documents import ReadDocument
from formats.layouts.komet import komet_layout
from formats.layouts.layout import DeclaredLayout
from formats.layouts.read import read_layout
from formats.layouts.tables import fits
from formats.limits import Limits
from formats.records import Party
from formats.tabular.kinds import Kind
from formats.xlsx.tables import OwnReading
from formats.xlsx.workbook import Sheet


def layout_for(
    content: bytes | Sheet, agreed: DeclaredLayout | None, fallback: Kind | None
) -> DeclaredLayout | None:
    """Return the layout whose columns a header has; None where it has neither's.

    The columns of inventory in boxes can be those of an order too; `fallback` then decides.
    """
    if agreed is not None and fits(agreed, content):
        return agreed
    return komet_layout(content, is_vendor=fallback is not Kind.ORDER)


def sheet_reading(
    agreed: DeclaredLayout | None, fallback: Kind | None, *, vendor: Party, limits: Limits
) -> OwnReading:
    """Return what reads the sheets of a workbook that are in such a layout."""

    def read(sheet: Sheet) -> tuple[Kind, list[ReadDocument]] | None:
        layout = layout_for(sheet, agreed, fallback)
        if layout is None:
            return None
        return layout.kind, list(read_layout(sheet, layout, vendor=vendor, limits=limits))

    return read
