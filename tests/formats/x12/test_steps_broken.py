"""Steps that are broken in any way are used or refused with a place, and never stop the reader."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.x12.reader import Policy, read
from formats.x12.technical import ControlNumbers, functional_acknowledgement
from tests.formats.x12 import test_order_change as change
from tests.formats.x12 import test_order_confirmation as confirmation
from tests.formats.x12 import test_ship_notice as notice
from tests.formats.x12.samples import group, interchange, transaction_set, written

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
SETS = {
    "855": ("PR", confirmation.ANSWER),
    "856": ("SH", (*notice.HEAD, *notice.SHIPMENT, *notice.ORDER, *notice.SOPI, "CTT*6")),
    "860": ("PC", change.CHANGE),
    "865": (
        "CA",
        (
            "BCA*04*AC*PO-77001**3*20261204***SO-881*20261206",
            "CUR*BY*USD",
            "N1*SE*FINCA ALTA*92*V0044",
            "POC*1*QD*8*6*BX*36.5*PE*VP*ROS-RED-60",
            "ACK*IA*8*BX",
            "N9*L1*IA",
            "MSG*AS ASKED",
            "CTT*1",
        ),
    ),
}


def file_of(code: str, body: list[str] | tuple[str, ...], version: str = "004010") -> bytes:
    one = group(transaction_set(body, code), functional_id=SETS[code][0], version=version)
    return written(interchange(one))


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a set with segments lost, repeated, moved, emptied or mangled."""
    code = draw(st.sampled_from(sorted(SETS)))
    body = [*SETS[code][1]]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body) - 1))
        kind = draw(st.sampled_from(["lose", "repeat", "move", "empty", "mangle"]))
        segment = body[at]
        if kind == "lose" and len(body) > 1:
            del body[at]
        elif kind == "repeat":
            body.insert(at, segment)
        elif kind == "move":
            body.insert(draw(st.integers(0, len(body) - 1)), body.pop(at))
        elif kind == "empty":
            parts = segment.split("*")
            parts[draw(st.integers(1, len(parts) - 1)) if len(parts) > 1 else 0] = ""
            body[at] = "*".join(parts)
        else:
            body[at] = segment + draw(
                st.sampled_from(["*", "*X", "9", "-", " ", "*20261399", ">1"])
            )
    return code, [each for each in body if each]


@pytest.mark.parametrize("is_tolerant", [False, True])
@settings(max_examples=300, deadline=None)
@given(one=broken(), version=st.sampled_from(["004010", "005010"]))
def test_broken_set_is_used_or_refused_with_a_place(
    one: tuple[str, list[str]], version: str, *, is_tolerant: bool
) -> None:
    policy = Policy(
        warns=frozenset(f"AK3 {each}" for each in range(1, 8)) if is_tolerant else frozenset()
    )
    (document,) = read(file_of(*one, version), policy=policy).documents()
    if not document.is_accepted:
        assert any(each.is_error for each in document.findings)
    assert all(each.where.byte is not None for each in document.findings)


@pytest.mark.parametrize("code", sorted(SETS))
def test_sample_is_whole(code: str) -> None:
    (document,) = read(file_of(code, SETS[code][1])).documents()
    assert document.is_accepted
    assert document.findings == ()


@pytest.mark.parametrize(
    ("code", "old", "new", "told"),
    [
        ("855", "ACK*IR*4*BX", "ACK*XX*4*BX", ["AK3*ACK*17**8", "AK4*1*668*7*XX"]),
        ("855", "ACK*IR*4*BX", "ACK*IR*4", ["AK3*ACK*17**8", "AK4*3*355*2"]),
        ("855", "CUR*BY*USD", "ZZZ*1", ["AK3*ZZZ*3**1"]),
        ("856", "PRF*PO-77001***20261204", "PRF", ["AK3*PRF*15**8", "AK4*1*324*1"]),
        ("856", "HL*1**S", "HL*1", ["AK3*HL*3**8", "AK4*3*735*1"]),
        ("856", "CTT*6", "BAK*00", ["AK3*BAK*29**6"]),
        ("860", "POC*4*CT", "POC*4*QX", ["AK3*POC*19**8", "AK4*2*670*7*QX"]),
        ("860", "POC*4*CT", "POC*4*QI*5", ["AK3*POC*19**8", "AK4*5**2"]),
        ("865", "ACK*IA*8*BX", "ACK*IA*8*BX*068", ["AK3*ACK*6**8", "AK4*5*373*2"]),
    ],
)
def test_fault_stands_in_the_997_at_its_place(
    code: str, old: str, new: str, told: list[str]
) -> None:
    body = [new if each == old else each for each in SETS[code][1]]
    reading = read(file_of(code, body))
    (document,) = reading.documents()
    assert not document.is_accepted
    outcome = reading.outcomes[0]
    sent = functional_acknowledgement(
        outcome.interchange, outcome, control=ControlNumbers(1, 1, 1), at=AT
    )
    assert sent is not None
    found = [each.strip() for each in sent.decode().split("~")]
    assert [each for each in found if each[:3] in ("AK3", "AK4")] == told
    assert f"AK2*{code}*0001" in found
    assert "AK5*R*5" in found
