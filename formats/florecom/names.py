"""Names of Florecom XML: families of namespaces, codes, and how orders and lines are called.

The number behind the last colon of a namespace is the version of its draft; drafts differ in little
else, so a family is told without it.
"""

from __future__ import annotations

import hashlib

ORDER_FAMILY = "urn:fec:florecom:xml:data:draft:OrderStandardMessage"
SUPPLY_FAMILY = "urn:fec:florecom:xml:data:draft:SupplyStandardMessage"
MESSAGE_FAMILIES = frozenset({ORDER_FAMILY, SUPPLY_FAMILY})
ENTITY_FAMILY = "urn:fec:florecom:xml:data:draft:ReusableAggregateBusinessInformationEntity"
CORE_FAMILY = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity"
FAMILIES = MESSAGE_FAMILIES | {ENTITY_FAMILY, CORE_FAMILY}
KNOWN_VERSIONS = frozenset({"7"})
SOAP_FAMILIES = frozenset(
    {"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"}
)

OFFER = "AAG"
BUYERS_ORDER = "ON"
SUPPLIERS_LINE = "VN"
CONTRACT = "CT"
"""Schemes of ids (schemeName): an offer, the buyer's order, the supplier's order line, and what a
line is called off from: the line of a prebook, by our id."""

LINE_TYPE, ORDER_TYPE, RESPONSE_TYPE = "9", "220", "231"
AVAILABLE, CANCELLED = "71", "64"
"""Condition codes of a status."""

UNIT_WORDS = {"1": "Stem", "3": "Box"}
"""Units of a quantity: a piece, which is a stem of cut flowers, and a packaging unit."""
UNIT_CODES = {word: code for code, word in UNIT_WORDS.items()}

NOTE_SUBJECT = "AAI"
ANSWER_NOTE, PURPOSE_NOTE, TEST_NOTE = "k2k.answer", "k2k.purpose", "k2k.test"
"""Content codes of notes that say what no element does; an agreement of ours."""

MAX_NUMBER = 22
_LONGEST_KEPT = 19
"""What leaves room for `-99` in an order number."""
_HEAD = 6
_HASH = 12


def number_of_message(message_id: str, part: int = 1) -> str:
    """Return the number of an order whose file gives it none: the message id, short enough.

    One that is too long keeps its first characters, followed by twelve digits of its SHA-256.
    `part` tells apart trades of one message that can't be one order.
    """
    number = message_id
    if len(number) > _LONGEST_KEPT:
        digest = hashlib.sha256(message_id.encode(errors="replace")).hexdigest()
        number = f"{message_id[:_HEAD]}-{digest[:_HASH]}"
    return number if part == 1 else f"{number}-{part}"


def line_id(number: str, reference: str) -> str:
    """Return how we call the line of an order that we answer (scheme VN)."""
    return f"{number}/{reference}"


def named_line(text: str) -> tuple[str, str] | None:
    """Return order number and line of an id that `line_id` made; None for anybody else's."""
    number, slash, reference = text.rpartition("/")
    return (number, reference) if slash and number and reference else None
