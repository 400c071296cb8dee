"""A box type of ours: its weight in full boxes, its size, and what freight is paid by.

The FBE comes from the table only, never from the code (domain U-01), and nothing about its
contents follows from its size (U-02). Every farm has sizes of its own: a farm whose boxes differ
has a box type of its own in `box_types.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daemon.mapping.rows import Entry, Kind
from daemon.mapping.tables import Tables

CUBIC_INCHES_PER_CUBE = 1728
CM_PER_INCH = Decimal("2.54")
CUBIC_CM_PER_KG = 6000
"""The divisor of air freight (domain U-03)."""


def volumetric_kg(length_cm: Decimal, width_cm: Decimal, height_cm: Decimal) -> Decimal:
    """Return the weight that air freight gives a box for its room (domain U-03), unrounded.

    A box of 104 x 25 x 30 cm weighs 13 kg.
    """
    return length_cm * width_cm * height_cm / CUBIC_CM_PER_KG


@dataclass(frozen=True, slots=True)
class BoxType:
    """A row of our own list of box types; None is what the row does not say. Sizes in inches."""

    code: str
    fbe: Decimal | None = None
    length_in: Decimal | None = None
    width_in: Decimal | None = None
    height_in: Decimal | None = None
    weight_kg: Decimal | None = None
    """What a packed box weighs on the scale."""

    @classmethod
    def of(cls, entry: Entry) -> BoxType:
        """Return the box type of an entry of `Tables.entries[Kind.BOX_TYPES]`."""
        return cls(
            entry.code,
            entry.fbe,
            entry.length_in,
            entry.width_in,
            entry.height_in,
            entry.weight_kg,
        )

    @property
    def sides_in(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """Length, width and height; None where one is not known."""
        if self.length_in is None or self.width_in is None or self.height_in is None:
            return None
        return self.length_in, self.width_in, self.height_in

    @property
    def cubes(self) -> Decimal | None:
        """Cubic feet of the outside, unrounded; None where a side is not known."""
        sides = self.sides_in
        return sides and sides[0] * sides[1] * sides[2] / CUBIC_INCHES_PER_CUBE

    @property
    def chargeable_kg(self) -> Decimal | None:
        """What air freight is paid for: the larger of weight and volumetric weight (U-03).

        Where the row says only one of the two, that one; None where it says neither.
        """
        weights = [] if self.weight_kg is None else [self.weight_kg]
        if self.sides_in is not None:
            length, width, height = (side * CM_PER_INCH for side in self.sides_in)
            weights.append(volumetric_kg(length, width, height))
        return max(weights, default=None)


def box_of(
    tables: Tables, vendor: str, box_type: str | None, product: str | None, on: date
) -> BoxType | None:
    """Return the box that a line's goods travel in: the vendor's own, of the vendor's size (P-04).

    `box_type` is our code of what its order says; where it says nothing the vendor's pack of the
    product does. An order says HB, and the vendor's HB may be a box type of its own; or it packs
    the product in a box of its own that is half a full one too.
    """
    types = tables.entries[Kind.BOX_TYPES]
    pack = tables.pack(vendor, product, on) if product is not None else None
    packed = types.get(pack.box_type) if pack else None
    said = types.get(box_type or "")
    if box_type is None or said is None:
        return BoxType.of(packed) if packed and box_type is None else None
    own = tables.partner_code(Kind.BOX_TYPES, vendor, box_type, on)
    word = (own.source_code or own.source_description) if own else box_type
    theirs = types.get(tables.box_type(vendor, word, None, None, on) or box_type, said)
    if own is None and theirs is said and packed is not None and packed.fbe == said.fbe:
        return BoxType.of(packed)
    return BoxType.of(theirs)


def fbe_of(boxes: Mapping[str, Decimal], types: Mapping[str, BoxType]) -> Decimal | None:
    """Return what `boxes` (how many of each code) come to in full boxes; None where one is unknown.

    3 FB, 5 HB, 7 QB and 2 EB come to 7.5.
    """
    total = Decimal(0)
    for code, count in boxes.items():
        fbe = types[code].fbe if code in types else None
        if fbe is None:
            return None
        total += fbe * count
    return total
