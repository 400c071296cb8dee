"""One box of a packing list, or one of the products in it, whatever format says so.

A row names the order (PO), the box (its unique code) and the product, and may say for whom the box
is and how large; a size that can't be is named and left out, and never costs the box. Weights,
prices and the companies of the transport are not used. Goods without an order are stock: they are
named and left out, because a shipment here is always one of orders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol, TypeVar

from formats import values
from formats.awb import MAX_LENGTH as MAX_WAYBILL
from formats.box_codes import box_code
from formats.findings import Where
from formats.records import UnitType
from formats.step_checks import MAX_ORDER_NUMBER
from formats.steps import BoxSize, ShippedBox

MAX_CODE = 50
MAX_BOX_TYPE = 20
MAX_UNITS = 999_999
MAX_TEXT = 256
MAX_SIDE = 9_999
MEASURES: dict[str, Literal["CM", "INCH"]] = {"": "CM", "CM": "CM", "INCH": "INCH", "IN": "INCH"}
"""By what stands in Measure; that an agency's lists without it are in centimetres is inferred."""
STOCK = "NULL"
"""What stands for the client of goods that nobody has bought (domain W-07)."""
_AMERICAN_DATE = 3
_CENTURY = 2000
_Value = TypeVar("_Value")


class Cells(Protocol):
    """The values of one row by the names of COLUMNS; `is_bad` once one of them was refused."""

    is_bad: bool

    def raw(self, name: str) -> str: ...

    def fail(self, name: str, expected: str) -> None: ...

    def warn(self, name: str, message: str) -> None: ...

    def text(self, name: str, *, longest: int, required: bool = False) -> str | None: ...

    def value(
        self, name: str, read: Callable[[str], _Value], *, required: bool = False
    ) -> _Value | None: ...


COLUMNS = (
    *("ship_date", "shipper", "barcode_account", "unit_id", "measure", "farm_name", "awb"),
    *("consignee", "final_client", "length", "width", "height", "product"),
    *("product_description", "po", "house_awb", "box_type", "units", "bunches", "stems_bunch"),
    *("weight_kg", "client", "farm", "pieces"),
)
NAMES = {name.replace("_", ""): name for name in COLUMNS} | {
    "clientefinal": "final_client",
    "hawb": "house_awb",
    "fechadespacho": "ship_date",
    "codigocliente": "client",
    "nombrecliente": "final_client",
    "codigocultivo": "farm",
    "nombrecultivo": "farm_name",
    "codigopieza": "unit_id",
    "codigoproducto": "product",
    "descripcionproducto": "product_description",
    "empaque": "box_type",
    "unidades": "units",
    "tallosramo": "stems_bunch",
    "ramoscaja": "bunches",
    "kilos": "weight_kg",
    "largo": "length",
    "ancho": "width",
    "alto": "height",
    "packing": "pieces",
}
"""Column by key: our names, and those of the agency's elements without case and underscores."""
THEIR_NAMES = {
    "unit_id": "codigoPieza",
    "product": "codigoProducto",
    "box_type": "empaque",
    "units": "unidades",
    "bunches": "ramos_caja",
    "stems_bunch": "tallos_ramo",
    "house_awb": "hawb",
    "ship_date": "fechaDespacho",
    "client": "codigoCliente",
    "length": "largo",
    "width": "ancho",
    "height": "alto",
    "pieces": "packing",
}
"""What the agency calls a column, for findings about its files."""


@dataclass(slots=True)
class Piece:
    """What one row says of a box, and where it stands; without a `box` it couldn't be read.

    `number` and `product` say what a bad row may be of; they are empty where they can't be read.
    """

    where: Where
    number: str
    product: str
    box: ShippedBox | None


