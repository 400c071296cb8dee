"""Promises of acknowledgements: who is answered, with what counts, codes and separators."""

from __future__ import annotations

from datetime import datetime

import pytest

from formats.x12.outcomes import InterchangeOutcome
from formats.x12.reader import Policy, X12Reading, read
from formats.x12.technical import (
    ControlNumbers,
    explain,
    functional_acknowledgement,
    interchange_acknowledgement,
    numbers_needed,
    wants_interchange_acknowledgement,
)
from tests.formats.x12.samples import (
    group,
    header,
    interchange,
    order_file,
    replaced,
    transaction_set,
    written,
)

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone


def finished(data: bytes, policy: Policy | None = None) -> X12Reading:
    reading = read(data, policy=policy or Policy())
    for _ in reading.documents():
        pass
    return reading


def answer(outcome: InterchangeOutcome, first_set: int = 1) -> bytes | None:
    control = ControlNumbers(91, 31, first_set)
    return functional_acknowledgement(outcome.interchange, outcome, control=control, at=AT)


def body(data: bytes) -> list[str]:
    """Return the segments of the 997 between GS and GE."""
    found = answer(finished(data).outcomes[0])
    assert found is not None
    segments = found.decode().split("~")
    return segments[2 : next(i for i, each in enumerate(segments) if each.startswith("GE"))]


def test_accepted_order_whole_file() -> None:
    found = answer(finished(order_file()).outcomes[0])
    assert found == (
        b"ISA*00*          *00*          *01*FINCAALTA      *ZZ*PETALROW       *261204*0930*U*"
        b"00401*000000091*0*P*>~GS*FA*FINCAALTA*PETALROW*20261204*0930*31*X*004010~ST*997*0001~"
        b"AK1*PO*7~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~GE*1*31~IEA*1*000000091~"
    )


def test_answer_is_a_sound_interchange_itself() -> None:
    found = answer(finished(order_file(*replaced("CUR*BY*USD", "CUR*BY*US"))).outcomes[0])
    assert found is not None
    reading = finished(found)
    assert reading.envelope_findings() == ()
    (received,) = reading.interchanges
    assert (received.status, received.sender) == ("A", "FINCAALTA")
    assert received.groups[0].sets[0].errors == ()


def test_version_and_usage_are_those_received() -> None:
    isa = header(version="00501", standard="^", usage="T")
    data = written(interchange(group(version="005010VICS"), isa=isa))
    found = answer(finished(data).outcomes[0])
    assert found is not None
    assert found[82:106] == b"^*00501*000000091*0*T*>~"
    assert b"*X*005010VICS~ST*997*0001~AK1*PO*7*005010VICS~" in found


@pytest.mark.parametrize(
    ("element", "component", "end", "ends_with"),
    [
        ("|", ":", "'", b"IEA|1|000000091'"),
        ("*", ">", "\n", b"IEA*1*000000091\n"),
        ("*", ">", "~\r\n", b"IEA*1*000000091~\r\n"),
        ("*", ">", "…", b"IEA*1*000000091~"),
    ],
)
def test_separators_are_those_received_where_they_are_safe(
    element: str, component: str, end: str, ends_with: bytes
) -> None:
    found = answer(finished(written(interchange(), element, component, end)).outcomes[0])
    assert found is not None
    assert found.endswith(ends_with)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("BEG*00*SA*PO-77001**20261204", "", ["AK3*BEG*2**3"]),
        (
            "BEG*00*SA*PO-77001**20261204",
            "BEG*00*SA*PO-77001**20261304",
            ["AK3*BEG*2**8", "AK4*5*373*8*20261304"],
        ),
        (
            "BEG*00*SA*PO-77001**20261204",
            f"BEG*00*SA*{'P' * 23}**20261204",
            ["AK3*BEG*2**8", f"AK4*3*324*5*{'P' * 23}"],
        ),
        ("CUR*BY*USD", "CUR*BY*USD~ZZZ*1", ["AK3*ZZZ*4**1"]),
        ("CUR*BY*USD", "CUR*BY*U\x01D", ["AK3*CUR*3**8", "AK4*2*100*6"]),
        ("CUR*BY*USD", "CUR*BY", ["AK3*CUR*3**8", "AK4*2*100*1"]),
        ("PO1*2*4*BX*28*UM*VP*ALS-MIX", "PO1*2*X*BX", ["AK3*PO1*20**8", "AK4*2*330*6*X"]),
        ("CUR*BY*USD", "CUR*BY*USD~LINES*1", ["AK3*ZZZ*4**1"]),
    ],
)
def test_segment_and_element_errors(old: str, new: str, lines: list[str]) -> None:
    found = body(order_file(*replaced(old, new)))
    assert found[3:-3] == lines
    assert found[-3:-1] == ["AK5*R*5", "AK9*R*1*1*0"]
    assert found[-1] == f"SE*{len(found)}*0001"


