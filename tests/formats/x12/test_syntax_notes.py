"""Every kind of syntax note is kept, at the element that a 997 has to name.

P all or none, R at least one, E not more than one, C the first needs the rest, L the first needs
one of the rest. Of each segment here one stands that keeps its notes, and one for each that breaks
one.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from formats.grammar.check import SEPARATOR
from formats.x12.dictionary import dictionary
from formats.x12.elements import element_errors
from formats.x12.patterns import patterns
from formats.x12.reader import read
from formats.x12.technical import ControlNumbers, functional_acknowledgement
from tests.formats.x12.samples import group, interchange, transaction_set, written

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
IDS = "*VP*A" * 10

SOUND = [
    f"ACK*IA*8*BX*067*20261204*{IDS}*ZZ*VENDOR*LATE",
    f"ACK*IA*****{IDS}",
    "PKG*F*34***ONE LABEL A BOX",
    "PKG*S**FL*BOX1",
    "PKG******UN",
    "MSG*KEEP COOL*LC*2",
    "MTX**KEEP COOL*ALWAYS",
    "MTX*INV*KEEP COOL",
    "PO3*TR**CON*1.5**8*BX",
    "PO3*TR***1.5*PE*8*BX",
    "PO3*TR*****8*BX",
    "IT3*8*BX",
    "IT3***BO",
    "PAM****1*292",
    "PAM*33*8*BX***MO*007*20261204",
    "PAM****1*5*MO*007**0830*036**0930",
    "PAM*************1*5",
    "ATH*FI*20261204",
    "ATH*FI**8*9*20261204",
    "MS3*ABCD*1*MIAMI*A*FL",
    "CTB*OR*BY NOON",
    "CTB*OR**57*4",
    "CTB*OR****1*500",
    "SHP*01*8*011*20261204",
    "SHP***011**0830",
    "PO4*1***CTN************A*B*3",
    "G17*8*CA*36.5**VN*A",
    "G17*8*CA**061414100019******8*CA***292",
    "G20*1*2*LB*3*LB*4*CF",
    "G23*01*3**10***20*20261204",
    "G23*01*3*******30",
    "G27*A***ARML",
    "G27*A****BY LAND",
    "G31*8*CA*10*LB***12",
    "G68*8*CA*1*061414100019",
    "G68*8*CA*1**VN*A***B*5*EA",
    "G70*10*2*LB",
    "G72*504*06***1.5",
    "G72*504*06****8*CA*1500",
    "G72*501*06*******5*292",
    "G72*90*15*PROMO-1",
    "G76*8*CA*10*LB***12",
    "G50*N*20261204*PO-1**LINK*001002",
    "G01*20261209*INV-1****LINK*001002",
    "PAL*4*1*2*3*40*LB*48*40*60*IN*90*LB*20*CF",
]

BROKEN = [
    # P: all or none.
    (f"ACK*IA*****{IDS}*ZZ", [(28, "822", "2")]),
    ("IT3*8", [(2, "355", "2")]),
    ("PAM*33*8**1*5", [(3, "", "2")]),
    ("PAM****1*5*MO", [(7, "374", "2")]),
    ("PAM****1*5********1", [(14, "954", "2")]),
    ("CTB*OR*X*57", [(4, "380", "2")]),
    ("CTB*OR*X***1", [(6, "610", "2")]),
    ("G17*8*CA*1**VN", [(6, "234", "2")]),
    ("G20*1*2", [(3, "355", "2")]),
    ("G20*1***3", [(5, "355", "2")]),
    ("G31*8*CA**LB", [(3, "81", "2")]),
    ("G68*8*CA*1**VN*A***B*5", [(11, "355", "2")]),
    ("G70*10*2", [(3, "355", "2")]),
    ("G72*504*06***1.5*8", [(7, "355", "2")]),
    ("G72*501*06*******5", [(10, "828", "2")]),
    ("G76*8*CA***20", [(6, "355", "2")]),
    ("G50*N*20261204*PO-1**LINK", [(6, "472", "2")]),
    ("G01*20261209*INV-1****LINK", [(7, "472", "2")]),
    ("PAL*4*1*2*3*40", [(6, "355", "2")]),
    # R: at least one.
    ("PKG*F*34", [(4, "754", "2")]),
    ("IT3", [(1, "382", "2")]),
    ("PAM", [(2, "380", "2")]),
    ("ATH*FI", [(2, "373", "2")]),
    ("CTB*OR", [(2, "352", "2")]),
    ("G17*8*CA**061414100019", [(3, "237", "2")]),
    ("G17*8*CA*36.5", [(4, "438", "2")]),
    ("G23*01*3***2**10", [(8, "446", "2")]),
    ("G27*A", [(4, "140", "2")]),
    ("G68*8*CA*1", [(4, "438", "2")]),
    ("G72*504*06", [(3, "341", "2")]),
    # C: the first needs the rest.
    (f"ACK*IA*****{IDS}**VENDOR", [(27, "559", "2")]),
    (f"ACK*IA*****{IDS}*ZZ*VENDOR", [(29, "1271", "2")]),
    ("PKG*F***BOX1", [(3, "559", "2")]),
    ("PKG*****ONE LABEL A BOX", [(1, "349", "2")]),
    ("MSG*KEEP COOL**2", [(2, "934", "2")]),
    ("MTX*INV", [(2, "1551", "2")]),
    ("MTX***ALWAYS", [(2, "1551", "2")]),
    ("ATH*FI**8", [(5, "373", "2")]),
    ("ATH*FI*20261204**9", [(5, "373", "2")]),
    ("MS3*ABCD*1***FL", [(3, "19", "2")]),
    ("SHP*01", [(2, "380", "2")]),
    ("SHP****20261204", [(3, "374", "2")]),
    ("SHP*****0830", [(3, "374", "2")]),
    ("G31*8*CA*****12", [(4, "355", "2")]),
    ("G76*8*CA*****12", [(4, "355", "2")]),
    ("PO4*1****************B", [(16, "350", "2")]),
    ("PO4*1*****************3", [(4, "103", "2")]),
    ("PAM****1*5***20261204*", [(7, "374", "2")]),
    ("PAL*4*1*2*3***48", [(10, "355", "2")]),
    # L: the first needs one of the rest.
    ("PO3*TR***1.5**8*BX", [(3, "236", "2")]),
    ("PAM****1*5*MO*007", [(8, "373", "2")]),
    ("SHP***011", [(4, "373", "2")]),
    ("PAL*4*1*2*3******IN", [(7, "82", "2")]),
    # E: not more than one.
    ("TD3*TL**T-104******SEAL9*5300", [(10, "24", "10")]),
    ("QTY*33*1*BX*ALL", [(4, "61", "10")]),
    ("G72*504*06***1.5***1500", [(8, "360", "10")]),
    ("G72*501*06******1500*5*292", [(9, "332", "10")]),
]


def found_in(segment: str) -> list[tuple[int, str, str]]:
    """Return place, number and code of the errors, in the order of the elements."""
    text = segment.replace("*", SEPARATOR)
    tag = segment.partition("*")[0]
    errors = element_errors(text, dictionary("4010").segments[tag], ">")
    assert bool(patterns("4010")[tag](text)) is (not errors)
    return sorted((each.element, each.number, each.code) for each in errors)


@pytest.mark.parametrize("segment", SOUND)
def test_segment_that_keeps_its_notes_is_taken(segment: str) -> None:
    assert found_in(segment) == []


@pytest.mark.parametrize(("segment", "errors"), BROKEN)
def test_segment_that_breaks_a_note_is_named_where(
    segment: str, errors: list[tuple[int, str, str]]
) -> None:
    assert found_in(segment) == errors


def test_segments_that_5010_has_otherwise_keep_their_notes_too() -> None:
    segments = dictionary("5010").segments
    for segment, places in (
        ("OID*S-1*PO-1**CTN*8****", []),
        ("OID*S-1***CTN", [5]),
        ("OID***X", [1, 2]),
        ("LAD*CTN*8************100", []),
        ("LAD*CTN", [2]),
        ("L1*1*2*PH*1500", []),
        ("L1*1*2", [3, 4]),
        ("PAL*4*1*2*3*40*LB***********X", []),
        ("PAL*4*1*2*3**LB", [5]),
        ("MTX**KEEP COOL***2", [4]),
    ):
        text = segment.replace("*", SEPARATOR)
        tag = segment.partition("*")[0]
        errors = element_errors(text, segments[tag], ">")
        assert sorted(each.element for each in errors) == places, segment


def test_note_is_told_in_the_997_at_its_element() -> None:
    body = ("G50*N*20261204*PO-88001", "N1*ST*DC 4*92*DC04", "G68*8*CA*1", "G76*8*CA*****12")
    sets = group(transaction_set(body, "875"), functional_id="OG")
    reading = read(written(interchange(sets)))
    assert [each.record for each in reading.documents()] == [None]
    (outcome,) = reading.outcomes
    control = ControlNumbers(1, 1, 1)
    data = functional_acknowledgement(outcome.interchange, outcome, control=control, at=AT)
    assert data is not None
    assert b"~AK3*G68*4**8~AK4*4*438*2~AK3*G76*5**8~AK4*4*355*2~AK5*R*5~" in data
