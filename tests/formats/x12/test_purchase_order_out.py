"""A purchase order written as 850 is the order that the vendor's reader gets."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.findings import Finding
from formats.records import Content, OrderLine, Party, PurchaseOrder, Purpose, ShipVia
from formats.x12.purchase_order_out import MAX_BOX_CODES, party, write_purchase_order
from formats.x12.reader import read
from formats.x12.write import ControlNumbers, Envelope

AT = datetime(2026, 11, 21, 8, 5, tzinfo=UTC)
ENVELOPE = Envelope("ZZ", "BLOOMWHSL", "ZZ", "FLORSOL", usage="T")
MODERN = replace(ENVELOPE, version="00501")
CONTROL = ControlNumbers(101, 7)

BUYER = Party("0614141000005", "UL", "Bloom Wholesale")
VENDOR = Party("V00731", "92", "Flores del Sol SA")
SHIP_TO = Party("MIA01", "92", "Bloom Miami", "1500 NW 95th Avenue", "Miami", "FL", "33172", "US")
ROSES = OrderLine(
    1, "1", Decimal(10), "BX", "ROS-FRE-60", "R60RED", "10614141000019", "Rose Freedom 60cm Red",
    Decimal("0.365"), "EA", "HB", 10, 25, "MARK-A12",
)  # fmt: skip
ASSORTED = OrderLine(
    2, "2", Decimal(4), "BX", "ALS-MIX", "ALSMIX", None, "Alstroemeria assorted", Decimal("3.65"),
    "X2", "QB", 20, 10,
    contents=(
        Content(1, "ALS-WHI", None, "White", Decimal(12), 10, Decimal("3.5")),
        Content(2, None, "A-PNK", None, Decimal(8), 10),
    ),
)  # fmt: skip
ORDER = PurchaseOrder(
    number="PO-10045",
    is_test=True,
    order_date=date(2026, 11, 20),
    ship_date=date(2026, 11, 23),
    delivery_date=date(2026, 11, 25),
    buyer=BUYER,
    vendor=VENDOR,
    ship_to=SHIP_TO,
    customer=Party("C2210", "92", "Petal & Stem Florist"),
    customer_po="PS-7781",
    location="MIA",
    carrier="ARMF",
    currency="USD",
    mark_code="MARK-A12",
    comments="Keep cool.\nCall the dock first.",
    lines=(ROSES, ASSORTED),
    order_type="SA",
)


def _body(data: bytes) -> list[str]:
    return data.decode().split("~\n")[2:-3]


def _reread(data: bytes) -> tuple[PurchaseOrder, list[Finding]]:
    reading = read(data)
    (document,) = reading.documents()
    assert isinstance(document.record, PurchaseOrder), document.findings
    return document.record, [*reading.findings, *document.findings]


def test_an_order_is_written_segment_by_segment() -> None:
    data = write_purchase_order(ORDER, ENVELOPE, CONTROL, AT)
    assert data.startswith(
        b"ISA*00*          *00*          *ZZ*BLOOMWHSL      *ZZ*FLORSOL        *"
    )
    assert b"\nGS*PO*BLOOMWHSL*FLORSOL*20261121*0805*7*X*004010~\n" in data
    assert _body(data) == [
        "ST*850*0001",
        "BEG*00*SA*PO-10045**20261120",
        "CUR*BY*USD",
        "REF*CO*PS-7781",
        "REF*BX*MARK-A12",
        "DTM*010*20261123",
        "DTM*002*20261125",
        "TD5**2*ARMF",
        "N9*L1*ORDER",
        "MSG*Keep cool.",
        "MSG*Call the dock first.",
        "N1*BY*Bloom Wholesale*UL*0614141000005",
        "N1*ST*Bloom Miami*92*MIA01",
        "N3*1500 NW 95th Avenue",
        "N4*Miami*FL*33172*US",
        "N1*SE*Flores del Sol SA*92*V00731",
        "N1*UC*Petal & Stem Florist*92*C2210",
        "N1*WH**92*MIA",
        "PO1*1*10*BX*0.365*PE*VP*ROS-FRE-60*BP*R60RED*UK*10614141000019*ZZ*HB",
        "PID*F*08***Rose Freedom 60cm Red",
        "PO4*10*************25",
        "REF*BX*MARK-A12",
        "PO1*2*4*BX*3.65**VP*ALS-MIX*BP*ALSMIX*ZZ*QB",
        "CTP**UCP*3.65*1*X2",
        "PID*F*08***Alstroemeria assorted",
        "PO4*20*************10",
        "SLN*1**I*12*X2*3.5***VP*ALS-WHI",
        "PID*F*08***White",
        "PO4**************10",
        "SLN*2**I*8*X2****BP*A-PNK",
        "PO4**************10",
        "CTT*2*14",
        "SE*33*0001",
    ]


@pytest.mark.parametrize("envelope", [ENVELOPE, MODERN])
def test_the_vendor_reads_the_order_that_was_meant(envelope: Envelope) -> None:
    assert _reread(write_purchase_order(ORDER, envelope, CONTROL, AT)) == (ORDER, [])


def test_remarks_are_mtx_in_5010() -> None:
    body = _body(write_purchase_order(ORDER, MODERN, CONTROL, AT))
    assert "MTX**Keep cool." in body
    assert not [segment for segment in body if segment.startswith("MSG")]


@pytest.mark.parametrize(
    ("purpose", "code"),
    [
        (Purpose.NEW, "00"), (Purpose.CANCEL, "01"), (Purpose.CHANGE, "04"),
        (Purpose.REPLACE, "05"), (Purpose.CONFIRM, "06"), (Purpose.DUPLICATE, "07"),
    ],
)  # fmt: skip
def test_every_purpose_has_its_code(purpose: Purpose, code: str) -> None:
    order = ORDER.model_copy(update={"purpose": purpose})
    data = write_purchase_order(order, ENVELOPE, CONTROL, AT)
    assert _body(data)[1] == f"BEG*{code}*SA*PO-10045**20261120"
    assert _reread(data)[0].purpose is purpose


def test_a_bare_order_says_nothing_that_nobody_said() -> None:
    line = OrderLine(1, "A7", Decimal("2.50"), "EA", "X")
    order = PurchaseOrder(number="1", lines=(line,), ship_via=ShipVia.GROWER)
    assert _body(write_purchase_order(order, ENVELOPE, CONTROL, AT)) == [
        "ST*850*0001",
        "BEG*00*DS*1**20261121",
        "PO1*A7*2.5*EA***VP*X",
        "CTT*1*2.5",
        "SE*5*0001",
    ]


@pytest.mark.parametrize(
    ("price", "unit", "segments"),
    [
        (None, "X2", ["PO1*1*10*BX***VP*A"]),
        ("0", None, ["PO1*1*10*BX*0**VP*A"]),
        ("36.50", "BX", ["PO1*1*10*BX*36.5*UM*VP*A"]),
        ("0.36", "EA", ["PO1*1*10*BX*0.36*PE*VP*A"]),
        ("3.6", "X2", ["PO1*1*10*BX*3.6**VP*A", "CTP**UCP*3.6*1*X2"]),
    ],
)
def test_a_price_says_what_it_is_per(
    price: str | None, unit: str | None, segments: list[str]
) -> None:
    amount = None if price is None else Decimal(price)
    line = OrderLine(1, "1", Decimal(10), "BX", "A", unit_price=amount, price_unit=unit)
    data = write_purchase_order(PurchaseOrder(number="1", lines=(line,)), ENVELOPE, CONTROL, AT)
    assert _body(data)[2:-2] == segments
    reread = _reread(data)[0].lines[0]
    assert reread.unit_price == line.unit_price
    assert reread.price_unit == (None if price is None else unit)


@pytest.mark.parametrize(
    ("gtin", "qualifier"),
    [("96385074", "EO"), ("614141000012", "UP"), ("0614141000012", "EN"), ("00614141000012", "UK")],
)
def test_a_gtin_is_qualified_by_its_length(gtin: str, qualifier: str) -> None:
    order = PurchaseOrder(number="1", lines=(replace(ROSES, gtin=gtin),))
    assert f"*{qualifier}*{gtin}*" in _body(write_purchase_order(order, ENVELOPE, CONTROL, AT))[2]


def test_a_gtin_of_another_length_is_refused() -> None:
    order = PurchaseOrder(number="1", lines=(replace(ROSES, gtin="123"),))
    with pytest.raises(ValueError, match="correct the item"):
        write_purchase_order(order, ENVELOPE, CONTROL, AT)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (Party(code="C1", name="Bloom"), ("N1", "BY", "Bloom", "92", "C1")),
        (Party(code="C", name="Bloom"), ("N1", "BY", "Bloom", "", "")),
        (Party(code="C"), ("N1", "BY", "C", "", "")),
    ],
)
def test_a_code_of_one_character_has_no_place_beside_a_name(
    who: Party, expected: tuple[str, ...]
) -> None:
    assert list(party("BY", who)) == [expected]


def test_a_carrier_code_that_is_no_scac_is_the_buyers_own() -> None:
    order = ORDER.model_copy(update={"carrier": "TRUCK-7"})
    data = write_purchase_order(order, ENVELOPE, CONTROL, AT)
    assert "TD5**92*TRUCK-7" in _body(data)
    assert _reread(data)[0].carrier == "TRUCK-7"


def test_a_long_street_is_broken_where_it_has_a_comma() -> None:
    street = "Autopista Sur Kilometro 7 Bodega 12 Zona Franca, Dock 4"
    for extra in ("", " and around the corner"):
        order = ORDER.model_copy(update={"ship_to": replace(SHIP_TO, street=street + extra)})
        data = write_purchase_order(order, ENVELOPE, CONTROL, AT)
        found = _reread(data)[0].ship_to
        assert found is not None
        assert found.street == street + extra
    assert "N3*Autopista Sur Kilometro 7 Bodega 12 Zona Franca*Dock 4 and around the corner" in (
        _body(data)
    )


def test_a_carrier_code_of_one_character_stands_where_the_routing_would() -> None:
    order = ORDER.model_copy(update={"carrier": "P"})
    data = write_purchase_order(order, ENVELOPE, CONTROL, AT)
    assert "TD5*****P" in _body(data)
    again, found = _reread(data)
    assert (again.carrier, found) == ("P", [])


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"number": "PÉ-1"}, "BEG03"),
        ({"customer_po": "WEB\x85-1"}, "REF02"),
        ({"carrier": "PRÉ"}, "TD503"),
        ({"buyer": Party("B\x9b7", "92")}, "N104"),
    ],
)
def test_a_name_that_this_partner_can_not_read_is_refused_where_it_stands(
    said: dict[str, object], place: str
) -> None:
    order = ORDER.model_copy(update=said)
    with pytest.raises(ValueError, match=rf"^{place} \(segment \d+\) holds .*correct the value"):
        write_purchase_order(order, ENVELOPE, CONTROL, AT)


def test_a_province_without_a_two_letter_code_goes_by_its_name() -> None:
    order = ORDER.model_copy(update={"ship_to": replace(SHIP_TO, state="Pichincha", country="EC")})
    assert "N4*Miami**33172*EC*SP*Pichincha" in (
        _body(write_purchase_order(order, ENVELOPE, CONTROL, AT))
    )


def test_a_party_without_code_and_name_is_left_out() -> None:
    order = ORDER.model_copy(update={"ship_to": Party(street="Somewhere")})
    body = _body(write_purchase_order(order, ENVELOPE, CONTROL, AT))
    assert not [segment for segment in body if segment.startswith(("N1*ST", "N3"))]


def test_a_long_remark_is_broken_between_words_and_loses_none() -> None:
    words = " ".join(f"word{n}" for n in range(200))
    order = ORDER.model_copy(update={"comments": words + "\n\n" + "x" * 300})
    found: list[Finding] = []
    data = write_purchase_order(order, ENVELOPE, CONTROL, AT, warnings=found)
    messages = [segment[4:] for segment in _body(data) if segment.startswith("MSG*")]
    assert all(len(message) <= 264 for message in messages)
    assert " ".join(messages[:-2]) == words
    assert messages[-2:] == ["x" * 264, "x" * 36]
    assert found == []


def test_box_codes_beyond_the_room_of_an_850_are_reported() -> None:
    codes = tuple(f"KS{n:06}" for n in range(MAX_BOX_CODES + 1))
    for count in (MAX_BOX_CODES, MAX_BOX_CODES + 1):
        line = replace(ROSES, box_codes=codes[:count])
        found: list[Finding] = []
        order = PurchaseOrder(number="1", lines=(line,))
        data = write_purchase_order(order, ENVELOPE, CONTROL, AT, warnings=found)
        assert data.count(b"MAN*SM*KS") == MAX_BOX_CODES
        assert _reread(data)[1] == []
        assert [finding.code for finding in found] == ["x12.out.left_out"] * (count - MAX_BOX_CODES)


def test_a_sum_too_long_for_ctt02_is_left_out() -> None:
    line = replace(ROSES, quantity=Decimal("99999999999"))
    order = PurchaseOrder(number="1", lines=(line,))
    assert "CTT*1" in _body(write_purchase_order(order, ENVELOPE, CONTROL, AT))


def test_a_unit_that_x12_does_not_know_by_length_is_refused() -> None:
    order = PurchaseOrder(number="1", lines=(replace(ROSES, unit="Box"),))
    with pytest.raises(ValueError, match=r"PO103 .*'Box'"):
        write_purchase_order(order, ENVELOPE, CONTROL, AT)


CODES = (
    st.text("ABCXYZ0189-/ ", min_size=2, max_size=20).map(str.strip).filter(lambda t: len(t) > 1)
)
WORDS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters="*~>^|"), max_size=50
).map(lambda text: " ".join(text.split()))
NAMES = st.one_of(st.none(), WORDS.filter(bool))
PRICES = st.one_of(st.none(), st.decimals(0, 9999, places=4))
PARTIES = st.builds(
    Party, code=CODES, qualifier=st.just("92"), name=NAMES, street=NAMES,
    city=st.one_of(st.none(), st.just("Quito")), postal_code=st.one_of(st.none(), st.just("33172")),
    country=st.one_of(st.none(), st.just("EC")),
)  # fmt: skip


@st.composite
def _lines(draw: st.DrawFn) -> tuple[OrderLine, ...]:
    found = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        price = draw(PRICES)
        stems = draw(st.one_of(st.none(), st.integers(1, 9999)))
        contents = draw(
            st.lists(st.tuples(CODES, NAMES, st.integers(0, 99), st.integers(1, 99)), max_size=3)
        )
        found.append(
            OrderLine(
                number,
                draw(CODES),
                draw(st.decimals(0, 99999, places=2)),
                draw(st.sampled_from(["BX", "EA", "X2", "CT"])),
                draw(CODES),
                draw(st.one_of(st.none(), CODES)),
                None,
                draw(NAMES),
                price,
                None if price is None else draw(st.sampled_from([None, "EA", "BX", "X2"])),
                draw(st.sampled_from([None, "FB", "HB", "QB", "EB"])),
                draw(st.one_of(st.none(), st.integers(1, 9999))),
                stems,
                draw(st.one_of(st.none(), CODES)),
                tuple(
                    Content(n, code, None, text, Decimal(bunches), inner, draw(PRICES))
                    for n, (code, text, bunches, inner) in enumerate(contents, start=1)
                ),
            )
        )
    return tuple(found)


ORDERS = st.builds(
    PurchaseOrder,
    number=CODES,
    order_date=st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    ship_date=st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2099, 1, 1))),
    delivery_date=st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2099, 1, 1))),
    buyer=PARTIES,
    vendor=PARTIES,
    ship_to=st.one_of(st.none(), PARTIES),
    customer=st.one_of(st.none(), PARTIES),
    customer_po=st.one_of(st.none(), CODES),
    carrier=st.one_of(st.none(), CODES),
    currency=st.sampled_from([None, "USD", "EUR"]),
    mark_code=st.one_of(st.none(), CODES),
    comments=st.one_of(st.none(), WORDS.filter(bool)),
    lines=_lines(),
    order_type=st.just("SA"),
    is_test=st.just(True),
)


@settings(max_examples=150, deadline=None)
@given(ORDERS, st.sampled_from(["00401", "00501"]))
def test_any_order_comes_back_as_it_went(
    order: PurchaseOrder, version: Literal["00401", "00501"]
) -> None:
    found: list[Finding] = []
    envelope = replace(ENVELOPE, version=version)
    data = write_purchase_order(order, envelope, CONTROL, AT, warnings=found)
    assert found == []
    assert _reread(data) == (order, [])
