"""Invoices are held to what was ordered and shipped, and shared only where both sides want it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.answering import confirmation
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish
from tests.daemon.trade.goods_files import confirmed, rows, ship
from tests.daemon.trade.invoices.invoice_files import (
    SHARED,
    SYNC,
    bill,
    extra,
    five_shipped,
    invoice,
    invoices,
    read_csv,
    refusal,
    shipped,
    states,
    told,
)
from tests.formats.xlsx.books import book


def test_an_order_that_the_vendor_does_not_have_is_unknown(site: Desktop) -> None:
    assert refusal(bill(site, po_number="77")) == (
        "Florsol Farms has no order 77; name it as it was ordered"
    )


def test_an_order_of_another_vendor_is_unknown_too(site: Desktop) -> None:
    files = site.send("andes", "invoice.csv", invoice())
    ((status, _, message),) = rows(only(files, "andes/advice"))
    assert (status, message) == (
        "refused",
        "Andes Blooms has no order 1; name it as it was ordered",
    )
    assert invoices(site) == []


def test_a_line_that_the_order_does_not_have_is_named(site: Desktop) -> None:
    assert refusal(bill(site, po_line="9")) == (
        "line 1: order 1 has no line 9; name one as the order does"
    )


def test_a_line_that_can_be_of_several_is_not_guessed(site: Desktop) -> None:
    assert refusal(bill(site, po_line="")) == (
        "line 1: it can be of lines 1, 2 of order 1; name one in po_line"
    )


def test_boxes_tell_the_line_that_they_are_of(site: Desktop) -> None:
    bill(site, po_line="", box_codes="PT1|PT2|PT3|PT4|PT5")
    assert states(site) == ["pending approval"]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("PT9", "line 1: box code PT9 does not exist in order 1"),
        ("KD0000006", "line 1: box KD0000006 is allotted, not shipped"),
    ],
)
def test_boxes_that_were_not_shipped_are_not_billed(site: Desktop, code: str, why: str) -> None:
    assert refusal(bill(site, box_codes=code)) == why


def test_a_line_that_is_not_shipped_is_not_billed(site: Desktop) -> None:
    assert refusal(bill(site, po_line="2", quantity=2, total="0.60")) == (
        "line 1: it bills 2 Box of line 2 of order 1; 0 Box are shipped. It can be at most 0"
    )


def test_a_price_unlike_the_orders_is_named_with_the_orders(site: Desktop) -> None:
    assert refusal(bill(site, unit_price="0.31", total="1.55")) == (
        "line 1: its price is 0.31 a box, and that of line 1 of order 1 is 0.3. Bill it at that"
        " price, or let the buyer change the order"
    )


def test_a_price_in_a_smaller_unit_may_be_rounded_in_its_last_digit(site: Desktop) -> None:
    # A box has 300 stems: 0.30 a box is 0.001 a stem.
    bill(site, unit_price="0.001", price_unit="Stem", bunches=12, stems_bunch=25)
    assert states(site) == ["pending approval"]


def test_an_amount_alone_is_held_to_the_orders_price(site: Desktop) -> None:
    assert "its price is 0.4 a box" in refusal(bill(site, unit_price="", amount="2.00", total="2"))
    bill(site, unit_price="", amount="1.50")
    assert states(site) == ["pending approval"]


def test_a_currency_unlike_the_fixed_one_is_refused(site: Desktop) -> None:
    assert refusal(bill(site, currency="EUR")) == (
        "it is in EUR, and order 1 is fixed in USD; bill it in USD"
    )


def test_an_invoice_without_a_currency_is_in_the_orders(site: Desktop) -> None:
    bill(site, currency="")
    assert [row.currency for row in invoices(site)] == ["USD"]


def test_a_wrong_total_is_answered_where_it_stands(site: Desktop) -> None:
    files = bill(site, total="1.51")
    body = only(files, "florsol/advice").decode()
    assert "invoice.total" in body and "make 1.50" in body
    assert (told(files), invoices(site)) == (["florsol/advice"], [])


def test_everything_that_is_wrong_is_said_at_once(site: Desktop) -> None:
    files = bill(site, unit_price="0.31", quantity=6, total="1.86", currency="EUR")
    assert len(rows(only(files, "florsol/advice"))) == 3


def test_orders_of_two_buyers_are_not_one_invoice(site: Desktop) -> None:
    site.send("tulipan", "o.edi", purchase_order("9", ("TUL-EXP60", "1", "BX"), sender="TULIPAN"))
    files = bill(site, {}, {"po_number": "9", "quantity": 1}, total="1.80")
    assert refusal(files) == "its orders are of bloom and tulipan; send each its own invoice"


def test_the_same_number_of_two_buyers_is_not_guessed_between(site: Desktop) -> None:
    site.send("tulipan", "o.edi", purchase_order("1", ("TUL-EXP60", "1", "BX"), sender="TULIPAN"))
    assert refusal(bill(site)) == (
        "bloom and tulipan each have an order 1; name the buyer in the invoice"
    )
    bill(site, buyer_code="C1")
    assert states(site) == []
    bill(site, buyer_code="BLOOMWHSL")
    assert states(site) == ["pending approval"]


def test_a_vendor_may_bill_what_it_confirmed_where_that_is_agreed(tmp_path: Path) -> None:
    network = SHARED.replace(
        "receives_labels = true",
        "receives_labels = true\nselling = { bills_before_shipment = true }",
        1,
    )
    with desktop(tmp_path / "site", network=network) as site:
        confirmed(site, 5)
        assert refusal(bill(site, quantity=6, total="1.80")) == (
            "line 1: it bills 6 Box of line 1 of order 1; 5 Box are confirmed. It can be at most 5"
        )
        bill(site)
        assert states(site) == ["pending approval"]


# --- open invoices -------------------------------------------------------------------------------


def test_open_balances_are_shared_without_an_order(site: Desktop) -> None:
    body = b"Invoice #,Customer Code,Invoice Date,Invoice Balance,Customer PO\n"
    body += b"77001,BLOOMWHSL,2026-11-01,80.00,OLD-1\n"
    files = site.send("florsol", "open.csv", body)
    found = read_csv(only(files, "bloom/invoice"))
    assert (found.number, f"{found.total}", found.customer_po) == ("77001", "80.00", "OLD-1")


def test_open_balances_may_come_as_the_networks_workbook(site: Desktop) -> None:
    """Domain 12.4: an XLSX sheet with these columns."""
    columns = ("Invoice #", "Customer Code", "Invoice Date", "Invoice Balance", "Customer PO")
    row = ("0077001", "BLOOMWHSL", "2026-11-01", 80.125, "OLD-1")
    files = site.send("florsol", "open.xlsx", book({"Open invoices": [columns, row]}))
    found = read_csv(only(files, "bloom/invoice"))
    assert (found.number, f"{found.total}") == ("0077001", "80.125")


def test_a_customer_that_nobody_knows_is_billed_nothing(site: Desktop) -> None:
    body = b"Invoice #,Customer Code,Invoice Date,Invoice Balance\n77001,NOBODY,2026-11-01,80\n"
    assert refusal(site.send("florsol", "open.csv", body)) == (
        "who is billed can't be told; name the buyer, or its order"
    )


# --- direct shipments ----------------------------------------------------------------------------


def direct(site: Desktop) -> None:
    """Ship an order of one box, direct to a customer of bloom's."""
    publish(site)
    site.send("bloom", "d.csv", order_csv("S-1", unit_type="Stem", unit_cost="0.40", **HOME))
    site.send("florsol", "c.csv", confirmation(",accepted", number="S-1"))
    ship(site, {"boxes": 1}, po_number="S-1")


