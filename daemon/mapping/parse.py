"""Rows of a sheet as typed values: each cell checked on its own.

What needs more than one row or more than one table (duplicates, dangling targets) is `check`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from daemon.mapping.layouts import layout_tables
from daemon.mapping.problems import Notes, nearest
from daemon.mapping.rows import DIVISIONS, EVERY_PARTNER, TRAITS, Entry, Kind, Pack, Product, Row
from daemon.mapping.sheet import Layout, Record, Sheet
from daemon.mapping.vbn_lists import vbn_tables
from formats import values
from formats.records import UnitType

T = TypeVar("T")

CATALOGUE_FILE = "catalogue.csv"
PACKS_FILE = "packs.csv"
RATES_FILE = "rates.csv"
PRICES_FILE = "prices.csv"
FROM_VENDOR = "from_vendor"
"""Column of the catalogue: with whose file a product came by itself (M-15)."""
ROW_COLUMNS = (
    "partner",
    "vendor_code",
    "source_code",
    "source_description",
    "target_code",
    "target_description",
    "active",
    "valid_from",
    "valid_to",
    "comment",
)
_SIZES = ("length_in", "width_in", "height_in", "weight_kg")
_TARIFFS = ("us_tariff", "canada_tariff", "customs_code")
MOST_TARIFF, MOST_WORD = 20, 200
"""Characters of a tariff code, and of a category's or a product's words (domain 2.2)."""
_CAPACITY = "capacity_cubes"
_ADDRESS = ("name", "street", "city", "state", "postal_code", "country")
_ABOVE_0 = {
    "fbe": "a weight above 0 in full boxes is expected, as 0.5",
    _CAPACITY: "cubic feet a day, above 0, are expected; empty is no limit",
}
_YES = frozenset({"", "yes", "y", "true", "1", "x"})
_NO = frozenset({"no", "n", "false", "0"})
_DIRECTIONS = ("", "inbound", "outbound", "both")
_MOST_PACK = 999_999_999
"""Bunches or stems: what the integers of every database hold."""


def row_layout(kind: Kind) -> Layout:
    """Return the columns of a kind's table (domain 9.5, the kind being the file's name)."""
    required = ("partner", "source_code", "source_description", "target_code")
    columns = ROW_COLUMNS + TRAITS[kind].columns
    return Layout(kind.file, columns, required, is_optional=TRAITS[kind].is_optional)


def layouts() -> dict[str, Layout]:
    """Return the layout of every table by file name."""
    catalogue = (
        *("code", "description", "category", "variety", "color", "grade", "active"),
        *(FROM_VENDOR, "division", "tags"),
    )
    packs = (
        *("partner", "product_code", "box_type", "bunches_per_box", "stems_per_bunch"),
        *("unit_type", "active", "valid_from", "valid_to", "comment"),
    )
    rates = ("from", "to", "rate", "valid_from", "comment")
    prices = (
        *("vendor", "buyer", "product_code", "price", "unit_type", "currency"),
        *("active", "valid_from", "valid_to", "comment"),
    )
    masters = (
        Layout(CATALOGUE_FILE, catalogue, ("code", "description")),
        Layout(PACKS_FILE, packs, packs[:6]),
        Layout(RATES_FILE, rates, rates[:3], is_optional=True),
        Layout(PRICES_FILE, prices, prices[:5], is_optional=True),
    )
    optional = (*layout_tables(), *vbn_tables())
    return {layout.file: layout for layout in (*map(row_layout, Kind), *masters, *optional)}


@dataclass(frozen=True, slots=True)
class Cells:
    """One row's cells, with the place to say what is wrong with them."""

    file: str
    record: Record
    notes: Notes
    decimal_comma: bool = False

    def refuse(self, column: str, text: str) -> None:
        self.notes.refuse(self.file, text, self.record.number, column)

    def text(self, column: str) -> str:
        return self.record.get(column)

    def needed(self, column: str, what: str) -> str:
        value = self.record.get(column)
        if not value:
            self.refuse(column, f"empty; {what}")
        return value

    def short(self, column: str, longest: int) -> str:
        """Return a text that other systems have so many characters for; a longer one is refused."""
        value = self.record.get(column)
        if len(value) > longest:
            self.refuse(column, f"{len(value)} characters; at most {longest} are kept: shorten it")
        return value

    def code(self, column: str, kind: Kind) -> str:
        """Return a code of ours; one that is longer than the books hold is refused."""
        value, longest = self.record.get(column), TRAITS[kind].longest
        if len(value) > longest:
            text = f"{len(value)} characters; a code of ours has at most {longest}: shorten it"
            self.refuse(column, f"{text} here and wherever it stands")
        return value

    def typed(self, column: str, reader: Callable[[str], T]) -> T | None:
        """Return the cell through `reader`; None where it is empty or refused."""
        value = self.record.get(column)
        if not value:
            return None
        try:
            return reader(value)
        except ValueError as error:
            self.refuse(column, f"{value!r} won't do; {error}")
            return None

    def measure(self, column: str) -> Decimal | None:
        """Return a number above 0; a sheet with semicolons may have a decimal comma."""

        def reader(text: str) -> Decimal:
            value = values.decimal(text, comma=self.decimal_comma and "," in text)
            if value <= 0:
                raise ValueError(_ABOVE_0.get(column, "a number above 0 is expected"))
            return value

        return self.typed(column, reader)

    def is_active(self) -> bool:
        value = self.record.get("active").casefold()
        if value not in _YES | _NO:
            self.refuse("active", f"{value!r} won't do; write yes or no (empty means yes)")
        return value not in _NO

    def validity(self) -> tuple[date | None, date | None]:
        first = self.typed("valid_from", values.iso_date)
        last = self.typed("valid_to", values.iso_date)
        if first and last and last < first:
            self.refuse("valid_to", f"{last} is before valid_from {first}; swap or mend them")
        return first, last

    def partner(self, column: str, partners: Collection[str], known: str) -> str:
        value = self.record.get(column)
        if value and value != EVERY_PARTNER and value not in partners:
            hint = nearest(value, partners, known)
            self.refuse(column, f"{value} is no partner of this site; {hint}")
        return value


