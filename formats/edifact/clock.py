"""From a checked CLOCKT (EKT) to the sales that it tells of.

A sale is a LIN: its product is the VBN code, the goods are QTY 66 packaging units (PAC) of QTY 52
pieces each, and PRI INV is for one piece. A message names no currency; Dutch marketplaces sell in
euros. What a sale is known by is RFF AGJ, or RFF VN where it was made outside of a clock. A sale
without one of them, without a quantity, or of nothing that has a name is left out and named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from functools import cache

from formats import values
from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import HEADING, SHIP_TO, VENDORS, party_of
from formats.edifact.lines import (
    BUYER_IDS,
    GTIN_IDS,
    PIECES,
    SELLER_IDS,
    VBN_ID,
    LineDraft,
    Lines,
    line_places,
)
from formats.edifact.parts import Elements, Handler, Problems, Table, components, first_component
from formats.edifact.tree import tree
from formats.grammar.check import SEPARATOR
from formats.records import OrderLine, Party
from formats.transactions import LotBarCode, MarketTransactions, Sale
from formats.vbn import Vbn

FINAL, PRELIMINARY = "493", "323"
"""1001."""
CURRENCY = "EUR"
MARKETPLACE = "FLA"
PIECES_PER_PACK, PACKS = "52", "66"
PACKAGE_PRICE = "PAP"
_TRADED = "97"
_SOLD_AT, _CLOCK_TIME = "9", "402"
_GROWER = "MF"
_TRANSACTION, _SUPPLIERS = "AGJ", "VN"
_LOT = "BT"
_LOT_CODE = re.compile(r"([0-9]{3})([0-9]{2})([0-9]{3})([0-9]{5})([0-9]{3})([0-9]{4})", re.ASCII)


@dataclass(slots=True)
class _SaleDraft:
    line: LineDraft
    grower: Party | None = None
    sold_at: time | None = None
    trolleys: Decimal | None = None


@dataclass(slots=True)
class _Draft(Lines):
    sales: list[_SaleDraft] = field(default_factory=list)


def market_transactions(
    segments: Sequence[str],
    nodes: Sequence[int],
    edition: Edition,
    problems: Problems,
    *,
    is_test: bool = False,
) -> MarketTransactions | None:
    """Return the sales of a checked CLOCKT, None where none can be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = parts.fill(_Draft(problems), _handlers(edition), segments, nodes)
    traded_on = draft.day_of(_TRADED)
    marketplace = draft.name_of(MARKETPLACE)
    made = (
        _sale(draft, each, number, marketplace, traded_on)
        for number, each in enumerate(draft.sales, 1)
    )
    sales = tuple(each for each in made if each is not None)
    if not sales:
        problems.error("LIN.none", ("LIN", 2, None), "the message has no sale that can be used")
        return None
    _warn_of_repetitions(problems, draft, sales)
    return MarketTransactions(
        number=draft.document.number or segments[0].split(SEPARATOR)[1].strip(),
        is_final=draft.document.code != PRELIMINARY,
        is_test=is_test,
        type_code=draft.document.code or None,
        traded_on=traded_on,
        marketplace=marketplace,
        buyer=draft.party_as("BY") or Party(),
        vendor=draft.party_as(*VENDORS) or Party(),
        ship_to=draft.party_as(*SHIP_TO),
        currency=draft.currency or CURRENCY,
        sales=sales,
    )


@cache
def _handlers(edition: Edition) -> Table[_Draft]:
    return parts.handlers_for(tree("CLOCKT", edition.tree), _PLACES)


def _sale(
    draft: _Draft, sale: _SaleDraft, number: int, marketplace: str | None, traded_on: date | None
) -> Sale | None:
    line, references = sale.line, sale.line.references
    packs, pieces = line.count(PACKS) or 0, line.count(PIECES_PER_PACK) or 0
    complaint = _complaint(line, packs, pieces)
    if complaint is not None:
        code, message = complaint
        draft.problems.error(code, ("LIN", line.position, None), f"{message}; it was left out")
        return None
    package_price = line.prices.get(PACKAGE_PRICE)
    found = Sale(
        line=_goods(line, number, packs, pieces),
        transaction=references.get(_TRANSACTION),
        supplier_reference=references.get(_SUPPLIERS),
        delivery_reference=references.get("AAJ"),
        order_number=references.get("ON"),
        grower=sale.grower,
        sold_at=sale.sold_at,
        packs=packs,
        pieces_per_pack=pieces,
        package_price=package_price.amount if package_price else None,
        trolleys=sale.trolleys,
        clock=references.get("FAC"),
        lot_code=references.get(_LOT),
        letter=references.get("ACE"),
        letter_lot=references.get("ADZ"),
        letter_part=references.get("AAD"),
        sequence=references.get("CTS"),
        trolley=references.get("FAN"),
        certificate=references.get("AIR"),
        image=references.get("IRN"),
    )
    read = lot_bar_code(found.lot_code or "")
    if read is not None and _agrees(read, found, marketplace, traded_on):
        found.lot = read
    return found


