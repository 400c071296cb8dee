"""Formats are told from content, and an end that is missing is seen; no bytes raise."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from formats.identify import Completeness, Format, completeness, identify

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def isa(control: str = "000000007", *, sep: str = "*", end: str = "~", padded: bool = True) -> str:
    fields = ["00", "", "00", "", "ZZ", "ROSA", "ZZ", "BLOOM", "261121", "0830", "U", "00401"]
    widths = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5]
    cells = [f.ljust(w) if padded else f for f, w in zip(fields, widths, strict=True)]
    return sep.join(["ISA", *cells, control, "0", "P", ">"]) + end


def x12(control: str = "000000007", *, sep: str = "*", end: str = "~", padded: bool = True) -> str:
    body = [
        ["GS", "PO", "ROSA", "BLOOM", "20261121", "0830", "7", "X", "004010"],
        ["ST", "850", "0001"],
        ["BEG", "00", "SA", "P1", "", "20261121"],
        ["SE", "3", "0001"],
        ["GE", "1", "7"],
        ["IEA", "1", control],
    ]
    head = isa(control, sep=sep, end=end, padded=padded)
    return head + "".join(sep.join(segment) + end for segment in body)


def edifact(reference: str = "R77", *, una: str = "UNA:+.? '") -> str:
    component, separator, end = una[3], una[4], una[8]
    segments = [
        ["UNB", f"UNOC{component}3", "ROSA", "BLOOM", f"261121{component}0830", reference],
        ["UNH", "1", component.join(["ORDERS", "D", "96A", "UN"])],
        ["UNT", "2", "1"],
        ["UNZ", "1", reference],
    ]
    return una + "".join(separator.join(segment) + end for segment in segments)


def workbook(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>" * 50)
    return target.getvalue()


WHOLE = {
    Format.X12: x12().encode(),
    Format.EDIFACT: edifact().encode(),
    Format.JSON: json.dumps({"contract": "floral.order/1", "a": ["}", {"b": '\\"['}]}).encode(),
    Format.XML: b"<?xml version='1.0'?><!-- </Order> --><Order><Line a='1'/></Order>",
    Format.XLSX: workbook("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
}


def judged(data: bytes) -> Completeness:
    return completeness(data, data[-65536:], whole=True)


@pytest.mark.parametrize(("expected", "data"), WHOLE.items())
def test_format_is_told_from_content(expected: Format, data: bytes) -> None:
    assert identify(data) is expected
    assert expected.refusal is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Format.EMPTY),
        (b" \r\n\t\0\0\x1a", Format.EMPTY),
        (b"\xef\xbb\xbf", Format.EMPTY),
        (b"\xff\xfe", Format.EMPTY),
        (b"\0" * 5000, Format.EMPTY),
        (b"\n<!DOCTYPE html>\n<p>502", Format.HTML),
        (b"<HTML><body>Bad gateway</body></HTML>", Format.HTML),
        (
            b"<?xml version='1.0'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'>",
            Format.HTML,
        ),
        (b"%PDF-1.7\n1 0 obj", Format.PDF),
        (workbook("a.csv", "b.csv"), Format.ZIP),
        (workbook("[Content_Types].xml", "word/document.xml"), Format.ZIP),
        (bytes(range(256)) * 4, Format.BINARY),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, Format.BINARY),
        (b"just one word", Format.BINARY),
    ],
)
def test_what_is_not_read_is_refused_with_a_sentence(data: bytes, expected: Format) -> None:
    assert identify(data) is expected
    assert expected.refusal


@pytest.mark.parametrize(
    "data",
    [
        b"111,Roses Freedom,2026-11-21,100,Bunch,,Roses,Red,0.3",
        b"artikel;prijs\nRoos;0,36\n",
        "sku\tname\nA\tRosé\n".encode("utf-16"),
        "sku,name\nA,Rosé\n".encode("utf-16-be"),
        b"id,name\n1,Ro\xe9\n",
        b"id,name\n1,R\0se\n",
        b"ISA,UNB,UNA\n1,2,3\n",
        b"UNA,name,colour\n1,2,3\n",
        b"VISA*12*34,5\n",
        b"=cmd|' /C calc'!A0,x\n",
    ],
)
def test_text_with_delimiters_is_delimited_and_never_complete(data: bytes) -> None:
    assert identify(data) is Format.DELIMITED
    assert judged(data) is Completeness.UNKNOWN


@pytest.mark.parametrize("prefix", ["", "\r\n\r\n", "  \t", "\0\0", "# exported by an ERP\n"])
@pytest.mark.parametrize("text", [x12(), edifact(), x12(padded=False), x12(sep="|", end="\n")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_edi_is_found_in_every_wrapping(prefix: str, text: str, encoding: str) -> None:
    data = (prefix + text).encode(encoding)
    assert identify(data) is (Format.X12 if "ISA" in text else Format.EDIFACT)
    assert judged(data) is Completeness.COMPLETE


@pytest.mark.parametrize("text", [x12().replace("~", "~\n"), edifact(), edifact()[9:]])
def test_ebcdic_interchange_is_known_and_closes(text: str) -> None:
    data = b"\x40\x25" + text.encode("cp037")
    assert identify(data) is (Format.X12 if "ISA" in text else Format.EDIFACT)
    assert judged(data) is Completeness.COMPLETE
    assert judged(data[:-20]) is Completeness.CUT_SHORT


@pytest.mark.parametrize("head", [b"UNA:+.? '", b"UNH+1+ORDERS:D:96A:UN'", b"UNB", b"UNA:+.?"])
def test_beginnings_of_edifact_are_edifact(head: bytes) -> None:
    assert identify(head) is Format.EDIFACT


@pytest.mark.parametrize(
    "decoration", ["", "\n", "\r\n\x1a", "\0\0\0", " \n\n\x1a\x1a", "\n-- end\n"]
)
@pytest.mark.parametrize(
    "text", [x12(), x12(padded=False), x12(end="\n"), x12(end="…"), x12(end="\r\n"), edifact()]
)
def test_what_follows_the_end_does_not_matter(text: str, decoration: str) -> None:
    assert judged((text + decoration).encode()) is Completeness.COMPLETE


@pytest.mark.parametrize("una", ["UNA:+.? '", "UNA:*,? ~", "UNA|$.^ \n"])
def test_declared_service_characters_are_used(una: str) -> None:
    text = edifact("A1", una=una)
    assert judged(text.encode()) is Completeness.COMPLETE
    assert judged(text[:-4].encode()) is Completeness.CUT_SHORT


def test_released_terminators_do_not_end_segments() -> None:
    text = edifact("R?'7?+7")
    assert judged(text.encode()) is Completeness.COMPLETE


@pytest.mark.parametrize("text", [x12(), x12(padded=False), x12(sep="|", end="\n"), edifact()])
def test_every_cut_of_an_interchange_is_seen(text: str) -> None:
    # The last character is a terminator, which may be missing at the end of a file.
    for size in range(20, len(text) - 1):
        assert judged(text[:size].encode()) is not Completeness.COMPLETE, text[:size]
    assert judged(text[:-1].encode()) is Completeness.COMPLETE
    assert judged(text[: len(text) // 2].encode()) is Completeness.CUT_SHORT


@pytest.mark.parametrize("kind", [Format.JSON, Format.XML, Format.XLSX])
def test_every_cut_of_a_document_is_seen(kind: Format) -> None:
    data = WHOLE[kind]
    assert judged(data) is Completeness.COMPLETE
    for size in range(len(data) // 2, len(data) - 1):
        assert judged(data[:size]) is Completeness.CUT_SHORT


def test_several_interchanges_are_judged_by_the_last() -> None:
    both = x12("000000001") + "\n" + x12("000000002", sep="|", end="\n")
    assert judged(both.encode()) is Completeness.COMPLETE
    assert judged(both[:-20].encode()) is Completeness.CUT_SHORT
    assert judged((x12() + "IS").encode()) is Completeness.CUT_SHORT
    assert judged((edifact() + "\nUN").encode()) is Completeness.CUT_SHORT
    assert judged((edifact("1") + edifact("2")).encode()) is Completeness.COMPLETE


def test_another_control_number_is_an_error_but_no_cut() -> None:
    text = x12("000000007").replace("IEA*1*000000007", "IEA*1*000000008")
    assert judged(text.encode()) is Completeness.UNKNOWN
    assert judged(edifact("R1").replace("UNZ+1+R1", "UNZ+1+R2").encode()) is Completeness.UNKNOWN


def test_control_number_cut_at_the_end_of_file_is_a_cut() -> None:
    assert judged(x12()[:-2].encode()) is Completeness.CUT_SHORT
    assert judged(x12().replace("IEA*1*000000007", "IEA*1*7").encode()) is Completeness.COMPLETE


def test_interchange_wrapped_inside_its_trailer_is_complete() -> None:
    text = x12()
    wrapped = "\n".join(text[at : at + 17] for at in range(0, len(text), 17))
    assert judged(wrapped.encode()) is Completeness.COMPLETE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("make", [x12, edifact])
def test_long_file_is_judged_by_head_and_tail(make: object, encoding: str) -> None:
    text = x12() if make is x12 else edifact()
    marker = "ST*850*0001~" if make is x12 else "UNT+2+1'"
    filler = "N1*ST*Bloom~" if make is x12 else "FTX+AAI+++Bloom'"
    data = text.replace(marker, marker + filler * 20_000).encode(encoding)
    head, tail = data[:65536], data[-65536:]
    assert completeness(head, tail, whole=False) is Completeness.COMPLETE
    cut = data[:-41]
    assert completeness(head, cut[-65536:], whole=False) is Completeness.CUT_SHORT
    middle = data[: len(data) // 2]
    assert completeness(head, middle[-65536:], whole=False) is Completeness.CUT_SHORT


def test_long_documents_are_judged_by_their_end() -> None:
    rows = json.dumps({"rows": ["x" * 20] * 9000}).encode()
    assert completeness(rows[:65536], rows[-65536:], whole=False) is Completeness.UNKNOWN
    assert completeness(rows[:65536], rows[-65537:-3], whole=False) is Completeness.CUT_SHORT
    page = b"<a:Order>" + b"<Line>1</Line>" * 9000 + b"</a:Order ><!-- end -->\n"
    assert completeness(page[:65536], page[-65536:], whole=False) is Completeness.COMPLETE
    assert completeness(page[:65536], page[-65600:-64], whole=False) is Completeness.CUT_SHORT


@given(st.binary(max_size=400), st.binary(max_size=400), st.booleans())
@example(b"PK\x03\x04", b"PK\x05\x06", True)
@example(b"UNA''''''UNB'UNOC'", b"", True)
@example(b"\xfe\xff\0", b"\xd8", False)
def test_no_bytes_raise(head: bytes, tail: bytes, whole: bool) -> None:
    assert isinstance(identify(head), Format)
    assert isinstance(completeness(head, tail, whole=whole), Completeness)


@given(
    st.sampled_from(sorted(WHOLE)),
    st.integers(0, 2000),
    st.binary(max_size=6),
    st.sampled_from(["latin-1", "utf-16-le", "cp037"]),
)
def test_damaged_documents_never_raise(kind: str, at: int, noise: bytes, encoding: str) -> None:
    good = WHOLE[Format(kind)]
    data = good.decode("latin-1").encode(encoding, "replace")
    data = data[: at % len(data)] + noise + data[at % len(data) :]
    assert isinstance(completeness(data, data[-65536:], whole=at % 2 == 0), Completeness)


@pytest.mark.parametrize(
    "piece", [b"<!--", b"<a '", b'"\\"', b"UNA______   ", b"ISA*", b"[{", b"<?", b"UNB+UNOC:"]
)
def test_hostile_repetition_is_judged_in_time(piece: bytes) -> None:
    for opening in (b"", b"{", b"<a ", b"ISA*00*", b"UNA:+.? 'UNB+UNOC:3+"):
        data = (opening + piece * 20_000)[:65536]
        assert isinstance(judged(data), Completeness)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the reference samples are not beside the checkout")
def test_reference_samples_are_identified() -> None:
    # These end before their trailer; all others must not look cut, whatever else is wrong.
    cut = {"missing_IEA", "truncated_mid", "missing_UNZ"}
    for path in (CORPUS / "synthetic").iterdir():
        data = path.read_bytes()
        kind = identify(data[:65536])
        if path.suffix == ".edi" and path.name.startswith(("x12", "edifact")):
            assert kind is (Format.X12 if path.name.startswith("x12") else Format.EDIFACT)
            is_cut = judged(data) is Completeness.CUT_SHORT
            assert is_cut == any(word in path.name for word in cut), path.name