def read_rows(kind: Kind, sheet: Sheet, partners: Collection[str], notes: Notes) -> list[Row]:
    """Return every row of a kind's table; an empty target makes a row inactive (domain 9.5)."""
    for record in sheet.records:
        lost = [c for c in TRAITS[kind].columns if record.get(c) and not _is_own(record)]
        if lost:
            text = (
                f"{', '.join(lost)} belongs to the own list (the rows of *), and is not used here"
            )
            notes.warn(sheet.file, text, record.number, lost[0])
    known = f"partners: {', '.join(sorted(partners)) or 'none'}"
    return [_row(kind, Cells(sheet.file, r, notes), partners, known) for r in sheet.records]


def _row(kind: Kind, cells: Cells, partners: Collection[str], known: str) -> Row:
    cells.needed("partner", "name a partner, or * for every partner")
    vendor = cells.partner("vendor_code", partners, known)
    if vendor == EVERY_PARTNER:
        cells.refuse("vendor_code", "* means nothing here; leave it empty for every vendor")
    if not cells.text("source_code") and not cells.text("source_description"):
        cells.refuse("source_code", "no code and no description; write at least one of them")
    target = _unit_name(cells) if kind is Kind.UNITS else cells.code("target_code", kind)
    valid_from, valid_to = cells.validity()
    return Row(
        kind=kind,
        number=cells.record.number,
        partner=cells.partner("partner", partners, known),
        vendor_code=vendor,
        source_code=cells.text("source_code"),
        source_description=cells.text("source_description"),
        target_code=target,
        target_description=cells.text("target_description"),
        is_active=cells.is_active() and bool(target),
        valid_from=valid_from,
        valid_to=valid_to,
        comment=cells.text("comment"),
    )


def unit_type(text: str) -> UnitType:
    """Return the canonical unit called `text`, whatever its case (domain U-10)."""
    try:
        return UnitType(text.capitalize())
    except ValueError:
        raise ValueError(f"a unit is one of {', '.join(UnitType)}") from None


def _unit_name(cells: Cells) -> str:
    unit = cells.typed("target_code", unit_type)
    return unit.value if unit else ""


def read_entries(kind: Kind, sheet: Sheet, notes: Notes) -> list[Entry]:
    """Return the company's own list: rows of `*` whose source code is their target code."""
    return [
        _entry(kind, Cells(sheet.file, r, notes, sheet.style.delimiter == ";"))
        for r in sheet.records
        if _is_own(r)
    ]


def _is_own(record: Record) -> bool:
    code = record.get("source_code")
    return record.get("partner") == EVERY_PARTNER and code == record.get("target_code") != ""


