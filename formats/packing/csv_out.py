"""Write a shipment as a packing list: CSV, one row a box and product.

The names of the columns are those of the public description of a box-level list, whose end is cut
off, with columns of ours behind them. The same shipment gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from formats.records import UnitType
from formats.steps import ShipNotice, ShippedBox
from formats.tabular.write import Cell, written

HEADER = (
    *("Shipdate", "Shipper", "BarcodeAccount", "UnitID", "Measure", "FarmName", "AWB"),
    *("Consignee", "ClienteFinal", "Length", "Width", "Height", "Product", "ProductDescription"),
    *("PO", "HouseAWB", "BoxType", "Units", "Bunches", "StemsBunch"),
)


@dataclass(frozen=True, slots=True)
class Around:
    """What a list says of the whole shipment that its notice doesn't have."""

    shipper: str | None = None
    barcode_account: str | None = None
    farm_name: str | None = None
    consignee: str | None = None


def write_packing_list(notice: ShipNotice, around: Around) -> bytes:
    """Return a shipment as CSV; a product is named by its buyer's code, else by its seller's.

    Raises ValueError for what the list can't say: boxes without codes, a box without product or air
    waybill, a quantity that isn't stems or bunches, and a test.
    """
    if notice.is_test:
        raise ValueError("a test can't be written as a packing list, which has no place to say so")
    return written(HEADER, _rows(notice, around))


def _rows(notice: ShipNotice, around: Around) -> Iterator[list[Cell]]:
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
            *(_day(box.ship_date or notice.ship_date), around.shipper, around.barcode_account),
            *(box.box_code, None, around.farm_name, awb, around.consignee, None),
            *(None, None, None, product, None, box.number),
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


def _day(day: date | None) -> str | None:
    return day.strftime("%m/%d/%y") if day else None
