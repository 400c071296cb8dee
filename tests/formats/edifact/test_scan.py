"""What is found in a file before any message is read: service characters, envelopes, characters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.edifact.reader import read
from formats.edifact.scan import MOST_INTERCHANGES, scan
from formats.edifact.service import DEFAULT, Service, announced, translation
from formats.edifact.walk import MOST_TOLD
from formats.limits import Limits
from formats.records import PurchaseOrder
from tests.formats.edifact.samples import (
    BUYER,
    ORDER,
    VENDOR,
    codes,
    control,
    header,
    message,
    only,
    written,
)


def order_of(data: bytes) -> PurchaseOrder:
    (document,) = read(data).documents()
    assert isinstance(document.record, PurchaseOrder), document.findings
    return document.record


def documents(data: bytes) -> list[ReadDocument]:
    return list(read(data).documents())


PLAIN = order_of(written())


def test_una_is_nine_characters_and_optional() -> None:
    assert order_of(b"UNA:+.? '\n" + written()) == PLAIN
    assert announced(b"UNA:+.? '") == DEFAULT


@pytest.mark.parametrize(
    "una", ["=|.! ~", ":+,? '", ":+.? #", "*@.? #", ":+.\\ '", "\x1f\x1d.\x19 \x1c", ":+.? \n"]
)
def test_una_gives_other_service_characters(una: str) -> None:
    marks = str.maketrans({":": una[0], "+": una[1], "'": una[5]})
    text = written(end="" if una[5] == "\n" else "\n").decode("latin-1").translate(marks)
    assert order_of(f"UNA{una}{text}".encode("latin-1")) == PLAIN


def test_blank_release_character_releases_nothing() -> None:
    body = [*ORDER]
    body[13] = "IMD+F++:::ROSE? RED"
    data = b"UNA:+.  '" + written(*message(body))
    assert order_of(data).lines[0].description == "ROSE? RED"


def test_fifth_character_counts_from_syntax_4_on_only() -> None:
    body = [*ORDER]
    body[13] = "IMD+F++:::ROSE*RED"
    assert order_of(b"UNA:+.?*'" + written(*message(body))).lines[0].description == "ROSE*RED"
    fourth = written(*message(body), unb=header("UNOC:4"))
    assert only(b"UNA:+.?*'" + fourth)[1:] == [
        "UCM+1+ORDERS:D:96A:UN:EAN008+4",
        "UCS+15",
        "UCD+16+4",
    ]
    assert order_of(b"UNA:+.? '" + fourth).lines[0].description == "ROSE*RED"


def test_unannounced_characters_show_in_the_header() -> None:
    marks = str.maketrans({":": "\x1f", "+": "\x1d", "'": "\x1c"})
    data = written().decode("latin-1").translate(marks).encode("latin-1")
    assert order_of(data) == PLAIN


@pytest.mark.parametrize("una", ["++.? '", ":+.+ '", "A+.? '", ":+.? +"])
def test_service_characters_that_cannot_be_used_are_answered_to_nobody(una: str) -> None:
    data = f"UNA{una}".encode() + written()
    reading = read(data)
    assert [each.code for each in reading.envelope_findings()] == ["edifact.UNA"]
    assert documents(data) == []
    assert control(data) == []


def test_released_characters_are_data() -> None:
    body = [*ORDER]
    body[13] = "IMD+F++:::A?+B?:C??D?'E ?XF"
    line = order_of(written(*message(body))).lines[0]
    assert line.description == "A+B:C?D'E XF"


def test_release_is_undone_from_the_left() -> None:
    body = [*ORDER]
    body[13] = "IMD+F++:::END????"
    assert order_of(written(*message(body))).lines[0].description == "END??"


def test_release_ahead_of_a_line_end_is_an_error() -> None:
    body = [*ORDER]
    body[13] = "IMD+F++:::ROSE?\nRED"
    assert only(written(*message(body)))[1:] == [
        "UCM+1+ORDERS:D:96A:UN:EAN008+4",
        "UCS+15",
        "UCD+21+4:4",
    ]


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n", "\r\n \t", " ", "\n\x00"])
def test_line_ends_and_blanks_between_segments_mean_nothing(end: str) -> None:
    data = written(end=end)
    assert order_of(data) == PLAIN
    assert codes(data) == []


def test_lines_broken_inside_segments_are_put_together_and_warned_of() -> None:
    text = written(end="").decode()
    wrapped = "\r\n".join(text[i : i + 40] for i in range(0, len(text), 40)).encode()
    assert order_of(wrapped) == PLAIN
    assert codes(wrapped) == ["edifact.wrapped"]


def test_empty_segments_are_not_counted() -> None:
    lines = message()
    data = written(*lines[:3], "", *lines[3:])
    assert order_of(data) == PLAIN


def test_empty_segments_between_messages_mean_nothing() -> None:
    data = written("", *message(), "", "")
    assert order_of(data) == PLAIN
    assert codes(data) == []


def test_several_interchanges_have_their_own_characters() -> None:
    other = written().decode("latin-1").translate(str.maketrans("+:'", "|=~"))
    second = "UNA=|.! ~" + other.replace("5001", "5002")
    data = written() + second.encode() + written(unb=header("UNOB:2"))
    found = [document.record for document in documents(data)]
    assert found == [PLAIN, PLAIN, PLAIN]
    assert [each[0].split("+")[1] for each in control(data)] == ["5001", "5002", "5001"]


def test_bytes_outside_of_interchanges_are_named() -> None:
    data = b"FROM: X\n" + written() + b"\nEND OF FILE\n"
    (first, second) = read(data).findings
    assert (first.code, first.where.byte) == ("edifact.stray_bytes", 0)
    assert (second.code, second.value) == ("edifact.stray_bytes", "END OF FILE\n")
    assert order_of(data) == PLAIN


def test_header_ahead_of_its_interchange_is_put_behind_it() -> None:
    """As Dutch systems print it: UNH, then UNB, then the message."""
    unh, *rest = message()
    data = f"{unh}'\r\n{header()}'\r\n".encode() + b"".join(
        f"{each}'\r\n".encode() for each in (*rest, "UNZ+1+5001")
    )
    assert order_of(data) == PLAIN
    assert codes(data) == ["edifact.UNH.before_UNB"]
    assert only(data) == ["7"]


def test_una_stays_ahead_of_a_header_that_was_put_in_order() -> None:
    unh, *rest = message()
    lines = (unh, header(), *rest, "UNZ+1+5001")
    data = b"UNA:+.? '" + "".join(f"{each}'" for each in lines).encode()
    assert order_of(data) == PLAIN


@pytest.mark.parametrize(
    ("syntax", "codec"),
    [
        *(("UNOC", "latin-1"), ("UNOD", "iso8859-2"), ("UNOE", "iso8859-5")),
        *(("UNOF", "iso8859-7"), ("UNOG", "iso8859-3"), ("UNOH", "iso8859-4")),
        *(("UNOI", "iso8859-6"), ("UNOJ", "iso8859-8"), ("UNOK", "iso8859-9")),
        *(("UNOL", "iso8859-15"), ("UNOW", "utf-8"), ("UNOX", "iso2022_jp")),
        *(("UNOY", "utf-8"), ("UNOY", "utf-16")),
    ],
)
def test_characters_are_those_of_the_syntax(syntax: str, codec: str) -> None:
    every = "ÄÖПЯЖΩΣĦĸĶ€şשםعس東京"
    text = "".join(c for c in every if c.encode(codec, "ignore").decode(codec, "ignore") == c)[:12]
    body = [*ORDER]
    body[13] = f"IMD+F++:::{text} X"
    data = written(*message(["@"]), unb=header(f"{syntax}:3")).decode()
    data = data.replace("@", "'\n".join(body)).replace("UNT+3+", "UNT+29+")
    encoded = data.encode(codec)
    assert order_of(encoded).lines[0].description == f"{text} X"
    assert not [each for each in codes(encoded) if each.startswith("edifact")] or codec in {
        "iso2022_jp"
    }


def test_utf8_that_says_it_is_something_else_is_read_and_warned_of() -> None:
    body = [*ORDER]
    body[13] = "IMD+F++:::ALSTRÖMERIA"
    data = written(*message(body)).decode("latin-1").encode()
    assert order_of(data).lines[0].description == "ALSTRÖMERIA"
    assert codes(data) == ["edifact.UNB01.encoding"]


@pytest.mark.parametrize(
    ("codec", "note"),
    [("utf-16", "text.utf16"), ("utf-16-be", "text.utf16"), ("cp037", "text.ebcdic")],
)
def test_file_that_was_converted_is_not_said_to_be_utf8(codec: str, note: str) -> None:
    body = [*ORDER]
    body[13] = "IMD+F++:::ALSTRÖMERIA"
    data = written(*message(body)).decode("latin-1").replace("\n", "").encode(codec)
    assert order_of(data).lines[0].description == "ALSTRÖMERIA"
    assert codes(data) == [note]


def test_windows_characters_in_latin_1_are_read_and_warned_of() -> None:
    body = [*ORDER]
    body[13] = "IMD+F++:::PRICE IN @ \xe9"
    data = written(*message(body)).replace(b"@", b"\x80")
    assert order_of(data).lines[0].description == "PRICE IN € é"
    assert codes(data) == ["edifact.UNB01.encoding"]


@pytest.mark.parametrize(("spare", "is_read"), [(1, True), (0, True), (-1, False)])
def test_file_size_is_limited(spare: int, is_read: bool) -> None:
    data = written()
    reading = read(data, Limits(file_bytes=len(data) + spare))
    assert bool(list(reading.documents())) is is_read


@pytest.mark.parametrize(("spare", "is_read"), [(1, True), (0, True), (-1, False)])
def test_number_of_segments_is_limited(spare: int, is_read: bool) -> None:
    data = written()
    reading = read(data, Limits(segments=data.count(b"'") + spare))
    assert bool(list(reading.documents())) is is_read


def test_number_of_interchanges_is_limited() -> None:
    one = f"{header()}'UNZ+0+5001'".encode()
    assert len(scan(one * MOST_INTERCHANGES).interchanges) == MOST_INTERCHANGES
    found = scan(one * (MOST_INTERCHANGES + 1))
    assert not found.interchanges
    assert [each.code for each in found.findings] == ["edifact.too_many_interchanges"]


def test_faults_of_very_many_messages_are_not_told_one_by_one() -> None:
    many = MOST_TOLD + 2
    data = written(*(["UNH+1+ORDERS:D:96A:UN", "UNT+9+1"] * many), count=str(many))
    found = list(read(data).documents())
    assert len(found) == many
    assert all(each.findings and each.record is None for each in found)
    last, before = found[-1].findings, found[-2].findings
    assert last[0] is before[0]


def test_file_of_headers_alone_is_refused_without_reading_it_all() -> None:
    data = b"UNB+UNOA:1'" * (MOST_INTERCHANGES * 20)
    assert codes(data) == ["edifact.too_many_interchanges"]


def test_file_without_an_interchange_says_so() -> None:
    assert codes(b"hello") == ["edifact.stray_bytes", "edifact.no_interchange"]
    assert codes(b"") == ["edifact.no_interchange"]


def test_parties_are_those_of_the_header() -> None:
    (found,) = scan(written(unb=header(rest="++PRODUCER 1++1++1"))).interchanges
    assert f"{found.sender}:{found.sender_qualifier}" == BUYER
    assert f"{found.recipient}:{found.recipient_qualifier}" == VENDOR
    assert (found.application, found.wants_acknowledgement, found.is_test) == (
        "PRODUCER 1",
        True,
        True,
    )


PIECES = st.sampled_from(
    [
        *(f"{each}'" for each in (*message()[:6], "UNZ+1+5001", header())),
        *("UNA:+.? '", "UNG+ORDERS+A+B+261204:0930+1+UN+D:96A'", "UNE+1+1'", "UNT+3+1'", "UNH+"),
        *("UNB+", "UNA", "?", "'", "+", ":", "\n", " ", "UNB", "\x1c", "\x1d", "\x11", "ë", "??'"),
    ]
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["utf-8", "latin-1", "utf-16"]))
def test_nothing_is_thrown_and_every_byte_is_accounted_for(text: str, codec: str) -> None:
    data = text.encode(codec)
    reading = read(data)
    found = list(reading.documents())
    assert len(reading.outcomes) == len(reading.interchanges)
    for document in found:
        assert document.record is not None or document.findings
    end = 0
    for each in reading.interchanges:
        assert each.start >= end
        end = each.end
    assert end <= len(reading.data)
    control(data)


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_are_taken(data: bytes) -> None:
    list(read(data).documents())
    list(read(written()[:-20] + data).documents())


@settings(max_examples=300)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)))
def test_what_is_released_is_what_was_sent(elements: list[str]) -> None:
    service = Service(repetition=b"*")
    marks = ":+'?*"
    sent = ["".join(f"?{c}" if c in marks else c for c in each) for each in elements]
    raw = ("X+" + "+".join(sent) + "'").encode()
    (found,) = translation(service).segments(raw, "utf-8")
    assert found.split("\x1d")[1:] == (elements or [""])
