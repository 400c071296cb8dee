"""`floral.order/1` is read strictly, and every error stands at its JSON path."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.axerrio.order import read_order
from formats.limits import DEFAULT_LIMITS
from formats.records import CartStatus, Party, Purpose, ShipVia, UnitType
from formats.vbn import Vbn
from tests.formats.axerrio.messages import LINE, ORDER, anything, changed, order, places, read

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "synthetic"


def test_order_is_read() -> None:
    document = read(ORDER)
    assert document.findings == ()
    assert document.control == "M-1"
    record = order(document)
    assert (record.number, record.message_id, record.sender, record.receiver) == (
        "AX-1",
        "M-1",
        "FARM",
        "BLOOM",
    )
    assert record.created_at == datetime(2026, 11, 21, 8, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert record.ship_date == date(2026, 12, 1)
    assert (record.customer, record.carrier) == (Party(code="C-1"), "PRIME")
    assert (record.purpose, record.ship_via, record.is_test) == (
        Purpose.NEW,
        ShipVia.WAREHOUSE,
        False,
    )
    (line,) = record.lines
    assert (line.line, line.reference, line.seller_item) == (1, "1", "R60")
    assert (line.quantity, line.unit, line.unit_type) == (Decimal(10), "Box", UnitType.BOX)
    assert (line.unit_price, line.price_unit_type) == (Decimal("0.365"), UnitType.STEM)


@pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the reference samples are not beside the checkout"
)
def test_reference_orders_are_read() -> None:
    first = read((SAMPLES / "axerrio_contract_order.json").read_bytes())
    assert first.findings == ()
    assert [len(line.contents) for line in order(first).lines] == [0, 2]
    assert order(read((SAMPLES / "axerrio_contract_order_unknown_product.json").read_bytes())).lines
    cut = read((SAMPLES / "axerrio_contract_order_truncated.json").read_bytes())
    assert cut.record is None
    assert cut.findings[0].code == "json.syntax"


def test_lines_may_stand_beside_the_order() -> None:
    moved = changed(order__lines=...) | {"lines": [LINE]}
    assert order(read(moved)).lines == order(read(ORDER)).lines
    assert read(moved).findings == ()
    bad = changed(order__lines=...) | {"lines": [LINE, LINE | {"line": 2, "boxes": 0}]}
    assert places(read(bad)) == [("json.boxes", "lines[1].boxes")]


def test_lines_in_both_places_refuse_the_order() -> None:
    document = read(ORDER | {"lines": [LINE]})
    assert document.record is None
    assert ("json.lines", "lines") in places(document)


def test_array_holds_several_orders() -> None:
    good, bad = read_order(
        json.dumps([ORDER, changed(messageId="M-2", order__carrier=...)]).encode(), DEFAULT_LIMITS
    )
    assert order(good).number == "AX-1"
    assert (bad.record, bad.control) == (None, "M-2")
    assert places(bad) == [("json.carrier", "[1].order.carrier")]
    assert good.digest != bad.digest


def test_digest_is_of_the_content_not_of_the_spacing() -> None:
    spaced = json.dumps(dict(reversed(ORDER.items())), indent=3).encode()
    assert read(spaced).digest == read(ORDER).digest
    assert read(changed(order__lines__0__boxes=11)).digest != read(ORDER).digest


@pytest.mark.parametrize(
    "path",
    ["contract", "messageId", "createdAt", "test", "sender", "receiver", "action", "order",
     "sender__code", "order__number", "order__customer", "order__carrier", "order__carrier__code",
     "order__shipDate"],
)  # fmt: skip
def test_missing_header_field_refuses_the_order(path: str) -> None:
    document = read(changed(**{path: ...}))
    assert document.record is None
    assert (f"json.{path.rpartition('__')[2]}", path.replace("__", ".")) in places(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [("contract", "floral.order/2"), ("messageId", ""), ("messageId", "x" * 65), ("messageId", 7),
     ("createdAt", "2026-11-21T08:30:00"), ("createdAt", 1), ("test", "true"), ("test", 1),
     ("sender__code", "x" * 51), ("action", "delete"), ("order__number", "x" * 23),
     ("order__number", 7.5), ("order__customer", "C-1"), ("order__customer", {}),
     ("order__customerPO", "x" * 21), ("order__shipDate", "01-12-2026"),
     ("order__shipDate", 20261201), ("order__shipVia", "boat"), ("order__currency", "usd"),
     ("order__comments", "x" * 2001),
     ("order__number", "A\u0000B"), ("order__number", "A\ud800"), ("order", []), ("order", None)],
)  # fmt: skip
def test_bad_header_value_refuses_the_order(path: str, value: object) -> None:
    document = read(changed(**{path: value}))
    assert document.record is None
    assert path.replace("__", ".") in [where for _, where in places(document)]


@pytest.mark.parametrize(
    ("path", "size"),
    [("messageId", 64), ("sender__code", 50), ("order__number", 22), ("order__customerPO", 20)],
)
def test_text_of_the_longest_length_is_taken(path: str, size: int) -> None:
    for length in (size - 1, size):
        assert read(changed(**{path: "x" * length})).record is not None
    assert read(changed(**{path: "x" * (size + 1)})).record is None


@pytest.mark.parametrize(
    "field", ["line", "boxType", "boxes", "unitType", "unitPrice", "vendorItem"]
)
def test_bad_line_is_left_out_by_name(field: str) -> None:
    line = {name: value for name, value in (LINE | {"line": 2}).items() if name != field}
    document = read(changed(order__lines=[LINE, line]))
    assert [one.reference for one in order(document).lines] == ["1"]
    where = f"order.lines[1].{field}" if field != "vendorItem" else "order.lines[1]"
    assert [path for _, path in places(document)] == [where]


@pytest.mark.parametrize(
    ("field", "value"),
    [("boxes", 0), ("boxes", -1), ("boxes", 1.5), ("boxes", 1e9), ("boxes", True), ("boxes", "1_0"),
     ("boxes", "\u0661"), ("boxes", "1e9"), ("boxes", 10**9), ("boxes", None), ("boxes", "9" * 41),
     ("unitPrice", 0.365), ("unitPrice", "0,365"), ("unitPrice", "NaN"), ("unitPrice", "-0.1"),
     ("unitPrice", "0.36555"), ("unitPrice", "10000000"), ("unitPrice", [1]), ("unitType", "kilo"),
     ("boxType", ""), ("boxType", "x" * 21), ("markCode", "x" * 21), ("line", 0), ("line", "A"),
     ("boxIds", ["x" * 21]), ("boxIds", ["É1"]), ("boxIds", [1]), ("boxIds", "PT1"),
     ("breakdown", [{}]), ("stemsPerBunch", 0)],
)  # fmt: skip
def test_bad_line_value_is_refused_where_it_stands(field: str, value: object) -> None:
    document = read(changed(order__lines=[LINE | {"line": 9}, LINE | {field: value}]))
    assert len(order(document).lines) == 1
    assert all((path or "").startswith(f"order.lines[1].{field}") for _, path in places(document))
    assert places(document)


def test_float_is_refused_with_the_remedy() -> None:
    document = read(changed(order__lines__0__unitPrice=0.1))
    assert "quotes" in document.findings[0].message
    assert document.findings[0].value == "0.1"


@pytest.mark.parametrize(("value", "expected"), [("10", 10), (10, 10), ("10.0", 10)])
def test_counts_may_be_whole_numbers_or_text(value: object, expected: int) -> None:
    assert order(read(changed(order__lines__0__boxes=value))).lines[0].quantity == expected


def test_negative_zero_price_is_zero() -> None:
    price = order(read(changed(order__lines__0__unitPrice="-0"))).lines[0].unit_price
    assert price is not None
    assert not price.is_signed()


def test_order_without_a_good_line_is_refused() -> None:
    unusable: list[object] = [[], [LINE | {"boxes": 0}], {}, None, ["x"]]
    for lines in unusable:
        document = read(changed(order__lines=lines))
        assert document.record is None
        assert "json.lines" in [code for code, _ in places(document)]


def test_line_number_stands_once() -> None:
    document = read(changed(order__lines=[LINE, LINE]))
    assert len(order(document).lines) == 1
    assert places(document) == [("json.line", "order.lines[1].line")]


def test_assorted_box_keeps_its_contents() -> None:
    parts = [
        {"vendorItem": "A", "bunches": 6, "stemsPerBunch": 25, "price": "0.3"},
        {"productCode": "B", "bunches": "4"},
    ]
    line = LINE | {"vendorItem": None, "description": "Assorted", "breakdown": parts}
    (read_line,) = order(read(changed(order__lines=[line]))).lines
    assert [(c.line, c.seller_item, c.buyer_item, c.bunches) for c in read_line.contents] == [
        (1, "A", None, Decimal(6)),
        (2, None, "B", Decimal(4)),
    ]
    bad = line | {"breakdown": [parts[0], {"bunches": 4}]}
    document = read(changed(order__lines=[bad, LINE | {"line": 2}]))
    assert [one.reference for one in order(document).lines] == ["2"]
    assert places(document) == [
        ("json.breakdown", "order.lines[0].breakdown[1]"),
        ("E-25", "order.lines[0].breakdown"),
    ]


@pytest.mark.parametrize(
    ("order_status", "line_statuses", "cart", "lines"),
    [
        ("draft", [None, None], CartStatus.DRAFT, [False, False]),
        ("Checked-Out", [None, None], CartStatus.CHECKED_OUT, [True, True]),
        (None, ["checked-out", "draft"], CartStatus.DRAFT, [True, False]),
        (None, ["checked-out", None], CartStatus.DRAFT, [True, False]),
        ("draft", ["checked-out", "checked-out"], CartStatus.CHECKED_OUT, [True, True]),
        (None, [None, None], None, [None, None]),
    ],
)
def test_cart_is_checked_out_when_all_of_its_lines_are(
    order_status: str | None,
    line_statuses: list[str | None],
    cart: CartStatus | None,
    lines: list[bool | None],
) -> None:
    given = [
        LINE | {"line": at, "cartStatus": status} for at, status in enumerate(line_statuses, 1)
    ]
    found = order(read(changed(order__lines=given, order__cartStatus=order_status)))
    assert found.cart is cart
    assert [line.is_checked_out for line in found.lines] == lines


@pytest.mark.parametrize("path", ["order__cartStatus", "order__lines__0__cartStatus"])
def test_cart_status_is_a_known_word(path: str) -> None:
    document = read(changed(**{path: "darft"}))
    assert document.record is None
    assert ("json.cartStatus", path.replace("__0", "[0]").replace("__", ".")) in places(document)


def test_unknown_fields_are_warned_with_the_nearest_name() -> None:
    document = read(changed(order__shipdate="x", order__lines__0__boxs=3, note="x", sender__vat=1))
    assert document.record is not None
    warned = dict((f.where.path, f.message) for f in document.findings)
    assert set(warned) == {"order.shipdate", "order.lines[0].boxs", "note", "sender.vat"}
    assert "shipDate" in warned["order.shipdate"]
    assert "boxes" in warned["order.lines[0].boxs"]


@pytest.mark.parametrize(
    ("awb", "is_warned"),
    [("176-12345675", False), ("123-12345678", True), ("5678", False), ("56", True)],
)
def test_air_waybill_is_never_refused(awb: str, is_warned: bool) -> None:
    document = read(changed(order__lines__0__awb=awb))
    assert document.record is not None
    assert bool(places(document, errors=False)) == is_warned


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_in_every_wrapping_is_read(encoding: str) -> None:
    value = changed(order__customer={"name": "Fleuriste Zoé"})
    data = (json.dumps(value, ensure_ascii=False) + "\n\x1a").encode(encoding)
    customer = order(read(data)).customer
    assert customer is not None
    assert customer.name == "Fleuriste Zoé"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json.empty"),
        (b"\xef\xbb\xbf", "json.empty"),
        (b"\0\0\0", "json.empty"),
        (b"[]", "json.empty"),
        (b'{"a": 1, "a": 2}', "json.syntax"),
        (b'{"a": NaN}', "json.syntax"),
        (b'{"a": -Infinity}', "json.syntax"),
        (b"{'a': 1}", "json.syntax"),
        (b'{"a": 1,}', "json.syntax"),
        (b'{"a": 1} x', "json.syntax"),
        (b'{"a": "\n"}', "json.syntax"),
        (b'{"a": "b', "json.syntax"),
        (b'{"a": "\xff"}', "json.encoding"),
        (b"<html>", "json.syntax"),
        (b"7", "json.order"),
        (b'"text"', "json.order"),
        (b"[" * 100_000, "json.depth"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "json.depth"),
    ],
)
def test_what_is_not_an_order_is_refused(data: bytes, code: str) -> None:
    document = read(data)
    assert document.record is None
    assert [f.code for f in document.findings] == [code]


def test_syntax_error_is_placed_in_the_file() -> None:
    (finding,) = read('{"a": "é" "b"}'.encode("utf-8-sig")).findings
    assert finding.where.byte == 3 + len('{"a": "é" '.encode())


@pytest.mark.parametrize(("spare", "is_good"), [(-1, False), (0, True), (1, True)])
def test_bytes_are_limited(spare: int, is_good: bool) -> None:
    data = json.dumps(ORDER).encode()
    limits = replace(DEFAULT_LIMITS, json_bytes=len(data) + spare)
    assert (read(data, limits).record is not None) == is_good


@pytest.mark.parametrize(("depth", "is_good"), [(3, False), (4, True), (5, True)])
def test_depth_is_limited(depth: int, is_good: bool) -> None:
    limits = replace(DEFAULT_LIMITS, json_depth=depth)
    assert (read(ORDER, limits).record is not None) == is_good


def test_numbers_too_long_for_python_do_not_raise() -> None:
    data = json.dumps(ORDER).encode().replace(b'"boxes": 10', b'"boxes": ' + b"9" * 6000)
    assert read(data).record is None


def test_secret_text_is_cut_short_in_findings() -> None:
    document = read(changed(order__lines__0__unitType="x" * 5000))
    assert all(len(f.value or "") <= 80 and len(f.message) < 300 for f in document.findings)


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    list(read_order(data, DEFAULT_LIMITS))


PATHS = ["messageId", "sender", "order", "order__lines", "order__lines__0", "order__customer",
         "order__lines__0__breakdown", "order__lines__0__boxes", "order__lines__0__line",
         "order__lines__0__vbn", "order__comments", "action"]  # fmt: skip


@given(st.sampled_from(PATHS), anything)
def test_no_value_in_any_place_raises(path: str, value: object) -> None:
    document = read(changed(**{path: value}))
    assert document.record is not None or any(f.is_error for f in document.findings)
    for finding in document.findings:
        str(finding.where).encode()
        (finding.message + (finding.value or "")).encode()
    if document.record is not None:
        document.record.model_dump_json()


def test_vbn_codes_stay_on_the_line_as_they_were_written() -> None:
    vbn = {"product": "16207", "features": {"S20": "070", "X99": "what"}}
    (line,) = order(read(changed(order__lines__0__vbn=vbn))).lines
    assert line.vbn == Vbn("16207", features=(("S20", "070"), ("X99", "what")))


@pytest.mark.parametrize("features", [{"S20": "\ud800"}, {"S20": 70}, {"": "070"}, ["S20"]])
def test_vbn_features_that_no_ledger_can_hold_leave_the_line_out(features: object) -> None:
    document = read(changed(order__lines__0__vbn={"features": features}))
    assert ("json.features", "order.lines[0].vbn.features") in places(document)