def test_part_of_a_group_is_accepted() -> None:
    broken = transaction_set(control="0002", count="9")
    data = written(interchange(group(transaction_set(), broken)))
    found = body(data)
    assert found[1:-1] == [
        "AK1*PO*7",
        "AK2*850*0001",
        "AK5*A",
        "AK2*850*0002",
        "AK5*R*4",
        "AK9*P*2*2*1",
    ]


def test_group_error_rejects_all_of_it_and_repeats_the_sent_count() -> None:
    assert body(order_file().replace(b"GE*1*7", b"GE*4*7"))[1:-1] == ["AK1*PO*7", "AK9*R*4*1*0*5"]


def test_tolerated_errors_are_accepted_with_e() -> None:
    data = order_file(*replaced("CUR*BY*USD", "CUR*BY*USD~ZZZ*1"))
    reading = finished(data, Policy(warns=frozenset({"AK3 1"})))
    found = answer(reading.outcomes[0])
    assert found is not None
    assert b"~AK3*ZZZ*4**1~AK5*E*5~AK9*E*1*1*1~" in found


def test_every_group_is_answered_once() -> None:
    other = group(transaction_set(control="0009"), control="8")
    outcome = finished(written(interchange(group(), other))).outcomes[0]
    assert numbers_needed(outcome) == (1, 2)
    found = answer(outcome, first_set=40)
    assert found is not None
    assert found.count(b"ST*997*") == 2
    assert b"~ST*997*0040~AK1*PO*7~" in found
    assert b"~ST*997*0041~AK1*PO*8~" in found
    assert b"~GE*2*31~IEA*1*" in found


def test_groups_of_different_versions_are_answered_apart() -> None:
    outcome = finished(written(interchange(group(), group(control="8", version="005010")))).outcomes
    assert numbers_needed(outcome[0]) == (2, 2)
    found = answer(outcome[0])
    assert found is not None
    assert b"*31*X*004010~" in found
    assert b"*32*X*005010~" in found
    assert b"~IEA*2*000000091~" in found


@pytest.mark.parametrize("code", ["997", "999"])
def test_acknowledgements_are_never_answered(code: str) -> None:
    one = group(transaction_set(("AK1*PO*7", "AK9*A*1*1*1"), code), functional_id="FA")
    outcome = finished(written(interchange(one, isa=header(wants_ta1="0")))).outcomes[0]
    assert answer(outcome) is None


def test_rejected_and_untrusted_interchanges_get_no_997() -> None:
    cut = finished(order_file()[:-20]).outcomes[0]
    assert (cut.interchange.code, answer(cut)) == ("023", None)
    isa = header()
    damaged = finished(written(interchange(isa=isa[:36] + isa[37:]))).outcomes[0]
    assert answer(damaged) is None
    assert interchange_acknowledgement(damaged.interchange, control=1, at=AT) is None


def test_ta1_repeats_number_date_and_time() -> None:
    (received,) = read(order_file().replace(b"IEA*1*000000042", b"IEA*1*000000041")).interchanges
    found = interchange_acknowledgement(received, control=5, at=AT)
    assert found is not None
    assert found[106:] == b"TA1*000000042*261204*0830*R*001~IEA*0*000000005~"
    assert found[32:69] == b"01*FINCAALTA      *ZZ*PETALROW       "[:37]


def test_ta1_for_a_repeated_control_number() -> None:
    (received,) = read(order_file()).interchanges
    found = interchange_acknowledgement(received, control=5, at=AT, override=("R", "025"))
    assert found is not None
    assert b"TA1*000000042*261204*0830*R*025~" in found


@pytest.mark.parametrize(
    ("asked", "damage", "wanted"),
    [
        ("0", b"", False),
        ("1", b"", True),
        ("2", b"", False),
        ("2", b"IEA*1*000000041", True),
        ("3", b"", False),
        ("3", b"IEA*2*000000042", True),
    ],
)
def test_ta1_is_sent_when_asked_for(asked: str, damage: bytes, wanted: bool) -> None:
    data = order_file(isa=header(wants_ta1=asked))
    data = data.replace(b"IEA*1*000000042", damage or b"IEA*1*000000042")
    (received,) = read(data).interchanges
    assert wants_interchange_acknowledgement(received) is wanted


@pytest.mark.parametrize(
    ("number", "sent"), [(999_999_999, "999999999"), (1_000_000_000, "000000001")]
)
def test_control_numbers_start_again_at_one(number: int, sent: str) -> None:
    (received,) = read(order_file()).interchanges
    found = interchange_acknowledgement(received, control=number, at=AT)
    assert found is not None
    assert found[90:99].decode() == sent


@pytest.mark.parametrize(
    ("segment", "code", "words"),
    [
        ("TA1", "025", "used before"),
        ("AK9", "5", "GE01"),
        ("AK5", "4", "SE01"),
        ("AK3", "3", "mandatory"),
        ("AK4", "8", "date"),
        ("AK4", "99", "isn't in the tables"),
    ],
)
def test_codes_are_explained(segment: str, code: str, words: str) -> None:
    assert words in explain(segment, code)
