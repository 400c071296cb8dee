"""A truck line's file: a header, one row for each box, and a trailer with the counts (domain 11.1).

No truck line publishes its layout, so none is claimed here: the columns, their order and their
widths are settings, and these are our own until a truck line gives us its own. The one box-level
list of the trade whose columns are public, for local deliveries (domain 12.6), is written too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from formats.findings import Finding, Where, warning
from formats.packing.csv_out import DELIVERY, MAX_NAME, Names, american, sides
from formats.steps import BoxSize
from formats.tabular.write import Cell, line, written

WIDTHS: Mapping[str, int] = {
    "record_type": 1, "carrier": 20, "shipper_account": 20, "carrier_date": 8,
    "order_number": 22, "customer_account": 20, "ship_to_name": 35, "ship_to_street": 35,
    "ship_to_city": 25, "ship_to_state": 5, "ship_to_zip": 15, "box_code": 20, "box_type": 5,
    "length_in": 8, "width_in": 8, "height_in": 8, "cubes": 8, "product_category": 25,
    "po_number": 30, "mark_code": 20, "awb": 25, "seq": 5, "total_boxes": 5,
}  # fmt: skip
"""Every column that a file may have, with its width where the file has fixed ones."""
COLUMNS = tuple(WIDTHS)
MAY_BE_CUT = frozenset({"ship_to_name", "ship_to_street", "ship_to_city", "product_category"})
PROBLEM_COLUMNS = (
    *("order_number", "line", "product", "customer", "vendor", "box_code", "code", "message"),
)
HEADER, DETAIL, TRAILER = "H", "D", "T"
REPLACED = "manifest.out.replaced"
_SENDER, _BATCH, _COUNT, _TOTAL = 35, 20, 7, 12
_PLACES = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class ManifestBox:
    """One box for a truck line; sides are inches, cubes are cubic feet, unrounded."""

    order_number: str
    customer_account: str
    ship_to_name: str
    ship_to_street: str
    ship_to_city: str
    ship_to_state: str
    ship_to_zip: str
    box_code: str
    box_type: str
    length_in: Decimal
    width_in: Decimal
    height_in: Decimal
    cubes: Decimal
    seq: int
    total_boxes: int
    product_category: str = ""
    po_number: str = ""
    mark_code: str = ""
    awb: str = ""
    farm_name: str = ""
    customer: str = ""
    product: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file for a truck line; `carrier_date` is the shipping date in it (E-02)."""

    sender: str
    batch: str
    created: datetime
    carrier: str
    shipper_account: str
    carrier_date: date
    boxes: tuple[ManifestBox, ...]

    @property
    def cubes(self) -> Decimal:
        """What all boxes come to in cubic feet."""
        return sum((box.cubes for box in self.boxes), Decimal(0))


@dataclass(frozen=True, slots=True)
class BoxProblem:
    """A box that is left out until it is corrected, and why (E-03, E-04)."""

    order_number: str
    line: str
    product: str
    customer: str
    vendor: str
    box_code: str
    code: str
    message: str


def write_csv(manifest: Manifest, columns: Sequence[str] = COLUMNS) -> bytes:
    """Return the file with comma-separated cells, CR LF and no line of column names."""
    rows: list[Sequence[Cell]] = [
        (HEADER, manifest.sender, manifest.batch, _moment(manifest.created)),
        *(tuple(cells[name] for name in columns) for cells in _details(manifest)),
        (TRAILER, len(manifest.boxes), rounded(manifest.cubes)),
    ]
    return "".join(f"{line(row)}\r\n" for row in rows).encode()