def bill_direct(site: Desktop, **header: object) -> dict[str, bytes]:
    said = {"po_number": "S-1", "quantity": 1, "unit_price": "0.40", "price_unit": "Stem"}
    packed = {"bunches": 12, "stems_bunch": 25, "total": "120.00"}
    return bill(site, **{**said, **packed, **header})


_SHARED_DIRECT = DIRECT.replace('default_carrier = "TRUCK2"', f'default_carrier = "TRUCK2"\n{SYNC}')


def test_the_final_customer_is_the_ship_to_and_the_buyer_stays_the_bill_to(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=_SHARED_DIRECT) as site:
        direct(site)
        found = read_csv(only(bill_direct(site), "bloom/invoice"))
        assert (found.ship_to.name, found.ship_to.street) == ("Rose Lane Florist", "8 Rose Lane")
        assert (found.bill_to, found.buyer.code) == (None, "BLOOMWHSL")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            {"ship_to_name": "Other Shop", "ship_to_street": "1 Elsewhere"},
            "it ships to Other Shop, 1 Elsewhere, and order S-1 to Rose Lane Florist, 8 Rose Lane,"
            " Atlanta",
        ),
        ({"bill_to_name": "Rose Lane Florist"}, "it bills Rose Lane Florist; the bill-to is Bloom"),
    ],
)
def test_goods_and_money_do_not_part(tmp_path: Path, said: dict[str, object], why: str) -> None:
    with desktop(tmp_path / "site", network=_SHARED_DIRECT) as site:
        direct(site)
        assert refusal(bill_direct(site, **said)).startswith(why)


