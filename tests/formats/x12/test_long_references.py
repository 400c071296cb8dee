"""A number that the reader takes from REF03 can be said in everything that repeats it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from formats.records import PurchaseOrder
from formats.steps import LineAction, LineChange, OrderChange
from formats.x12.change_answer_out import write_change_answer
from formats.x12.order_acknowledgement import (
    LineAcknowledgement,
    LineStatus,
    write_order_acknowledgement,
)
from formats.x12.order_change_out import write_order_change
from formats.x12.purchase_order_out import write_purchase_order
from formats.x12.reader import read
from formats.x12.references_out import reference
from tests.formats.x12.samples import order_file, replaced
from tests.formats.x12.steps_out import (
    AT,
    CONTROL,
    VERSIONS,
    change_of,
    envelope,
    line,
    lines_of,
    read_back,
)

LONGEST = "W" * 80


def longest_order() -> PurchaseOrder:
    body = replaced("REF*CO*WEB-5512", f"REF*CO**{LONGEST}~REF*BX**{LONGEST}~REF*11**{LONGEST}")
    (document,) = read(order_file(*body)).documents()
    assert isinstance(document.record, PurchaseOrder)
    assert document.findings == ()
    found = document.record
    marked = [replace(each, mark_code=LONGEST, prebook_item=LONGEST) for each in found.lines]
    return found.model_copy(update={"lines": tuple(marked)})


@pytest.mark.parametrize("version", VERSIONS)
def test_order_goes_on_with_its_references(version: str) -> None:
    order = longest_order()
    data = write_purchase_order(order, envelope(version), CONTROL, AT)
    (document,) = read(data).documents()
    assert isinstance(document.record, PurchaseOrder)
    for name in ("customer_po", "mark_code", "carrier_account"):
        assert getattr(document.record, name) == LONGEST
    for each in document.record.lines:
        assert (each.mark_code, each.prebook_item) == (LONGEST, LONGEST)


@pytest.mark.parametrize("version", VERSIONS)
def test_order_is_answered_with_its_reference(version: str) -> None:
    order = longest_order()
    answers = [
        LineAcknowledgement(each, LineStatus.ACCEPTED, each.quantity, each.unit)
        for each in order.lines
    ]
    data = write_order_acknowledgement(
        order, answers, envelope=envelope(version), control=CONTROL, at=AT
    )
    assert lines_of(data, "REF") == [f"REF*CO**{LONGEST}"]
    assert read_back(data)


@pytest.mark.parametrize("version", VERSIONS)
def test_change_and_its_answer_have_the_references(version: str) -> None:
    asked = LineChange(LineAction.CHANGE, line(mark_code=LONGEST))
    change = change_of(asked, customer_po=LONGEST, mark_code=LONGEST)
    data = write_order_change(change, envelope(version), CONTROL, AT)
    found = read_back(data)
    assert isinstance(found, OrderChange)
    assert (found.customer_po, found.mark_code) == (LONGEST, LONGEST)
    assert found.changes[0].line.mark_code == LONGEST
    answer = LineAcknowledgement(asked.line, LineStatus.ACCEPTED, asked.line.quantity, "BX")
    sent = write_change_answer(change, [answer], envelope=envelope(version), control=CONTROL, at=AT)
    assert lines_of(sent, "REF") == [f"REF*CO**{LONGEST}"]


def test_reference_that_fits_nowhere_is_refused_and_never_cut() -> None:
    order = longest_order().model_copy(update={"customer_po": "W" * 81})
    with pytest.raises(ValueError, match="REF"):
        write_purchase_order(order, envelope(), CONTROL, AT)


@pytest.mark.parametrize(("is_5010", "room"), [(False, 30), (True, 50)])
def test_number_stands_where_it_has_room(*, is_5010: bool, room: int) -> None:
    assert reference("REF", "CO", "W" * room, is_5010=is_5010) == ("REF", "CO", "W" * room)
    longer = "W" * (room + 1)
    assert reference("REF", "CO", longer, is_5010=is_5010) == ("REF", "CO", "", longer)
