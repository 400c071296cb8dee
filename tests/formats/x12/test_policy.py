"""What was agreed to be warned of is used, told as it is, and changes nothing else."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats import Agreed
from formats import read as read_any
from formats.documents import ReadDocument
from formats.findings import Severity
from formats.records import PurchaseOrder
from formats.x12.policy import WARN_PATTERN, Policy
from formats.x12.reader import X12Reading, read
from formats.x12.sets import BUILDERS
from formats.x12.technical import ControlNumbers, functional_acknowledgement
from tests.formats.x12.samples import (
    ORDER,
    group,
    interchange,
    order_file,
    replaced,
    transaction_set,
    written,
)
from tests.golden.cases import HERE as GOLDEN

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
EVERYTHING = frozenset(
    {
        *(f"AK3 {each}" for each in range(1, 8)),
        *(f"AK4 {each}" for each in range(1, 14)),
        *("AK5 3", "AK5 4", "AK5 6", "AK9 2", "AK9 4", "AK9 5"),
    }
)


def with_warnings(data: bytes, *warns: str) -> tuple[ReadDocument, list[str]]:
    """Return the only document of a file, and the AK3 to AK9 that answer it."""
    reading = read(data, policy=Policy(warns=frozenset(warns)))
    (document,) = reading.documents()
    return document, answer(reading)


def answer(reading: X12Reading) -> list[str]:
    (outcome,) = reading.outcomes
    numbers = ControlNumbers(1, 1, 1)
    found = functional_acknowledgement(outcome.interchange, outcome, control=numbers, at=AT) or b""
    return re.findall(r"AK[3459]\*[^~]*", found.decode())


ITEM = next(each for each in ORDER if each.startswith("PO1*1*10*BX*"))
MISSPELLED = replaced(ITEM, ITEM.replace("*BX*", "*B?*"))


@pytest.mark.parametrize("warns", ["AK4 7", "AK4 7 PO103"])
def test_code_of_no_list_is_used_and_told(warns: str) -> None:
    document, told = with_warnings(order_file(*MISSPELLED), warns)
    assert isinstance(document.record, PurchaseOrder)
    assert document.record.lines[0].unit == "B?"
    assert [(each.code, each.severity) for each in document.findings] == [
        ("x12.PO103.code", Severity.WARNING)
    ]
    assert told == ["AK3*PO1*15**8", "AK4*3*355*7*B?", "AK5*E*5", "AK9*E*1*1*1"]


@pytest.mark.parametrize("warns", ["AK4 5", "AK4 7 PO104", "AK4 7 SLN05", "AK3 7", "AK5 4"])
def test_another_agreement_refuses_it_all_the_same(warns: str) -> None:
    document, told = with_warnings(order_file(*MISSPELLED), warns)
    assert document.record is None
    assert [each.severity for each in document.findings] == [Severity.ERROR]
    assert told[-2:] == ["AK5*R*5", "AK9*R*1*1*0"]


def test_one_error_that_was_not_agreed_refuses_the_set_and_both_are_told() -> None:
    body = replaced(ITEM, ITEM.replace("*10*BX*", "*TEN*B?*"))
    document, told = with_warnings(order_file(*body), "AK4 7")
    assert document.record is None
    assert {each.code: each.severity for each in document.findings} == {
        "x12.PO102.character": Severity.ERROR,
        "x12.PO103.code": Severity.WARNING,
    }
    assert told[:3] == ["AK3*PO1*15**8", "AK4*2*330*6*TEN", "AK4*3*355*7*B?"]


@pytest.mark.parametrize("warns", ["AK3 1", "AK3 1 ZZZ"])
def test_unknown_segment_is_read_past(warns: str) -> None:
    document, told = with_warnings(order_file(*replaced("CUR*BY*USD", "CUR*BY*USD~ZZZ*1")), warns)
    assert document.record == with_warnings(order_file())[0].record
    assert told == ["AK3*ZZZ*4**1", "AK5*E*5", "AK9*E*1*1*1"]


def test_segment_out_of_order_is_used_where_it_belongs() -> None:
    moved = [each for each in ORDER if each != "REF*CO*WEB-5512"]
    moved.insert(moved.index("DTM*010*20261208") + 1, "REF*CO*WEB-5512")
    document, told = with_warnings(order_file(*moved), "AK3 7 REF")
    assert isinstance(document.record, PurchaseOrder)
    assert document.record.customer_po == "WEB-5512"
    assert told == ["AK3*REF*6**7", "AK5*E*5", "AK9*E*1*1*1"]


@pytest.mark.parametrize(
    ("old", "new", "warns", "told"),
    [
        (b"SE*25*0001", b"SE*24*0001", "AK5 4", ["AK5*E*4", "AK9*E*1*1*1"]),
        (b"SE*25*0001", b"SE*25*0002", "AK5 3", ["AK5*E*3", "AK9*E*1*1*1"]),
        (b"GE*1*7", b"GE*2*7", "AK9 5", ["AK5*A", "AK9*E*2*1*1*5"]),
        (b"GE*1*7", b"GE*1*8", "AK9 4", ["AK5*A", "AK9*E*1*1*1*4"]),
        (b"GS*PO", b"GS*IN", "AK5 6", ["AK5*E*6", "AK9*E*1*1*1"]),
    ],
)
def test_envelope_that_was_agreed_is_told_and_refuses_nothing(
    old: bytes, new: bytes, warns: str, told: list[str]
) -> None:
    data = order_file()
    assert data.count(old) == 1
    data = data.replace(old, new)
    document, found = with_warnings(data, warns)
    assert document.is_accepted
    assert found == told
    reading = read(data, policy=Policy(warns=frozenset({warns})))
    noted = [*reading.envelope_findings(), *document.findings]
    assert [each.severity for each in noted] == [Severity.WARNING]
    assert not with_warnings(data)[0].is_accepted


@pytest.mark.parametrize("warns", ["AK5 6", "AK5 18"])
@pytest.mark.parametrize(("version", "code"), [("004010", "6"), ("005010", "18")])
def test_group_of_another_kind_has_a_code_of_its_release(
    version: str, code: str, warns: str
) -> None:
    data = written(interchange(group(functional_id="IN", version=version)))
    document, told = with_warnings(data, warns)
    assert document.is_accepted
    assert told == [f"AK5*E*{code}", "AK9*E*1*1*1"]


@pytest.mark.parametrize(
    ("version", "of_5010"),
    [
        ("004030", False),
        ("003040", False),
        ("004060VICS", False),
        ("005040", True),
        ("006020", True),
    ],
)
def test_another_release_is_read_as_the_nearest(version: str, *, of_5010: bool) -> None:
    """REF02 has 30 characters in 004010, and 50 in 005010."""
    body = replaced("REF*CO*WEB-5512", f"REF*CO*{'W' * 40}")
    data = written(interchange(group(transaction_set(body), version=version)))
    document, told = with_warnings(data, "AK9 2")
    assert document.is_accepted is of_5010
    assert told[-1] == ("AK9*E*1*1*1*2" if of_5010 else "AK9*R*1*1*0*2")
    plain = written(interchange(group(version=version)))
    assert with_warnings(plain, "AK9 2")[0].is_accepted
    strict, told = with_warnings(plain)
    assert not strict.is_accepted
    assert told == ["AK9*R*1*1*0*2"]


@pytest.mark.parametrize("version", ["T", "0040", "009999", "X04010"])
def test_a_version_that_is_none_is_read_as_nothing(version: str) -> None:
    document, told = with_warnings(written(interchange(group(version=version))), "AK9 2")
    assert not document.is_accepted
    assert any(each.is_error for each in document.findings)
    assert told[-1].startswith("AK9*R")


def test_repeated_set_is_never_taken_twice() -> None:
    twice = written(interchange(group(transaction_set(), transaction_set())))
    reading = read(twice, policy=Policy(warns=EVERYTHING))
    assert [each.is_accepted for each in reading.documents()] == [True, False]
    assert answer(reading)[-1] == "AK9*P*2*2*1"


def test_sets_beyond_those_that_are_told_are_used_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("formats.x12.groups.MOST_TOLD_SETS", 1)
    sets = [transaction_set(control=f"{each:04}", count="9") for each in range(1, 4)]
    data = written(interchange(group(*sets)))
    loose = read(data, policy=Policy(warns=frozenset({"AK5 4"})))
    assert [
        (each.is_accepted, *(one.severity for one in each.findings)) for each in loose.documents()
    ] == [(True, Severity.WARNING)] * 3
    assert [any(one.is_error for one in each.findings) for each in read(data).documents()] == [
        True
    ] * 3


def test_what_was_agreed_holds_at_the_door() -> None:
    agreed = Agreed(x12=Policy(warns=frozenset({"AK4 7"})))
    (document,) = read_any(order_file(*MISSPELLED), agreed=agreed).documents()
    assert document.is_accepted


@pytest.mark.parametrize(
    "text",
    ["AK3 7", "AK3 7 DTM", "AK4 13 N102", "AK5 18", "AK9 2", "AK9 5", "AK3 2 N1", "AK4 1 SAC05"],
)
def test_agreement_is_written_as_a_997_says_it(text: str) -> None:
    assert re.fullmatch(WARN_PATTERN, text)


@pytest.mark.parametrize(
    "text", ["AK5 7", "AK5 23", "AK5 2", "AK9 3", "AK3 8", "AK4 14", "7", "ak4 7", "AK4 7 PO1", ""]
)
def test_what_cannot_be_agreed(text: str) -> None:
    assert not re.fullmatch(WARN_PATTERN, text)


# --- whatever was agreed, a broken set is used or refused with a place

KINDS = [
    path
    for path in sorted(GOLDEN.glob("x12/*/in.edi"))
    if path.parent.name.partition("_")[0] in BUILDERS
]


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """Return a golden case with segments lost, repeated, moved, emptied or mangled."""
    segments = draw(st.sampled_from(KINDS)).read_bytes().decode("latin-1").split("~")
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(2, max(3, len(segments) - 4)))
        if at >= len(segments):
            continue
        kind = draw(st.sampled_from(["lose", "repeat", "move", "empty", "mangle"]))
        if kind == "lose":
            del segments[at]
        elif kind == "repeat":
            segments.insert(at, segments[at])
        elif kind == "move":
            segments.insert(draw(st.integers(2, len(segments) - 2)), segments.pop(at))
        else:
            parts = segments[at].split("*")
            place = draw(st.integers(1, max(1, len(parts) - 1)))
            junk = st.sampled_from(
                ["X", "-9", "1E5", "20261399", ">1", "A" * 99, " ", "0", "9" * 30]
            )
            if place < len(parts):
                parts[place] = "" if kind == "empty" else draw(junk)
            segments[at] = "*".join(parts)
    return "~".join(segments).encode("latin-1")


@settings(max_examples=400, deadline=None)
@given(data=broken())
def test_broken_set_is_used_or_refused_with_a_place(data: bytes) -> None:
    reading = read(data, policy=Policy(warns=EVERYTHING))
    for document in reading.documents():
        assert document.is_accepted or any(each.is_error for each in document.findings)
        assert all(each.where.byte is not None for each in document.findings)
    for outcome in reading.outcomes:
        numbers = ControlNumbers(1, 1, 1)
        around = outcome.interchange
        found = functional_acknowledgement(around, outcome, control=numbers, at=AT)
        if found is not None:
            (again,) = read(found).interchanges
            assert again.code == "000"


@pytest.mark.parametrize("version", ["T", "0040", "009999", "X04010"])
def test_a_version_that_is_none_is_told_as_the_error_that_it_is(version: str) -> None:
    data = written(interchange(group(version=version)))
    reading = read(data, policy=Policy(warns=frozenset({"AK9 2"})))
    (document,) = reading.documents()
    assert document.record is None
    assert answer(reading)[-1] == "AK9*R*1*1*0*2"
    told = {each.code: each.severity for each in reading.envelope_findings()}
    assert told == {"x12.GS08": Severity.ERROR}


def order_with(old: str, new: str) -> bytes:
    return order_file(*replaced(old, new))


BEG = next(each for each in ORDER if each.startswith("BEG"))
LONG = "W" * 120


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (BEG, BEG.replace("PO-77001", "PO\x0777001")),
        (BEG, BEG.replace("PO-77001", "PO\t77001")),
        (BEG, BEG.replace("PO-77001", "P" * 23)),
        (ITEM, ITEM.replace("PO1*1*", f"PO1*{'1' * 40}*")),
        (ITEM, ITEM.replace("*10*BX", f"*{'1' * 16}*BX")),
        (ITEM, ITEM.replace("ROS-RED-60", "R" * 49)),
        ("REF*CO*WEB-5512", f"REF*CO*{LONG}"),
        ("REF*CO*WEB-5512", f"REF*CO*{LONG}\x07"),
        ("REF*CO*WEB-5512", f"REF*CO**{LONG}"),
        ("CUR*BY*USD", "CUR*BY*US"),
        ("CUR*BY*USD", "CUR*BY*DOLLARS"),
        ("N1*SE*FINCA ALTA*92*V0044", "N1*SE*FINCA ALTA*92*V"),
        ("N1*SE*FINCA ALTA*92*V0044", f"N1*SE*{LONG}\x07*92*V0044"),
    ],
)
def test_what_no_answer_can_repeat_is_refused_whatever_was_agreed(old: str, new: str) -> None:
    document, told = with_warnings(order_with(old, new), *EVERYTHING)
    assert document.record is None
    assert told[-1] == "AK9*R*1*1*0"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (BEG, BEG.replace("*SA*", "*XX*")),
        ("REF*CO*WEB-5512", f"REF*CO*{'W' * 80}"),
        ("N1*SE*FINCA ALTA*92*V0044", f"N1*SE*{LONG}*92*V0044"),
        ("N1*SE*FINCA ALTA*92*V0044", "N1*SE*FINCA\tALTA*92*V0044"),
    ],
)
def test_text_that_is_too_long_and_a_code_that_is_left_out_are_used(old: str, new: str) -> None:
    document, told = with_warnings(order_with(old, new), *EVERYTHING)
    assert isinstance(document.record, PurchaseOrder)
    assert told[-1] == "AK9*E*1*1*1"
