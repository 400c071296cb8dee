"""Promises of the check: place and elements of every segment, by the codes of a 997."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.grammar.check import MOST_ERRORS, SEPARATOR
from formats.x12.check import checker
from formats.x12.dictionary import Element, dictionary, release_of
from formats.x12.elements import element_errors
from formats.x12.patterns import patterns
from formats.x12.tree import tree
from tests.formats.x12.samples import INVENTORY, ORDER, replaced, transaction_set

Found = list[tuple[str, int, str]]


def checked(body: tuple[str, ...], code: str = "850", release: str = "4010") -> Found:
    segments = [each.replace("*", SEPARATOR) for each in transaction_set(body, code)]
    errors = checker(code, release).check(segments, ">").errors
    return [(each.tag, each.position, each.code) for each in errors]


def elements(segment: str, release: str = "4010") -> list[tuple[int, str, str]]:
    """Return element, its number and the code for every error; pattern and slow path must agree."""
    text = segment.replace("*", SEPARATOR)
    tag = segment.partition("*")[0]
    found = element_errors(text, dictionary(release).segments[tag], ">")
    if patterns(release)[tag](text):
        assert found == ()
    return [(each.element, each.number, each.code) for each in found]


@pytest.mark.parametrize("release", ["4010", "5010"])
def test_sound_sets_have_no_errors(release: str) -> None:
    assert checked(ORDER, "850", release) == []
    assert checked(INVENTORY, "846", release) == []


def test_missing_segment_is_reported_where_it_should_stand() -> None:
    assert checked(ORDER[1:]) == [("BEG", 2, "3")]
    assert checked(ORDER[:13]) == [("PO1", 15, "3")]


@pytest.mark.parametrize(("tag", "code"), [("ZZZ", "1"), ("BAK", "6"), ("IT1", "6"), ("po1", "1")])
def test_segment_that_is_not_in_the_set(tag: str, code: str) -> None:
    assert checked(replaced("CUR*BY*USD", f"CUR*BY*USD~{tag}*1")) == [(tag, 4, code)]


def test_segment_out_of_order_is_one_error_and_reading_goes_on() -> None:
    assert checked((*ORDER[13:17], *ORDER[:13], *ORDER[18:])) == [("BEG", 6, "7")]


def test_segment_of_a_loop_that_is_not_open() -> None:
    assert checked(replaced("CUR*BY*USD", "CUR*BY*USD~N3*HERE")) == [("N3", 4, "2")]


def test_segment_that_comes_too_often() -> None:
    assert checked(replaced("CUR*BY*USD", "CUR*BY*USD~CUR*SE*USD")) == [("CUR", 4, "5")]
    party = "N1*SE*FINCA ALTA*92*V0044"
    assert checked(replaced(party, f"{party}~N3*A~N3*B~N3*C")) == [("N3", 17, "5")]


def test_counts_start_again_in_every_loop() -> None:
    party = "N1*SE*FINCA ALTA*92*V0044"
    assert checked(replaced(party, "~".join(f"N1*VN*F{i}~N3*A~N3*B" for i in range(9)))) == []


@pytest.mark.parametrize(("loops", "code"), [(199, None), (200, None), (201, "4")])
def test_loop_limit(loops: int, code: str | None) -> None:
    body = (*ORDER[:7], *["N1*VN*FINCA"] * loops, *ORDER[13:])
    assert [each[2] for each in checked(body)] == ([code] if code else [])


@pytest.mark.parametrize(
    ("segment", "errors"),
    [
        ("BEG*00*SA*PO-1**20261204", []),
        ("BEG*00*SA*PO-1**20240229", []),
        ("BEG*00*SA***20261204", [(3, "324", "1")]),
        ("BEG*00*SA*PO-1**20251304", [(5, "373", "8")]),
        ("BEG*00*SA*PO-1**20250229", [(5, "373", "8")]),
        ("BEG*00*SA*PO-1**261204", [(5, "373", "8")]),
        (f"BEG*00*SA*{'P' * 22}**20261204", []),
        (f"BEG*00*SA*{'P' * 23}**20261204", [(3, "324", "5")]),
        ("BEG*99*SA*PO-1**20261204", [(1, "353", "7")]),
        ("BEG*00*SA*P\x01**20261204", [(3, "324", "6")]),
        ("BEG*00*SA*PÉTALE**20261204", []),
        ("BEG*00*SA*PO-1**20261204*******", []),
        ("BEG*00*SA*PO-1**20261204***********", []),
        ("BEG*00*SA*PO-1**20261204********X", [(13, "", "3")]),
        ("BEG", [(1, "353", "1"), (2, "92", "1"), (3, "324", "1"), (5, "373", "1")]),
        ("PO1*1*10*BX", []),
        ("PO1*1*TEN*BX", [(2, "330", "6")]),
        ("PO1*1*1_0*BX", [(2, "330", "6")]),
        ("PO1*1*1e3*BX", [(2, "330", "6")]),
        ("PO1*1*+1*BX", [(2, "330", "6")]),
        ("PO1*1*1,5*BX", [(2, "330", "6")]),
        ("PO1*1*\u0661*BX", [(2, "330", "6")]),
        ("PO1*1*-1.50*BX", []),
        ("PO1*1*.5*BX*12.", []),
        ("PO1*1*123456789012345*BX", []),
        ("PO1*1*1234567890123456*BX", [(2, "330", "5")]),
        ("PO1*1*-12345678901234.5*BX", []),
        ("PO1*1*10*Q?", [(3, "355", "7")]),
        ("PO1*1*10*X2", []),
        ("PO1*1**BX", [(2, "330", "2")]),
        ("PO1*1*10*BX***VP", [(7, "234", "2")]),
        ("PO1*1*10*BX****ROSE", [(6, "235", "2")]),
        ("PO1*1*10*BX*****BP*R60", []),
        ("N1*ST", [(2, "93", "2")]),
        ("N1*ST**92*DC04", []),
        ("N1*ST*NAME*92", [(4, "67", "2")]),
        ("REF*IA", [(2, "127", "2")]),
        ("DTM*010", [(2, "373", "2")]),
        ("DTM*010**0830", []),
        ("DTM*010**2430", [(3, "337", "9")]),
        ("QTY*33*1*BX*X", [(4, "61", "10")]),
        ("QTY*33*1*BX>1>1", []),
        ("QTY*33*1*Q?>1>1", [(3, "355", "7")]),
        ("CTP**CON*0.36*1*EA", []),
        ("CTP**CON*0.36*1", [(5, "", "2")]),
        ("CTP***0.36***SEL", [(7, "649", "2")]),
        ("SAC*C*D240***1500", []),
        ("SAC*C****1500", [(2, "1300", "2")]),
        ("SAC*C**ZZ**1500", [(4, "1301", "2")]),
        ("SAC*C*D240***1500*3", [(7, "332", "2")]),
        ("ITD*01*3*2*20261231", []),
        ("ITD*01*3*2", [(4, "370", "2")]),
        ("ITD*01*3*2**10", []),
        ("ITD*01*3*2**********5", []),
        ("ITD*01*3******1500", [(4, "370", "2")]),
        ("BEG*00*SA*\x85PO-1**20261204", [(3, "324", "6")]),
        ("REF*CO*WEB\x9b5512", [(2, "127", "6")]),
        ("PO1*1*1*BX***VP*\x80A", [(7, "234", "6")]),
        ("N1*BY*M\x81LLER*92*D\x814", [(4, "67", "6")]),
        ("N1*BY*M\x81LLER*92*DÉ4", []),
        ("TD1*CTN25", [(2, "80", "2")]),
        ("TD1*CTN25*8****G*120", [(8, "355", "2")]),
        ("TD5*O", [(2, "66", "2")]),
        ("TD5*O***M", []),
        ("TD5*O*2", [(3, "67", "2")]),
        ("TD3*TL**T-104******SEAL9*5300", [(10, "24", "10")]),
        ("TD4****KEEP COOL", []),
        ("TD4*****Y", [(1, "152", "2")]),
        ("FOB*CC**MIAMI", [(2, "309", "2")]),
        ("PID*F*08*VI*RED***TOP", []),
        ("PID*F*08***RED**TOP", [(3, "559", "2")]),
        ("PO4*10****G*12*LB", []),
        ("PO4*10****G", [(6, "384", "2")]),
        ("PO4*10*********30*20*10*CM", []),
        ("PO4*10*********30*20*10", [(13, "355", "2")]),
        ("PO4*10************CM", [(10, "82", "2")]),
        ("SLN*1**I*12*X2**PE", [(6, "212", "2")]),
        ("CUR*BY*USD*****007", []),
        ("CUR*BY*USD******20261204", [(7, "374", "2")]),
        ("CUR*BY*USD********036", [(11, "373", "2")]),
        ("MEA*PD*LN*60*CM", []),
        ("MEA*PD*LN", [(3, "739", "2")]),
        ("MEA*PD*LN**CM*50*70", []),
        ("MEA*PD*LN***50*70", [(4, "", "2")]),
    ],
)
def test_elements(segment: str, errors: list[tuple[int, str, str]]) -> None:
    assert elements(segment) == errors


@pytest.mark.parametrize(
    ("segment", "in_4010", "in_5010"),
    [
        ("N4*QUITO*PI***SP*EC01", [], []),
        ("N4*MIAMI*FL*33101*US**DOWNTOWN", [(5, "309", "2")], [(5, "309", "2")]),
        ("N4*QUITO*FL*****UIO", [(7, "", "3")], [(7, "1715", "10"), (4, "26", "2")]),
        ("L11*PO-1", [(2, "128", "2")], [(2, "128", "2")]),
        ("L11**CI", [(1, "127", "2")], [(1, "127", "2")]),
        ("MS1*MIAMI", [(2, "156", "2")], [(2, "156", "2")]),
        ("MS1*MIAMI*FL", [], []),
        ("B10*PRO1*S-1*ABCD*1*2I*X", [(5, "128", "10")], [(5, "128", "10")]),
    ],
)
def test_relations_of_a_release(
    segment: str, in_4010: list[tuple[int, str, str]], in_5010: list[tuple[int, str, str]]
) -> None:
    assert elements(segment, "4010") == in_4010
    assert elements(segment, "5010") == in_5010


def test_relation_that_needs_one_of_several_says_which() -> None:
    text = "ITD*01*3*2".replace("*", SEPARATOR)
    (error,) = element_errors(text, dictionary("4010").segments["ITD"], ">")
    assert (error.expected, error.because_of) == ("ITD03 with ITD04 or ITD05 or ITD13", 3)


def test_lengths_that_changed_between_releases() -> None:
    reference = f"REF*IA*{'X' * 31}"
    assert elements(reference, "4010") == [(2, "127", "5")]
    assert elements(reference, "5010") == []


def test_error_in_a_component_names_it() -> None:
    text = "QTY*33*1*BX>X".replace("*", SEPARATOR)
    (error,) = element_errors(text, dictionary("4010").segments["QTY"], ">")
    assert (error.element, error.component, error.number, error.code) == (3, 2, "1018", "6")


@given(
    tag=st.sampled_from(sorted(dictionary("4010").segments)),
    values=st.lists(
        st.one_of(
            st.sampled_from(
                ["", "BX", "00", "20261204", "20260230", "0830", "12", "1.5", "-3", "F"]
            ),
            st.text(st.characters(exclude_characters=SEPARATOR), max_size=12),
        ),
        max_size=32,
    ),
)
def test_fast_and_slow_path_never_disagree(tag: str, values: list[str]) -> None:
    text = SEPARATOR.join([tag, *values])
    for release in ("4010", "5010"):
        segment = dictionary(release).segments.get(tag)
        if segment is not None and patterns(release)[tag](text):
            assert element_errors(text, segment, ">") == ()


def sound(element: Element) -> str:
    """Return a value that an element may have; nothing for a composite that no pattern knows."""
    if element.type == "C":
        return sound(element.components[0]) if element.number == "C001" else ""
    if element.codes is not None:
        return min(element.codes)
    fixed = {"DT": "20261204", "TM": "0830"}.get(element.type)
    # More than one character where there may be: one alone looks like the beginning of another.
    return fixed or "1" * max(element.least, min(element.most, 2))


@settings(max_examples=400)
@given(st.data(), st.sampled_from(["4010", "5010"]))
def test_fast_path_knows_every_relation_of_elements(data: st.DataObject, release: str) -> None:
    segments = dictionary(release).segments
    tag = data.draw(st.sampled_from(sorted(tag for tag in segments if segments[tag].relations)))
    uses = segments[tag].uses
    there = data.draw(st.lists(st.booleans(), min_size=len(uses), max_size=len(uses)))
    values = [
        sound(use.element) if is_there or use.is_mandatory else ""
        for use, is_there in zip(uses, there, strict=True)
    ]
    text = SEPARATOR.join([tag, *values[: data.draw(st.integers(0, len(uses)))]])
    is_right = element_errors(text, segments[tag], ">") == ()
    assert bool(patterns(release)[tag](text)) is is_right


def test_trailing_separators_are_an_error_only_when_asked() -> None:
    segments = [each.replace("*", SEPARATOR) for each in transaction_set(ORDER)]
    segments[1] += SEPARATOR * 2
    check = checker("850", "5010").check
    assert check(segments, ">").errors == ()
    (error,) = check(segments, ">", refuses_trailing=True).errors
    assert (error.tag, error.position, error.code) == ("BEG", 2, "10")


def test_errors_of_one_set_are_cut_short() -> None:
    body = [each.replace("*", SEPARATOR) for each in transaction_set(("ZZZ*1",) * 900)]
    found = checker("850", "4010").check(body, ">")
    assert len(found.errors) == MOST_ERRORS
    assert found.is_cut_short


@pytest.mark.parametrize(
    ("version", "release"),
    [
        ("004010", "4010"),
        ("004010VICS", "4010"),
        ("00401", "4010"),
        ("005010X231A1", "5010"),
        ("004030", None),
        ("003040", None),
        ("002040", None),
        ("004010~", None),
        ("", None),
    ],
)
def test_release_of_a_version(version: str, release: str | None) -> None:
    assert release_of(version) == release


@pytest.mark.parametrize("code", ["850", "846", "997"])
@pytest.mark.parametrize("release", ["4010", "5010"])
def test_every_step_of_a_tree_leads_to_its_segment(code: str, release: str) -> None:
    found = tree(code, release)
    assert found.functional_id == {"850": "PO", "846": "IB", "997": "FA"}[code]
    for steps in found.steps:
        for tag, step in steps.items():
            assert found.paths[step.node].rpartition("/")[2] == tag
