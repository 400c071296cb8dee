"""Segments that messages have in common when they are written: parties, items, packs, remarks.

Each function yields what there is to say and nothing where that is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from formats.edifact.descriptions import BRAND, DESCRIPTION_WIDTH
from formats.edifact.heading import DROP_SHIP, QUALIFIERS
from formats.edifact.lines import VBN_ID
from formats.edifact.write import Segment
from formats.findings import Finding, Where, warning
from formats.grammar.writing import day, halves, lines_of, number
from formats.records import Content, OrderLine, Party, ShipVia
from formats.vbn import STEMS_PER_BUNCH, Vbn

AGENCIES = {name: agency for agency, name in QUALIFIERS.items()}
"""3055 by what kind of code a party has."""
_REMARK_LINES = 5
_REMARK_WIDTH = 70
_STREET_LINES = 4
_NAME_LINES = 5
_LINE_WIDTH = 35
_BUNCH = "BH"
_SUB_LINE = "1"
_BOX_CODES = 5
"""Numbers in one GIN."""
_MOST_BOX_CODES = 50
_LONGEST_LINE = 6
"""Digits of 1082, by which a line of an order is named."""


def begin(code: str, number_of: str, function: str, ship_via: ShipVia | None) -> Segment:
    """Return the BGM of an order, or of what changes one."""
    name = DROP_SHIP if ship_via is ShipVia.GROWER else ""
    return ("BGM", (code, "", "", name) if name else code, number_of, function)


def dated(qualifier: str, value: date | None) -> Iterator[Segment]:
    """Yield the DTM of a day (2005, in the form 102)."""
    if value is not None:
        yield ("DTM", (qualifier, day(value), "102"))


def remarks(text: str | None) -> Iterator[Segment]:
    """Yield as many FTX as a remark needs; its line ends are kept."""
    lines = [*lines_of(text, _REMARK_WIDTH)]
    for first in range(0, len(lines), _REMARK_LINES):
        yield ("FTX", "AAI", "", "", tuple(lines[first : first + _REMARK_LINES]))


def parties(*named: tuple[str, Party | None]) -> Iterator[Segment]:
    """Yield the NAD of each party, by its role (3035)."""
    for role, who in named:
        yield from party(role, who)


def party(role: str, who: Party | None) -> Iterator[Segment]:
    """Yield the NAD of a party, or nothing for one without code and name.

    A code of no known kind goes out as the buyer's own (92).
    """
    if who is None or not (who.code or who.name):
        return
    kind = who.qualifier or "92"
    code = (who.code, "", AGENCIES.get(kind, kind)) if who.code else ""
    yield (
        *("NAD", role, code, ""),
        _pieces(who.name, _NAME_LINES, " ") if who.name else "",
        _pieces(who.street, _STREET_LINES, ", ") if who.street else "",
        *(who.city or "", who.state or "", who.postal_code or "", who.country or ""),
    )


def _pieces(text: str, most: int, mark: str) -> tuple[str, ...]:
    """Return a text in pieces that end at a `mark`; what is too long is cut with a warning."""
    pieces: list[str] = []
    rest = text
    while rest and len(pieces) < most - 1:
        piece, rest = halves(rest, _LINE_WIDTH, mark)
        pieces.append(piece)
    return (*pieces, rest) if rest else (*pieces,)


def warehouse(location: str | None) -> Party | None:
    """Return the party that a place of the buyer's is written as."""
    return Party(code=location) if location else None


def in_currency(code: str | None, use: str) -> Iterator[Segment]:
    """Yield the CUX of a currency; `use` (6343) is what it is for, as 9 for an order."""
    if code:
        yield ("CUX", ("2", code, use))


def transport(carrier: str | None) -> Iterator[Segment]:
    """Yield the TDT of the main carriage."""
    if carrier:
        yield ("TDT", "20", "", "", "", carrier)


def marked(mark_code: str | None) -> Iterator[Segment]:
    """Yield the PAC and PCI of the marks of all goods of a message."""
    if mark_code:
        yield ("PAC",)
        yield marks(mark_code)


def marks(mark_code: str) -> Segment:
    """Return the PCI of shipping marks."""
    return ("PCI", "", mark_code)


def price(amount: Decimal | None, unit: str | None) -> Iterator[Segment]:
    """Yield the PRI of a net price, for one of `unit` where that is said."""
    if amount is not None:
        yield ("PRI", ("AAA", number(amount), "", "", "1" if unit else "", unit or ""))


