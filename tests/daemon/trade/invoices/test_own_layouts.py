"""A buyer is told of shipments and invoices in layouts of its own."""

from __future__ import annotations

from pathlib import Path

from daemon.mapping.layouts import COLUMNS_FILE, LAYOUTS_FILE
from tests.daemon.mapping.test_layouts import COLUMNS, LAYOUTS
from tests.daemon.sites import desktop, only
from tests.daemon.today import day
from tests.daemon.trade.goods_files import GOOD, coded, confirmed, ship
from tests.daemon.trade.invoices.invoice_files import SHARED, bill, decide

OWN_LAYOUTS = (
    "envio,shipment,csv,semicolon,,,DD-MM-YYYY,,,\n"
    "factura,invoice,csv,semicolon,,comma,DD/MM/YYYY,,,\n"
)
OWN_COLUMNS = (
    "envio,po_number,Pedido,,,,,,\nenvio,line,Linea,,,,,,\nenvio,awb,Guia,,,,,,\n"
    "envio,box_code,Pieza,,,,,,\nenvio,ship_date,Salida,,,,,,\n"
    "factura,invoice_number,Factura,,,,,,\nfactura,invoice_date,Fecha,,,,,,\n"
    "factura,row,Tipo,,,,,,linea=line|cargo=charge\nfactura,buyer_item,Codigo,,,,,,\n"
    "factura,quantity,Cajas,,,,,,\nfactura,unit_price,Precio,,,,,,\nfactura,total,Total,,,,,,\n"
)


def test_a_buyer_is_told_of_shipments_and_invoices_in_its_own_columns(tmp_path: Path) -> None:
    own = 'receives_shipments = "layout:envio"\nreceives_invoices = "layout:factura"\n'
    own += 'buying = { exports_invoices = "layout:factura" }'
    old = 'receives_availability = "x12"'
    with desktop(tmp_path / "site") as site:
        tables = site.root / "mappings"
        (tables / LAYOUTS_FILE).write_text(LAYOUTS + OWN_LAYOUTS)
        (tables / COLUMNS_FILE).write_text(COLUMNS + OWN_COLUMNS)
        site.reconfigure(SHARED.replace(old, f"{old}\n{own}", 1))
        confirmed(site, 2)
        notice = only(ship(site, *coded("PT1", "PT2")), "bloom/shipment").decode()
        invoice = only(bill(site, quantity=2, total="0.60"), "bloom/invoice").decode()
        export = only(decide(site, "approve"), "bloom/invoice-export").decode()
    assert notice.splitlines() == [
        "Pedido;Linea;Guia;Pieza;Salida",
        f"1;1;{GOOD};PT1;{day(2):%d-%m-%Y}",
        f"1;1;{GOOD};PT2;{day(2):%d-%m-%Y}",
    ]
    assert export == invoice
    head, line = invoice.splitlines()
    assert head == "Factura;Fecha;Tipo;Codigo;Cajas;Precio;Total"
    assert line.startswith("F-1;") and line.endswith(";linea;BLM-100;2;0,30;0,60")
