"""The lines of a message: filled segment by segment, each by the function for its place.

Lines look alike in all messages that name them (LIN with PIA, IMD, QTY, PRI, PAC), so `line_places`
serves them all, whatever group they stand in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from formats import vbn
from formats.edifact import heading, parts
from formats.edifact.descriptions import Described, described, described_whole
from formats.edifact.heading import Heading, marks_in, reference_in
from formats.edifact.parts import Elements, Handler, Whole, components
from formats.grammar.check import SEPARATOR
from formats.records import OrderLine
from formats.vbn import Vbn

SELLER_IDS = ("SA", "VP", "VN", "MF")
BUYER_IDS = ("BP", "IN", "CB")
GTIN_IDS = ("SRV", "EN", "UP", "UA")
VBN_ID = "VBN"
"""7143 of the Dutch trade; not a code of UN/EDIFACT."""
MOST_IDS = 30
"""Kinds of ids of one item that are kept: more than any directory has use for."""
PIECES = "PCE"
"""Unit of a quantity that names none: of single articles (EANCOM)."""
ORDERED = "21"
PER_TRADED_UNIT = "59"
PER_PACK = "52"
AIR_WAYBILLS = ("AWB", "MWB", "HWB")
PRICES = ("AAA", "INV", "AAB", "")
"""5125 of the price of a line, the first that is named."""
BOX_TYPES = frozenset({"FB", "HB", "QB", "EB"})
OWN_LISTS = frozenset({"91", "92"})
"""3055: codes of the seller or the buyer, so that a type of package is one of the trade."""
BOX_NUMBERS = frozenset({"BJ", "BN"})
"""7405 of what stands on one box: its SSCC, or another number that nobody else has."""
_WITH_ITEM = 4
"""Elements of a LIN, its tag among them, that ends with its item: no sub-line."""
_SUB_LINE = "1"
_NOTHING = ("", "")
_NO_REFERENCES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Price:
    """A PRI: money for `basis` of `unit`."""

    amount: Decimal
    unit: str | None


@dataclass(frozen=True, slots=True, eq=False)
class ItemIds:
    """What an item is called; made once for all lines that call it the same."""

    by_kind: Mapping[str, str]
    """The first id of each kind (7143)."""
    seller: str | None = None
    buyer: str | None = None
    gtin: str | None = None
    product: str | None = None
    """VBN code."""


@dataclass
class LineDraft:
    """A LIN with its group; `position` counts from UNH = 1.

    What few lines say has its default in the class alone, so that a plain line costs half.
    """

    position: int
    reference: str
    action: str
    """1229."""
    parent: str
    """Number of the line of which this is a sub-line, empty for a line of its own."""
    item: ItemIds
    quantities: dict[str, tuple[Decimal, str]] = field(default_factory=dict)
    """By 6063: what it counts, and in what unit (6411, may be empty)."""
    prices: dict[str, Price] = field(default_factory=dict)
    """By 5125."""
    said: dict[str, str] | None = field(default=None, init=False)
    """References by 1153, None until there is one."""
    description: str | None = field(default=None, init=False)
    features: tuple[tuple[str, str], ...] = field(default=(), init=False)
    package: str | None = field(default=None, init=False)
    box_type: str | None = field(default=None, init=False)
    mark_code: str | None = field(default=None, init=False)
    brand: str | None = field(default=None, init=False)
    box_codes: tuple[str, ...] = field(default=(), init=False)
    contents: tuple[LineDraft, ...] = field(default=(), init=False)

    @property
    def references(self) -> Mapping[str, str]:
        """Return what the line refers to, by 1153."""
        return self.said or _NO_REFERENCES

    @property
    def ids(self) -> Mapping[str, str]:
        """Return the first id of each kind (7143)."""
        return self.item.by_kind

    def vbn(self) -> Vbn | None:
        """Return what the line says in VBN codes, None where that is nothing."""
        product = self.item.product
        if product is None and not self.features and self.package is None:
            return None
        return _codes(product, self.features, self.package)

    def count(self, qualifier: str) -> int | None:
        """Return a quantity that is a whole number, None where it isn't one."""
        found = self.quantities.get(qualifier)
        return None if found is None else parts.whole_of(found[0])

    def stems_per_bunch(self, codes: Vbn | None) -> int | None:
        """Return what the features of `vbn` say, else the quantity per pack."""
        said = codes.stems_per_bunch if codes is not None and codes.features else None
        return said or self.count(PER_PACK)

    @property
    def price(self) -> Price | None:
        return parts.first_of(self.prices, PRICES)


@dataclass(slots=True)
class Lines(Heading):
    """The draft of a message that has lines; a sub-line is in the `contents` of its line."""

    lines: list[LineDraft] = field(default_factory=list)
    line: LineDraft | None = None
    counted: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    """CNT by 6069: its position, and what it says."""


