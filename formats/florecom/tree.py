"""The elements of a Florecom file that is written: names, namespaces, and the frame around lines.

What may not stand in XML is a ValueError that names the text. The same input gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from lxml import etree

from formats.florecom.names import (
    BUYERS_ORDER,
    CONTRACT,
    CORE_FAMILY,
    ENTITY_FAMILY,
    NOTE_SUBJECT,
    ORDER_FAMILY,
    SUPPLY_FAMILY,
    UNIT_CODES,
)
from formats.records import Party
from formats.vbn import Vbn

if TYPE_CHECKING:
    from lxml.etree import _Element

ORDER = f"{ORDER_FAMILY}:7"
SUPPLY = f"{SUPPLY_FAMILY}:7"
FERAM = f"{ENTITY_FAMILY}:6"
RAM = f"{CORE_FAMILY}:3"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_NO_CODES = Vbn()
_NO_ATTRIBUTES: Mapping[str, str] = {}
FEC = {"schemeID": "1", "schemeAgencyName": "FEC"}
VBN = {"schemeID": "1", "schemeAgencyName": "VBN"}
VBN_GROUP = {"schemeID": "16", "schemeAgencyName": "VBN"}
OWN_BOX_TYPE = {"listID": "box-type"}
VBN_PACKAGE = {"listID": "901", "listAgencyName": "VBN"}


@dataclass(frozen=True, slots=True)
class Sending:
    """What stands around a message: its own id, its time with zone, and whether in SOAP 1.1."""

    message_id: str
    at: datetime
    in_soap: bool = True


def message(local: str, namespace: str, sending: Sending) -> tuple[_Element, _Element]:
    """Return the outermost element of a message and its body, which lines are put into.

    The header has no user and no password: a file goes by the folder that it lies in.
    """
    if sending.at.tzinfo is None:
        raise ValueError("a time with zone is expected")
    names = {"msg": namespace, "feram": FERAM, "ram": RAM}
    if sending.in_soap:
        root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
        soap_body = etree.SubElement(root, f"{{{SOAP}}}Body")
        outer = etree.SubElement(soap_body, f"{{{namespace}}}{local}", nsmap=names)
    else:
        root = outer = etree.Element(f"{{{namespace}}}{local}", nsmap=names)
    header = add(outer, namespace, "Header")
    add(header, namespace, "UserName")
    add(header, namespace, "Password")
    add(header, namespace, "MessageID", sending.message_id)
    add(header, namespace, "MessageDateTime", moment(sending.at))
    add(header, namespace, "MessageSerial", "1")
    return root, add(outer, namespace, "Body")


def written(root: _Element) -> bytes:
    """Return a message as UTF-8."""
    body: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return body


def add(
    parent: _Element,
    namespace: str,
    local: str,
    text: str | None = None,
    attributes: Mapping[str, str] = _NO_ATTRIBUTES,
) -> _Element:
    """Put an element into another one and return it. Raises ValueError for a text XML can't say."""
    made = etree.SubElement(parent, f"{{{namespace}}}{local}", attrib=dict(attributes))
    if text is not None:
        try:
            made.text = text
        except ValueError as error:
            raise ValueError(f"{local} {text[:40]!r} has a character that XML can't say") from error
    return made


def moment(value: datetime) -> str:
    """Return a time as the layout has it."""
    return value.isoformat(timespec="seconds")


def day(value: date) -> str:
    """Return a day as the beginning of that day, which names no zone."""
    return f"{value.isoformat()}T00:00:00"


def number(value: Decimal) -> str:
    """Return a quantity or an amount without exponent."""
    return f"{value:f}"


def identity(parent: _Element, scheme: str, text: str, issuer: str | None = None) -> None:
    """Put an id of a line; `issuer` is the GLN of who gave it."""
    issued = {"schemeDataURI": issuer, "schemeURI": issuer} if issuer else {}
    add(parent, FERAM, "ID", text, {"schemeName": scheme, **issued})


def buyers_line(parent: _Element, order: str, reference: str) -> None:
    """Name the line of the buyer's order that a line is about."""
    document = add(parent, FERAM, "ReferencedDocument")
    add(document, RAM, "IssuerAssignedID", order, {"schemeName": BUYERS_ORDER})
    add(document, RAM, "LineID", reference)


