"""Rows of a vendor's availability as lines: every cell typed, checked, and located where it fails.

A file repeats itself: dates, costs, colours and units stand in it a thousand times. Each text of a
column is read once and its value shared by all lines that have it, so that a million rows cost
little more than their separation. A row with anything odd in it is read again cell by cell, which
is what names and places the fault; both ways give the same line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from operator import getitem, itemgetter

from formats import values
from formats.findings import Where
from formats.records import InventoryLine, UnitType
from formats.tabular.cells import Cells
from formats.tabular.findings import FindingLog
from formats.tabular.rows import Row

MOST_KNOWN = 20_000
"""Texts of one column whose values are kept; a column of other texts is read anew each time."""
MAX_TEXT = 200
_COST_DECIMALS = -3
_UNITS = {"stem": UnitType.STEM, "bunch": UnitType.BUNCH}
_ALL_UNITS = _UNITS | {"box": UnitType.BOX}
_TEXTS = {
    "vendorId": 80,
    "productCode": 60,
    "buyerCode": 60,
    "upc": 14,
    "productDescription": MAX_TEXT,
    "postHarvest": 20,
    "category": MAX_TEXT,
    "color": MAX_TEXT,
    "variety": MAX_TEXT,
    "grade": MAX_TEXT,
    "boxType": 20,
    "tag": MAX_TEXT,
    "location": 80,
}
_FIELDS = (
    "quantityUnits", "unit", "vendorId", "productCode", "buyerCode", "upc", "productDescription",
    "availableFrom", "availableTo", "cutDate", "postHarvest", "category", "color", "variety",
    "grade", "unitCost", "costUnit", "boxType", "bunchesBox", "stemsBunch", "tag", "location",
    "product", "unitType", "costUnitType",
)  # fmt: skip
"""Columns in the order of the fields of an InventoryLine behind its number."""


COLUMNS = tuple(name for name in _FIELDS if name not in ("unit", "product", "costUnitType"))
"""The columns that are known."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rows of a kind of availability must hold."""

    required: frozenset[str]
    units: Mapping[str, UnitType] = field(default_factory=lambda: _UNITS)
    has_numbers: bool = True
    """Whether the vendor's id is a number, as Komet gives them out (domain 12.1)."""


def _value(cells: Cells, name: str, terms: Terms) -> object:
    """Return what a cell says, None where it is empty or was refused."""
    required = name in terms.required
    value: object
    if name == "unitType":
        value = cells.choice(name, terms.units, required=required)
    elif name == "costUnit":
        value = cells.choice(name, _ALL_UNITS, required=required)
    elif name == "quantityUnits" or (name == "vendorId" and terms.has_numbers):
        count = cells.count(name, required=required)
        kind = str if name == "vendorId" else Decimal
        value = None if count is None else kind(count)
    elif name in ("availableFrom", "availableTo", "cutDate"):
        value = cells.day(name, required=required)
    elif name == "unitCost":
        value = cells.money(name)
    elif name in ("bunchesBox", "stemsBunch"):
        value = cells.count(name, least=1, required=required)
    else:
        value = cells.text(name, longest=_TEXTS[name], required=required)
    return value


class _DoubtError(Exception):
    """A cell is refused or warned of, so that the row must be read cell by cell."""


class _Column(dict[str, object]):
    """The values of one column by their text; what isn't known yet is read."""

    def __init__(self, name: str, terms: Terms, *, decimal_comma: bool) -> None:
        super().__init__()
        self._name = name
        self._terms = terms
        self._comma = decimal_comma
        self._longest = _TEXTS.get(name, 0)
        if name == "vendorId" and terms.has_numbers:
            self._longest = 0

    def __missing__(self, text: str) -> object:
        value: object
        if text and len(text) <= self._longest and text.isprintable():
            value = text
        else:
            value = self._read(text)
        if len(self) < MOST_KNOWN:
            self[text] = value
        return value

    def _read(self, text: str) -> object:
        notes = FindingLog()
        cells = Cells(Row(0, [text]), {self._name: 0}, notes, decimal_comma=self._comma)
        value = _value(cells, self._name, self._terms)
        if notes.findings() or (isinstance(value, Decimal) and _is_fine(value)):
            raise _DoubtError
        return value


_UNIT_NAMES: Mapping[object, str] = {unit: unit.value for unit in UnitType}


