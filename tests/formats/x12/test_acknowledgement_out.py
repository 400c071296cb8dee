"""997 and 999 as we write them: our own reader understands them, and so does pyx12."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.acknowledgements import Acceptance, Acknowledgement, Level
from formats.x12.outcomes import SetOutcome
from formats.x12.reader import X12Reading, read
from formats.x12.technical import ControlNumbers, functional_acknowledgement
from tests.formats.x12.samples import (
    ORDER,
    group,
    header,
    interchange,
    replaced,
    transaction_set,
    written,
)

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
Form = Literal["997", "999"]
BROKEN = (
    ORDER,
    replaced("CUR*BY*USD", "CUR*BY*US"),
    replaced("BEG*00*SA*PO-77001**20261204", "BEG*00*SA*PO-77001**20261304"),
    replaced("PO4*10***CTN**********25", "PO4*10*2**CTN**********25"),
    replaced("REF*BX*MARK-7", "REF*BX"),
    replaced("REF*BX*MARK-7", "ZZZ*1"),
    ORDER[1:],
)
orders = st.lists(st.sampled_from(BROKEN), min_size=1, max_size=4)


def received(bodies: list[tuple[str, ...]], *, is_5010: bool) -> X12Reading:
    sets = [transaction_set(body, control=f"{at:04}") for at, body in enumerate(bodies, 1)]
    version = "005010" if is_5010 else "004010"
    isa = header(version="00501", standard="^") if is_5010 else None
    reading = read(written(interchange(group(*sets, version=version), isa=isa)))
    for _ in reading.documents():
        pass
    return reading


def answer(reading: X12Reading, form: Form) -> bytes:
    (outcome,) = reading.outcomes
    found = functional_acknowledgement(
        outcome.interchange, outcome, control=ControlNumbers(91, 31), at=AT, form=form
    )
    assert found is not None
    return found


def said_of(outcome: SetOutcome) -> list[tuple[str, str, int | None, int | None]]:
    """Return what a record has to hold of a set: code, segment, position and element."""
    found: list[tuple[str, str, int | None, int | None]] = []
    for error in outcome.errors:
        if error.elements:
            found += [(e.code, error.tag, error.position, e.element) for e in error.elements]
        else:
            found.append((error.code, error.tag, error.position, None))
    return [*found, *((code, "", None, None) for code in outcome.codes)]


@settings(max_examples=60, deadline=None)
@given(bodies=orders, is_5010=st.booleans(), form=st.sampled_from(["997", "999"]))
def test_our_reader_finds_nothing_wrong_and_every_error_in_place(
    bodies: list[tuple[str, ...]], *, is_5010: bool, form: Form
) -> None:
    reading = received(bodies, is_5010=is_5010)
    ours = read(answer(reading, form))
    assert ours.envelope_findings() == ()
    (document,) = ours.documents()
    assert document.findings == ()
    record = document.record
    assert isinstance(record, Acknowledgement)
    assert record.form == (form if is_5010 else "997")
    of_group, *of_sets = record.items
    (outcome,) = reading.outcomes[0].groups
    statuses = {"A": "accepted", "E": "accepted with errors", "P": "partly accepted"}
    assert of_group.level is Level.GROUP
    assert of_group.acceptance == statuses.get(outcome.status, "rejected")
    assert [each.control for each in of_sets] == [span.control for span in outcome.group.sets]
    for item, each in zip(of_sets, outcome.sets, strict=True):
        faults = [(f.code, f.segment, f.position, f.element) for f in item.faults]
        assert faults == said_of(each)


def test_999_has_its_own_segments_and_names_what_made_an_element_wrong() -> None:
    bodies = [replaced("N1*SE*FINCA ALTA*92*V0044", "N1*SE*FINCA ALTA*92")]
    found = answer(received(bodies, is_5010=True), "999").decode()
    assert "~ST*999*0001~AK1*PO*7*005010~AK2*850*0001~IK3*N1*" in found
    position = bodies[0].index("N1*SE*FINCA ALTA*92") + 2
    assert f"~IK4*4*67*2~CTX*SITUATIONAL TRIGGER*N1*{position}**3~IK5*R*5~AK9*R*1*1*0~" in found


def test_group_of_4010_has_no_999() -> None:
    found = answer(received([ORDER], is_5010=False), "999")
    assert b"~ST*997*0001~AK1*PO*7~AK2*850*0001~AK5*A~AK9*A*1*1*1~" in found


@pytest.mark.parametrize(
    ("bodies", "verdict"),
    [
        ([ORDER, ORDER], "A*2*2*2"),
        ([ORDER, BROKEN[1]], "P*2*2*1"),
        ([BROKEN[1], BROKEN[2]], "R*2*2*0"),
    ],
)
def test_verdict_of_the_group_follows_its_sets(bodies: list[tuple[str, ...]], verdict: str) -> None:
    found = answer(received(bodies, is_5010=True), "999").decode()
    assert f"~AK9*{verdict}~" in found


@pytest.mark.parametrize("is_5010", [False, True])
@pytest.mark.parametrize("form", ["997", "999"])
@pytest.mark.parametrize("body", BROKEN)
def test_pyx12_reads_the_envelope_alike(
    body: tuple[str, ...], form: Form, *, is_5010: bool
) -> None:
    x12file = pytest.importorskip("pyx12.x12file", reason="pyx12 is not installed")
    data = answer(received([body, ORDER], is_5010=is_5010), form)
    source = x12file.X12Reader(io.StringIO(data.decode()))
    tags = [segment.get_seg_id() for segment in source]
    source.cleanup()
    assert source.pop_errors() == []
    assert tags[:3] == ["ISA", "GS", "ST"] and tags[-3:] == ["SE", "GE", "IEA"]


def test_acceptance_that_refuses_says_so() -> None:
    assert [each for each in Acceptance if each.is_refusal] == [
        Acceptance.PARTLY,
        Acceptance.REJECTED,
    ]
