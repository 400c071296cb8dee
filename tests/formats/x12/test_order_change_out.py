"""An 860 says what becomes of each line, and is read back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given

from formats.findings import Finding
from formats.steps import LineAction, LineChange, OrderChange
from formats.x12.order_change_out import write_order_change
from tests.formats.x12.steps_out import (
    AT,
    CONTROL,
    FEW,
    change_of,
    envelope,
    line,
    lines_of,
    read_back,
    versions,
)
from tests.formats.x12.strategies import order_changes


@FEW
@given(change=order_changes(), version=versions)
def test_written_change_reads_as_it_was(change: OrderChange, version: str) -> None:
    warnings: list[Finding] = []
    sent = envelope(version, is_test=change.is_test)
    data = write_order_change(change, sent, CONTROL, AT, warnings=warnings)
    assert read_back(data) == change
    assert warnings == []


def test_change_without_a_code_of_the_partner_has_ours() -> None:
    changes = [LineChange(action, line(n)) for n, action in enumerate(LineAction, 1)]
    data = write_order_change(change_of(*changes), envelope(), CONTROL, AT)
    assert lines_of(data, "POC", "CTT") == [
        "POC*1*AI*10*10*BX*30*UM",
        "POC*2*CA*10*10*BX*30*UM",
        "POC*3*DI*10*10*BX*30*UM",
        "CTT*3",
    ]


@pytest.mark.parametrize(
    ("action", "code", "written"),
    [
        (LineAction.CHANGE, "QD", "QD"),
        (LineAction.CHANGE, "DI", "CA"),
        (LineAction.CANCEL, "QD", "DI"),
        (LineAction.CHANGE, "QX", "CA"),
    ],
)
def test_code_that_says_something_else_is_not_written(
    action: LineAction, code: str, written: str
) -> None:
    change = change_of(LineChange(action, line(), code=code))
    (poc,) = lines_of(write_order_change(change, envelope(), CONTROL, AT), "POC")
    assert poc.split("*")[2] == written


def test_change_without_date_or_type_gets_those_of_today() -> None:
    change = change_of(order_date=None)
    (bch,) = lines_of(write_order_change(change, envelope(), CONTROL, AT), "BCH")
    assert bch == "BCH*04*SA*PO-77001***20261204"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (change_of(message_id="123456789"), "BCH05"),
        (change_of(LineChange(LineAction.CHANGE, line(reference=""))), "names no line"),
        (change_of(LineChange(LineAction.CHANGE, line(unit="??"))), "POC05"),
        (change_of(LineChange(LineAction.ADD, line(), says_quantity=False)), "no quantity"),
        (change_of(number="PO*1"), "separator"),
    ],
)
def test_change_that_can_not_be_sent_is_refused(change: OrderChange, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        write_order_change(change, envelope(), CONTROL, AT)
