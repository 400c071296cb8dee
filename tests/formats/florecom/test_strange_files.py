"""Files that are damaged, strange or made to harm: each is read as far as it goes, or refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.florecom.reader import read
from formats.florecom.scan import Scan
from formats.limits import DEFAULT_LIMITS
from formats.records import PurchaseOrder
from formats.strictxml import events
from tests.formats.florecom.messages import (
    ORDER,
    PRICE,
    PRODUCT,
    QUANTITY,
    SOAP11,
    identity,
    line,
    message,
    supply,
    supply_line,
)
from tests.formats.florecom.readings import (
    CANCEL,
    NOTHING,
    advice,
    codes,
    delivery,
    documents,
    one,
    reference,
)

if TYPE_CHECKING:
    from lxml.etree import _Element


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (message(root="SupplyRequest"), "florecom.request"),
        (message(), "florecom.lines"),
        (
            f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><s:Fault><faultcode>s:Server</faultcode>'
            "<faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>".encode(),
            "florecom.fault",
        ),
        (b"<a>", "xml.syntax"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml.doctype"),
    ],
)
def test_file_without_lines_says_what_it_is(data: bytes, code: str) -> None:
    document = one(data)
    assert document.record is None
    assert [c for c, is_error in codes(document) if is_error] == [code]


def test_password_is_never_repeated() -> None:
    data = message(line(PRODUCT, QUANTITY)).replace(
        b"<m:UserName/><m:Password/>",
        b"<m:UserName>u53r</m:UserName><m:Password>s3cret</m:Password>",
    )
    document = one(data)
    assert codes(document) == [("florecom.Password", False)]
    assert document.record is not None
    said = document.record.model_dump_json() + repr(document.findings)
    assert "s3cret" not in said
    assert "u53r" not in said


def test_other_version_is_read_as_this_one_and_named() -> None:
    document = one(message(line(PRODUCT, QUANTITY), namespace=ORDER[:-1] + "8"))
    assert document.record is not None
    assert codes(document) == [("florecom.version", False)]


def test_strange_elements_are_named_once_and_not_used() -> None:
    strange = '<x:Quantity xmlns:x="urn:x" unitCode="3">9</x:Quantity><f:Mood>good</f:Mood>'
    document = one(message(*[line(strange, PRODUCT, QUANTITY)] * 3))
    assert isinstance(document.record, PurchaseOrder)
    assert document.record.lines[0].quantity == 4
    assert codes(document) == [("florecom.unknown", False)] * 2


def test_many_lines_take_the_memory_of_their_records() -> None:
    data = supply(*[supply_line(PRODUCT, QUANTITY, PRICE)] * 3000)
    assert len(advice(data).lines) == 3000


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    documents(data)


FRAGMENTS = st.sampled_from(
    [
        *(PRODUCT, QUANTITY, PRICE, CANCEL, NOTHING, identity("ON", "P"), identity("VN", "/")),
        *(identity("VN", "P/1"), identity("ON", ""), reference("P", "1"), delivery("9999-12-31")),
        *("<f:Price/>", "<f:Quantity/>", "<f:Packing/>", "<f:Product/>", "<f:ID/>", "text"),
        "<f:Packing><f:InnerPackageQuantity>0</f:InnerPackageQuantity></f:Packing>",
        "<f:Price><f:ChargeAmount>0.1</f:ChargeAmount><f:BasisQuantity>0.0000000001"
        "</f:BasisQuantity></f:Price>",
    ]
)
KINDS = st.sampled_from(["OrderTradeLineItem", "OrderResponseTradeLineItem", "SupplyTradeLineItem"])


@given(st.lists(st.tuples(KINDS, st.lists(FRAGMENTS, max_size=5)), max_size=4))
def test_no_mixture_of_parts_raises(lines: list[tuple[str, list[str]]]) -> None:
    found = documents(message(*(line(*parts, kind=kind) for kind, parts in lines)))
    assert found
    for document in found:
        if document.record is not None:
            document.record.model_dump_json()
    if all(document.record is None for document in found):
        assert any(finding.is_error for finding in found[0].findings)


def test_limits_of_the_site_hold() -> None:
    tight = replace(DEFAULT_LIMITS, xml_elements=10)
    (document,) = read(message(line(PRODUCT, QUANTITY)), tight).documents()
    assert [finding.code for finding in document.findings] == ["xml.elements"]


def test_what_is_no_line_is_not_kept() -> None:
    left: list[int] = []

    def watched(found: Iterable[tuple[str, _Element]]) -> Iterator[tuple[str, _Element]]:
        for event, element in found:
            if event == "end" and str(element.tag).endswith("}PutOrderRequest"):
                left.append(sum(1 for _ in element.iter()))
            yield event, element

    rubbish = "<f:Rubbish>nothing</f:Rubbish>" * 20_000
    scan = Scan()
    scan.read(watched(events(message(rubbish, line(PRODUCT, QUANTITY)), DEFAULT_LIMITS)))
    assert len(scan.orders) == 1
    assert max(left) < 100
