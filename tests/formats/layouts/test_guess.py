"""Layouts proposed from samples: what a header says is sure, what cells say is named as unsure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.layouts.guess import Guess, guess_layout
from formats.layouts.layout import Form
from formats.layouts.read import read_layout
from formats.limits import DEFAULT_LIMITS
from formats.records import InventoryAdvice, Party, PurchaseOrder
from formats.tabular.kinds import Kind
from tests.formats.xlsx.books import book, opened

DUTCH = """Voorraad week 47

Omschrijving;Aantal;Eenheid;Prijs;Beschikbaar vanaf;Stelen per bos;Kwaliteit
Rosa Avalanche;1.200;bos;0,35;21-11-2026;10;A1
Rosa Red Naomi;5;fust;1,10;01-12-2026;20;A2
"""
SPANISH = """Pedido,Línea,Variedad,Cajas,Precio unitario,Fecha despacho,Ramos por caja
P1,1,Freedom,4,0.30,11/05/2026,12
P1,2,Mondial,2,0.31,11/06/2026,12
"""


def guess(text: str, kind: Kind | None = None) -> Guess:
    found = guess_layout("sample", text.encode("cp1252"), kind)
    assert found is not None
    return found


def fields(found: Guess) -> dict[str, str]:
    return {c.field: c.title if c.names else "" for c in found.layout.columns}


def test_a_dutch_stock_list_is_told_by_its_words() -> None:
    found = guess(DUTCH)
    assert found.layout.kind is Kind.AVAILABILITY
    assert (found.layout.delimiter, found.layout.decimal_comma) == (";", True)
    assert found.layout.date_format == "DD-MM-YYYY"
    assert fields(found) == {
        "product_description": "Omschrijving",
        "quantity": "Aantal",
        "unit_type": "Eenheid",
        "unit_cost": "Prijs",
        "available_from": "Beschikbaar vanaf",
        "stems_bunch": "Stelen per bos",
    }
    assert found.left_out == ("Kwaliteit",)
    assert any("units fust aren't known" in doubt for doubt in found.doubts)


def test_what_is_proposed_reads_the_sample() -> None:
    found = guess(DUTCH)
    (document,) = read_layout(DUTCH.encode(), found.layout, vendor=Party(), limits=DEFAULT_LIMITS)
    assert isinstance(document.record, InventoryAdvice)
    assert [str(line.quantity) for line in document.record.lines] == ["1200"]


def test_spanish_orders_are_told_and_days_below_13_are_a_doubt() -> None:
    found = guess(SPANISH)
    assert found.layout.kind is Kind.ORDER
    assert fields(found)["line"] == "Línea"
    assert (found.layout.encoding, found.layout.decimal_comma) == ("cp1252", False)
    assert any("day or month first" in doubt for doubt in found.doubts)


@pytest.mark.parametrize(
    ("dates", "form"),
    [
        (["13/11/2026", "01/12/2026"], "DD-MM-YYYY"),
        (["11/13/2026", "12/01/2026"], "MM/DD/YYYY"),
        (["20261113", "20261201"], "YYYYMMDD"),
        (["13-11-26", "01-12-26"], "DD-MM-YY"),
        (["2026-11-13", "2026-12-01"], "YYYY-MM-DD"),
    ],
)
def test_the_order_of_dates_is_what_all_of_them_allow(dates: list[str], form: str) -> None:
    rows = "".join(f"Rosa;{at};bos;{day}\n" for at, day in enumerate(dates, 1))
    assert guess(f"Omschrijving;Aantal;Eenheid;Datum\n{rows}").layout.date_format == form


def test_without_a_header_everything_is_unsure() -> None:
    found = guess(
        "111,Rose Freedom 60,2026-11-21,100,Bunch\n111,Rose Mondial 60,2026-11-22,50,Bunch\n"
    )
    assert found.layout.header_row == 0
    places = {column.field: column.at for column in found.layout.columns}
    assert places == {"product_description": 1, "available_from": 2, "quantity": 3, "unit_type": 4}
    assert len(found.doubts) >= 4


def test_fixed_width_is_cut_at_shared_blanks() -> None:
    found = guess(
        "Rose Freedom Red 60 cm   120 0345 20261121\nRose Explorer            5   1200 20261122\n"
    )
    assert found.layout.form is Form.FIXED
    places = {c.field: (c.start, c.width) for c in found.layout.columns if c.width}
    assert places["product_description"] == (0, 25)
    assert places["available_from"] == (34, 8)


def test_fixed_width_with_a_header_is_cut_beside_its_numbers() -> None:
    found = guess(
        "ITEM  DESCRIPTION      QTY   UOM  PRICE   AVAIL\n"
        "R60   ROSE FREEDOM 60  00120 STEM 0000365 20261121\n"
        "A12   ALSTROEMERIA MIX 00030 BNCH 0001250 20261122\n"
    )
    assert {c.field: (c.start, c.width) for c in found.layout.columns} == {
        "product_code": (0, 6),
        "product_description": (6, 17),
        "quantity": (23, 6),
        "unit_type": (29, 5),
        "unit_cost": (34, 8),
        "available_from": (42, 8),
    }
    assert any("'PRICE' has no decimal mark" in doubt for doubt in found.doubts)


def test_a_sheet_is_told_like_a_file() -> None:
    rows = [["Stock list"], [], ["Variety", "Qty", "UOM", "FOB"], ["Freedom", 10, "stems", 0.3]]
    (sheet,) = opened(book({"Stock": rows})).sheets
    found = guess_layout("sample", sheet)
    assert found is not None
    assert found.layout.form is Form.XLSX
    assert list(fields(found)) == ["product_description", "quantity", "unit_type", "unit_cost"]


def test_a_person_may_say_what_it_is() -> None:
    assert guess(DUTCH, Kind.AVAILABILITY).doubts == [
        "units fust aren't known; say what they mean in values"
    ]


@given(st.binary(max_size=300))
def test_no_bytes_make_a_guess_raise(data: bytes) -> None:
    found = guess_layout("sample", data)
    assert found is None or found.layout.columns is not None


def test_kind_that_was_guessed_is_named_as_in_a_sentence() -> None:
    stock = guess_layout("own", b"Producto;Cantidad;Unidad\nRosa;10;tallos\n")
    order = guess_layout("own", b"PO;Ship date;Product;Boxes\nP1;2026-11-21;Rosa;2\n")
    assert stock is not None
    assert order is not None
    assert stock.doubts[0] == "the file looks like availability; say --kind if it's another"
    assert order.doubts[0] == "the file looks like an order; say --kind if it's another"


def test_words_of_an_order_are_told_in_its_senders_language() -> None:
    text = """Pedido,Línea,Variedad,Cajas,Fecha despacho,Tipo de pedido,Agencia de carga,Incoterm
P1,1,Freedom,4,11/05/2026,FIJO,ACA,FCA
"""
    found = guess(text)
    assert found.layout.kind is Kind.ORDER
    told = fields(found)
    assert (told["order_type"], told["cargo_agency"]) == ("Tipo de pedido", "Agencia de carga")
    assert told["incoterm"] == "Incoterm"
    (document,) = read_layout(text.encode(), found.layout, vendor=Party(), limits=DEFAULT_LIMITS)
    assert isinstance(document.record, PurchaseOrder)
    said = document.record
    assert (said.order_type, said.cargo_agency, said.incoterm) == ("FIJO", "ACA", "FCA")
