"""What the lines of all three messages share: ids, goods, quantity, price, packing and delivery.

A value that can't be read leaves its line out. What is empty, and the first day of the calendar,
which generated code writes where it has no date, is nothing said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from formats.florecom.cells import (
    MAX_CODE,
    MAX_TEXT,
    bounded,
    count,
    day,
    is_gln,
    moment,
    quantity,
    read_party,
    said,
    unit_word,
)
from formats.florecom.element import Part, Place
from formats.florecom.names import LINE_TYPE, ORDER_TYPE, RESPONSE_TYPE
from formats.records import Party
from formats.vbn import (
    MAX_FEATURES,
    Vbn,
    feature_type,
    feature_value,
    package_code,
    product_code,
)

PRICE_PLACES = Decimal("0.000001")
LEAST_BASIS = Decimal("0.001")

KNOWN = frozenset(
    {
        *("ID", "DocumentType", "DocumentStatusCode", "LineDateTime", "TradingTerms"),
        *("ReferencedDocument", "AdditionalInformationTradeNote", "SellerParty", "BuyerParty"),
        *("SupplierParty", "CustomerParty", "EndUserParty", "NotifyParty", "Product", "Quantity"),
        *("IncrementalOrderableQuantity", "Price", "Packing", "Delivery", "Status"),
        *("ProductSampleLocation", "PhysicalLocation", "TradeTotal", "IncludedImageLine"),
        *("OnSupplyChainStartDateTime", "SubordinateSupplyTradeLineItem"),
    }
)
"""Elements of a line, those that nothing here uses among them."""
TYPES = frozenset({LINE_TYPE, ORDER_TYPE, RESPONSE_TYPE})


@dataclass(frozen=True, slots=True)
class Price:
    """Money for one of `unit`; None where the file names no unit."""

    amount: Decimal
    unit: str | None
    least: Decimal | None
    most: Decimal | None


@dataclass(slots=True)
class TradeLine:
    """One line as it stands; `part` is its place, where findings about it go."""

    part: Place
    at: int
    """Its place among all lines of the file, from 1."""
    group: int
    """Which Order, OrderResponse or Supply of the file it stands in."""
    agent: Party | None = None
    ids: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    """Ids of referenced documents by scheme."""
    line_reference: str | None = None
    """The line of the buyer's order, as LineID beside its number."""
    notes: dict[str, str] = field(default_factory=dict)
    """Contents of notes by their code."""
    comments: list[str] = field(default_factory=list)
    said_at: datetime | None = None
    begins: date | None = None
    ends: date | None = None
    parties: dict[str, Party] = field(default_factory=dict)
    seller_item: str | None = None
    buyer_item: str | None = None
    description: str | None = None
    vbn: Vbn | None = None
    box_type: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    prices: list[Price] = field(default_factory=list)
    currency: str | None = None
    ship_date: date | None = None
    delivery_date: date | None = None
    place: Party | None = None
    incoterm: str | None = None
    carrier: str | None = None
    condition: str | None = None
    reason: str | None = None

    def price_for(self, quantity: Decimal | None) -> Price | None:
        """Return the price of a quantity: the first whose limits it keeps, else the first."""
        for price in self.prices:
            above = price.least is None or quantity is None or price.least <= quantity
            below = price.most is None or quantity is None or quantity <= price.most
            if above and below:
                return price
        return self.prices[0] if self.prices else None


def read_line(part: Part, at: int, group: int, agent: Party | None) -> TradeLine | None:
    """Return what a line says; None where something in it can't be read, which findings name."""
    part.warn_unknown(KNOWN)
    line = TradeLine(part.place, at, group, agent)
    is_good = True
    for read in (_document, _terms, _names, _product, _packing, _amounts, _delivery):
        try:
            read(line, part)
        except ValueError:
            is_good = False
    return line if is_good else None


def _document(line: TradeLine, part: Part) -> None:
    for identity in part.all("ID"):
        if identity.text:
            line.ids[identity.attribute("schemeName")] = bounded(identity, MAX_CODE)
    kind = part.said("DocumentType")
    if kind is not None and kind not in TYPES:
        message = f"Document type {kind[:20]} isn't known; the line was read all the same."
        part.notes.warn_once(f"type {kind}", "florecom.DocumentType", message, part.where)
    line.said_at = moment(part, "LineDateTime")
    line.condition = part.said("Status", "ConditionCode")
    line.reason = said(part, "Status", "DescriptionText")


def _terms(line: TradeLine, part: Part) -> None:
    period = part.one("TradingTerms", "TradePeriod")
    if period is not None:
        line.begins = day(period, "StartDateTime")
        line.ends = day(period, "EndDateTime")
    for reference in part.all("ReferencedDocument"):
        identity = reference.one("IssuerAssignedID")
        if identity is None or not identity.text:
            continue
        scheme = identity.attribute("schemeName")
        line.references[scheme] = bounded(identity, MAX_CODE)
        if scheme == "ON":
            line.line_reference = said(reference, "LineID", longest=20)
    for note in part.all("AdditionalInformationTradeNote"):
        content = note.one("Content")
        if content is None or not content.text:
            continue
        code = note.said("ContentCode")
        if code is None:
            line.comments.append(bounded(content, MAX_TEXT))
        else:
            line.notes[code] = content.text[:MAX_TEXT]


