"""VBN codes of the Dutch flower trade: product, features and packaging, kept as they were written.

The code lists belong to Floricode and its members and are not part of this library: whatever has
the shape of a code is taken, known or not, and `VbnTables` only puts words beside codes where an
operator has the lists. A few features say what a canonical line has a field for; these are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LENGTH = "S20"
"""Minimum stem length in centimetres."""
STEMS_PER_BUNCH = "L11"
MAX_FEATURES = 60
MAX_STEMS = 999

_PRODUCT = re.compile(r"[0-9]{1,8}", re.ASCII)
_TYPE = re.compile(r"[A-Z][0-9]{2}", re.ASCII)
_VALUE = re.compile(r"[0-9A-Z]{1,4}", re.ASCII)
_PACKAGE = re.compile(r"[0-9]{1,4}", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,4}", re.ASCII)
_SHORT = 8
_MARK = "VBN"


@dataclass(frozen=True, slots=True)
class Vbn:
    """What a line says in VBN codes; nothing of it is checked against the lists.

    `features` are pairs of type and value in the order of the file. `pieces` is how many pieces one
    packaging unit holds (APE), `package` the code of that unit in list 901.
    """

    product: str | None = None
    group: str | None = None
    features: tuple[tuple[str, str], ...] = ()
    package: str | None = None
    pieces: int | None = None

    def value(self, kind: str) -> str | None:
        """Return the value of a feature type, the first where a file has two."""
        return next((value for name, value in self.features if name == kind), None)

    @property
    def stems_per_bunch(self) -> int | None:
        """Stems a bunch, as L11 says; None where it says nothing that counts."""
        said = self.value(STEMS_PER_BUNCH)
        if said is None or not _COUNT.fullmatch(said):
            return None
        return int(said) or None

    @property
    def bunches_per_unit(self) -> int | None:
        """Bunches in one packaging unit, where pieces and L11 go into each other."""
        stems = self.stems_per_bunch
        if stems is None or self.pieces is None or self.pieces % stems:
            return None
        return self.pieces // stems or None

    def with_pack(self, bunches_per_unit: int | None, stems_per_bunch: int | None) -> Vbn:
        """Return the codes with a known pack in them, as far as they say nothing of it yet."""
        features, pieces = self.features, self.pieces
        if stems_per_bunch and stems_per_bunch <= MAX_STEMS and self.value(STEMS_PER_BUNCH) is None:
            features = (*features, (STEMS_PER_BUNCH, f"{stems_per_bunch:03}"))
        if stems_per_bunch and bunches_per_unit and pieces is None:
            pieces = stems_per_bunch * bunches_per_unit
        return Vbn(self.product, self.group, features, self.package, pieces)

    @property
    def lookups(self) -> tuple[str, ...]:
        """The codes that a mapping table may have for the product, most exact first.

        With the stem length (`VBN 16207 S20 070`), and without (`VBN 16207`).
        """
        if self.product is None:
            return ()
        plain = f"{_MARK} {self.product}"
        length = self.value(LENGTH)
        return (plain,) if length is None else (f"{plain} {LENGTH} {length}", plain)


def product_code(text: str) -> str:
    """Return a VBN product or group code: 1 to 8 digits, known or not."""
    return _shaped(text, _PRODUCT, "a VBN code of digits such as 16207 is expected")


def feature_type(text: str) -> str:
    """Return a feature type: a letter and two digits."""
    return _shaped(text, _TYPE, "a VBN feature type such as S20 is expected")


def feature_value(text: str) -> str:
    """Return a feature value: up to four letters or digits."""
    return _shaped(text, _VALUE, "a VBN feature value such as 070 or A1 is expected")


def package_code(text: str) -> str:
    """Return a packaging code of list 901."""
    return _shaped(text, _PACKAGE, "a VBN packaging code such as 577 is expected")


def _shaped(text: str, pattern: re.Pattern[str], expected: str) -> str:
    if len(text) > _SHORT or not pattern.fullmatch(text):
        raise ValueError(expected)
    return text


@dataclass(frozen=True, slots=True)
class VbnTables:
    """Words for codes, as far as an operator has the lists; without any it knows nothing.

    `products` has descriptions by product code, `features` by type, `values` by type and value.
    """

    products: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def words(self, vbn: Vbn) -> str | None:
        """Return product and features in words, codes where the lists say nothing of them.

        None where the product itself is not in the lists: codes alone describe nothing.
        """
        name = self.products.get(vbn.product or "")
        if name is None:
            return None
        return ", ".join((name, *self._features(vbn.features)))

    def words_for(self, text: str) -> str | None:
        """Return the words for a code as `Vbn.lookups` writes it; None for any other text."""
        mark, *rest = text.split(" ")
        if mark != _MARK or not rest:
            return None
        features = ((LENGTH, rest[2]),) if rest[1:2] == [LENGTH] and rest[2:] else ()
        return self.words(Vbn(rest[0], features=features))

    def _features(self, features: Iterable[tuple[str, str]]) -> Iterable[str]:
        for kind, value in features:
            known = self.values.get((kind, value))
            label = self.features.get(kind)
            if known is not None or label is not None:
                yield f"{label or kind} {known or value}"