def _entry(kind: Kind, cells: Cells) -> Entry:
    if kind is Kind.BOX_TYPES and not cells.text("fbe"):
        text = "a box type without its weight in full boxes can't be counted; write it, as 0.5"
        cells.notes.warn(cells.file, text, cells.record.number, "fbe")
    direction = cells.text("direction").casefold()
    if direction not in _DIRECTIONS:
        cells.refuse("direction", f"{direction!r} won't do; write inbound, outbound or both")
    name, street, city, state, postal_code, country = (cells.text(c) for c in _ADDRESS)
    fbe, length, width, height, weight = (cells.measure(c) for c in ("fbe", *_SIZES))
    us_tariff, canada_tariff, customs_code = (cells.short(c, MOST_TARIFF) for c in _TARIFFS)
    return Entry(
        kind=kind,
        code=cells.text("target_code"),
        description=cells.text("target_description") or cells.text("source_description"),
        is_active=cells.text("active").casefold() not in _NO,
        fbe=fbe,
        length_in=length,
        width_in=width,
        height_in=height,
        weight_kg=weight,
        direction=direction,
        account=cells.text("account"),
        capacity_cubes=cells.measure(_CAPACITY),
        name=name,
        street=street,
        city=city,
        state=state,
        postal_code=postal_code,
        country=country,
        division=_division(cells),
        origin=cells.short("origin", MOST_WORD),
        us_tariff=us_tariff,
        canada_tariff=canada_tariff,
        customs_code=customs_code,
        stem_kg=cells.measure("stem_kg"),
    )


def _division(cells: Cells) -> str:
    said = "".join(cells.text("division").split()).casefold()
    known = {"".join(name.split()).casefold(): name for name in DIVISIONS}
    if said and said not in known:
        cells.refuse("division", f"a division is one of {', '.join(DIVISIONS)}")
    return known.get(said, "")


def read_catalogue(sheet: Sheet, partners: Collection[str], notes: Notes) -> list[Product]:
    """Return the canonical products."""
    known = f"partners: {', '.join(sorted(partners)) or 'none'}"
    return [_product(Cells(sheet.file, r, notes), partners, known) for r in sheet.records]


def _product(cells: Cells, partners: Collection[str], known: str) -> Product:
    cells.needed("code", "give the product its code")
    return Product(
        code=cells.code("code", Kind.PRODUCTS),
        description=cells.needed("description", "say what the product is"),
        category=cells.text("category"),
        variety=cells.text("variety"),
        color=cells.text("color"),
        grade=cells.text("grade"),
        is_active=cells.is_active(),
        from_vendor=cells.partner(FROM_VENDOR, partners, known),
        division=_division(cells),
        tags=cells.short("tags", MOST_WORD),
    )


def read_packs(sheet: Sheet, partners: Collection[str], notes: Notes) -> list[Pack]:
    """Return the vendors' pack defaults; a row with a bad cell is said and left out."""
    known = f"partners: {', '.join(sorted(partners)) or 'none'}"
    packs = [_pack(Cells(sheet.file, r, notes), partners, known) for r in sheet.records]
    return [pack for pack in packs if pack]


def _pack(cells: Cells, partners: Collection[str], known: str) -> Pack | None:
    partner = cells.needed("partner", "name a vendor, or * for every vendor")
    cells.partner("partner", partners, known)
    product = cells.needed("product_code", "name a product of catalogue.csv")
    box_type = cells.needed("box_type", "name a box type of box_types.csv")
    cells.needed("unit_type", f"write one of {', '.join(UnitType)}")
    unit = cells.typed("unit_type", unit_type)
    bunches = _at_least_one(cells, "bunches_per_box")
    stems = _at_least_one(cells, "stems_per_bunch")
    valid_from, valid_to = cells.validity()
    is_active = cells.is_active()
    if not (partner and product and box_type and unit and bunches and stems):
        return None
    return Pack(
        number=cells.record.number,
        partner=partner,
        product_code=product,
        box_type=box_type,
        bunches_per_box=bunches,
        stems_per_bunch=stems,
        unit_type=unit,
        is_active=is_active,
        valid_from=valid_from,
        valid_to=valid_to,
        comment=cells.text("comment"),
    )


def _at_least_one(cells: Cells, column: str) -> int | None:
    cells.needed(column, "write a whole number of at least 1")
    number = cells.typed(column, values.count)
    if number == 0:
        cells.refuse(column, "0 won't do; write a whole number of at least 1")
    elif number is not None and number > _MOST_PACK:
        cells.refuse(column, f"write a whole number from 1 to {_MOST_PACK}")
    return number
