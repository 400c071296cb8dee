"""Offers written as 846 are the advice that the buyer's reader gets."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.findings import Finding
from formats.offers import Offer, OfferRow
from formats.records import InventoryAdvice, InventoryLine, Party
from formats.x12.inventory_out import pack_text, write_inventory
from formats.x12.reader import read
from formats.x12.write import ControlNumbers, Envelope
from tests.formats.x12.strategies import (
    amounts,
    box_types,
    codes,
    days,
    maybe,
    names,
    packs,
    texts,
    units,
)

COUNTED = datetime(2026, 11, 21, 8, 0)  # noqa: DTZ001  (what a file says has no zone)
ENVELOPE = Envelope("ZZ", "FLORSOL", "ZZ", "BLOOMWHSL")
VENDOR = Party("V00731", "92", "Flores del Sol SA")
BUYER = Party("0614141000005", "UL", "Bloom Wholesale")

ROSES = OfferRow(
    Offer(
        None, "ROS-FRE-60", "Rose Freedom 60cm Red", Decimal(120), "BX", "HB", 10, 25,
        Decimal("0.36"), "EA", "USD", date(2026, 11, 30), "Red", "Roses", "MIA01", "Flores del Sol",
        "60 cm",
    ),
    "R60RED",
    date(2026, 11, 22),
    cut_on=date(2026, 11, 19),
)  # fmt: skip
MIX = OfferRow(
    Offer(
        seller_item="ALS-MIX",
        description="Alstroemeria assorted",
        quantity=Decimal(0),
        unit="X2",
    )
)


def _but(row: OfferRow, **said: object) -> OfferRow:
    """Return a row whose offer says something else."""
    return row._replace(offer=row.offer._replace(**said))  # type: ignore[arg-type]  # any field


def _write(
    *offers: OfferRow, envelope: Envelope = ENVELOPE, warnings: list[Finding] | None = None
) -> bytes:
    return write_inventory(
        offers,
        reference="INV-1",
        as_of=COUNTED,
        vendor=VENDOR,
        buyer=BUYER,
        envelope=envelope,
        control=ControlNumbers(201, 8),
        warnings=warnings,
    )


def _body(data: bytes) -> list[str]:
    return data.decode().split("~\n")[2:-3]


def _reread(data: bytes) -> InventoryAdvice:
    reading = read(data)
    (document,) = reading.documents()
    assert isinstance(document.record, InventoryAdvice), document.findings
    assert (reading.findings, document.findings) == ((), ())
    return document.record


def test_offers_are_written_in_the_order_of_the_846() -> None:
    data = _write(ROSES, MIX)
    assert b"*ZZ*FLORSOL        *ZZ*BLOOMWHSL      *261121*0800*U*00401*000000201*0*P*>~" in data
    assert b"\nGS*IB*FLORSOL*BLOOMWHSL*20261121*0800*8*X*004010~\n" in data
    assert _body(data) == [
        "ST*846*0001",
        "BIA*00*SI*INV-1*20261121*0800",
        "CUR*SE*USD",
        "DTM*097*20261121*0800",
        "N1*SE*Flores del Sol SA*92*V00731",
        "N1*BY*Bloom Wholesale*UL*0614141000005",
        "LIN*1*VP*ROS-FRE-60*BP*R60RED*ZZ*HB",
        "PID*F*08***Rose Freedom 60cm Red",
        "PID*F*GEN***10 BUNCHES X 25 STEMS",
        "PID*F*73***Red",
        "PID*F*38***60 cm",
        "PID*F****Roses",
        "DTM*018*20261122",
        "DTM*405*20261119",
        "DTM*036*20261130",
        "CTP**UCP*0.36*1*EA",
        "QTY*33*120*BX",
        "N1*WH**92*MIA01",
        "N1*VN*Flores del Sol",
        "LIN*2*VP*ALS-MIX",
        "PID*F*08***Alstroemeria assorted",
        "QTY*33*0*X2",
        "CTT*2",
        "SE*24*0001",
    ]


@pytest.mark.parametrize("version", ["00401", "00501"])
def test_the_buyer_reads_the_advice_that_was_meant(version: str) -> None:
    envelope = replace(ENVELOPE, version="00501" if version == "00501" else "00401")
    assert _reread(_write(ROSES, MIX, envelope=envelope)) == InventoryAdvice(
        reference="INV-1",
        as_of=COUNTED,
        currency="USD",
        vendor=VENDOR,
        buyer=BUYER,
        lines=(
            InventoryLine(
                1, Decimal(120), "BX", None, "ROS-FRE-60", "R60RED", None, "Rose Freedom 60cm Red",
                date(2026, 11, 22), date(2026, 11, 30), date(2026, 11, 19),
                color="Red", grade="60 cm", unit_cost=Decimal("0.36"),
                cost_unit="EA", box_type_code="HB", location="MIA01",
            ),
            InventoryLine(
                2, Decimal(0), "X2", None, "ALS-MIX", None, None, "Alstroemeria assorted"
            ),
        ),
    )  # fmt: skip


def test_offers_in_several_currencies_name_them_by_item() -> None:
    euros = _but(ROSES, currency="EUR")
    body = _body(_write(ROSES, euros, MIX))
    assert [s for s in body if s.startswith(("CUR", "LIN"))] == [
        "LIN*1*VP*ROS-FRE-60*BP*R60RED*ZZ*HB",
        "CUR*SE*USD",
        "LIN*2*VP*ROS-FRE-60*BP*R60RED*ZZ*HB",
        "CUR*SE*EUR",
        "LIN*3*VP*ALS-MIX",
    ]
    assert len(_reread(_write(ROSES, euros, MIX)).lines) == 3


def test_a_cost_without_a_unit_of_its_own_is_per_unit_offered() -> None:
    assert "CTP**UCP*0.36*1*BX" in _body(_write(_but(ROSES, cost_unit=None)))


def test_a_cost_of_nothing_is_said_and_no_cost_is_not() -> None:
    assert "CTP**UCP*0*1*EA" in _body(_write(_but(ROSES, unit_cost=Decimal(0))))
    silent = _body(_write(_but(ROSES, unit_cost=None)))
    assert not [segment for segment in silent if segment.startswith(("CTP", "CUR"))]


def test_a_hidden_vendor_leaves_no_trace() -> None:
    data = write_inventory(
        [_but(ROSES, vendor_display=None)],
        reference="INV-1",
        as_of=COUNTED,
        vendor=None,
        buyer=BUYER,
        envelope=Envelope("ZZ", "BLOOM", "ZZ", "FINAL"),
        control=ControlNumbers(1, 1),
    )
    assert b"Flores" not in data
    assert b"V00731" not in data


def test_purpose_and_the_time_of_sending_can_be_given() -> None:
    data = write_inventory(
        [MIX],
        reference="INV-2",
        as_of=COUNTED,
        vendor=VENDOR,
        buyer=None,
        envelope=ENVELOPE,
        control=ControlNumbers(1, 1),
        purpose="05",
        at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    )
    assert b"*261122*0930*" in data
    assert b"BIA*05*SI*INV-2*20261121*0800~" in data


def test_an_offer_without_item_code_is_refused() -> None:
    with pytest.raises(ValueError, match=r"offer 2 .*map the product"):
        _write(MIX, _but(MIX, seller_item=None))


def test_no_offers_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one offer"):
        _write()


def test_hostile_texts_are_replaced_and_reported() -> None:
    found: list[Finding] = []
    data = _write(_but(MIX, description="rose*60~N1>x", color="Crème"), warnings=found)
    assert "PID*F*08***rose 60 N1 x" in _body(data)
    assert "PID*F*73***Creme" in _body(data)
    assert [finding.where.segment for finding in found] == ["PID", "PID"]
    assert len(_reread(data).lines) == 1


@pytest.mark.parametrize(
    ("bunches", "stems", "text"),
    [
        (10, 25, "10 BUNCHES X 25 STEMS"),
        (10, None, "10 BUNCHES PER BOX"),
        (None, 25, "25 STEMS PER BUNCH"),
        (None, None, ""),
    ],
)
def test_the_pack_is_said_in_words(bunches: int | None, stems: int | None, text: str) -> None:
    assert pack_text(bunches, stems) == text


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("florsol-17", "LIN*florsol-17*VP*ALS-MIX"),
        ("F" * 20, f"LIN*{'F' * 20}*VP*ALS-MIX"),
        ("F" * 21, f"LIN*1*VP*ALS-MIX*LT*{'F' * 21}"),
    ],
)
def test_an_offer_is_named_in_lin01_or_as_a_lot_where_it_is_too_long(
    name: str, segment: str
) -> None:
    data = _write(_but(MIX, name=name))
    assert segment in _body(data)
    assert _reread(data).lines[0].seller_item == "ALS-MIX"


def test_an_offer_without_item_code_goes_by_its_name() -> None:
    nameless = _but(MIX, seller_item=None)
    assert "LIN*florsol-17*LT*florsol-17" in _body(_write(_but(nameless, name="florsol-17")))
    with pytest.raises(ValueError, match="no item code"):
        _write(nameless)


# --- whatever is offered, the buyer reads what was meant


@st.composite
def offers(draw: st.DrawFn) -> OfferRow:
    offer = Offer(
        name=draw(maybe(codes(1, 20))),
        seller_item=draw(codes()),
        description=draw(st.just("") | texts),
        quantity=draw(st.just(Decimal(0)) | amounts),
        unit=draw(units),
        box_type=draw(maybe(box_types)),
        bunches_per_box=draw(maybe(packs)),
        stems_per_bunch=draw(maybe(packs)),
        unit_cost=draw(maybe(st.just(Decimal(0)) | amounts)),
        cost_unit=draw(maybe(units)),
        currency="USD",
        available_to=draw(maybe(days)),
        color=draw(maybe(texts)),
        category=draw(maybe(texts)),
        location=draw(maybe(codes(2, 12))),
        vendor_display=draw(maybe(names)),
        grade=draw(maybe(texts)),
    )
    first, cut = draw(maybe(days)), draw(maybe(days))
    price = draw(maybe(amounts))
    return OfferRow(offer, draw(maybe(codes())), first, price, cut_on=cut)


def _meant(number: int, row: OfferRow) -> InventoryLine:
    """Return the line that a buyer has to read; an 846 says the pack and the category in words."""
    offer = row.offer
    pack = pack_text(offer.bunches_per_box, offer.stems_per_bunch)
    return InventoryLine(
        number,
        offer.quantity,
        offer.unit,
        seller_item=offer.seller_item,
        buyer_item=row.buyer_item,
        description=offer.description or pack or offer.category,
        available_from=row.available_from,
        available_to=offer.available_to,
        cut_on=row.cut_on,
        color=offer.color,
        grade=offer.grade,
        unit_cost=offer.unit_cost,
        cost_unit=None if offer.unit_cost is None else offer.cost_unit or offer.unit,
        box_type_code=offer.box_type,
        location=offer.location,
    )


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(offers(), min_size=1, max_size=4), version=st.sampled_from(["00401", "00501"]))
def test_what_is_written_is_read_back(
    rows: list[OfferRow], version: Literal["00401", "00501"]
) -> None:
    found: list[Finding] = []
    data = _write(*rows, envelope=replace(ENVELOPE, version=version), warnings=found)
    assert found == []
    read_back = _reread(data)
    assert read_back.lines == tuple(_meant(at, row) for at, row in enumerate(rows, 1))
    assert (read_back.vendor, read_back.buyer, read_back.as_of) == (VENDOR, BUYER, COUNTED)