def test_the_final_customer_is_billed_where_that_is_agreed(tmp_path: Path) -> None:
    network = DIRECT.replace('default_carrier = "TRUCK2"', f"bill_to_final_customer = true\n{SYNC}")
    with desktop(tmp_path / "site", network=network) as site:
        site.map_row("customers", "florsol,,C-ROSE,Rose Lane,ROSELANE,,yes,,,,,,,,,")
        direct(site)
        assert refusal(bill_direct(site, bill_to_code="C-OTHER")) == (
            "it bills C-OTHER; order S-1 is billed to Rose Lane Florist, 8 Rose Lane, Atlanta, as"
            " agreed"
        )
        found = read_csv(only(bill_direct(site, bill_to_code="C-ROSE"), "bloom/invoice"))
        assert (found.bill_to.code, found.bill_to.name) == ("RL01", "Rose Lane Florist")
        assert found.vendor.code == "V1"


def test_the_buyer_may_be_named_as_the_bill_to_where_no_customer_is_billed(tmp_path: Path) -> None:
    network = DIRECT.replace('default_carrier = "TRUCK2"', f"bill_to_final_customer = true\n{SYNC}")
    with desktop(tmp_path / "site", network=network) as site:
        # RL01 is no customer of florsol, so bloom pays (P-03).
        direct(site)
        found = read_csv(only(bill_direct(site, bill_to_code="BLOOMWHSL"), "bloom/invoice"))
        assert (found.bill_to, found.ship_to.name) == (None, "Rose Lane Florist")


def test_a_hidden_vendor_is_not_told_to_the_customer_that_it_bills(tmp_path: Path) -> None:
    network = DIRECT.replace(
        'default_carrier = "TRUCK2"',
        f'bill_to_final_customer = true\nshow_vendor = "hidden"\n{SYNC}',
    )
    with desktop(tmp_path / "site", network=network) as site:
        site.map_row("customers", "florsol,,C-ROSE,Rose Lane,ROSELANE,,yes,,,,,,,,,")
        direct(site)
        assert "gives you away" in refusal(bill_direct(site, invoice_number="FLORSOL-1"))
        files = bill_direct(site, comments="Florsol thanks you", remit_to_name="Florsol Farms")
        (name,) = (each for each in files if each.startswith("bloom/invoice"))
        body = files[name].decode().lower()
        assert "florsol" not in body and "florsol" not in name.lower()
        assert ",v1," not in body


def test_a_network_without_the_setting_shares_nothing(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=NETWORK) as site:
        shipped(site)
        assert told(bill(site)) == ["florsol/advice"]


@pytest.mark.parametrize(("form", "others"), [("csv", ["csv"]), ("none", [])])
def test_a_buyer_may_have_each_invoice_as_a_pdf_too(
    tmp_path: Path, form: str, others: list[str]
) -> None:
    """Domain 4.4 step 9: amount, number and PDF; and again where the vendor changes it."""
    said = f'x12 = {{ id = "BLOOMWHSL" }}\nreceives_invoices = "{form}"\nbuying.invoice_pdf = true'
    network = SHARED.replace('x12 = { id = "BLOOMWHSL" }', said)
    with five_shipped(tmp_path / "site", network) as site:
        first = bill(site)
        again = bill(site, {}, extra("charge", "9.00"), total="10.50")
    for files, total in ((first, "1.50"), (again, "10.50")):
        names = [name for name in files if name.startswith("bloom/invoice-F-1-")]
        assert sorted(name.rpartition(".")[2] for name in names) == [*others, "pdf"]
        body = next(files[name] for name in names if name.endswith(".pdf"))
        document = pypdfium2.PdfDocument(body)
        text = document[0].get_textpage().get_text_range()
        document.close()
        assert all(each in text for each in ("Invoice F-1", "Florsol Farms", total))