def _complaint(line: LineDraft, packs: int, pieces: int) -> tuple[str, str] | None:
    """Return why a sale can't be used, as code and sentence; None where it can."""
    if packs <= 0 or pieces <= 0:
        return "QTY.missing", "the sale has no quantity: send QTY 66 and QTY 52, whole numbers"
    if not line.ids.get(VBN_ID) and not line.description:
        return "LIN03.missing", "the sale names no product: send its VBN code, or words in IMD S99"
    if not (line.references.get(_TRANSACTION) or line.references.get(_SUPPLIERS)):
        return "RFF.missing", "the sale has no number: send RFF AGJ, or RFF VN"
    return None


def _goods(line: LineDraft, number: int, packs: int, pieces: int) -> OrderLine:
    price, references = line.price, line.references
    said = line.vbn() or Vbn()
    codes = Vbn(said.product, said.group, said.features, said.package, pieces)
    return OrderLine(
        number,
        references.get(_TRANSACTION) or references.get(_SUPPLIERS) or "",
        Decimal(packs * pieces),
        PIECES,
        parts.first_of(line.ids, SELLER_IDS),
        parts.first_of(line.ids, BUYER_IDS),
        parts.first_of(line.ids, GTIN_IDS),
        line.description,
        price.amount if price else None,
        (price.unit or PIECES) if price else None,
        bunches_per_box=codes.bunches_per_unit,
        stems_per_bunch=codes.stems_per_bunch,
        vbn=codes,
    )


def lot_bar_code(text: str) -> LotBarCode | None:
    """Return what the bar code of a lot says, None for one that isn't of 20 digits."""
    match = _LOT_CODE.fullmatch(text)
    return LotBarCode(*(int(each) for each in match.groups())) if match else None


def _agrees(lot: LotBarCode, sale: Sale, marketplace: str | None, traded_on: date | None) -> bool:
    """Tell whether a bar code says what the sale says: else it is built in some other way."""
    return (
        _is(marketplace, lot.marketplace)
        and _is(sale.clock, lot.clock)
        and _is(sale.transaction, lot.transaction)
        and sale.packs == lot.packs
        and traded_on is not None
        and traded_on.timetuple().tm_yday == lot.day_of_year
    )


def _is(text: str | None, number: int) -> bool:
    return parts.whole(text or "") == number


def _warn_of_repetitions(problems: Problems, draft: _Draft, sales: Sequence[Sale]) -> None:
    """Warn where a number stands on two sales; a marketplace gives it to one a day."""
    places = {number: each.line.position for number, each in enumerate(draft.sales, 1)}
    seen: set[str] = set()
    for sale in sales:
        if sale.transaction is not None and sale.transaction in seen:
            message = f"transaction {sale.transaction} stands on two sales; check the message"
            at = ("LIN", places[sale.line.line], None)
            problems.warning("RFF01.repeated", at, message, sale.transaction)
        seen.add(sale.transaction or "")


# --- one function per place in the tree

_SHARED = line_places("LIN")


def _lin(draft: _Draft, elements: Elements, position: int) -> None:
    _SHARED["LIN"](draft, elements, position)
    if draft.line is not None:
        draft.sales.append(_SaleDraft(draft.line))


def _dtm(draft: _Draft, elements: Elements, position: int) -> None:
    qualifier, text, form = components(elements[1])[:3]
    if qualifier != _SOLD_AT or not draft.sales:
        return
    try:
        sold_at = values.basic_time(text) if form == _CLOCK_TIME else None
    except ValueError:
        sold_at = None
    if sold_at is None:
        message = f"the time of the sale ({text}:{form}) isn't one such as 061800:402; left out"
        draft.problems.warning("DTM01.time", ("DTM", position, 1), message, text)
    draft.sales[-1].sold_at = draft.sales[-1].sold_at or sold_at


def _nad(draft: _Draft, elements: Elements, _position: int) -> None:
    if draft.sales and elements[1] == _GROWER and draft.sales[-1].grower is None:
        draft.sales[-1].grower = party_of(elements)


def _eqd(draft: _Draft, elements: Elements, _position: int) -> None:
    if draft.sales and draft.sales[-1].trolleys is None:
        draft.sales[-1].trolleys = parts.number(first_component(elements[3]))


_PLACES: dict[str, Handler[_Draft]] = {
    **HEADING,
    **_SHARED,
    "LIN": _lin,
    "LIN/DTM": _dtm,
    "LIN/NAD": _nad,
    "LIN/PAC/PRI": _SHARED["LIN/PRI"],
    "LIN/EQD": _eqd,
}
