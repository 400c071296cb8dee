"""Sizes of everything on each label stock, in millimetres; type sizes too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Plan:
    """How one stock is filled. Names of type sizes say which text they set."""

    margin: float
    """Free at every edge."""
    gap: float
    header: float
    block: float
    """Height that the ship-to block may take at most."""
    name: float
    line: float
    mark: float
    """Height of the black field that holds the mark code."""
    cell: float
    caption: float
    product: float
    product_lines: int
    detail: float
    """Small print (variety, carrier, vendor beside a company); 0 leaves it out."""
    bars: float
    """Height of the bar code at most; a full label leaves it less."""
    code: float
    rows: tuple[tuple[str, ...], ...]
    """Captions of the facts in each row; the last row stands below the product."""


_REFERENCES = ("SHIP DATE", "ORDER", "CUSTOMER PO")
_ORIGINS = ("AWB", "LOT", "ORIGIN")
_BOX = ("BOX TYPE", "PACK", "TOTAL")

PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "4x6": Plan(
            margin=3.5, gap=2, header=6, block=37, name=5.4, line=4.6, mark=17, cell=4.8,
            caption=2.4, product=7.6, product_lines=2, detail=4.6, bars=38, code=6.6,
            rows=(_REFERENCES, _ORIGINS, _BOX),
        ),
        "4x4": Plan(
            margin=3, gap=1.1, header=5.2, block=22, name=4.6, line=3.3, mark=9.5, cell=3.6,
            caption=1.9, product=5.6, product_lines=1, detail=3.3, bars=24, code=4.8,
            rows=(_REFERENCES, _ORIGINS, _BOX),
        ),
        "4x3": Plan(
            margin=2.8, gap=0.9, header=4.4, block=18, name=3.8, line=2.8, mark=7.2, cell=2.9,
            caption=1.7, product=4.4, product_lines=1, detail=2.8, bars=19, code=4,
            rows=((*_REFERENCES, "AWB"), (*_BOX, "LOT", "ORIGIN")),
        ),
        "4x2": Plan(
            margin=2.6, gap=0.7, header=3.7, block=8.6, name=3.6, line=2.4, mark=6.5, cell=2.5,
            caption=1.6, product=3.9, product_lines=1, detail=0, bars=15, code=3.4,
            rows=(("ORDER", "CUSTOMER PO", "BOX TYPE", "PACK", "LOT"),),
        ),
    }
)  # fmt: skip