class StockLines:
    """Reads the rows of one file, whose columns stand as `columns` says."""

    def __init__(
        self, columns: Mapping[str, int], terms: Terms, notes: FindingLog, *, decimal_comma: bool
    ) -> None:
        self._columns = columns
        self._terms = terms
        self._notes = notes
        self._comma = decimal_comma
        self._width = max(columns.values()) + 1
        self._names = list(columns)
        self._product_at = _place_of(self._names, "productDescription")
        self._has_cost = "unitCost" in columns
        self._pick = itemgetter(*columns.values())
        self._known = [_Column(name, terms, decimal_comma=decimal_comma) for name in self._names]
        self._unit_at = self._names.index("unitType")
        self._cost_unit_at = _place_of(self._names, "costUnit")
        self._arranged = self._arrangement()
        self._seen: dict[int, int] = {}
        self._keys: dict[str | None, str] = {None: ""}

    def _arrangement(self) -> Callable[[Sequence[object]], tuple[object, ...]]:
        """Return what brings values by name, a unit and None into field order."""
        unit, nothing = len(self._names), len(self._names) + 1
        place = {name: at for at, name in enumerate(self._names)}
        place |= {"unit": unit, "costUnitType": place.get("costUnit", nothing)}
        if "costUnit" in place:
            place["costUnit"] = nothing + 1
        return itemgetter(*(place.get(name, nothing) for name in _FIELDS))

    def line(self, row: Row, position: int) -> InventoryLine | None:
        """Return the line that a row says, or None with the reasons in the notes."""
        cells = row.cells
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        try:
            said = [*map(getitem, self._known, self._pick(cells))]
        except _DoubtError:
            said = []
        if not said or self._product_at is None or said[self._product_at] is None:
            line = self.careful(row, position)
        else:
            line = self._line(said, position)
            if line.unit_cost is None and self._has_cost:
                self._note_cost(row, None)
        if line is not None:
            self._note_repetition(line, row.line)
        return line

    def _line(self, said: list[object], position: int) -> InventoryLine:
        """Return the line of the columns' values."""
        said += (_UNIT_NAMES[said[self._unit_at]], None)
        if self._cost_unit_at is not None:
            said.append(_UNIT_NAMES.get(said[self._cost_unit_at]))
        return InventoryLine(position, *self._arranged(said))  # type: ignore[arg-type]  # typed by column

    def careful(self, row: Row, position: int) -> InventoryLine | None:
        """Return the line that a row says, read cell by cell; every fault is noted."""
        cells = Cells(row, self._columns, self._notes, decimal_comma=self._comma)
        said = [_value(cells, name, self._terms) for name in self._names]
        product = None if self._product_at is None else said[self._product_at]
        if not cells.is_bad and not (product or cells.raw("productCode")):
            cells.fail("productDescription", "a description or a code of the product is expected")
        if cells.is_bad:
            return None
        line = self._line(said, position)
        if self._has_cost:
            self._note_cost(row, line.unit_cost)
        return line

    def _note_cost(self, row: Row, cost: Decimal | None) -> None:
        cells = Cells(row, self._columns, self._notes, decimal_comma=self._comma)
        if cost is None:
            message = "The cost is empty, so the offer has no cost. Write 0 for none."
            cells.warn("unitCost", message)
        elif _is_fine(cost):
            message = "The cost has more than 3 decimals and may be rounded by others."
            cells.warn("unitCost", message)

    def _note_repetition(self, line: InventoryLine, row: int) -> None:
        """Warn about rows that share the key by which stock is replaced or added to (domain 2.4).

        Half a million keys are kept as hashes: two that collide cost a needless warning at most.
        """
        source = line.seller_item or line.buyer_item or line.gtin or line.description
        keys = self._keys
        product, harvest = keys.get(source), keys.get(line.post_harvest)
        if product is None:
            product = self._key(source)
        if harvest is None:
            harvest = self._key(line.post_harvest)
        key = hash((line.vendor_id, product, line.available_from, harvest, line.location))
        first = self._seen.setdefault(key, row)
        if first != row:
            message = (
                f"Same product, date and post-harvest as row {first}: quantities add up in "
                "increase mode, and the last row counts in overwrite mode. Merge the rows if that "
                "isn't meant."
            )
            self._notes.warn("csv.duplicate", message, Where(row=row))

    def _key(self, text: str | None) -> str:
        """Return a text as it is compared, and keep it: most repeat."""
        key = values.normalised(text or "")
        if len(self._keys) < MOST_KNOWN:
            self._keys[text] = key
        return key


def _place_of(names: Sequence[str], name: str) -> int | None:
    return names.index(name) if name in names else None


def _is_fine(cost: Decimal) -> bool:
    """Tell whether an amount has more than 3 decimals."""
    exponent = cost.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent < _COST_DECIMALS