def order_line(line: LineDraft, number: int, quantity: Decimal, unit: str) -> OrderLine:
    """Return a line as a record; `number` is its position in the document, from 1.

    A price that names no unit is for one of what was ordered.
    """
    item, prices = line.item, line.prices
    price = prices.get(PRICES[0]) or parts.first_of(prices, PRICES) if prices else None
    made = OrderLine(
        number,
        line.reference or str(number),
        quantity,
        unit,
        item.seller,
        item.buyer,
        item.gtin,
        line.description,
        price.amount if price else None,
        (price.unit or unit) if price else None,
        line.box_type,
    )
    # Few lines speak in VBN codes.
    says_codes = item.product is not None or line.features or line.package is not None
    codes = made.vbn = line.vbn() if says_codes else None
    if codes is not None or len(line.quantities) > 1 or ORDERED not in line.quantities:
        # A change may say a new pack, and keep the quantity.
        made.bunches_per_box = line.count(PER_TRADED_UNIT)
        made.stems_per_bunch = line.stems_per_bunch(codes)
    if references := line.said:
        made.reference = references.get("LI") or made.reference
        made.awb = parts.first_of(references, AIR_WAYBILLS)
        # A pre-sale is the contract that the line is called off from.
        made.prebook_item = references.get("CT")
    made.mark_code, made.box_codes = line.mark_code, line.box_codes
    made.brand = line.brand
    return made


def warn_of_counts(draft: Lines) -> None:
    """Warn where CNT counts other lines than were sent."""
    found = draft.counted.get("2")
    if found is None:
        return
    position, said = found
    if said == len(draft.lines):
        return
    counted = len(draft.lines) + sum(len(each.contents) for each in draft.lines)
    if said != counted:
        message = f"CNT says {said} lines, {counted} were counted; check the document"
        draft.problems.warning("CNT01", ("CNT", position, 1), message, str(said))


def line_places(loop: str) -> Mapping[str, Handler[Lines]]:
    """Return the functions for a line and what is in its group, which is `loop` (`LIN`)."""
    return {loop: _lin, **{f"{loop}/{path}": each for path, each in _LINE.items()}, "CNT": _cnt}


def _lin(draft: Lines, elements: Elements, position: int) -> None:
    sub = components(elements[4]) if elements[4] else _NOTHING
    parent = sub[1].strip() if sub[0] == _SUB_LINE else ""
    item = _ids_of(elements[3])
    line = draft.line = LineDraft(position, elements[1].strip(), elements[2], parent, item)
    above = _line_named(draft, parent) if parent else None
    if above is None:
        draft.lines.append(line)
    else:
        above.contents += (line,)


def _whole_lin(draft: Lines, text: str, position: int) -> None:
    elements = text.split(SEPARATOR)
    if len(elements) != _WITH_ITEM:
        _lin(draft, parts.elements_of(text), position)
        return
    item = _ids_of(elements[3])
    line = draft.line = LineDraft(position, elements[1].strip(), elements[2], "", item)
    draft.lines.append(line)


def _line_named(draft: Lines, reference: str) -> LineDraft | None:
    """Return the line that a sub-line belongs to; it stands right ahead of its sub-lines."""
    last = draft.lines[-1] if draft.lines else None
    return last if last is not None and last.reference == reference else None


def _pia(draft: Lines, elements: Elements, _position: int) -> None:
    if (line := draft.line) is not None:
        line.item = _with_ids(line.item, SEPARATOR.join(elements[2:7]))


def _whole_pia(draft: Lines, text: str, _position: int) -> None:
    if (line := draft.line) is not None:
        line.item = _with_whole(line.item, text)


def _imd(draft: Lines, elements: Elements, position: int) -> None:
    _describe(draft, described(elements[2], elements[3]), position)


def _whole_imd(draft: Lines, text: str, position: int) -> None:
    _describe(draft, described_whole(text), position)


def _describe(draft: Lines, said: Described, position: int) -> None:
    line = draft.line
    if line is None:
        return
    if said.problem is not None:
        at = ("IMD", position, 3)
        draft.problems.warning("IMD03.feature", at, said.problem, said.words)
    elif said.is_brand:
        line.brand = line.brand or said.words or None
    elif said.feature is None:
        line.description = line.description or said.words or None
    elif len(line.features) < vbn.MAX_FEATURES:
        line.features += (said.feature,)


def _qty(draft: Lines, elements: Elements, position: int) -> None:
    _whole_qty(draft, f"QTY{SEPARATOR}{elements[1]}", position)


