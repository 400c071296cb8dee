"""A CONTRL is read as what it acknowledges, ours as well as a partner's."""

from __future__ import annotations

import pytest

from formats.acknowledgements import Acceptance, Acknowledgement, Fault, Level
from formats.edifact.controls import Controls, controls_of, renumbered
from formats.edifact.reader import read
from formats.edifact.technical import control_message
from formats.edifact.words import explain
from tests.formats.edifact.samples import (
    AT,
    GROUP,
    codes,
    header,
    message,
    opened,
    order_with,
    written,
)


def said_in(data: bytes) -> Acknowledgement:
    (document,) = read(data).documents()
    assert isinstance(document.record, Acknowledgement), document.findings
    return document.record


@pytest.mark.parametrize("data", [
    written(), written(unz="7"), written(*message(count="3")),
    written(*order_with(at=16, put=("QTY+21:X1:PIECE",))), written(unb=header("UNOA:4")),
    written(GROUP, *message(count="2"), "UNE+1+9"), written(GROUP, *message(), "UNE+3+9"),
], ids=range(7))  # fmt: skip
def test_what_is_answered_reads_back(data: bytes) -> None:
    (outcome,) = opened(data).outcomes
    answer = control_message(outcome, reference="9", at=AT) or b""
    whole, *others = said_in(answer).items
    refused = [
        error
        for group in outcome.groups
        if not group.group.faults
        for each in group.messages
        for error in (*each.errors, each.fault)
        if error is not None
    ]
    is_refused = any(each.acceptance.is_refusal for each in others)
    assert (whole.level, whole.interchange) == (Level.INTERCHANGE, "5001")
    assert whole.acceptance is (
        Acceptance.REJECTED
        if outcome.interchange.is_rejected
        else Acceptance.PARTLY
        if is_refused
        else Acceptance.ACCEPTED
    )
    assert bool(refused) is any(each.level is Level.DOCUMENT for each in others)


def test_acknowledgement_of_a_partner_names_what_it_refused() -> None:
    body = ["UCI+5001+A:14+B:14+7", "UCM+7+ORDERS:D:96A:UN+4", "UCS+11+35", "UCS+12", "UCD+12+4:1"]
    said = said_in(written(*message(body, kind="CONTRL:D:3:UN")))
    assert (said.form, said.number) == ("CONTRL", "5001")
    whole, refused = said.items
    assert (whole.acceptance, refused.acceptance) == (Acceptance.PARTLY, Acceptance.REJECTED)
    assert (refused.interchange, refused.control, refused.kind) == ("5001", "7", "ORDERS")
    assert refused.faults == (
        Fault("35", explain("35"), "", 11),
        Fault("12", explain("12"), "", 12, 3, 1),
    )


@pytest.mark.parametrize(
    ("action", "below", "said"),
    [
        ("8", (), Acceptance.RECEIVED),
        ("8", ("UCM+7+ORDERS:D:96A:UN+4",), Acceptance.PARTLY),
        ("7", (), Acceptance.ACCEPTED),
    ],
)
def test_interchange_that_is_only_there_is_not_accepted(
    action: str, below: tuple[str, ...], said: Acceptance
) -> None:
    body = [f"UCI+5001+A:14+B:14+{action}", *below]
    whole = said_in(written(*message(body, kind="CONTRL:D:3:UN"))).items[0]
    assert whole.acceptance is said
    assert whole.acceptance.is_refusal is bool(below)


def test_refused_interchange_says_where() -> None:
    body = ["UCI+5001+A:14+B:14+4+29+UNZ+2"]
    (whole,) = said_in(written(*message(body, kind="CONTRL:4:1:UN"))).items
    assert whole.acceptance is Acceptance.REJECTED
    assert whole.faults == (Fault("29", explain("29"), "UNZ", None, 1),)


def test_acknowledgement_of_nothing_is_named() -> None:
    assert codes(written(*message(["UCM+1+ORDERS:D:96A:UN+4"], kind="CONTRL:D:3:UN"))) == [
        "edifact.UCI.missing"
    ]


def test_reference_of_a_file_of_ours_can_be_changed() -> None:
    data = written(unb=header(reference="77"), unz="77")
    assert controls_of(data) == Controls("14/5412345000013", "14/7701234000011", 77)
    other = renumbered(data, "78")
    assert controls_of(other) == Controls("14/5412345000013", "14/7701234000011", 78)
    assert other == written(unb=header(reference="78"), unz="78")


@pytest.mark.parametrize("data", [
    b"ISA*00*", b"", written(unb=header(reference="A7"), unz="A7"), written() + written(),
    written(*message(["UCI+5001+A:14+B:14+7"], kind="CONTRL:D:3:UN")),
], ids=range(5))  # fmt: skip
def test_what_nobody_acknowledges_has_no_reference_to_be_known_by(data: bytes) -> None:
    assert controls_of(data) is None
    with pytest.raises(ValueError, match="no EDIFACT interchange"):
        renumbered(data, "78")
