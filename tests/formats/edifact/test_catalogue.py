"""PRICAT to catalogues: products, prices, and for what and when they hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from formats.catalogue import Catalogue, CatalogueItem, CataloguePrice, ItemAction
from formats.documents import ReadDocument
from formats.edifact.reader import read
from formats.records import Party, Purpose
from formats.vbn import Vbn
from tests.formats.edifact.samples import control, message, written

HEAD = (
    "BGM+9+CAT-2027-1+9",
    "DTM+137:20261204:102",
    "DTM+194:20270101:102",
    "DTM+206:20270630:102",
    "FTX+AAI+++PRICES FREE ON TRUCK",
    "NAD+SU+7701234000011::9++FINCA ALTA",
    "NAD+BY+5412345000013::9",
    "CUX+2:USD:10",
)
ROSES = ("PGI+11+:::ROSES",)
ITEM = (
    "LIN+1+3+10614141000019:EN",
    "PIA+1+ROS-RED-60:SA+R60:BP+16207:VBN",
    "IMD+F++:::ROSE RED 60 CM",
    "IMD+F+35+:::RED",
    "QTY+53:4:BX",
    "QTY+59:10",
    "QTY+52:25",
    "DTM+194:20270104:102",
    "DTM+206:20270515:102",
    "LOC+27+EC",
    "PRI+AAA:0.36:::1:PCE",
    "PRI+AAE:25:CU:SRP",
    "PAC+++HB::92",
)


def pricat(*body: str, kind: str = "PRICAT:D:96A:UN:EAN006") -> bytes:
    return written(*message(body, kind))


def document_of(*body: str, kind: str = "PRICAT:D:96A:UN:EAN006") -> ReadDocument:
    (document,) = read(pricat(*body, kind=kind)).documents()
    return document


def catalogue_of(*body: str, found: tuple[str, ...] = ()) -> Catalogue:
    document = document_of(*body)
    assert isinstance(document.record, Catalogue), document.findings
    assert tuple(each.code for each in document.findings) == found
    return document.record


def prices_of(*segments: str) -> list[CataloguePrice]:
    """Return the prices of an item that has these segments behind its LIN."""
    (item,) = catalogue_of(*HEAD, *ROSES, "LIN+1++A:SA", *segments).items
    return [*item.prices]


@pytest.mark.parametrize("kind", ["PRICAT:D:96A:UN:EAN006", "PRICAT:D:01B:UN:EAN008"])
def test_catalogue_is_read_whole(kind: str) -> None:
    document = document_of(*HEAD, *ROSES, *ITEM, kind=kind)
    assert document.findings == ()
    assert document.record == Catalogue(
        number="CAT-2027-1",
        type_code="9",
        issued_on=date(2026, 12, 4),
        valid_from=date(2027, 1, 1),
        valid_to=date(2027, 6, 30),
        currency="USD",
        vendor=Party("7701234000011", "UL", "FINCA ALTA"),
        buyer=Party("5412345000013", "UL"),
        comments="PRICES FREE ON TRUCK",
        items=(
            CatalogueItem(
                1,
                "1",
                ItemAction.CHANGE,
                "ROS-RED-60",
                "R60",
                "10614141000019",
                "ROSE RED 60 CM",
                "RED",
                "ROSES",
                (
                    CataloguePrice(Decimal("0.36"), "PCE", "AAA"),
                    CataloguePrice(Decimal(25), None, "AAE", is_retail=True),
                ),
                "BX",
                Decimal(4),
                box_type_code="HB",
                bunches_per_box=10,
                stems_per_bunch=25,
                available_from=date(2027, 1, 4),
                available_to=date(2027, 5, 15),
                origin="EC",
                vbn=Vbn("16207"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("code", "action"),
    [("1", ItemAction.ADD), ("2", ItemAction.DELETE), ("3", ItemAction.CHANGE), ("", None)],
)
def test_line_says_what_becomes_of_its_item(code: str, action: ItemAction | None) -> None:
    (item,) = catalogue_of(*HEAD, *ROSES, f"LIN+1+{code}+A:SA").items
    assert item.action is action


def test_price_is_for_one_of_its_unit() -> None:
    assert prices_of("PRI+AAA:36:::100:PCE") == [CataloguePrice(Decimal("0.36"), "PCE", "AAA")]


def test_prices_hold_for_quantities_days_and_in_currencies() -> None:
    found = prices_of(
        *("PRI+AAA:0.36:::1:PCE", "RNG+4+BX:1:9", "DTM+194:20270101:102"),
        *("PRI+AAA:3.3:::1:BX", "CUX+2:EUR:10", "RNG+4+BX:10", "DTM+273:20270101-20270331:718"),
    )
    one, ten = Decimal(1), Decimal(10)
    assert found == [
        CataloguePrice(
            Decimal("0.36"), "PCE", "AAA", False, None, one, Decimal(9), date(2027, 1, 1), None,
            "BX",
        ),
        CataloguePrice(
            Decimal("3.3"), "BX", "AAA", False, "EUR", ten, None, date(2027, 1, 1),
            date(2027, 3, 31),
        ),
    ]  # fmt: skip


def test_currency_of_an_item_is_that_of_its_prices() -> None:
    assert [each.currency for each in prices_of("CUX+2:EUR:10", "PRI+AAA:1")] == ["EUR"]


def test_price_of_a_group_is_that_of_its_items_without_one() -> None:
    body = ("PGI+11+:::MIXED", "PRI+AAA:2", "LIN+1++A:SA", "LIN+2++B:SA", "PRI+AAA:3")
    found = catalogue_of(*HEAD, *body, *ROSES, "LIN+3++C:SA").items
    assert [[each.amount for each in item.prices] for item in found] == [[2], [3], []]
    assert [item.group for item in found] == ["MIXED", "MIXED", "ROSES"]


def test_period_of_a_catalogue_has_a_first_and_a_last_day() -> None:
    head = (*HEAD[:2], "DTM+273:20270101-20270331:718", *HEAD[4:])
    found = catalogue_of(*head, *ROSES, *ITEM)
    assert (found.valid_from, found.valid_to) == (date(2027, 1, 1), date(2027, 3, 31))


def test_price_of_nothing_is_one_and_no_price_is_none() -> None:
    assert [each.amount for each in prices_of("PRI+AAA:0")] == [0]
    assert prices_of() == []


@pytest.mark.parametrize("price", ["PRI+AAA", "PRI+AAA:5:::0"])
def test_price_that_cannot_be_read_is_left_out_with_a_warning(price: str) -> None:
    record = catalogue_of(
        *HEAD, *ROSES, "LIN+1++A:SA", price, "CUX+2:EUR:10", "PRI+AAA:7",
        found=("edifact.PRI01.price",),
    )  # fmt: skip
    assert [each.amount for each in record.items[0].prices] == [7]


def test_sub_lines_are_left_out_with_a_warning() -> None:
    body = (*ROSES, "LIN+1++A:SA", "PRI+AAA:1", "LIN+2++B:SA+1:1", "PRI+AAA:9")
    record = catalogue_of(*HEAD, *body, found=("edifact.LIN04.sub_line",))
    assert [[each.amount for each in item.prices] for item in record.items] == [[1]]


def test_cancelled_catalogue_needs_no_items() -> None:
    found = catalogue_of("BGM+9+CAT-2027-1+1", *HEAD[1:])
    assert (found.purpose, found.items) == (Purpose.CANCEL, ())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (HEAD, "LIN.none"),
        (("BGM+9+CAT-2027-1+27", *HEAD[1:], *ROSES, *ITEM), "BGM03.unsupported"),
    ],
)
def test_catalogue_that_cannot_be_used_is_named_and_still_acknowledged(
    body: tuple[str, ...], code: str
) -> None:
    document = document_of(*body)
    assert document.record is None
    assert [each.code for each in document.findings] == [f"edifact.{code}"]
    assert control(pricat(*body)) == [["UCI+5001+5412345000013:14+7701234000011:14+7"]]


def test_items_outside_of_a_product_group_break_the_standard() -> None:
    document = document_of(*HEAD, *ITEM)
    assert document.record is None
    assert document.findings[0].code == "edifact.LIN.misplaced"