def write_fixed(
    manifest: Manifest,
    columns: Sequence[str] = COLUMNS,
    widths: Mapping[str, int] = WIDTHS,
    *,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return the file with columns of fixed widths: texts from the left, numbers from the right.

    Names and streets are cut; any other text that is too long is a ValueError, for half a code is
    another code. Characters outside ASCII are written as a question mark. `warnings` gets both.
    """
    room = {**WIDTHS, **widths}
    notes: list[Finding] = [] if warnings is None else warnings
    names = Names(notes)
    head = _fixed("sender", _ascii("sender", manifest.sender, notes), _SENDER, names)
    batch = _fixed("batch", manifest.batch, _BATCH)
    rows = [f"{HEADER}{head}{batch}{manifest.created:%Y%m%d%H%M%S}"]
    for cells in _details(manifest):
        rows.append(
            "".join(
                _fixed(
                    *(name, _ascii(name, cells[name], notes), room[name]),
                    names if name in MAY_BE_CUT else None,
                )
                for name in columns
            )
        )
    count = _fixed("box count", len(manifest.boxes), _COUNT)
    rows.append(f"{TRAILER}{count}{_fixed('total cubes', rounded(manifest.cubes), _TOTAL)}")
    return "".join(f"{row}\r\n" for row in rows).encode("ascii")


def overlong(
    box: ManifestBox, layout: str, columns: Sequence[str], widths: Mapping[str, int]
) -> str | None:
    """Return what of a box is no name and has no room in a file, as a sentence; else None.

    `layout` is `fixed` or `local-delivery`; any other has room for all.
    """
    if layout == "fixed":
        room = {each: {**WIDTHS, **widths}[each] for each in columns if each not in MAY_BE_CUT}
        texts = {each: getattr(box, each, None) for each in room}
    else:
        room = {"PO": MAX_NAME} if layout == "local-delivery" else {}
        texts = {"PO": box.po_number or box.order_number}
    for column, most in room.items():
        text = texts[column]
        if isinstance(text, str) and len(" ".join(text.split())) > most:
            return f"{column} {text!r} is longer than {most} characters"
    return None


def write_local_delivery(manifest: Manifest, *, warnings: list[Finding] | None = None) -> bytes:
    """Return the boxes as a list for local deliveries (domain 12.6): a header, no trailer.

    Names and descriptions are cut at 32 characters, of which `warnings` gets word. Raises
    ValueError for an account or a number of an order that has more, for it would be another one.
    """
    name = Names(warnings)
    return written(DELIVERY, (_delivery(manifest, box, name) for box in manifest.boxes))


def _delivery(manifest: Manifest, box: ManifestBox, name: Names) -> list[Cell]:
    account, number = manifest.shipper_account, box.po_number or box.order_number
    for column, text in (("BarcodeAccount", account), ("PO", number)):
        if len(text) > MAX_NAME:
            raise ValueError(f"{column} {text!r} is longer than {MAX_NAME} characters")
    size = BoxSize(box.length_in, box.width_in, box.height_in, "INCH")
    return [
        *(american(manifest.carrier_date), name("Shipper", manifest.sender), account, box.box_code),
        *(size.unit, name("FarmName", box.farm_name), box.awb),
        *(name("Consignee", box.ship_to_name), name("ClienteFinal", box.customer), *sides(size)),
        *(box.product, name("ProductDescription", box.description), number),
    ]


def rounded(cubes: Decimal) -> Decimal:
    """Return cubic feet as a file has them: three decimals, half up."""
    return cubes.quantize(_PLACES, ROUND_HALF_UP)


def _details(manifest: Manifest) -> Iterator[Mapping[str, Cell]]:
    for box in manifest.boxes:
        own = {each: getattr(box, each) for each in COLUMNS if hasattr(box, each)}
        yield {
            **own,
            "record_type": DETAIL,
            "carrier": manifest.carrier,
            "shipper_account": manifest.shipper_account,
            "carrier_date": manifest.carrier_date,
            "cubes": rounded(box.cubes),
        }


def _ascii(name: str, cell: Cell, notes: list[Finding]) -> Cell:
    """Return a cell without characters that the file doesn't have, of which `notes` gets word."""
    if not isinstance(cell, str) or cell.isascii():
        return cell
    message = "Characters that can't be sent were replaced; write it in plain letters."
    notes.append(warning(REPLACED, message, Where(path=name), cell))
    return cell.encode("ascii", "replace").decode("ascii")


def _fixed(name: str, cell: Cell, width: int, names: Names | None = None) -> str:
    if cell is None:
        return " " * width
    if isinstance(cell, int | Decimal):
        text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
        text = text.rjust(width)
    else:
        text = f"{cell:%Y%m%d}" if isinstance(cell, date) else " ".join(cell.split())
        text = text.ljust(width)
    if len(text) <= width:
        return text
    if names is not None:
        return names(name, text, width) or ""
    raise ValueError(f"{name} {text.strip()!r} is longer than {width} characters: widen the column")


def _moment(created: datetime) -> str:
    return created.isoformat(timespec="seconds")
