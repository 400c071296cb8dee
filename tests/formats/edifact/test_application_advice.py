"""APERAK to acknowledgements and back: what a partner could use, and what it found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.edifact.application_advice_out import write_application_advice
from formats.edifact.reader import read
from formats.edifact.write import Envelope, MessageType, un_message
from formats.findings import Finding
from tests.formats.edifact.drawn import CODE
from tests.formats.edifact.samples import AT, codes, message, written

ENVELOPE = Envelope("7701234000011", "5412345000013")


def advice(*body: str, begin: str = "BGM+313+A-1+27", kind: str = "APERAK:D:96A:UN") -> bytes:
    return written(*message((begin, "DTM+137:20261205:102", *body), kind))


def advice_of(data: bytes) -> Acknowledgement:
    (document,) = read(data).documents()
    assert isinstance(document.record, Acknowledgement), document.findings
    return document.record


@pytest.mark.parametrize("kind", ["APERAK:D:96A:UN", "APERAK:D:01B:UN"])
def test_errors_are_read_with_their_words_and_lines(kind: str) -> None:
    data = advice(
        "RFF+ON:PO-1",
        *("ERC+12::91", "FTX+AAO+++UNKNOWN ITEM:ALS-MIX", "RFF+LI:2", "ERC+7"),
        kind=kind,
    )
    record = advice_of(data)
    assert (record.form, record.number, record.is_about_content) == ("APERAK", "A-1", True)
    (item,) = record.items
    assert (item.acceptance, item.kind, item.reference) == (Acceptance.REJECTED, "ORDERS", "PO-1")
    assert item.faults == (Fault("12", "line 2: UNKNOWN ITEM ALS-MIX"), Fault("7", "error 7"))


@pytest.mark.parametrize(("begin", "acceptance"), [
    ("BGM+312+A+29", Acceptance.ACCEPTED), ("BGM+312+A+9", Acceptance.ACCEPTED),
    ("BGM+313+A+9", Acceptance.REJECTED), ("BGM+27+A+7", Acceptance.REJECTED),
    ("BGM+312+A+34", Acceptance.WITH_ERRORS), ("BGM+305+A+30", Acceptance.PARTLY),
])  # fmt: skip
def test_verdict_is_told_by_function_then_by_document(begin: str, acceptance: Acceptance) -> None:
    (item,) = advice_of(advice("RFF+ACW:7", "ERC+100", begin=begin)).items
    assert item.acceptance is acceptance


def test_document_without_errors_and_verdict_is_accepted() -> None:
    (item,) = advice_of(advice("RFF+ACW:7", begin="BGM+294+A+9")).items
    assert (item.acceptance, item.kind, item.reference) == (Acceptance.ACCEPTED, "", "7")


@pytest.mark.parametrize(("references", "kind", "number"), [
    (("RFF+IV:I-1",), "INVOIC", "I-1"), (("RFF+AAK:S-1",), "DESADV", "S-1"),
    (("RFF+DQ:S-2",), "DESADV", "S-2"), (("RFF+ACW:X", "RFF+ON:PO-1"), "ORDERS", "PO-1"),
])  # fmt: skip
def test_document_is_named_by_the_surest_number(
    references: tuple[str, ...], kind: str, number: str
) -> None:
    (item,) = advice_of(advice(*references)).items
    assert (item.kind, item.reference) == (kind, number)


def test_advice_that_names_nothing_cannot_be_used() -> None:
    assert codes(advice("ERC+12")) == ["edifact.RFF.missing"]


WORDS = (
    st.text("ABC def'+:?", min_size=1, max_size=150).map(lambda t: " ".join(t.split())).filter(bool)
)
FAULTS = st.lists(st.builds(Fault, CODE.map(lambda code: code[:8]), WORDS), max_size=4).map(tuple)
ITEMS = st.builds(
    Acknowledged,
    st.just(Level.DOCUMENT),
    st.sampled_from([each for each in Acceptance if each is not Acceptance.RECEIVED]),
    interchange=st.sampled_from(["", "8001"]),
    kind=st.sampled_from(["ORDERS", "INVOIC", "DESADV", ""]),
    reference=CODE,
    faults=FAULTS,
)


@settings(max_examples=100, deadline=None)
@given(ITEMS, CODE, st.sampled_from([un_message("APERAK"), un_message("APERAK", "01B")]))
def test_what_is_written_is_read_back(item: Acknowledged, number: str, kind: MessageType) -> None:
    record = Acknowledgement(form="APERAK", number=number, items=(item,))
    found: list[Finding] = []
    data = write_application_advice(record, ENVELOPE, kind, reference="1", at=AT, warnings=found)
    assert not found
    assert advice_of(data) == record
    assert codes(data) == []


ITEM = Acknowledged(Level.DOCUMENT, Acceptance.REJECTED, kind="INVRPT", reference="STK-1")


def written_of(item: Acknowledged) -> tuple[list[str], list[str]]:
    """Return what is written of an item below its DTM, and what was said of it."""
    found: list[Finding] = []
    record = Acknowledgement(form="APERAK", number="7", items=(item,))
    data = write_application_advice(
        record, ENVELOPE, un_message("APERAK"), reference="1", at=AT, warnings=found
    )
    return data.decode().splitlines()[5:-2], [each.code for each in found]


def test_what_is_only_there_is_nothing_to_advise_of() -> None:
    with pytest.raises(ValueError, match="not only that it was received"):
        written_of(replace(ITEM, acceptance=Acceptance.RECEIVED))


def test_place_of_an_error_goes_into_its_words() -> None:
    fault = Fault("024", "not known here", "LIN", 7, 3, value="FS-9")
    lines, said = written_of(replace(ITEM, faults=(fault,)))
    assert lines == [
        "RFF+ACW:STK-1'",
        "ERC+024::ZZZ'",
        "FTX+AAO+++LIN03 (segment 7)?: not known here [FS-9]'",
    ]
    assert said == []


def test_sentence_that_is_too_long_is_cut_and_that_is_told() -> None:
    lines, said = written_of(replace(ITEM, faults=(Fault("", "word " * 100),)))
    assert lines[1] == "ERC+12::ZZZ'"
    assert said == ["edifact.out.cut"]


def test_errors_that_have_no_room_are_told() -> None:
    lines, said = written_of(replace(ITEM, faults=(Fault("1", "x"),) * 1001))
    assert len(lines) == 1 + 2 * 999
    assert said == ["edifact.out.left_out"]


def test_advice_about_nothing_is_not_written() -> None:
    with pytest.raises(ValueError, match="names no document"):
        written_of(replace(ITEM, reference=""))
