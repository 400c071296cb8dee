"""Promises of the scan: every interchange is found with its own separators, nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.limits import Limits
from formats.x12.envelope import Interchange, scan
from tests.formats.x12.samples import (
    ORDER,
    group,
    header,
    interchange,
    order_file,
    transaction_set,
    written,
)


def only(data: bytes) -> Interchange:
    found = scan(data).interchanges
    assert len(found) == 1
    return found[0]


def test_header_fields_are_read_without_padding() -> None:
    found = only(order_file())
    assert (found.sender_qualifier, found.sender) == ("ZZ", "PETALROW")
    assert (found.receiver_qualifier, found.receiver) == ("01", "FINCAALTA")
    assert (found.date, found.time, found.control) == ("261204", "0830", "000000042")
    assert (found.version, found.usage, found.wants_ta1) == ("00401", "P", "0")
    assert (found.status, found.code, found.findings) == ("A", "000", ())


def test_sets_span_their_own_bytes() -> None:
    data = order_file()
    span = only(data).groups[0].sets[0]
    assert data[span.start : span.end].startswith(b"ST*850*0001~")
    assert data[span.start : span.end].endswith(b"SE*25*0001~")
    assert span.segments == 25


@pytest.mark.parametrize(
    "end", ["~", "~\n", "~\r\n", "\n", "\r\n", "\r", "'", "~\n\n  ", "…", "\x1c"]
)
@pytest.mark.parametrize("element", ["*", "|", "^", "\x1d", "+"])
def test_any_separators_are_read(element: str, end: str) -> None:
    found = only(written(interchange(), element, ":", end))
    assert (found.status, found.code) == ("A", "000")
    assert [each.segments for each in found.groups[0].sets] == [25]
    assert found.groups[0].sets[0].errors == ()


@given(
    marks=st.permutations("*|^!:;<\x1c\x1d+~'"),
    junk=st.text(alphabet="xyz \n", max_size=30),
    decoration=st.sampled_from(["", "\n", "\r\n", "\n\n"]),
)
def test_every_byte_is_in_an_interchange_or_in_a_finding(
    marks: list[str], junk: str, decoration: str
) -> None:
    first = written(interchange(), marks[0], marks[1], marks[2] + decoration)
    second = written(interchange(control="000000043"), marks[3], marks[4], marks[5] + decoration)
    data = first + junk.encode() + second
    found = scan(data)
    assert [each.control for each in found.interchanges] == ["000000042", "000000043"]
    assert all(each.status == "A" for each in found.interchanges)
    covered = b"".join(data[each.start : each.end] for each in found.interchanges)
    lost = [each.where.byte for each in found.findings if each.code == "x12.stray_bytes"]
    assert len(data) - len(covered) == len(junk.encode()) + 2 * len(decoration)
    assert bool(lost) == bool(junk.strip())


def test_second_interchange_with_other_separators_after_a_truncated_one() -> None:
    first = written(interchange())[:300]
    second = written(interchange(control="000000043"), "|", ":", "'")
    found = scan(first + b"\n" + second)
    assert [(each.control, each.status, each.code) for each in found.interchanges] == [
        ("000000042", "R", "023"),
        ("000000043", "A", "000"),
    ]


def test_bytes_between_interchanges_are_named_with_their_place() -> None:
    first = written(interchange())
    found = scan(first + b"HELLO" + written(interchange(control="000000043")))
    assert len(found.interchanges) == 2
    (finding,) = found.findings
    assert (finding.code, finding.where.byte) == ("x12.stray_bytes", len(first))
    assert "5 bytes" in finding.message


def test_text_that_looks_like_a_header_starts_no_interchange() -> None:
    body = (*ORDER[:13], "PO1*1*1*BX", "PID*F****VISA-00-*ISA*", *ORDER[22:])
    found = only(written(interchange(group(transaction_set(body)))))
    assert found.groups[0].sets[0].errors == ()


def test_file_without_interchange_says_so() -> None:
    found = scan(b"<html>504 Gateway Time-out</html>")
    assert found.interchanges == ()
    assert {each.code for each in found.findings} == {"x12.no_interchange", "x12.stray_bytes"}


def test_empty_file_says_so() -> None:
    assert [each.code for each in scan(b"").findings] == ["x12.no_interchange"]


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"\r\n\r\n  ", b"\x00\x00", b"\x1a"])
def test_marks_and_blanks_before_the_header_are_no_matter(prefix: bytes) -> None:
    found = scan(prefix + order_file() + b"\r\n\x1a")
    assert [each.status for each in found.interchanges] == ["A"]
    assert not any(each.is_error for each in found.findings)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "cp037", "cp500"])
def test_other_encodings_are_converted_and_noted(codec: str) -> None:
    found = scan(order_file().decode().encode(codec))
    assert [each.status for each in found.interchanges] == ["A"]
    assert [each.code for each in found.findings] in (["text.utf16"], ["text.ebcdic"])


def test_unpadded_header_is_read_and_flagged() -> None:
    isa = "ISA*00**00**ZZ*PETALROW*01*FINCAALTA*261204*0830*U*00401*000000042*0*P*>"
    found = only(written(interchange(isa=isa)))
    assert (found.status, found.sender, found.is_trusted) == ("A", "PETALROW", True)
    assert [each.code for each in found.findings] == ["x12.ISA.not_106"]


@pytest.mark.parametrize("lost", [36, 55, 8, 72, 91])
def test_header_that_lost_a_character_is_not_trusted(lost: int) -> None:
    isa = header()
    found = only(written(interchange(isa=isa[:lost] + isa[lost + 1 :])))
    assert not found.is_trusted
    assert found.groups == ()
    assert found.end == len(written(interchange())) - 1


@pytest.mark.parametrize("columns", [31, 80, 132, 250])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_wrapped_lines_are_read(columns: int, line_end: str) -> None:
    text = written(interchange()).decode()
    lines = [text[i : i + columns] for i in range(0, len(text), columns)]
    found = only(line_end.join(lines).encode())
    assert (found.status, found.separators.is_wrapped) == ("A", True)
    assert [each.code for each in found.findings] == ["x12.wrapped"]
    assert found.groups[0].sets[0].errors == ()


@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n", "~\n\n", "~ \n"])
def test_lines_between_segments_are_not_wrapping(end: str) -> None:
    assert not only(written(interchange(), end=end) + b"\nnot ours\n").separators.is_wrapped


def test_last_segment_without_terminator_is_read() -> None:
    found = only(order_file()[:-1])
    assert (found.status, found.end) == ("A", len(order_file()) - 1)
    assert [each.code for each in found.findings] == ["x12.IEA.unterminated"]


@pytest.mark.parametrize(
    ("old", "new", "status", "code"),
    [
        ("IEA*1*000000042", "IEA*1*000000043", "R", "001"),
        ("IEA*1*000000042", "IEA*2*000000042", "E", "021"),
        ("IEA*1*000000042", "IEA**000000042", "E", "021"),
        ("IEA*1*000000042~", "", "R", "023"),
        ("GS*PO*PETALROW", "GS*PO*", "R", "024"),
        ("GE*1*7~", "GE*1*7~REF*IA*1~", "R", "022"),
        ("GE*1*7~", "GE*1*7~ISB*1~", "R", "022"),
        ("GS*PO", "ISB*1~REF*IA*1~GS*PO", "R", "022"),
        ("ST*850*0001~", "REF*IA*1~ST*850*0001~", "R", "022"),
        ("ST*850*0001~", "", "R", "022"),
        ("GE*1*7~", "GE*1*7~GE*1*7~", "R", "022"),
        ("*261204*0830*U", "*261304*0830*U", "E", "014"),
        ("*261204*0830*U", "*261204*2530*U", "E", "015"),
        ("*0*P*>", "*9*P*>", "E", "019"),
        ("*0*P*>", "*0*Q*>", "R", "020"),
        ("*000000042*0", "*00000004A*0", "R", "018"),
        ("*ZZ*PETALROW ", "*Z-*PETALROW ", "R", "005"),
        ("*ZZ*PETALROW ", "*ZZ*         ", "R", "006"),
        ("*01*FINCAALTA", "*0-*FINCAALTA", "R", "007"),
        ("*01*FINCAALTA", "*01*         ", "R", "008"),
        ("*00401*", "*0-401*", "R", "017"),
    ],
)
def test_interchange_errors_earn_their_ta1_code(old: str, new: str, status: str, code: str) -> None:
    text = order_file().decode()
    assert old in text
    found = only(text.replace(old, new, 1).encode())
    assert (found.status, found.code) == (status, code)
    assert all(each.where.byte is not None for each in found.findings)


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("GE*1*7~", "", ("3",)),
        ("GE*1*7~", "GE*2*7~", ("5",)),
        ("GE*1*7~", "GE*1*8~", ("4",)),
        ("*0830*7*X*", "*0830*A7*X*", ("6", "4")),
        ("*X*004010", "*X*003040", ("2",)),
        ("*X*004010", "*X*004010VICS", ()),
    ],
)
def test_group_errors_earn_their_code(old: str, new: str, codes: tuple[str, ...]) -> None:
    text = order_file().decode()
    assert old in text
    assert only(text.replace(old, new, 1).encode()).groups[0].errors == codes


@pytest.mark.parametrize(("version", "code"), [("004010", "6"), ("005010", "19")])
def test_repeated_group_number_is_an_error(version: str, code: str) -> None:
    one = group(version=version)
    found = only(written(interchange(one, one)))
    assert [each.errors for each in found.groups] == [(), (code,)]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("SE*25*0001~", "", ("2",)),
        ("SE*25*0001~", "SE*24*0001~", ("4",)),
        ("SE*25*0001~", "SE*X*0001~", ("4",)),
        ("SE*25*0001~", "SE*25*0002~", ("3",)),
        ("ST*850*0001~", "ST*850*1~", ("3", "7")),
        ("ST*850*0001~", "ST*85*0001~", ("6",)),
    ],
)
def test_set_errors_earn_their_code(old: str, new: str, codes: tuple[str, ...]) -> None:
    text = order_file().decode()
    assert old in text
    assert only(text.replace(old, new, 1).encode()).groups[0].sets[0].errors == codes


def test_wrong_count_names_both_numbers() -> None:
    (finding,) = only(order_file().replace(b"SE*25", b"SE*30")).groups[0].sets[0].findings
    assert "SE01 says 30 segments, 25 were counted" in finding.message
    assert str(finding.where).startswith("SE01 (segment 25), byte ")


def test_empty_segments_are_not_counted() -> None:
    found = only(order_file().replace(b"CUR*BY*USD~", b"CUR*BY*USD~~\n~"))
    assert found.groups[0].sets[0].errors == ()


@pytest.mark.parametrize(("version", "code"), [("004010", "7"), ("005010", "23")])
def test_repeated_set_number_is_an_error(version: str, code: str) -> None:
    found = only(written(interchange(group(transaction_set(), transaction_set(), version=version))))
    assert [each.errors for each in found.groups[0].sets] == [(), (code,)]


def test_interchange_of_acknowledgements_only_needs_no_group() -> None:
    segments = [header(), "TA1*000000009*261203*0800*A*000", "IEA*0*000000042"]
    found = only(written(segments))
    assert (found.status, found.groups) == ("A", ())
    assert found.acknowledgements == (("000000009", "261203", "0800", "A", "000"),)


def test_requests_to_a_network_ahead_of_the_groups_are_noted() -> None:
    data = order_file().replace(b"GS*PO", b"ISB*1~\nISE*261204*0830*04~\nGS*PO", 1)
    found = only(data)
    assert (found.status, found.code) == ("A", "000")
    assert [each.code for each in found.findings] == ["x12.network_segments"]
    assert found.groups[0].sets[0].errors == ()


@pytest.mark.parametrize(("room", "is_read"), [(-1, False), (0, True), (1, True)])
def test_file_size_limit(room: int, is_read: bool) -> None:
    data = order_file()
    found = scan(data, Limits(file_bytes=len(data) + room))
    assert bool(found.interchanges) is is_read
    assert [each.code for each in found.findings] == ([] if is_read else ["x12.too_many_bytes"])


@pytest.mark.parametrize(("room", "is_read"), [(-1, False), (0, True), (1, True)])
def test_segment_limit(room: int, is_read: bool) -> None:
    data = order_file()
    found = scan(data, Limits(segments=data.count(b"~") + room))
    assert bool(found.interchanges) is is_read
    assert [each.code for each in found.findings] == ([] if is_read else ["x12.too_many_segments"])


@pytest.mark.parametrize(("count", "is_read"), [(9_999, True), (10_000, True), (10_001, False)])
def test_interchange_limit(count: int, is_read: bool) -> None:
    found = scan(written([header()]) * count)
    assert len(found.interchanges) == (count if is_read else 0)
    assert ("x12.too_many_interchanges" in {each.code for each in found.findings}) is not is_read


@pytest.mark.parametrize(("count", "code"), [(9_999, "023"), (10_000, "023"), (10_001, "022")])
def test_group_limit(count: int, code: str) -> None:
    groups = [f"GS*PO*A1*B1*20261204*0830*{each}*X*004010" for each in range(count)]
    assert only(written([header(), *groups])).code == code


def test_endless_errors_are_told_once_and_counted_all() -> None:
    sets = [f"ST*850*{each:04}" for each in range(1500)]
    found = only(written(interchange(group(sets, count="1500")))).groups[0].sets
    assert len(found) == 1500
    assert all(each.errors == ("2",) for each in found)
    assert [bool(each.findings) for each in found] == [True] * 1000 + [False] * 500
