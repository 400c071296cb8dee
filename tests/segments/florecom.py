"""The elements of Florecom XML, and what becomes of each: `docs/segments/florecom.md`.

Each row has what stands in an element or an attribute of a message that can be used, and what else
could stand there. A test writes the others in, one by one, into an order, a supply and an answer,
and holds the words to whether another record or another finding comes of it in that message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, tostring

from formats import read
from formats.florecom.names import ORDER_FAMILY, SUPPLY_FAMILY

TITLE = "Elements of Florecom XML"


@dataclass(frozen=True, slots=True)
class Message:
    """One of the messages: its root, what its lines stand in, and its lines."""

    name: str
    family: str
    root: str
    body: str
    line: str


ORDER = Message("order", ORDER_FAMILY, "PutOrderRequest", "Order", "OrderTradeLineItem")
SUPPLY = Message("supply", SUPPLY_FAMILY, "SupplyResponse", "Supply", "SupplyTradeLineItem")
ANSWER = Message(
    "answer", ORDER_FAMILY, "PutOrderResponse", "OrderResponse", "OrderResponseTradeLineItem"
)
MESSAGES = (ORDER, SUPPLY, ANSWER)
_ALL = MESSAGES
_SOLD = (ORDER, ANSWER)
_GOODS = (ORDER, SUPPLY)
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Row:
    """An element below the line, or its attribute behind `@`; `used` are those it matters to.

    `[ON]` is the schemeName of an id, `[2]` a second element of that name. What begins with
    `Header` or `AgentParty` stands ahead of the lines. An empty value is an element that isn't
    there.
    """

    path: str
    value: str
    others: tuple[str, ...]
    words: str = ""
    used: tuple[Message, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    """By the name of a message: what stands there instead."""

    @property
    def label(self) -> str:
        """Return the path as people write it."""
        path = self.path
        for number in "123":
            path = path.replace(f"[{number}]", "")
        return path.replace("/", ": ", 1).replace("/", " ").replace("@", " ")


def _party(local: str, code: str, whose: str, used: tuple[Message, ...]) -> tuple[Row, ...]:
    words = [f"{whose}: {what}" if whose else "" for what in ("its code", "its name")]
    return (
        Row(f"{local}/PrimaryID", code, ("8719999000001",), words[0], used),
        Row(f"{local}/PrimaryID@schemeID", "1", ("2",)),
        Row(
            f"{local}/DefinedTradeContact/ID",
            f"C-{code[-3:]}",
            ("C-1",),
            f"{words[0]}, where PrimaryID isn't said" if whose else "",
            used,
        ),
        Row(f"{local}/Name", f"Firm {code[-3:]}", ("Another",), words[1], used),
    )


ROWS: Sequence[Row] = (
    Row("Header/UserName", "", ("flora",)),
    Row("Header/Password", "", ("secret",), "not read; a warning", _ALL),
    Row(
        "Header/MessageID",
        "M-17",
        ("M-18",),
        "number of a supply; tells changes and answers apart; number of an order without one",
        _ALL,
    ),
    Row(
        "Header/MessageDateTime",
        "2026-12-04T09:30:00+01:00",
        ("2026-12-04T10:30:00+01:00",),
        "when the stock was counted",
        (SUPPLY,),
    ),
    Row("Header/MessageSerial", "1", ("2",)),
    *_party("AgentParty", "8712345000059", "the buyer, where no BuyerParty is said", _SOLD),
    Row("ID[ON]", "BL-1", ("BL-2", "BL-7"), "number of the order; of an answer that of VN", _SOLD),
    Row(
        "ID[VN]",
        "BL-7/1",
        ("BL-8/2", ""),
        "our name for an earlier line, as ORDER/LINE: the line that is changed, ended or answered",
        _SOLD,
        {"order": ""},
    ),
    Row("ID[AAG]", "700123", ("700124",), "the offer: the item, where no other is said", _GOODS),
    Row("ID[AAG]@schemeURI", "8712345000011", ("8712345000028",)),
    Row("DocumentType", "9", ("999",), "9, 220 and 231; any other is a warning", _ALL),
    Row("DocumentStatusCode", "1", ("2",)),
    Row(
        "LineDateTime",
        "2026-12-04T09:29:58+01:00",
        ("2026-12-05T09:29:58+01:00",),
        "day of the order or the answer; when the stock was counted, where the header doesn't say",
        _ALL,
    ),
    Row("TradingTerms/TradePeriod/StartDateTime", "2026-12-05T00:00:00", ("2026-12-06T00:00:00",),
        "first day of the offer", (SUPPLY,)),
    Row("TradingTerms/TradePeriod/EndDateTime", "2026-12-09T00:00:00", ("2026-12-10T00:00:00",),
        "last day of the offer", (SUPPLY,)),
    Row("TradingTerms/MarketPlace/ID", "8", ("9",)),
    Row("ReferencedDocument[1]/IssuerAssignedID[ON]", "BL-1", ("BL-9", ""),
        "number of the order that is answered; names the order of LineID", _SOLD),
    Row("ReferencedDocument[1]/LineID", "3", ("4",), "line of the buyer's order", _SOLD),
    Row("ReferencedDocument[2]/IssuerAssignedID[VN]", "BL-7/2", ("BL-8/3", ""), "as ID VN", _SOLD,
        {"order": ""}),
    Row("AdditionalInformationTradeNote[1]/SubjectCode", "AAI", ("ZZZ",)),
    Row("AdditionalInformationTradeNote[1]/Content", "Voor 8 uur", ("Na 8 uur",),
        "remarks; behind a ContentCode its value", (ORDER,)),
    Row("AdditionalInformationTradeNote[2]/Content", "true", ("false",), "true: a test", _ALL),
    Row("AdditionalInformationTradeNote[2]/ContentCode", "k2k.test", ("other",),
        "k2k.test, k2k.purpose and k2k.answer are agreements of ours", _ALL),
    Row("AdditionalInformationTradeNote[3]/Content", "new", ("replace",), "purpose of the order",
        (ORDER,)),
    Row("AdditionalInformationTradeNote[3]/ContentCode", "k2k.purpose", ()),
    Row("AdditionalInformationTradeNote[4]/Content", "accepted", ("held",),
        "what becomes of the line", (ANSWER,)),
    Row("AdditionalInformationTradeNote[4]/ContentCode", "k2k.answer", ()),
    *_party("BuyerParty", "8712345000004", "the buyer", _SOLD),
    *_party("SupplierParty", "8712345000011", "the vendor", _ALL),
    *_party("SellerParty", "8712345000028", "the vendor, where no SupplierParty is said", _ALL),
    *_party("EndUserParty", "8712345000035", "the buyer's customer", (ORDER,)),
    *_party("CustomerParty", "8712345000042", "the buyer's customer, where no EndUserParty is said",
            (ORDER,)),
    *_party("NotifyParty", "8712345000066", "", ()),
    Row("Product/IndustryAssignedID", "16207", ("103567",), "VBN code", _GOODS),
    Row("Product/IndustryAssignedID@schemeAgencyName", "VBN", ("XXX",)),
    Row("Product/SupplierAssignedID", "FS-1060", ("FS-1070",), "product, as the vendor calls it",
        _ALL),
    Row("Product/CustomerAssignedID", "R60", ("R70",), "product, as the buyer calls it", _ALL),
    Row("Product/DescriptionText", "Rosa Avalanche", ("Rosa Explorer",), "text of the goods",
        _GOODS),
    Row("Product/DescriptionText@languageCode", "nl", ("en",)),
    Row("Product/ProductGroupID", "10100301", ("10100302",), "group of the VBN lists", _GOODS),
    Row("Product/ApplicableGoodsCharacteristics[1]/TypeCode", "S20", ("S21",),
        "feature of the VBN lists", _GOODS),
    Row("Product/ApplicableGoodsCharacteristics[1]/ValueCode", "060", ("070",),
        "value of the feature; that of L11 is stems in a bunch", _GOODS),
    Row("Product/ApplicableGoodsCharacteristics[2]/TypeCode", "L11", ()),
    Row("Product/ApplicableGoodsCharacteristics[2]/ValueCode", "025", ()),
    Row("Quantity", "4", ("5",), "quantity: ordered, left or confirmed; 0 refuses or ends a line",
        _ALL),
    Row("Quantity@unitCode", "3", ("1", "4"), "1 a stem, 3 a box, any other as it stands", _ALL),
    Row("IncrementalOrderableQuantity", "1", ("2",)),
    Row("Price[1]/TypeCode", "AE", ("AF",)),
    Row("Price[1]/ChargeAmount", "36.50", ("37.50",),
        "price: of the limits that the quantity keeps; of a supply that of the smallest quantity",
        _ALL),
    Row("Price[1]/ChargeAmount@currencyID", "EUR", ("USD",), "currency", _ALL),
    Row("Price[1]/ChargeAmount@currencyCode", "GBP", ("CHF",),
        "currency, where currencyID isn't said", _ALL),
    Row("Price[1]/BasisQuantity", "100", ("10",), "what the price is for", _ALL),
    Row("Price[1]/BasisQuantity@unitCode", "1", ("3",), "unit of the price", _ALL),
    Row("Price[1]/MinimumQuantity", "1", ("900",), "least quantity of the price", _ALL),
    Row("Price[1]/MaximumQuantity", "99", ("2",), "greatest quantity of the price", _SOLD),
    Row("Price[1]/NetPriceIndicator", "false", ("true",)),
    Row("Price[2]/ChargeAmount", "33", ()),
    Row("Price[2]/ChargeAmount@currencyID", "EUR", ()),
    Row("Price[2]/BasisQuantity", "100", ()),
    Row("Price[2]/MinimumQuantity", "3", ()),
    Row("Packing/Package/TypeCode", "997", ("996",), "box type; a code of list 901 is one of VBN",
        _GOODS),
    Row("Packing/Package/TypeCode@listID", "901", ("box-type",),
        "901: a VBN code; any other: a box type of the sender's own", _GOODS),
    Row("Packing/Package/Quantity", "1", ("2",)),
    Row("Packing/InnerPackageQuantity", "300", ("500",), "pieces in a unit", _GOODS),
    Row("Delivery/LatestDespatchDateTime", "2026-12-07T08:00:00", ("2026-12-08T08:00:00",),
        "ship date", _SOLD),
    Row("Delivery/EarliestDespatchDateTime", "2026-12-06T08:00:00", ("2026-12-05T08:00:00",),
        "ship date, where the latest isn't said", _SOLD),
    Row("Delivery/LatestDeliveryDateTime", "2026-12-10T08:00:00", ("2026-12-11T08:00:00",),
        "delivery date", _SOLD),
    Row("Delivery/EarliestDeliveryDateTime", "2026-12-09T08:00:00", ("2026-12-08T08:00:00",),
        "delivery date, where the latest isn't said", _SOLD),
    *_party("Delivery/CarrierParty", "8712345000073", "the carrier", (ORDER,)),
    Row("Delivery/DeliveryTerms/DeliveryTypeCode", "DDP", ("EXW",), "terms of delivery", (ORDER,)),
    Row("Delivery/DeliveryTerms/RelevantTradeLocation/ID", "8712345000080", ("8712345000097",),
        "place of the delivery", (ORDER,)),
    Row("Delivery/DeliveryTerms/RelevantTradeLocation/Name", "Dock 7", ("Dock 8",),
        "name of the place", (ORDER,)),
    Row("Status/ConditionCode", "71", ("64",),
        "64: the line ends or is refused, nothing is left; 71: available", _ALL),
    Row("Status/DescriptionText", "een doos minder", ("geen",), "why the line is answered so",
        (ANSWER,)),
    Row("ProductSampleLocation/ID", "1", ("2",)),
    Row("PhysicalLocation/ID", "1", ("2",)),
    Row("TradeTotal/ChargeAmount", "1", ("2",)),
    Row("IncludedImageLine/ID", "1", ("2",)),
    Row("OnSupplyChainStartDateTime", "2026-12-01T00:00:00", ("2026-12-02T00:00:00",)),
    Row("SubordinateSupplyTradeLineItem/ID[AAG]", "1", ("2",)),
)  # fmt: skip
_PARTIES = ("AgentParty", "BuyerParty", "SupplierParty", "SellerParty", "EndUserParty",
            "CustomerParty", "Delivery/CarrierParty")  # fmt: skip
LACKING: Sequence[tuple[str, ...]] = (
    (),
    ("ID[ON]", "ReferencedDocument[1]"),
    ("ID[ON]", "ReferencedDocument[1]", "ID[VN]"),
    ("ReferencedDocument[1]",),
    ("ReferencedDocument[1]/IssuerAssignedID[ON]", "ID[VN]", "ReferencedDocument[2]"),
    ("AdditionalInformationTradeNote[4]",),
    ("BuyerParty", "SupplierParty", "EndUserParty"),
    tuple(f"{each}/PrimaryID" for each in _PARTIES),
    (
        *("BuyerParty", "SupplierParty", "EndUserParty"),
        *(f"{each}/PrimaryID" for each in ("AgentParty", "SellerParty", "CustomerParty")),
    ),
    ("Delivery/CarrierParty/PrimaryID", "Delivery/CarrierParty/DefinedTradeContact"),
    ("Delivery/LatestDespatchDateTime", "Delivery/LatestDeliveryDateTime"),
    ("Product/SupplierAssignedID", "Header/MessageDateTime", "Price[1]/ChargeAmount@currencyID"),
)
"""Elements that some messages don't have; others are read only then."""


