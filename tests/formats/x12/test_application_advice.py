"""824 both ways: what could not be used, by the numbers of the document that it was found in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.findings import Finding
from formats.x12.application_advice_out import write_application_advice
from formats.x12.reader import read
from formats.x12.write import ControlNumbers, Envelope
from tests.formats.x12.samples import group, interchange, transaction_set, written

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus"
ENVELOPES = (
    Envelope("ZZ", "K2KNET", "ZZ", "FLORSOL"),
    Envelope("ZZ", "K2KNET", "ZZ", "FLORSOL", version="00501"),
)
WORDS = st.text(st.sampled_from("abcdefgh.,X12"), min_size=1, max_size=12)
SENTENCES = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)
CODES = st.text(st.sampled_from("ABCDEF0123"), min_size=2, max_size=3)

FAULTS = st.builds(
    Fault,
    code=CODES,
    message=SENTENCES,
    segment=st.one_of(st.just(""), st.sampled_from(["PO1", "N1", "QTY"])),
    position=st.none() | st.integers(1, 999_999),
    element=st.none() | st.integers(1, 99),
    value=st.text(st.sampled_from("ABC12"), max_size=20),
)
ITEMS = st.builds(
    Acknowledged,
    level=st.sampled_from([Level.GROUP, Level.DOCUMENT]),
    acceptance=st.sampled_from([each for each in Acceptance if each is not Acceptance.RECEIVED]),
    group=st.integers(1, 999_999_999).map(str),
    control=st.integers(1000, 999_999_999).map(str),
    kind=st.sampled_from(["850", "846", "856", "860"]),
    reference=st.text(st.sampled_from("ABC123-"), min_size=1, max_size=30),
    faults=st.lists(FAULTS, max_size=3).map(tuple),
)
ADVICES = st.builds(
    Acknowledgement,
    form=st.just("824"),
    number=st.text(st.sampled_from("ABC123"), min_size=1, max_size=30),
    items=st.lists(ITEMS, min_size=1, max_size=3).map(tuple),
)


@given(advice=ADVICES, envelope=st.sampled_from(ENVELOPES))
def test_what_is_written_is_read_the_same(advice: Acknowledgement, envelope: Envelope) -> None:
    data = write_application_advice(advice, envelope, ControlNumbers(1, 1), AT)
    reading = read(data)
    (document,) = reading.documents()
    assert (reading.envelope_findings(), document.findings) == ((), ())
    assert document.record == advice


def test_what_is_only_there_is_nothing_to_advise_of() -> None:
    item = Acknowledged(Level.DOCUMENT, Acceptance.RECEIVED, "", "7", "0001", "846", "REF-1")
    advice = Acknowledgement(form="824", number="9", items=(item,))
    with pytest.raises(ValueError, match="not only that it was received"):
        write_application_advice(advice, ENVELOPES[0], ControlNumbers(1, 1), AT)


def test_reason_longer_than_its_element_goes_on_in_notes() -> None:
    message = (
        "line 3: the code ROS-RED-60 isn't in your table of products; send a code that is, " * 3
    )
    fault = Fault("024", message.strip())
    item = Acknowledged(
        Level.DOCUMENT, Acceptance.REJECTED, "", "7", "0001", "846", "REF-1", (fault,)
    )
    advice = Acknowledgement(form="824", number="9", items=(item,))
    data = write_application_advice(advice, ENVELOPES[0], ControlNumbers(1, 1), AT)
    assert b"\nOTI*TR*TN*REF-1*****7*0001*846~\nTED*024*line 3: the code ROS-RED-60" in data
    assert data.count(b"\nNTE**") == 3
    (document,) = read(data).documents()
    assert isinstance(document.record, Acknowledgement)
    assert document.record.items[0].faults == (fault,)


def test_what_has_no_room_in_an_824_is_reported() -> None:
    fault = Fault("024", "ROSE " * 2000, "PO1", 15, 7, value="R" * 120)
    item = Acknowledged(
        Level.DOCUMENT, Acceptance.REJECTED, "", "7", "0001", "850", "PO-1", (fault,)
    )
    advice = Acknowledgement(form="824", number="9", items=(item,))
    found: list[Finding] = []
    data = write_application_advice(advice, ENVELOPES[0], ControlNumbers(1, 1), AT, warnings=found)
    assert data.count(b"\nNTE**") == 100
    assert {f"{each.code} {each.where.segment}" for each in found} == {
        "x12.out.cut NTE",
        "x12.out.cut TED",
    }
    (document,) = read(data).documents()
    assert document.findings == ()


def test_verdict_that_is_none_is_told() -> None:
    body = ["BGN*11*9*20261204", "OTI*QQ*TN*1", "OTI*TA*TN*2*****7*0001*850"]
    sets = group(transaction_set(body, "824"), functional_id="AG")
    reading = read(written(interchange(sets)))
    (document,) = reading.documents()
    assert [each.code for each in document.findings] == ["x12.OTI01.unsupported"]
    assert isinstance(document.record, Acknowledgement)
    assert [each.reference for each in document.record.items] == ["2"]
    # It is no technical acknowledgement, so it is acknowledged like every other set.
    assert not reading.outcomes[0].groups[0].is_acknowledgement


@pytest.mark.parametrize(
    "path",
    [
        "Inteligenz+X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/FIN/_824/"
        "FromCnSpec.txt",
        "apimeister+x12-types/test-data/005010_824.edi",
    ],
)
def test_advice_of_others_is_read(path: str) -> None:
    file = CORPUS / path
    if not file.is_file():
        pytest.skip("the corpus isn't beside the checkout")
    (document,) = read(file.read_bytes()).documents()
    assert isinstance(document.record, Acknowledgement)
    assert document.record.items[0].control
