"""Files in partners' own layouts, dropped: read, answered in their words, and written for them."""

from __future__ import annotations

import pytest

from daemon.mapping.layouts import COLUMNS_FILE, LAYOUTS_FILE
from tests.daemon.mapping.test_layouts import COLUMNS, DUTCH, LAYOUTS
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop
from tests.daemon.today import day
from tests.formats.xlsx.books import book, opened

FIXED = (
    "breed,availability,fixed,,,,YYYYMMDD,,,*.txt\n",
    "breed,product_description,,1,24,,,,\nbreed,quantity,,25,5,,,,\nbreed,unit_type,,,,,Stem,,\n"
    "breed,unit_cost,,30,6,,,3,\nbreed,available_from,,36,8,,,,\n",
)
PEDIDO = (
    "pedido,order,csv,semicolon,cp1252,comma,DD/MM/YYYY,,,\n",
    "pedido,po_number,Pedido,,,,,,\npedido,line,Linea,,,,,,\npedido,product_code,Codigo,,,,,,\n"
    "pedido,product_description,Descripción,,,,,,\npedido,boxes,Cajas,,,,,,\n"
    "pedido,unit_cost,Precio,,,,,,\npedido,unit_type,Unidad,,,,,,ramo=Bunch|tallo=Stem|caja=Box\n"
    "pedido,ship_date,Fecha de despacho,,,,,,\n",
)


@pytest.fixture
def own(site: Desktop) -> Desktop:
    """The sample network, in which florsol has layouts of its own."""
    tables = site.root / "mappings"
    (tables / LAYOUTS_FILE).write_text(LAYOUTS + DUTCH[0] + FIXED[0] + PEDIDO[0])
    (tables / COLUMNS_FILE).write_text(COLUMNS + DUTCH[1] + FIXED[1] + PEDIDO[1])
    settings = 'layouts = ["kweker", "breed"]\nreceives_orders = ["layout:pedido"]'
    old = 'receives_orders = ["x12", "csv"]'
    site.reconfigure(NETWORK.replace(old, settings, 1))
    return site


def published(site: Desktop) -> list[int]:
    return sorted(lot[0] for lot in site.lots().values())


def test_a_file_in_the_vendors_words_is_stock(own: Desktop) -> None:
    rows = "Voorraad\n\nAantal;Eenheid;Artikel\n1.200;bs;Rose Freedom Red 60 cm\nx;bs;Rosé\n"
    files = own.send("florsol", "voorraad-47.csv", rows.encode("cp1252"))
    assert published(own) == [1200]
    (advice,) = [body.decode() for name, body in files.items() if "advice" in name]
    assert '"row 5, column Aantal"' in advice
    assert "A number such as 1.234,56 is expected" in advice


def test_the_same_layout_reads_a_workbook(own: Desktop) -> None:
    rows = [["Omschrijving", "Aantal", "Eenheid"], ["Rose Freedom Red 60 cm", 7.0, "bs"]]
    own.send("florsol", "voorraad.csv.xlsx", book({"Blad1": rows}))
    assert own.states() == ["quarantined"]  # The name doesn't fit, and the header isn't ours.
    own.send("florsol", "voorraad-2.csv", book({"Blad1": rows}))
    assert published(own) == [7]


def test_lines_of_fixed_width_are_read(own: Desktop) -> None:
    line = f"{'Rose Freedom Red 60 cm':24}{42:5}{'000345':6}{day():%Y%m%d}\r\n"
    own.send("florsol", "stock.txt", line.encode())
    assert published(own) == [42]


def test_a_header_that_changed_is_named(own: Desktop) -> None:
    files = own.send("florsol", "voorraad-1.csv", b"Naam;Aantal\r\nRose;5\r\n")
    assert any(b"Omschrijving, Eenheid" in body for body in files.values())
    assert published(own) == []


def test_our_own_layout_is_still_read(own: Desktop) -> None:
    own.send("florsol", "a.csv", availability(("Rose Freedom Red 60 cm", 5, "Bunch")))
    assert published(own) == [5]