def written(
    message: Message, changes: Mapping[str, str] = _NOTHING, *, lacking: Sequence[str] = ()
) -> bytes:
    """Return a message with one line; `changes` are paths and what stands there instead."""
    root = Element(message.root, {"xmlns": f"{message.family}:7"})
    header = SubElement(root, "Header")
    outer = SubElement(SubElement(root, "Body"), message.body)
    agent = SubElement(outer, "AgentParty")
    made = {"": SubElement(outer, message.line), "Header": header, "AgentParty": agent}
    for row in ROWS:
        value = changes.get(row.path, row.own.get(message.name, row.value))
        if value and not any(_is_within(row.path, each) for each in lacking):
            _put(made, row.path, value)
    found: bytes = tostring(root, encoding="utf-8")
    return found


def _is_within(path: str, above: str) -> bool:
    return path == above or path.startswith((f"{above}/", f"{above}@"))


def _put(made: dict[str, Element], path: str, value: str) -> None:
    """Put a text or an attribute, and the elements that it stands in."""
    place, _, attribute = path.partition("@")
    above, at = made[""], ""
    for step in place.split("/"):
        at = f"{at}/{step}".lstrip("/")
        if at not in made:
            local, _, scheme = step.rstrip("]").partition("[")
            made[at] = SubElement(above, local)
            if scheme and not scheme.isdigit():
                made[at].set("schemeName", scheme)
        above = made[at]
    if attribute:
        above.set(attribute, value)
    else:
        above.text = value


