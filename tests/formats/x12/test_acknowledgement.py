"""What partners say of our files: TA1, 997 and 999 as records, whatever is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.documents import ReadDocument
from formats.findings import Severity
from formats.x12 import words
from formats.x12.reader import read
from tests.formats.x12.samples import group, header, interchange, transaction_set, written

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus"


def documents(
    body: Sequence[str], code: str = "997", version: str = "004010"
) -> list[ReadDocument]:
    isa = header(version="00501", standard="^") if version.startswith("00501") else None
    sets = group(transaction_set(body, code), functional_id="FA", version=version)
    return list(read(written(interchange(sets, isa=isa))).documents())


def record_of(document: ReadDocument) -> Acknowledgement:
    assert isinstance(document.record, Acknowledgement)
    return document.record


def said(body: Sequence[str], code: str = "997", version: str = "004010") -> Acknowledgement:
    (document,) = documents(body, code, version)
    assert document.findings == ()
    return record_of(document)


def test_accepted_group_is_said_of_the_group_and_of_its_sets() -> None:
    found = said(["AK1*PO*101", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"])
    assert found.form == "997"
    assert found.items == (
        Acknowledged(Level.GROUP, Acceptance.ACCEPTED, group="101", kind="PO"),
        Acknowledged(Level.DOCUMENT, Acceptance.ACCEPTED, "", "101", "0001", "850"),
    )


def test_error_is_located_and_said_in_words() -> None:
    found = said(
        [
            *("AK1*PO*101", "AK2*850*0001", "AK3*PO1*14**8", "AK4*3*355*7*XX"),
            *("AK3*REF*9**5", "AK5*R*5", "AK9*R*1*1*0"),
        ]
    )
    of_group, of_set = found.items
    assert of_group.acceptance is Acceptance.REJECTED
    assert of_set.faults == (
        Fault("7", words.ELEMENT["7"], "PO1", 14, 3, value="XX"),
        Fault("5", words.SEGMENT["5"], "REF", 9),
        Fault("5", words.SET["5"]),
    )
    assert str(of_set.faults[0]) == "PO103 (segment 14): invalid code [XX]"


def test_component_of_a_composite_is_named() -> None:
    found = said(
        [
            *("AK1*PO*1", "AK2*850*0001", "AK3*PO4*3**8", "AK4*5>2*355*7*XX"),
            *("AK5*R*5", "AK9*R*1*1*0"),
        ]
    )
    (fault, _) = found.items[1].faults
    assert (fault.element, fault.component) == (5, 2)
    assert str(fault) == "PO405-2 (segment 3): invalid code [XX]"


def test_part_of_a_group_is_told_set_by_set() -> None:
    found = said(
        [
            *("AK1*PO*7", "AK2*850*0001", "AK5*A", "AK2*850*0002", "AK5*R*3", "AK2*850*0003"),
            *("AK5*E*5", "AK9*P*3*3*2"),
        ]
    )
    assert [(each.control, each.acceptance) for each in found.items] == [
        ("", Acceptance.PARTLY),
        ("0001", Acceptance.ACCEPTED),
        ("0002", Acceptance.REJECTED),
        ("0003", Acceptance.WITH_ERRORS),
    ]


def test_group_refused_as_a_whole_says_why() -> None:
    (of_group,) = said(["AK1*PO*7", "AK9*R*1*1*0*4*5"]).items
    assert [each.code for each in of_group.faults] == ["4", "5"]


@pytest.mark.parametrize("code", ["M", "W", "X"])
def test_refusals_of_security_services_are_refusals(code: str) -> None:
    (of_group,) = said(["AK1*PO*7", f"AK9*{code}*1*1*0"]).items
    assert of_group.acceptance.is_refusal


def test_999_is_read_with_its_contexts() -> None:
    found = said(
        [
            *("AK1*PO*7*005010", "AK2*850*0001", "IK3*BEG*2**8", "CTX*PO-77001"),
            *("IK4*5*373*I10*20251304", "CTX*SITUATIONAL TRIGGER*PO1*14**3", "IK3*CUR*3**I6"),
            *("IK5*R*I5", "AK9*R*1*1*0"),
        ],
        "999",
        "005010",
    )
    first, second, third = found.items[1].faults
    assert (first.code, first.segment, first.element) == ("I10", "BEG", 5)
    assert first.message.endswith(" (PO-77001) (SITUATIONAL TRIGGER PO103)")
    assert (second.code, second.message) == ("I6", words.IMPLEMENTATION_SEGMENT["I6"])
    assert third.message == words.IMPLEMENTATION_SET["I5"]


def test_ta1_is_a_document_of_its_own() -> None:
    ta1 = ["TA1*000000101*261204*0830*R*025"]
    (document,) = read(written([header(), *ta1, "IEA*0*000000042"])).documents()
    found = record_of(document)
    assert (found.form, found.number) == ("TA1", "000000101")
    (item,) = found.items
    assert item.interchange == "000000101"
    assert item.acceptance is Acceptance.REJECTED
    assert item.faults == (Fault("025", words.INTERCHANGE["025"], "ISA"),)


def test_ta1_stands_before_the_groups_that_come_with_it() -> None:
    segments = [header(), "TA1*000000101*261204*0830*A*000", *group(), "IEA*1*000000042"]
    reading = read(written(segments))
    kinds = [each.record.kind for each in reading.documents() if each.record]
    assert kinds == ["acknowledgement", "purchase_order"]
    (outcome,) = reading.outcomes
    assert [each.status for each in outcome.groups[0].sets] == ["A"]


@pytest.mark.parametrize("ta1", ["TA1*ABC*261204*0830*A*000", "TA1*000000101*261204*0830*Q*000"])
def test_ta1_that_says_nothing_is_a_finding(ta1: str) -> None:
    (document,) = read(written([header(), ta1, "IEA*0*000000042"])).documents()
    assert document.record is None
    assert [each.code for each in document.findings] == ["x12.TA1.unusable"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (["AK2*850*0001", "AK5*A", "AK9*A*1*1*1"], "x12.AK1.unusable"),
        (["AK1*PO*7"], "x12.AK9.unusable"),
    ],
)
def test_acknowledgement_without_group_or_verdict_is_told(body: list[str], code: str) -> None:
    (document,) = documents(body)
    assert document.record is None
    assert document.findings[-1].code == code
    assert document.findings[-1].is_error


def test_errors_of_an_acknowledgement_are_warnings() -> None:
    body = ["AK1*PO*7", "ZZZ*1", "AK2*850*1", "AK5*R*5", "AK9*R*1*1*0"]
    (document,) = documents(body)
    assert record_of(document).items[0].acceptance is Acceptance.REJECTED
    assert [each.code for each in document.findings] == ["x12.ZZZ.unknown", "x12.AK202.too_short"]
    assert {each.severity for each in document.findings} == {Severity.WARNING}


def test_release_that_is_not_read_here_loses_no_verdict() -> None:
    body = ["AK1*PO*7", "AK9*R*1*1*0"]
    (document,) = documents(body, version="003060")
    assert record_of(document).items[0].acceptance is Acceptance.REJECTED


def test_acknowledgement_in_a_rejected_interchange_is_not_believed() -> None:
    sets = group(transaction_set(["AK1*PO*7", "AK9*A*1*1*1"], "997"), functional_id="FA")
    data = written([*interchange(sets)[:-1], "IEA*1*000000043"])
    (document,) = read(data).documents()
    assert document.record is None
    assert document.findings[-1].code == "x12.interchange_rejected"


@pytest.mark.parametrize(
    ("name", "acceptance"),
    [
        ("997_accept", "accepted"),
        ("997_partial", "partly accepted"),
        ("997_reject_ak3_ak4", "rejected"),
        ("999_reject", "rejected"),
        ("TA1_accept", "accepted"),
        ("TA1_reject_dup", "rejected"),
    ],
)
def test_files_of_the_corpus_say_what_they_are_named_for(name: str, acceptance: str) -> None:
    path = CORPUS / "synthetic" / f"x12_{name}.edi"
    if not path.is_file():
        pytest.skip("the corpus isn't beside the checkout")
    (document,) = read(path.read_bytes()).documents()
    assert document.findings == ()
    assert record_of(document).items[0].acceptance.value == acceptance