def test_an_order_goes_out_in_the_vendors_layout(own: Desktop) -> None:
    own.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
    files = own.send("bloom", "o.edi", purchase_order("10045", ("BLM-100", "2", "BX")))
    (order,) = [body for name, body in files.items() if "order-10045" in name]
    header, line = order.decode("cp1252").splitlines()
    assert header == ("Pedido;Linea;Codigo;Descripción;Cajas;Precio;Unidad;Fecha de despacho")
    assert line.startswith("10045;1;") and line.endswith(f"{day(2):%d/%m/%Y}")


CHANGES = {
    "cancel": "po_number,line,boxes,action\n10045,,,CANCEL\n",
    "change": "po_number,line,boxes,action\n10045,1,3,CHANGE\n",
}


@pytest.mark.parametrize("said", CHANGES)
def test_a_change_never_reads_as_an_order(own: Desktop, said: str) -> None:
    """`pedido` has no column for what a row does."""
    own.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
    own.send("bloom", "o.edi", purchase_order("10045", ("BLM-100", "2", "BX")))
    files = own.send("bloom", "change.csv", CHANGES[said].encode())
    assert not [name for name in files if name.startswith("florsol/order")]
    assert own.states()[-1] == "quarantined"
    assert "pedido has no column for action" in (own.arrivals()[-1].reason or "")
    both = 'receives_orders = ["layout:pedido", "csv"]'
    own.reconfigure(NETWORK.replace('receives_orders = ["x12", "csv"]', both, 1))
    files = own.send("bloom", "again.csv", CHANGES[said].encode() + b"\n")
    (change,) = [body for name, body in files.items() if name.startswith("florsol/order")]
    assert said.upper().encode() in change


def test_a_layout_that_is_gone_keeps_the_file(own: Desktop) -> None:
    (own.root / "mappings" / LAYOUTS_FILE).write_text(LAYOUTS)
    (own.root / "mappings" / COLUMNS_FILE).write_text(COLUMNS)
    own.send("florsol", "voorraad.csv", b"a;b\r\n")
    assert own.states() == ["quarantined"]


def test_a_workbook_that_we_write_is_read_back() -> None:
    from formats.xlsx.write import write_workbook

    (sheet,) = opened(write_workbook({"S": (["a", "b"], [["=1+1", 5], ["007", 1]])})).sheets
    assert [row.cells for row in sheet.head()] == [["a", "b"], ["=1+1", "5"], ["007", "1"]]


def test_inventory_in_boxes_is_stock(site: Desktop) -> None:
    header = ["Vendor Code", "AWB", "Ship Date", "Product Description", "Boxes", "Box Type",
              "Unit Type", "Bunches/Box", "Stems/Bunch", "Unit Cost"]  # fmt: skip
    rose = ["FLS", "17612345675", day(1), "Rosa Explorer 60cm", 12, "HB", "Bunch", 10, 25, 3.5]
    files = site.send("florsol", "inventory.xlsx", book({"Boxes": [header, rose]}))
    assert published(site) == [12]
    assert any("advice" in name for name in files)


def test_standalone_orders_are_placed_and_a_copy_changes_nothing(site: Desktop) -> None:
    site.send("florsol", "a.csv", availability(("Rosa Explorer 60cm", 9000, "Stem")))
    header = ["Vendor Code", "Ship Date", "Product Code", "Boxes", "Box Type", "Unit Type",
              "Bunches/Box", "Stems/Bunch", "Unit Cost"]  # fmt: skip
    rows = [header, ["V1", day(2), "BLM-100", 2, "HB", "Stem", 10, 25, 0.34]]
    site.send("bloom", "po.xlsx", book({"PO": rows}))
    (order,) = site.orders()
    assert order.number.startswith("F")
    site.send("bloom", "po-again.xlsx", book({"PO": [*rows, []]}))
    assert [each.number for each in site.orders()] == [order.number]


def test_half_an_upload_in_an_own_layout_is_added_once(own: Desktop) -> None:
    settings = 'layouts = ["kweker"]\navailability_mode = "increase"'
    old = 'complete_when = "renamed"\navailability_mode = "overwrite"'
    own.reconfigure(NETWORK.replace(old, settings, 1))
    text = "Aantal;Eenheid;Artikel\n100;bs;Rosa Explorer 60cm\n50;bs;Rosa Freedom 60cm\n"
    own.send("florsol", "voorraad.csv", text[: text.index("50;")].encode())
    own.send("florsol", "voorraad.csv", text.encode())
    assert published(own) == [50, 100]