def makes_a_difference(message: Message, changes: Mapping[str, str]) -> bool:
    """Tell whether something else comes of a message, or of one that lacks one thing or another."""
    return any(
        _became(written(message, changes, lacking=each)) != _usual(message, each)
        for each in LACKING
    )


@cache
def _usual(message: Message, lacking: Sequence[str]) -> object:
    return _became(written(message, lacking=lacking))


def _became(data: bytes) -> object:
    reading = read(data)
    return [
        (each.record, [(one.code, one.message) for one in each.findings])
        for each in reading.documents()
    ]


def page() -> str:
    """Return the text of the page."""
    return _HEAD + "".join(
        f"| {row.label} | {', '.join(each.name for each in row.used)} | {row.words} |\n"
        for row in ROWS
        if row.others
    )


_HEAD = f"""\
# {TITLE}

A message has a `Header`, and lines in an `Order` (`OrderTradeLineItem`), an `OrderResponse`
(`OrderResponseTradeLineItem`), a `Supply` or `SupplyResponseDetails` (`SupplyTradeLineItem`,
`SupplyResponseTradeLineItem`). The second column says of which of them an element is used: an order
may be a change, an answer is one to an order. `SupplyRequest`, `OrderRequest` and `GetOrderRequest`
ask for something, and are refused. What stands with no words is known and not used; any other
element is a warning. Made by `make docs`; a test writes another value into each element and
attribute, of all three messages, and looks what comes of it. [Formats](../formats.md#florecom-xml)
says more.

| element | of | what becomes of it |
| --- | --- | --- |
"""
