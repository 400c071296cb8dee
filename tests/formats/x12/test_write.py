"""The X12 writer: envelope, counts and control numbers right, and no delimiter inside data."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.findings import Finding
from formats.grammar.writing import number
from formats.x12.write import (
    MAX_CONTROL,
    ControlNumbers,
    Envelope,
    Segment,
    Separators,
    interchange,
)

AT = datetime(2026, 11, 21, 8, 5, tzinfo=UTC)
PLAIN = Envelope("ZZ", "BLOOMWHSL", "ZZ", "FLORSOL", usage="T", after_segment="")
MODERN = Envelope("ZZ", "BLOOMWHSL", "ZZ", "FLORSOL", version="00501", after_segment="")


def _one(
    body: Sequence[Segment],
    envelope: Envelope = PLAIN,
    warnings: list[Finding] | None = None,
) -> list[str]:
    """Return the segments between ST and SE of the only set."""
    control = ControlNumbers(1, 1)
    data = interchange(
        envelope, "PO", "850", [body], control=control, at=AT, warnings=warnings
    ).decode(envelope.charset)
    return data.split(envelope.separators.segment)[3:-4]


def test_the_envelope_is_laid_out_to_the_byte() -> None:
    envelope = Envelope("01", "ME", "14", "YOU", usage="T", group_sender="MEAPP", wants_ta1=True)
    sets: list[list[Segment]] = [[("MSG", "a")], [("MSG", "b"), ("MSG", "c")]]
    data = interchange(envelope, "PO", "850", sets, control=ControlNumbers(101, 7, 9999), at=AT)
    assert data == (
        b"ISA*00*          *00*          *01*ME             *14*YOU            *261121*0805*U*00401"
        b"*000000101*1*T*>~\n"
        b"GS*PO*MEAPP*YOU*20261121*0805*7*X*004010~\n"
        b"ST*850*9999~\nMSG*a~\nSE*3*9999~\n"
        b"ST*850*10000~\nMSG*b~\nMSG*c~\nSE*4*10000~\n"
        b"GE*2*7~\nIEA*1*000000101~\n"
    )
    assert data.index(b"~") == 105


def test_version_5010_names_its_repetition_separator() -> None:
    data = interchange(MODERN, "PO", "850", [[("MSG", "a")]], control=ControlNumbers(1, 1), at=AT)
    assert data[82:90] == b"^*00501*"
    assert b"*X*005010~" in data


def test_a_group_version_may_carry_an_industry_suffix() -> None:
    envelope = Envelope("ZZ", "ME", "ZZ", "YOU", group_version="004010VICS")
    data = interchange(envelope, "PO", "850", [[("MSG", "a")]], control=ControlNumbers(1, 1), at=AT)
    assert b"*X*004010VICS~" in data


@pytest.mark.parametrize("after", ["", "\n", "\r\n"])
def test_a_line_end_follows_every_terminator_or_none(after: Literal["", "\n", "\r\n"]) -> None:
    envelope = Envelope("ZZ", "ME", "ZZ", "YOU", after_segment=after)
    data = interchange(envelope, "PO", "850", [[("MSG", "a")]], control=ControlNumbers(1, 1), at=AT)
    assert data.count(b"~" + after.encode()) == data.count(b"~") == 7
    assert data.endswith(b"~" + after.encode())


def test_empty_elements_at_the_end_are_dropped() -> None:
    assert _one([("PID", "F", "08", "", "", "rose", "", "")]) == ["PID*F*08***rose"]
    assert _one([("N3", "DOOR 12", "")]) == ["N3*DOOR 12"]


def test_a_segment_without_elements_is_refused() -> None:
    with pytest.raises(ValueError, match="leave it out"):
        _one([("MSG", "")])


def test_a_composite_is_joined_and_its_end_dropped() -> None:
    assert _one([("AK4", ("3", "1", ""), "66", "7")]) == ["AK4*3>1*66*7"]


def test_a_delimiter_in_a_text_becomes_a_blank_and_is_reported() -> None:
    found: list[Finding] = []
    assert _one([("PID", "F", "08", "", "", "a*b>c~d\ne^f")], PLAIN, found) == [
        "PID*F*08***a b c d e^f"
    ]
    assert [(f.code, str(f.where), f.is_error) for f in found] == [
        ("x12.out.replaced", "PID05 (segment 2)", False)
    ]
    assert _one([("MSG", "e^f")], MODERN) == ["MSG*e f"]


def test_a_text_of_delimiters_alone_does_not_vanish() -> None:
    assert _one([("MSG", "**~~")]) == ["MSG*-"]


def test_a_delimiter_in_a_code_is_refused() -> None:
    with pytest.raises(ValueError, match=r"REF02 \(segment 2\) holds 'A\*1'.*correct the value"):
        _one([("REF", "BX", "A*1")])
    pipes = Envelope(
        "ZZ", "ME", "ZZ", "YOU", separators=Separators("|", "<", "\x1d", "!"), after_segment=""
    )
    assert _one([("REF", "BX", "A*1")], pipes) == ["REF|BX|A*1"]


@pytest.mark.parametrize("value", ["A\nB", "A\x00", "Ñ1", "A\x7f"])
def test_a_code_outside_the_character_set_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="character set"):
        _one([("REF", "BX", value)])


def test_a_text_loses_only_what_the_character_set_lacks() -> None:
    found: list[Finding] = []
    assert _one([("MSG", "Peñón € 花 ½")], PLAIN, found) == ["MSG*Penon"]
    assert [finding.code for finding in found] == ["x12.out.replaced"]
    latin = Envelope("ZZ", "ME", "ZZ", "YOU", charset="latin-1", after_segment="")
    assert _one([("MSG", "Peñón € 花 ½")], latin) == ["MSG*Peñón     ½"]
    utf8 = Envelope("ZZ", "ME", "ZZ", "YOU", charset="utf-8", after_segment="")
    assert _one([("MSG", "Peñón € 花 ½")], utf8) == ["MSG*Peñón € 花 ½"]


def test_a_text_is_refused_where_nothing_may_be_replaced() -> None:
    strict = Envelope("ZZ", "ME", "ZZ", "YOU", after_segment="", refuses_characters=True)
    assert _one([("MSG", "Penon")], strict) == ["MSG*Penon"]
    for text in ("Peñón", "a*b", "a\nb"):
        with pytest.raises(ValueError, match=r"MSG01 \(segment 2\) holds .* character set"):
            _one([("MSG", text)], strict)
    assert _one([("MSG", "Peñón")]) == ["MSG*Penon"]


@pytest.mark.parametrize(("size", "is_cut"), [(79, False), (80, False), (81, True)])
def test_a_text_is_cut_at_its_limit_and_reported(size: int, is_cut: bool) -> None:
    found: list[Finding] = []
    (segment,) = _one([("PID", "F", "08", "", "", "x" * size)], PLAIN, found)
    assert len(segment) == len("PID*F*08***") + min(size, 80)
    assert [f.code for f in found] == (["x12.out.cut"] if is_cut else [])


@pytest.mark.parametrize(("version", "limit"), [("00401", 30), ("00501", 50)])
def test_a_code_over_its_limit_is_refused_by_version(
    version: Literal["00401", "00501"], limit: int
) -> None:
    envelope = Envelope("ZZ", "ME", "ZZ", "YOU", version=version, after_segment="")
    for size in (limit - 1, limit):
        assert _one([("REF", "CO", "x" * size)], envelope) == ["REF*CO*" + "x" * size]
    with pytest.raises(ValueError, match=f"1 to {limit} are allowed"):
        _one([("REF", "CO", "x" * (limit + 1))], envelope)


def test_a_code_under_its_least_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 to 80 are allowed"):
        _one([("N1", "BY", "", "92", "7")])


def test_minus_and_point_do_not_count_in_the_length_of_a_number() -> None:
    assert _one([("QTY", "33", "-12345678901234.5", "BX")]) == ["QTY*33*-12345678901234.5*BX"]
    with pytest.raises(ValueError, match="1 to 15 are allowed"):
        _one([("QTY", "33", "-12345678901234.56", "BX")])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("36.50", "36.5"),
        ("0.365", "0.365"),
        ("1E+3", "1000"),
        ("1E-3", "0.001"),
        ("100", "100"),
        ("-2.0", "-2"),
    ],
)
def test_numbers_have_no_exponent_and_no_idle_zeros(value: str, text: str) -> None:
    assert number(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_a_number_keeps_its_value(value: Decimal) -> None:
    assert Decimal(number(value)) == value


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_what_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        number(Decimal(value))


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_texts_of_any_kind_never_break_the_segments(texts: list[str]) -> None:
    for envelope in (PLAIN, MODERN):
        body: list[Segment] = [("N1", "BY", text, "92", "V1") for text in texts]
        found = _one(body, envelope)
        assert len(found) == len(texts)
        for segment in found:
            head, role, name, *rest = segment.split("*")
            assert (head, role, rest) == ("N1", "BY", ["92", "V1"])
            assert len(name) <= 60
            assert name.isascii()
            assert name.isprintable()
            assert ">" not in name


@pytest.mark.parametrize(
    "marks", [("*", "*", "~", "^"), ("A", ">", "~", "^"), ("", ">", "~", "^"), (" ", ">", "~", "^"),
              (".", ">", "~", "^"), ("§", ">", "~", "^"), ("**", ">", "~", "^")]
)  # fmt: skip
def test_separators_that_would_mix_with_data_are_refused(marks: tuple[str, str, str, str]) -> None:
    with pytest.raises(ValueError, match="use \\* > ~ \\^"):
        Separators(*marks)


@pytest.mark.parametrize(
    ("kind", "sender", "sentence"),
    [
        ("Z", "ME", "ISA05"),
        ("ZZ", "", "ISA06"),
        ("ZZ", "M" * 16, "ISA06"),
        ("ZZ", "M", "GS02"),
        ("ZZ", "M*E", "separator"),
        ("ZZ", " ME", "blank"),
        ("ZZ", "MÉ", "ASCII"),
    ],
)
def test_an_envelope_that_no_reader_would_take_is_refused(
    kind: str, sender: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        Envelope(kind, sender, "ZZ", "YOU")


def test_unknown_version_and_usage_are_refused() -> None:
    with pytest.raises(ValueError, match="use 00401 or 00501"):
        Envelope("ZZ", "ME", "ZZ", "YOU", version="00400")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ValueError, match="use P or T"):
        Envelope("ZZ", "ME", "ZZ", "YOU", usage="X")  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("wrong", [0, -1, MAX_CONTROL + 1])
def test_control_numbers_stay_within_nine_digits(wrong: int) -> None:
    for numbers in ((wrong, 1, 1), (1, wrong, 1), (1, 1, wrong)):
        with pytest.raises(ValueError, match="control number"):
            ControlNumbers(*numbers)


def test_set_numbers_do_not_pass_nine_digits() -> None:
    sets: list[list[Segment]] = [[("MSG", "a")]] * 2
    last = ControlNumbers(1, 1, MAX_CONTROL - 1)
    assert b"ST*850*999999999~" in interchange(PLAIN, "PO", "850", sets, control=last, at=AT)
    with pytest.raises(ValueError, match="start from 1 again"):
        interchange(PLAIN, "PO", "850", sets, control=ControlNumbers(1, 1, MAX_CONTROL), at=AT)


def test_an_interchange_without_sets_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        interchange(PLAIN, "PO", "850", [], control=ControlNumbers(1, 1), at=AT)
