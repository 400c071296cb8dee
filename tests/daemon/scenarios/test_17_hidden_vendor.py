"""Scenario 17: nothing that goes to the final customer names a hidden vendor (H-03, H-04, P-05)."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import day
from tests.daemon.trade.direct import DIRECT, publish

HIDDEN = DIRECT.replace(
    'x12 = { id = "BLOOMWHSL" }',
    'x12 = { id = "BLOOMWHSL" }\nbuying = { show_vendor_to = { RL01 = "hidden", CD01 = "code" } }',
).replace(
    'receives_labels = true', 'receives_labels = true\nselling = { box_code_prefixes = ["PT"] }', 1
).replace('vendor_code = "V1"', 'vendor_code = "FLO7"')  # fmt: skip
SECRETS = ("florsol", "flo7", "pt991")


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=HIDDEN, ledger_url=ledger_url) as opened:
        publish(opened)
        yield opened


def direct_order(number: str, customer: str, *, kind: str = "DS") -> bytes:
    """Return an 850 whose texts give the vendor away wherever a partner can write one."""
    body = [
        f"BEG*00*{kind}*{number}**{day():%Y%m%d}",
        "REF*CO*CP-FLO7-1",
        "REF*BX*FLO7 LOT 991",
        f"DTM*010*{day(2):%Y%m%d}",
        "N1*SE*FLORSOL*92*FLORSOL",
        "N1*ST*Rose Lane Florist",
        "N3*8 Rose Lane",
        "N4*Atlanta*GA*30303*US",
        f"N1*UC*Rose Lane*92*{customer}",
        "PO1*1*2*BX*0.30**BP*BLM-100",
        "REF*BX*FLORSOL-9",
        "CTT*1",
    ]
    return interchange([body], control=1)


def leaves(site: Desktop, customer: str, number: str = "FLORSOL-7") -> dict[str, bytes]:
    """Send a direct order, print its papers, and return what goes to the customer, by file name."""
    files = site.send("bloom", "po.edi", direct_order(number, customer))
    assert cli.main(["papers", "bol", "--site", str(site.root), "--date", f"{day(2)}"]) == 0
    files |= site.run()
    found = {
        name.split("/")[1]: body
        for name, body in files.items()
        if "/labels-" in name or "/bol-" in name
    }
    assert len(found) == 4
    return found


def readable(name: str, body: bytes) -> str:
    """Return every byte of a file as text; of a PDF also what its streams and pages hold."""
    texts = [name, body.decode("latin-1")]
    if name.endswith(".pdf"):
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", body, re.DOTALL):
            texts.append(_unpacked(stream).decode("latin-1"))
        document = pypdfium2.PdfDocument(body)
        texts += [page.get_textpage().get_text_range() for page in document]
        texts += document.get_metadata_dict().values()
        document.close()
    return "\n".join(texts).casefold()


def _unpacked(stream: bytes) -> bytes:
    ascii85 = stream.strip()
    packed = base64.a85decode(b"<~" + ascii85, adobe=True) if ascii85.endswith(b"~>") else stream
    return zlib.decompress(packed)


@pytest.mark.parametrize("customer", ["RL01", "rl01"])
def test_no_byte_that_reaches_the_customer_names_a_hidden_vendor(
    site: Desktop, customer: str
) -> None:
    for name, body in leaves(site, customer).items():
        text = readable(name, body)
        assert [secret for secret in SECRETS if secret in text] == [], name
        if "rose lane" not in text:
            pytest.fail(f"{name} was not read: it does not even name the customer")
    first, second = codes(site)
    change = f"current_box_code,new_box_code\n{first},PT991001\n{second},FLO7-2\n".encode()
    (answer,) = site.send("florsol", "codes.csv", change).values()
    assert answer.decode().count("H-04") == 2
    assert codes(site) == [first, second]


def test_customer_that_may_know_the_code_reads_it_and_nothing_else(site: Desktop) -> None:
    for name, body in leaves(site, "CD01").items():
        text = readable(name, body)
        assert "flo7" in text, name
        assert "florsol" not in text, name
        assert "pt991" not in text, name


def test_customer_of_a_buyer_that_hides_nothing_reads_the_name(site: Desktop) -> None:
    texts = {name: readable(name, body) for name, body in leaves(site, "OPEN", "O-8").items()}
    assert all("florsol farms" in text for text in texts.values())


def test_boxes_for_the_buyers_own_warehouse_may_bear_the_vendors_codes(site: Desktop) -> None:
    site.send("bloom", "po.edi", direct_order("W-1", "RL01", kind="SA"))
    first, second = codes(site)
    change = f"current_box_code,new_box_code\n{first},PT991001\n{second},PT991002\n".encode()
    files = site.send("florsol", "codes.csv", change)
    assert codes(site) == ["PT991001", "PT991002"]
    labels = next(body for name, body in files.items() if name.endswith(".zpl"))
    assert b"PT991001" in labels


def codes(site: Desktop) -> list[str]:
    """Return the codes of all boxes, in order."""
    boxes = schema.boxes.c
    return [row.code for row in site.rows(select(boxes.code).order_by(boxes.id))]