def _names(line: TradeLine, part: Part) -> None:
    for local in ("SellerParty", "BuyerParty", "SupplierParty", "CustomerParty", "EndUserParty"):
        found = part.one(local)
        if found is not None and (party := read_party(found)) is not None:
            line.parties[local] = party


def _product(line: TradeLine, part: Part) -> None:
    product = part.one("Product")
    if product is None:
        return
    line.seller_item = said(product, "SupplierAssignedID", longest=MAX_CODE)
    line.buyer_item = said(product, "CustomerAssignedID", longest=MAX_CODE)
    line.description = said(product, "DescriptionText")
    code = product.value(product_code, "IndustryAssignedID")
    group = product.value(product_code, "ProductGroupID")
    features = tuple(_features(product))
    if code or group or features:
        line.vbn = Vbn(code, group, features)


def _features(product: Part) -> Iterator[tuple[str, str]]:
    for at, found in enumerate(product.all("ApplicableGoodsCharacteristics")):
        if at == MAX_FEATURES:
            found.refuse(f"at most {MAX_FEATURES} features are expected")
            raise ValueError
        kind = found.value(feature_type, "TypeCode")
        value = found.value(feature_value, "ValueCode")
        if kind is not None and value is not None:
            yield kind, value


def _packing(line: TradeLine, part: Part) -> None:
    packing = part.one("Packing")
    if packing is None:
        return
    pieces = packing.value(count, "InnerPackageQuantity")
    kind = packing.one("Package", "TypeCode")
    code = None
    if kind is not None and kind.text:
        # What is no VBN code is a box type of the sender's own.
        list_id = kind.attribute("listID")
        if list_id == "901" or (not list_id and kind.text.isascii() and kind.text.isdigit()):
            code = packing.value(package_code, "Package", "TypeCode")
        else:
            line.box_type = bounded(kind, 20)
    if code or pieces:
        known = line.vbn or Vbn()
        line.vbn = Vbn(known.product, known.group, known.features, code, pieces)


def _amounts(line: TradeLine, part: Part) -> None:
    found = part.one("Quantity")
    if found is not None and found.text:
        line.quantity = part.value(quantity, "Quantity")
        line.unit = unit_word(found)
        if line.unit is None:
            found.refuse("a unit code such as 1 (piece) or 3 (packaging unit) is expected")
            raise ValueError
    for price in part.all("Price"):
        _price(line, price)


def _price(line: TradeLine, part: Part) -> None:
    amount = part.value(quantity, "ChargeAmount")
    charge, basis = part.one("ChargeAmount"), part.one("BasisQuantity")
    if amount is None or charge is None:
        return
    currency = charge.attribute("currencyID") or charge.attribute("currencyCode")
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        charge.refuse("a currency of three capital letters such as EUR is expected", currency)
        raise ValueError
    line.currency = line.currency or currency or None
    per = part.value(quantity, "BasisQuantity")
    if per is not None and per < LEAST_BASIS:
        part.refuse(f"a basis quantity of at least {LEAST_BASIS} is expected")
        raise ValueError
    if per is not None and per != 1:
        amount = _per_one(part, amount, per)
    unit = unit_word(basis) if basis is not None else None
    least = part.value(quantity, "MinimumQuantity")
    most = part.value(quantity, "MaximumQuantity")
    line.prices.append(Price(amount, unit or line.unit, least, most))


def _per_one(part: Part, amount: Decimal, per: Decimal) -> Decimal:
    each = amount / per
    rounded = each.quantize(PRICE_PLACES)
    if rounded == each:
        return each
    message = f"{amount} for {per} is {rounded} for one, rounded to six places."
    part.notes.found.warn("florecom.Price", message, part.where)
    return rounded


def _delivery(line: TradeLine, part: Part) -> None:
    delivery = part.one("Delivery")
    if delivery is None:
        return
    line.ship_date = day(delivery, "LatestDespatchDateTime")
    line.ship_date = line.ship_date or day(delivery, "EarliestDespatchDateTime")
    line.delivery_date = day(delivery, "LatestDeliveryDateTime")
    line.delivery_date = line.delivery_date or day(delivery, "EarliestDeliveryDateTime")
    carrier = delivery.one("CarrierParty")
    if carrier is not None and (party := read_party(carrier)) is not None:
        line.carrier = party.code or party.name
    terms = delivery.one("DeliveryTerms")
    line.incoterm = said(terms, "DeliveryTypeCode", longest=MAX_CODE) if terms else None
    place = delivery.one("DeliveryTerms", "RelevantTradeLocation")
    if place is not None:
        code = said(place, "ID", longest=MAX_CODE)
        name = said(place, "Name")
        if code or name:
            line.place = Party(code=code, qualifier="UL" if is_gln(code) else None, name=name)