def item(
    reference: str,
    parent: str,
    ids: tuple[str | None, str | None, str | None],
    vbn: Vbn | None,
    action: str = "",
) -> Iterator[Segment]:
    """Yield LIN and PIA of an item: seller's, buyer's and GTIN `ids`, and its VBN code.

    `action` is 1229: what becomes of the line.
    """
    seller, buyer, gtin = ids
    kinds = (("SA", seller), ("BP", buyer), (VBN_ID, vbn.product if vbn else None))
    pairs = [(value, kind) for kind, value in kinds if value]
    first = (gtin, "EN") if gtin else pairs.pop(0) if pairs else ""
    yield ("LIN", reference, action, first, (_SUB_LINE, parent) if parent else "")
    if pairs:
        yield ("PIA", "5", *pairs)


def described(
    description: str | None, vbn: Vbn | None, brand: str | None = None
) -> Iterator[Segment]:
    """Yield the IMD of a description, of a brand, and one for each VBN feature."""
    for kind, text in (("", description), (BRAND, brand)):
        if text:
            first, rest = text[:DESCRIPTION_WIDTH], text[DESCRIPTION_WIDTH:]
            yield ("IMD", "F", kind, ("", "", "", first, rest))
    for kind, value in vbn.features if vbn else ():
        yield ("IMD", "", kind, value)


def pack(
    bunches_per_box: int | None, stems_per_bunch: int | None, vbn: Vbn | None
) -> Iterator[Segment]:
    """Yield the QTY of a pack; stems per bunch go without saying where the features say them."""
    if bunches_per_box is not None:
        yield ("QTY", ("59", str(bunches_per_box)))
    said = vbn.value(STEMS_PER_BUNCH) if vbn else None
    if stems_per_bunch is not None and said is None:
        yield ("QTY", ("52", str(stems_per_bunch)))


def rest_of_line(
    line: OrderLine, own: str, number_of: int, found: list[Finding]
) -> Iterator[Segment]:
    """Yield what ends a line of an order or of its change: references, packages, sub-lines.

    `own` names the line in the message, which counts sub-lines from `number_of` on. A number that
    the order itself gives to the line goes beside it, where it is another.
    """
    if line.reference != own:
        yield ("RFF", ("LI", line.reference))
    if line.awb:
        yield ("RFF", ("AWB", line.awb))
    if line.prebook_item:
        yield ("RFF", ("CT", line.prebook_item))
    yield from packages(line, found)
    for index, content in enumerate(line.contents, 1):
        yield from content_of(content, own, str(number_of + index))


def packages(line: OrderLine, found: list[Finding]) -> Iterator[Segment]:
    """Yield the PAC of a line: its box type in a list of the trade, and its VBN packaging.

    Marks and box codes stand below it.
    """
    box_type, mark_code, codes = line.box_type_code, line.mark_code, line.box_codes
    if box_type or mark_code or codes:
        yield ("PAC", "", "", (box_type, "", "92") if box_type else "")
    if codes:
        yield ("PCI", "33E", mark_code or "")
        for first in range(0, min(len(codes), _MOST_BOX_CODES), _BOX_CODES):
            yield ("GIN", "BN", *codes[first : first + _BOX_CODES])
        if len(codes) > _MOST_BOX_CODES:
            message = (
                f"line {line.reference} has {len(codes)} box codes and the message carries "
                f"{_MOST_BOX_CODES}; the others were left out. Send them with the labels."
            )
            found.append(warning("edifact.out.left_out", message, Where("GIN")))
    elif mark_code:
        yield marks(mark_code)
    package = line.vbn.package if line.vbn else None
    if package:
        yield ("PAC", "", "", package)


def content_of(content: Content, parent: str, reference: str) -> Iterator[Segment]:
    """Yield a sub-line of an assorted box; it counts bunches."""
    ids = (content.seller_item, content.buyer_item, None)
    yield from item(reference, parent, ids, content.vbn)
    yield from described(content.description, content.vbn)
    if content.bunches is not None:
        yield ("QTY", ("21", number(content.bunches), _BUNCH))
    yield from pack(None, content.stems_per_bunch, content.vbn)
    if content.unit_price is not None:
        yield ("PRI", ("AAA", number(content.unit_price)))


def is_line_number(reference: str) -> bool:
    """Tell whether a line of an order can be named in 1082."""
    return reference.isascii() and reference.isdigit() and len(reference) <= _LONGEST_LINE


def ids_left_out(message: str, found: list[Finding]) -> None:
    """Warn that our ids of lines were left out; `message` is as in `An INVOIC`."""
    text = f"{message} has no place for the ids that we gave to lines; they were left out."
    found.append(warning("edifact.out.left_out", text, Where(segment="LIN")))