def called_off(parent: _Element, prebook_item: str) -> None:
    """Name the line of a prebook that a line is made of."""
    document = add(parent, FERAM, "ReferencedDocument")
    add(document, RAM, "IssuerAssignedID", prebook_item, {"schemeName": CONTRACT})


def note(parent: _Element, content: str, code: str | None = None) -> None:
    """Put a note; with a code it says something that no element does."""
    made = add(parent, FERAM, "AdditionalInformationTradeNote")
    add(made, RAM, "SubjectCode", NOTE_SUBJECT)
    add(made, RAM, "Content", content)
    if code is not None:
        add(made, RAM, "ContentCode", code)


def party(parent: _Element, local: str, who: Party | None) -> None:
    """Put a party by its code and name; nothing where it has neither."""
    if who is None or not (who.code or who.name):
        return
    made = add(parent, FERAM, local)
    add(made, RAM, "PrimaryID", who.code or "", FEC)
    if who.name:
        add(made, RAM, "Name", who.name)


def product(
    parent: _Element,
    seller_item: str | None,
    buyer_item: str | None,
    description: str | None,
    vbn: Vbn = _NO_CODES,
) -> None:
    """Put the goods of a line; nothing where nothing is said of them."""
    codes = vbn.product or vbn.group or vbn.features
    if not (seller_item or buyer_item or description or codes):
        return
    made = add(parent, FERAM, "Product")
    if vbn.product:
        add(made, FERAM, "IndustryAssignedID", vbn.product, VBN)
    for local, item in (("SupplierAssignedID", seller_item), ("CustomerAssignedID", buyer_item)):
        if item:
            add(made, FERAM, local, item)
    if description:
        add(made, FERAM, "DescriptionText", description)
    if vbn.group:
        add(made, FERAM, "ProductGroupID", vbn.group, VBN_GROUP)
    for kind, value in vbn.features:
        feature = add(made, FERAM, "ApplicableGoodsCharacteristics")
        add(feature, FERAM, "TypeCode", kind, {"listID": "8", "listAgencyName": "VBN"})
        add(feature, FERAM, "ValueCode", value, {"listID": "9", "listAgencyName": "VBN"})


def quantity(parent: _Element, local: str, value: Decimal, unit: str) -> None:
    """Put a quantity with the code of its unit; what has no code here stands as it is."""
    add(parent, FERAM, local, number(value), {"unitCode": UNIT_CODES.get(unit, unit)})


def price(parent: _Element, amount: Decimal, unit: str | None, currency: str | None) -> None:
    """Put the price of one unit."""
    made = add(parent, FERAM, "Price")
    add(made, FERAM, "TypeCode", "AE", {"listID": "5375", "listVersionID": "D09A"})
    money = {"currencyID": currency} if currency else {}
    add(made, FERAM, "ChargeAmount", number(amount), money)
    if unit is not None:
        quantity(made, "BasisQuantity", Decimal(1), unit)
    add(made, FERAM, "NetPriceIndicator", "false")


def packing(parent: _Element, vbn: Vbn, box_type: str | None) -> None:
    """Put how goods are packed: the box by its own name or its VBN code, and what is in it."""
    if not (vbn.package or box_type or vbn.pieces):
        return
    made = add(parent, FERAM, "Packing")
    if vbn.package or box_type:
        box = add(made, FERAM, "Package")
        add(
            box,
            FERAM,
            "TypeCode",
            box_type or vbn.package,
            OWN_BOX_TYPE if box_type else VBN_PACKAGE,
        )
        quantity(box, "Quantity", Decimal(1), "Box")
    if vbn.pieces:
        quantity(made, "InnerPackageQuantity", Decimal(vbn.pieces), "Stem")


def travel_days(delivery: _Element, ship_date: date | None, delivery_date: date | None) -> None:
    """Put the latest days on which goods leave and arrive."""
    if ship_date:
        add(delivery, FERAM, "LatestDespatchDateTime", day(ship_date))
    if delivery_date:
        add(delivery, FERAM, "LatestDeliveryDateTime", day(delivery_date))


def known_stems(what: str, stems_per_bunch: int | None) -> int:
    """Return how many stems the bunches of a line have; ValueError, which names it, if unknown."""
    if not stems_per_bunch:
        raise ValueError(
            f"{what}: bunches are written as stems, and nobody says how many stems a bunch has"
        )
    return stems_per_bunch