def read_piece(cells: Cells, where: Where, position: int) -> Piece | None:
    """Return what a row says of a box; None, noted, where the box is stock and names no order."""
    if not cells.raw("po") and cells.raw("client").upper() in ("", STOCK):
        cells.warn("po", "The box names no order, so it is stock and was left out of the shipment.")
        return None
    number = cells.text("po", longest=MAX_ORDER_NUMBER, required=True) or ""
    product = cells.text("product", longest=MAX_CODE, required=True) or ""
    quantity, unit = _quantity(cells)
    box = ShippedBox(
        line=position,
        number=number,
        box_code=cells.value("unit_id", box_code, required=True),
        box_type_code=cells.text("box_type", longest=MAX_BOX_TYPE),
        seller_item=product,
        quantity=quantity,
        unit=unit,
        awb=cells.text("awb", longest=MAX_WAYBILL, required=True),
        # What its format has room for is a warning of `Houses`; what the books hold, they say.
        house_awb=cells.text("house_awb", longest=MAX_TEXT),
        ship_date=cells.value("ship_date", day),
        description=_words(cells, "product_description"),
        customer=_words(cells, "final_client") or _client(cells),
        size=_size(cells),
    )
    return Piece(where, number, product, None if cells.is_bad else box)


def _quantity(cells: Cells) -> tuple[Decimal | None, str | None]:
    """Return what the box holds, where bunches and stems a bunch tell what the units are."""
    units = cells.value("units", _count)
    bunches, stems = cells.value("bunches", _count), cells.value("stems_bunch", _count)
    if not units:
        return None, None
    if bunches and stems and units == bunches * stems:
        return Decimal(units), UnitType.STEM.value
    if bunches and units == bunches:
        return Decimal(units), UnitType.BUNCH.value
    cells.warn("units", "Bunches and stems don't tell what the units are, so they were not used.")
    return None, None


def _words(cells: Cells, name: str) -> str | None:
    text = " ".join(cells.raw(name).split())
    return text[:MAX_TEXT] if text and text.isprintable() else None


def _client(cells: Cells) -> str | None:
    code = _words(cells, "client")
    return None if code is None or code.upper() == STOCK else code


def _size(cells: Cells) -> BoxSize | None:
    """Return the size of a box; None, noted, where it says one that can't be (domain 12.5)."""
    said = {name: cells.raw(name) for name in ("length", "width", "height")}
    if not any(said.values()):
        return None
    unit = MEASURES.get(cells.raw("measure").upper())
    if unit is None:
        cells.warn("measure", "Measure is expected to be INCH or CM, so the size was not used.")
        return None
    sides: list[Decimal] = []
    for name, text in said.items():
        try:
            sides.append(_side(text))
        except ValueError as error:
            cells.warn(name, f"{str(error)[:1].upper()}{str(error)[1:]}; the size was not used.")
            return None
    length, width, height = sides
    return BoxSize(length, width, height, unit)


def _side(text: str) -> Decimal:
    found = values.decimal(text.replace(",", "."))
    if not 0 < found <= MAX_SIDE:
        raise ValueError(f"a side above 0 and up to {MAX_SIDE} is expected")
    return found


def _count(text: str) -> int:
    found = values.decimal(text)
    if found != found.to_integral_value() or not 0 <= found <= MAX_UNITS:
        raise ValueError(f"a whole number from 0 to {MAX_UNITS} is expected")
    return int(found)


def day(text: str) -> date:
    """Return a date written `2026-11-21`, or `11/21/26` as truck lines have it (domain T-05)."""
    parts = text.split("/")
    if len(parts) != _AMERICAN_DATE:
        return values.iso_date(text)
    if not all(part.isascii() and part.isdigit() and 1 <= len(part) <= 4 for part in parts):
        raise ValueError("a date such as 2026-11-21 or 11/21/26 is expected")
    month, of_month, year = (int(part) for part in parts)
    year += _CENTURY if len(parts[2]) <= 2 else 0
    return values.iso_date(f"{year:04}-{month:02}-{of_month:02}")