def _whole_qty(draft: Lines, text: str, position: int) -> None:
    line = draft.line
    qualifier, amount, unit, said = _quantity(text)
    if amount is None:
        message = f"the quantity {said} isn't a number such as 12 or 0.5; it was left out"
        draft.problems.warning("QTY01.quantity", ("QTY", position, 1), message, said)
    elif line is not None and qualifier not in line.quantities:
        line.quantities[qualifier] = (amount, unit)


def _pri(draft: Lines, elements: Elements, position: int) -> None:
    _whole_pri(draft, f"PRI{SEPARATOR}{elements[1]}", position)


def _whole_pri(draft: Lines, text: str, _position: int) -> None:
    line = draft.line
    qualifier, price = _price(text)
    if line is not None and price is not None and qualifier not in line.prices:
        line.prices[qualifier] = price


def _rff(draft: Lines, elements: Elements, _position: int) -> None:
    qualifier, text = reference_in(elements)
    if (line := draft.line) is not None and text:
        line.said = line.said or {}
        line.said.setdefault(qualifier, text)


def _pac(draft: Lines, elements: Elements, _position: int) -> None:
    line = draft.line
    code, _list, agency = components(elements[3])[:3]
    code = code.strip()
    if line is None or not code:
        return
    if code in BOX_TYPES or agency in OWN_LISTS:
        line.box_type = line.box_type or code
    elif code.isdigit() and line.package is None:
        line.package = code


def _pci(draft: Lines, elements: Elements, _position: int) -> None:
    if draft.line is not None:
        draft.line.mark_code = draft.line.mark_code or marks_in(elements)


def _gin(draft: Lines, elements: Elements, _position: int) -> None:
    line = draft.line
    if line is not None and elements[1] in BOX_NUMBERS:
        for each in elements[2:7]:
            if found := parts.first_component(each):
                line.box_codes += (found,)


def _cnt(draft: Lines, elements: Elements, position: int) -> None:
    qualifier, text = components(elements[1])[:2]
    said = parts.number(text)
    if said is not None:
        draft.counted.setdefault(qualifier, (position, said))


_LINE = {
    "PIA": _pia,
    "IMD": _imd,
    "QTY": _qty,
    "PRI": _pri,
    "RFF": _rff,
    "PAC": _pac,
    "PAC/PCI": _pci,
    "PAC/PCI/GIN": _gin,
}
WHOLE: Mapping[object, Whole[Lines]] = {
    **heading.WHOLE,
    _lin: _whole_lin,
    _pia: _whole_pia,
    _imd: _whole_imd,
    _qty: _whole_qty,
    _pri: _whole_pri,
}
"""For `handlers_for`: what needn't split the segment first."""


_NO_IDS = ItemIds(MappingProxyType({}))

# Lines of a file, and files of a partner, repeat each other's goods, packs and prices.


@lru_cache(maxsize=8192)
def _ids_of(text: str) -> ItemIds:
    """Return the id of a C212; none where it is empty."""
    return _with_ids(_NO_IDS, text)


@lru_cache(maxsize=8192)
def _with_whole(known: ItemIds, text: str) -> ItemIds:
    """Return `known` with the ids of a PIA that is still to be split."""
    return _with_ids(known, SEPARATOR.join(parts.elements_of(text)[2:7]))


@lru_cache(maxsize=8192)
def _with_ids(known: ItemIds, text: str) -> ItemIds:
    """Return `known` with further ids, each a C212; the first of a kind counts."""
    found = dict(known.by_kind)
    for each in text.split(SEPARATOR):
        item, kind = components(each)[:2]
        if (item := item.strip()) and len(found) < MOST_IDS:
            found.setdefault(kind, item)
    return ItemIds(
        MappingProxyType(found),
        parts.first_of(found, SELLER_IDS),
        parts.first_of(found, BUYER_IDS),
        parts.first_of(found, GTIN_IDS),
        found.get(VBN_ID),
    )


@lru_cache(maxsize=4096)
def _quantity(text: str) -> tuple[str, Decimal | None, str, str]:
    """Return qualifier, amount and unit of a QTY, and the amount as sent."""
    qualifier, amount, unit = components(parts.elements_of(text)[1])[:3]
    return qualifier, parts.number(amount), unit.strip(), amount


@lru_cache(maxsize=4096)
def _price(text: str) -> tuple[str, Price | None]:
    found = components(parts.elements_of(text)[1])
    amount, basis = parts.number(found[1]), parts.number(found[4])
    if amount is None:
        return found[0], None
    return found[0], Price(amount / basis if basis else amount, found[5].strip() or None)


@lru_cache(maxsize=4096)
def _codes(product: str | None, features: tuple[tuple[str, str], ...], package: str | None) -> Vbn:
    return Vbn(product, None, features, package)
