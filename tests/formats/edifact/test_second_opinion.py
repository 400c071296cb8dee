"""pydifact reads what we write of every message: the same segments, with the same words in them."""

from __future__ import annotations

import warnings
from decimal import Decimal

import pytest

from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.edifact.application_advice_out import write_application_advice
from formats.edifact.invoice_out import write_invoice
from formats.edifact.order_change_out import write_order_change
from formats.edifact.order_response_out import write_order_response
from formats.edifact.write import Envelope, un_message
from formats.invoices import Invoice, InvoiceLine
from formats.records import OrderLine
from formats.steps import (
    ConfirmedLine,
    LineAction,
    LineAnswer,
    LineChange,
    OrderChange,
    OrderConfirmation,
)
from tests.formats.edifact.samples import AT

ENVELOPE = Envelope("7701234000011", "5412345000013")
WORDS = "It's 5+5: why?"
_LINE = OrderLine(1, "1", Decimal(4), "BX", description=WORDS)
_ANSWER = ConfirmedLine(1, "1", LineAnswer.ACCEPTED, Decimal(4), "BX", message=WORDS)
_ADVICE = Acknowledged(
    Level.DOCUMENT,
    Acceptance.REJECTED,
    kind="ORDERS",
    reference="PO-1",
    faults=(Fault("1", WORDS),),
)
WRITTEN = {
    "ORDRSP": write_order_response(
        OrderConfirmation(number="PO-1", lines=(_ANSWER,)),
        *(ENVELOPE, un_message("ORDRSP")), reference="1", at=AT,
    ),
    "ORDCHG": write_order_change(
        OrderChange(number="PO-1", changes=(LineChange(LineAction.CHANGE, _LINE),)),
        *(ENVELOPE, un_message("ORDCHG")), reference="1", at=AT,
    ),
    "APERAK": write_application_advice(
        Acknowledgement(form="APERAK", number="7", items=(_ADVICE,)),
        *(ENVELOPE, un_message("APERAK")), reference="1", at=AT,
    ),
    "INVOIC": write_invoice(
        Invoice(
            number="F-1",
            invoice_date=AT.date(),
            total=Decimal(1),
            lines=(InvoiceLine(1, "1", Decimal(4), "BX", description=WORDS),),
        ),
        *(ENVELOPE, un_message("INVOIC")), reference="1", at=AT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", WRITTEN)
def test_another_reader_finds_the_same_in_it(code: str) -> None:
    collection = pytest.importorskip("pydifact.segmentcollection")
    text = WRITTEN[code].decode("latin-1")
    with warnings.catch_warnings():
        # It has no directory to hold segments against, and says so of each.
        warnings.simplefilter("ignore")
        (message,) = collection.Interchange.from_str(text).get_messages()
    assert (message.type, message.version) == (code, "D.96A")
    # UNA, UNB, UNH, UNT and UNZ are around its segments.
    assert len(list(message.segments)) == len(text.splitlines()) - 5
    said = [str(part) for each in message.segments for part in each.elements]
    assert any(WORDS in part or WORDS.replace("'", "\\'") in part for part in said)
