"""Write a shipment as a packing list: CSV, one row a box and product.

The names and limits of the columns are those of the public description of a box-level list (domain
12.6), whose end is cut off, with columns of ours behind them. The same shipment gives the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from formats.findings import Finding, Where, warning
from formats.records import UnitType
from formats.steps import BoxSize, ShipNotice, ShippedBox
from formats.tabular.write import Cell, written

DELIVERY = (
    *("Shipdate", "Shipper", "BarcodeAccount", "UnitID", "Measure", "FarmName", "AWB"),
    *("Consignee", "ClienteFinal", "Length", "Width", "Height", "Product", "ProductDescription"),
    "PO",
)
"""Columns of a local delivery."""
HEADER = (*DELIVERY, "HouseAWB", "BoxType", "Units", "Bunches", "StemsBunch")
MAX_NAME = 32
"""Characters of names, descriptions, accounts and order numbers."""
CUT = "packing.out.cut"
UNIT_ID = range(7, 12)
"""How many characters the code of a box of a local delivery may have."""
_PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Around:
    """What a list says of the whole shipment that its notice doesn't have."""

    shipper: str | None = None
    barcode_account: str | None = None
    farm_name: str | None = None
    consignee: str | None = None


class Names:
    """Cuts names to the room that a column has; `notes` gets a warning of each that was cut."""

    def __init__(self, notes: list[Finding] | None = None) -> None:
        self._notes = notes

    def __call__(self, column: str, text: str | None, room: int = MAX_NAME) -> str | None:
        """Return what `column` holds of a text."""
        words = " ".join(text.split()) if text else ""
        if len(words) > room and self._notes is not None:
            message = f"Only the first {room} characters were written; shorten it at the source."
            self._notes.append(warning(CUT, message, Where(path=column), words))
        return words[:room] if text else text


def write_packing_list(
    notice: ShipNotice, around: Around, *, warnings: list[Finding] | None = None
) -> bytes:
    """Return a shipment as CSV; a product is named by its buyer's code, else by its seller's.

    `warnings` gets what was cut. Raises ValueError for what the list can't say: boxes without
    codes, a box without product or air waybill, a quantity that isn't stems or bunches, and a test.
    """
    if notice.is_test:
        raise ValueError("a test can't be written as a packing list, which has no place to say so")
    return written(HEADER, _rows(notice, around, Names(warnings)))


def _rows(notice: ShipNotice, around: Around, name: Names) -> Iterator[list[Cell]]:
    for box in notice.boxes:
        awb = box.awb or notice.awb
        product = box.buyer_item or box.seller_item
        if not (box.box_code and product and awb):
            raise ValueError(
                f"box {box.box_code or box.line} of order {box.number}: a packing list names the"
                " code, the product and the air waybill of every box"
            )
        units, bunches, stems = _units(box)
        yield [
            *(american(box.ship_date or notice.ship_date), name("Shipper", around.shipper)),
            *(name("BarcodeAccount", around.barcode_account), box.box_code),
            *(box.size.unit if box.size else None, name("FarmName", around.farm_name), awb),
            *(name("Consignee", around.consignee), name("ClienteFinal", box.customer)),
            *(*sides(box.size), product, name("ProductDescription", box.description), box.number),
            *(box.house_awb or notice.house_awb, box.box_type_code, units, bunches, stems),
        ]


def _units(box: ShippedBox) -> tuple[int | None, int | None, int | None]:
    """Return units, bunches and stems a bunch so that a reader tells which the units are."""
    if box.quantity is None or box.unit in (None, UnitType.BOX.value):
        return None, None, None
    if box.quantity != box.quantity.to_integral_value():
        raise ValueError(f"box {box.box_code}: {box.quantity} {box.unit} are no whole units")
    units = int(box.quantity)
    if box.unit == UnitType.STEM.value:
        return units, 1, units
    if box.unit == UnitType.BUNCH.value:
        return units, units, None
    raise ValueError(f"box {box.box_code}: {box.unit} is neither Stem nor Bunch")


def american(day: date | None) -> str | None:
    """Return a day as 11/21/26 (domain T-05)."""
    return day.strftime("%m/%d/%y") if day else None


def sides(size: BoxSize | None) -> tuple[Cell, Cell, Cell]:
    """Return length, width and height with the two decimals that are used of three."""
    if size is None:
        return None, None, None
    length, width, height = (
        side.quantize(_PLACES, ROUND_HALF_UP) for side in (size.length, size.width, size.height)
    )
    return length, width, height
