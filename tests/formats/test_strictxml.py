"""Hostile XML is refused before it can do anything, and honest XML is read to its limits."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.limits import DEFAULT_LIMITS, Limits
from formats.strictxml import MAX_RUN, Name, XmlRefusedError, events, root_name, row_of

LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha">%s]><r>&l;</r>' % b"".join(
    b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10) for n in range(1, 12)
)
REFUSED = {
    "entity of a file": (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
        "xml.doctype",
    ),
    "billion laughs": (LAUGHS, "xml.doctype"),
    "external DTD": (b'<!DOCTYPE r SYSTEM "http://example.invalid/r.dtd"><r/>', "xml.doctype"),
    "DOCTYPE in UTF-16": (
        "<!DOCTYPE r [<!ENTITY x 'y'>]><r>&x;</r>".encode("utf-16"),
        "xml.doctype",
    ),
    "UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-r/+AD4-', "xml.encoding"),
    "EBCDIC declared": (b'<?xml version="1.0" encoding="cp037"?><r/>', "xml.encoding"),
    "not the encoding it says": (b'<?xml version="1.0"?><r>\xe9</r>', "xml.encoding"),
    "entity that nobody declares": (b"<r>&x;</r>", "xml.syntax"),
    "giant attribute": (b'<r a="%s"/>' % (b"x" * (MAX_RUN + 9)), "xml.long"),
    "giant text": (b"<r>%s</r>" % (b"x" * (MAX_RUN + 9)), "xml.long"),
    "giant name": (b"<%s/>" % (b"x" * (MAX_RUN + 9)), "xml.long"),
    "many attributes": (
        b"<r %s/>" % b" ".join(b'a%d="1"' % n for n in range(5000)),
        "xml.attributes",
    ),
    "deep nesting": (b"<a>" * 100_000, "xml.depth"),
    "not closed": (b"<a><b></a>", "xml.syntax"),
    "second root": (b"<a/><b/>", "xml.syntax"),
    "prefix that nobody declares": (b"<x:a/>", "xml.syntax"),
    "nothing": (b"   ", "xml.syntax"),
    "control character": (b"<a>\x01</a>", "xml.syntax"),
}


def walked(data: bytes, limits: Limits = DEFAULT_LIMITS) -> list[str]:
    return [str(element.tag) for event, element in events(data, limits) if event == "start"]


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_xml_is_refused_in_no_time(name: str) -> None:
    data, code = REFUSED[name]
    began = time.perf_counter()
    with pytest.raises(XmlRefusedError) as refused:
        walked(data)
    assert refused.value.finding.code == code
    assert "send it again" in refused.value.finding.message
    assert time.perf_counter() - began < 2


def test_refusal_names_the_line() -> None:
    with pytest.raises(XmlRefusedError) as refused:
        walked(b"<?xml version='1.0'\n?>\n<a>\n<!DOCTYPE x>\n</a>")
    assert refused.value.finding.where.row == 4
    with pytest.raises(XmlRefusedError) as refused:
        walked(b"<?xml version='1.0'\n?>\n<a>\n</b>")
    assert refused.value.finding.where.row == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_whatever_its_form(encoding: str) -> None:
    data = "<?xml version='1.0' encoding='utf-16'?><r>Gänseblümchen Срезанные</r>".encode(encoding)
    if encoding.startswith("utf-8"):
        data = data.replace(b"utf-16", b"utf-8")
    (texts,) = [e.text for event, e in events(data, DEFAULT_LIMITS) if event == "end"]
    assert texts == "Gänseblümchen Срезанные"


def test_declared_code_page_is_believed() -> None:
    data = "<?xml version='1.0' encoding='ISO-8859-1'?><r>é</r>".encode("latin-1")
    assert [e.text for event, e in events(data, DEFAULT_LIMITS) if event == "end"] == ["é"]


def test_line_that_the_parser_does_not_count_is_not_made_up() -> None:
    data = b"<?xml version='1.0'?>\n<a>" + b"\n<c/>" * 70_000 + b"<b/></a>"
    rows = {str(e.tag): row_of(e) for event, e in events(data, DEFAULT_LIMITS) if event == "start"}
    assert (rows["a"], rows["b"]) == (2, None)


def test_limits_hold_at_their_edge() -> None:
    three = replace(DEFAULT_LIMITS, xml_depth=3, xml_elements=4, xml_attributes=2, xml_bytes=60)
    assert walked(b"<a><b><c/></b></a>", three) == ["a", "b", "c"]
    assert walked(b"<a><b/><b/><b/></a>", three) == ["a", "b", "b", "b"]
    assert walked(b"<a x='1' y='2'/>", three) == ["a"]
    assert walked(b"<a>%s</a>" % (b" " * 53), three) == ["a"]
    for data, code in (
        (b"<a><b><c><d/></c></b></a>", "xml.depth"),
        (b"<a><b/><b/><b/><b/></a>", "xml.elements"),
        (b"<a x='1' y='2' z='3'/>", "xml.attributes"),
        (b"<a>%s</a>" % (b" " * 54), "xml.size"),
    ):
        with pytest.raises(XmlRefusedError) as refused:
            walked(data, three)
        assert refused.value.finding.code == code


def test_run_of_the_longest_length_is_read() -> None:
    assert walked(b"<r>%s</r>" % (b"x" * (MAX_RUN - 3))) == ["r"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<a/>", Name("a")),
        (b"<a xmlns='urn:x:y:7'/>", Name("a", "urn:x:y", "7")),
        (b"<p:a xmlns:p='urn:x:y'/>", Name("a", "urn:x:y")),
        (b"<!-- <b/> --><a/>", Name("a")),
    ],
)
def test_root_is_named_by_family_and_version(data: bytes, name: Name) -> None:
    assert root_name(data, DEFAULT_LIMITS) == name


@given(st.binary(max_size=300) | st.text(alphabet="<>/!a&;[]?'\"= \n", max_size=80).map(str.encode))
def test_no_bytes_raise_anything_but_a_refusal(data: bytes) -> None:
    try:
        walked(data)
    except XmlRefusedError as error:
        str(error.finding.where)
