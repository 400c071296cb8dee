"""Whatever is dropped is answered, kept or refused, and nothing behind it is delayed (P5, P9)."""

from __future__ import annotations

import json
import os
import resource
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.partner_files import availability, inventory, purchase_order
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.systems.floral_orders import order as axerrio_order

GOOD = purchase_order("77", ("BLM-100", "1", "BX"), control=77)
ORDER = purchase_order("1", ("BLM-100", "1", "BX"))

XXE = b"""<?xml version="1.0"?><!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><o>&x;</o>"""
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10) for n in range(1, 12))
    + b"]><o>&l;</o>"
)


def archive() -> bytes:
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as made:
        made.writestr("order.edi", ORDER)
    return body.getvalue()


def edifact() -> bytes:
    return (
        b"UNA++.? 'UNB+UNOC:3+BLOOM:14+K2KNET:14+261121:0931+1'UNH+1+ORDERS:D:96A:UN'"
        b"BGM+220+1+9'UNT+3+1'UNZ+1+1'"
    )


UNREADABLE = {
    "one byte": (b"x", ""),
    "byte order mark only": (b"\xef\xbb\xbf", "empty"),
    "NULs": (b"\0" * 100, "empty"),
    "blanks": (b" \r\n\t\x1a", "empty"),
    "binary": (bytes(range(256)) * 4, "binary"),
    "web page": (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", "html"),
    "archive": (archive(), "zip"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "pdf"),
    "entity that reads a file": (XXE, "xml.doctype"),
    "billion laughs": (LAUGHS, "xml.doctype"),
    "plain XML": (b"<order xmlns='urn:x'><line/></order>", "xml.unsupported"),
    "broken XML": (b"<order><line></order>", "xml."),
    "EDIFACT with two characters alike": (edifact(), "edifact.UNA"),
    "JSON from somebody who sends none": (b'{"a": 1}', ""),
    "only a header": (b"po_number,line,boxes\r\n", "csv."),
    "quote that never closes": (b'po_number,line,boxes\n1,"1,2\n3,4,5\n', ""),
    "truncated at ISA": (ORDER[:60], ""),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_can_not_be_used_is_kept_byte_for_byte_and_answered(site: Desktop, name: str) -> None:
    content, code = UNREADABLE[name]
    site.drop("bloom", "bad.bin", content)
    site.drop("bloom", "good.edi", GOOD)
    files = site.run()
    bad, good = sorted(site.arrivals(), key=lambda row: bytes(row.name) != b"bad.bin")
    assert (bad.state, good.state) == ("quarantined", good.state)
    assert bad.data == content
    assert bad.reason_code.startswith(code)
    assert [n for n in files if n.startswith(("bloom/advice", "bloom/TA1", "bloom/997"))]
    assert only(files, "bloom/855-77")


def test_a_truncated_order_earns_a_ta1_and_no_effect(site: Desktop) -> None:
    files = site.send("bloom", "o.edi", ORDER[: ORDER.index(b"GE*")])
    assert kinds(files) == ["bloom/TA1-000000001"]
    assert b"*R*023~" in only(files, "bloom/TA1")
    assert (site.states(), site.orders()) == (["quarantined"], [])
    files = site.send("bloom", "o.edi", ORDER)
    assert "bloom/855-1" in kinds(files)


def test_an_order_in_utf16_or_ebcdic_is_never_taken_for_another_format(site: Desktop) -> None:
    for encoding in ("utf-16", "cp037"):
        files = site.send("bloom", "o.edi", ORDER.decode().encode(encoding))
        assert [n for n in files if n.startswith(("bloom/855", "bloom/advice", "bloom/TA1"))]
    assert {row.format for row in site.arrivals()} <= {"x12", None}
    # Read from either, it is one order.
    assert [row.state for row in site.arrivals()] == ["posted", "duplicate"]


def test_an_empty_file_is_waited_for_and_then_refused_in_words(site: Desktop) -> None:
    site.drop("bloom", "empty.edi", b"")
    site.drop("bloom", "good.edi", GOOD)
    files = site.run(patience_s=0.2)
    # Somebody may be about to write it: a minute has to pass first.
    assert (site.root / "inbox" / "bloom" / "empty.edi").exists()
    assert only(files, "bloom/855-77")


def test_a_file_over_the_limit_is_refused_without_a_copy(site: Desktop) -> None:
    big = site.root / "inbox" / "bloom" / "big.edi"
    with big.open("wb") as file:
        file.truncate(2 << 30)
    site.drop("bloom", "good.edi", GOOD)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    files = site.run()
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 64 * 1024
    assert not big.exists()
    (refused,) = (site.root / "inbox" / "bloom" / ".refused").iterdir()
    assert refused.stat().st_size == 2 << 30
    assert b"big.edi" in only(files, "bloom/advice")
    assert only(files, "bloom/855-77")
    assert sum(f.stat().st_blocks for f in (site.root / "state").rglob("*")) * 512 < 200 << 20


@pytest.mark.parametrize(
    "name", [b"po\xff\xfe.edi", b"two\nlines.edi", b"-rf", b"x" * 250 + b".edi", b"\x1b[31m.edi"]
)
def test_any_name_is_taken_and_shown_on_one_line(site: Desktop, name: bytes) -> None:
    site.drop("bloom", name, ORDER)
    files = site.run()
    assert only(files, "bloom/855-1")
    assert site.arrivals()[0].name == name
    for line in site.log.getvalue().splitlines():
        assert json.loads(line)
        assert "\x1b" not in line
    assert all(os.fsencode(path.name).isascii() for path in Path(site.root, "outbox").rglob("*"))


@pytest.mark.parametrize(
    "content",
    [
        axerrio_order().replace(b'"boxes": 2', b'"boxes": NaN'),
        axerrio_order().replace(b'"boxes": 2', b'"boxes": 2, "boxes": 3'),
        axerrio_order().replace(b'"contract"', b'"order": {}, "contract"'),
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'"just a text"',
        b"{}",
        axerrio_order()[:-5],
    ],
    ids=["NaN", "twice", "twice on top", "depth", "objects", "text", "nothing", "cut"],
)
def test_json_that_is_no_order_is_rejected_with_a_place(site: Desktop, content: bytes) -> None:
    files = site.send("axerrio-florsol", "o.json", content)
    said = json.loads(only(files, "axerrio-florsol/ack"))
    assert said["result"] in ("rejected", "accepted-with-exceptions")
    assert site.states()[0] in ("quarantined", "held")
    assert [order.state for order in site.orders()] in ([], ["held"])


def test_formula_cells_are_text_to_us_and_harmless_to_a_person(site: Desktop) -> None:
    files = site.send("florsol", "s.csv", availability(("=cmd|' /C calc'!A0", 100, "Stem")))
    advice = only(files, "florsol/advice").decode()
    assert "=cmd" in advice
    assert not any(cell.startswith("=") for row in advice.splitlines() for cell in row.split(","))
    assert site.lots() == {"=cmd|' /c calc'!a0": (100, 0)}


def test_an_interchange_for_somebody_else_is_refused(site: Desktop) -> None:
    body = purchase_order("1", ("BLM-100", "1", "BX"), receiver="SOMEBODY")
    files = site.send("bloom", "o.edi", body)
    assert b"*R*009~" in only(files, "bloom/TA1")
    assert site.states() == ["quarantined"]
    assert site.arrivals()[-1].reason_code == "x12.ISA08.unknown"


def test_an_interchange_in_another_s_name_is_taken_with_a_warning(site: Desktop) -> None:
    body = purchase_order("1", ("BLM-100", "1", "BX"), sender="IMPOSTOR")
    files = site.send("bloom", "o.edi", body)
    assert only(files, "bloom/855-1")
    found = site.rows(select(schema.findings.c.code, schema.findings.c.severity))
    assert ("x12.ISA06.unexpected", "warning") in [tuple(row) for row in found]


def test_stock_from_a_buyer_is_not_put_on_sale(site: Desktop) -> None:
    body = inventory(("BLM-100", "500", "EA"), sender="BLOOMWHSL")
    files = site.send("bloom", "i.edi", body)
    assert b"bloom is no vendor here" in only(files, "bloom/advice")
    assert (site.lots(), site.states()) == ({}, ["quarantined"])


def test_an_order_from_a_vendor_names_no_buyer_and_waits(site: Desktop) -> None:
    body = purchase_order("1", ("FS-1060", "1", "BX"), sender="FLORSOL", receiver="K2KNET")
    site.send("florsol", "o.edi", body)
    assert site.states() == ["held"]
