"""Invoices as 810: from vendors who bill in X12, and to buyers who are billed in it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from formats.acknowledgements import Acceptance, Acknowledgement
from formats.invoices import Invoice, InvoiceType
from formats.x12.reader import read
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.goods_files import coded, confirmed, rows, ship
from tests.daemon.trade.invoices.invoice_files import (
    CODES,
    SHARED,
    bill,
    decide,
    five_shipped,
    invoices,
    shipped,
    states,
    told,
)

IN_X12 = SHARED.replace(
    'receives_availability = "x12"', 'receives_availability = "x12"\nreceives_invoices = "x12"'
)
BOXES = tuple(f"REF*LA*{code}" for code in CODES)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, where bloom gets 810; five boxes of order 1 are shipped."""
    with five_shipped(tmp_path / "site", IN_X12) as opened:
        yield opened


def invoice(*body: str, total: str = "150", number: str = "F-1", kind: str = "DI") -> list[str]:
    """Return an 810 of florsol for order 1; without a body it bills five boxes at 0.30."""
    lines = body or ("IT1*1*5*BX*0.30**PL*1",)
    head = [f"BIG*{day():%Y%m%d}*{number}**1***{kind}*00", "CUR*SE*USD"]
    return [*head, *lines, f"TDS*{total}"]


def send(site: Desktop, *sets: list[str], control: int = 90) -> dict[str, bytes]:
    """Let florsol send its invoices."""
    data = interchange(
        list(sets), control=control, sender="FLORSOL", receiver="K2KNET", group="IN", kind="810"
    )
    return site.send("florsol", f"f-{control}.edi", data)


def read_810(body: bytes) -> Invoice:
    reading = read(body)
    assert reading.envelope_findings() == ()
    (document,) = reading.documents()
    assert document.findings == ()
    assert isinstance(document.record, Invoice)
    return document.record


def test_invoice_in_x12_is_shared_in_x12_and_has_its_997_alone(site: Desktop) -> None:
    files = send(site, invoice("IT1*1*5*BX*0.30**PL*1", *BOXES))
    assert kinds(files) == ["bloom/810-F-1", "florsol/997-000000090"]
    assert b"AK5*A~" in only(files, "florsol/997")
    assert states(site) == ["pending approval"]
    said = read_810(only(files, "bloom/810"))
    (line,) = said.lines
    assert (said.number, said.order_number, said.total) == ("F-1", "1", Decimal("1.50"))
    assert (line.buyer_item, line.unit, line.quantity) == ("BLM-100", "BX", Decimal(5))
    assert (line.order_line, line.box_codes) == ("1", CODES)


def test_buyer_is_billed_by_whom_it_had_ordered_from(site: Desktop) -> None:
    body = only(send(site, invoice()), "bloom/810").decode()
    assert body.splitlines()[1].startswith("GS*IN*FLORSOL*BLOOMWHSL*")


def test_invoice_of_a_file_as_csv_goes_out_as_810_too(site: Desktop) -> None:
    said = read_810(
        only(
            bill(site, unit_price="0.001", price_unit="Stem", bunches=12, stems_bunch=25),
            "bloom/810",
        )
    )
    assert (said.lines[0].price_unit, said.lines[0].unit) == ("EA", "BX")


def test_difference_is_answered_as_csv(site: Desktop) -> None:
    files = send(site, invoice("IT1*1*9*BX*0.30**PL*1", total="270"))
    assert told(files) == ["florsol/997", "florsol/advice"]
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert status == "refused"
    assert message.startswith("line 1: it bills 9 Box of line 1 of order 1; 5 Box are shipped.")
    assert states(site) == []


def test_difference_is_answered_as_824_where_that_is_agreed(tmp_path: Path) -> None:
    network = IN_X12.replace(
        'title = "Florsol Farms"', 'title = "Florsol Farms"\ncontent_advice = "824"'
    )
    with desktop(tmp_path / "site", network=network) as site:
        shipped(site)
        files = send(site, invoice(total="151"))
        assert told(files) == ["florsol/824", "florsol/997"]
        (document,) = read(only(files, "florsol/824")).documents()
        assert isinstance(document.record, Acknowledgement)
        (item,) = document.record.items
        assert (item.acceptance, item.kind, item.reference) == (Acceptance.REJECTED, "810", "F-1")
        assert "the total is 1.51" in item.faults[0].message


def test_line_that_was_left_out_refuses_the_invoice_by_its_total(site: Desktop) -> None:
    files = send(site, invoice("IT1*1*5*BX*0.30**PL*1", "IT1*2*****PL*2", total="210"))
    advice = only(files, "florsol/advice").decode()
    assert "the line has no quantity with a unit, so it was left out" in advice
    assert "the total is 2.10" in advice
    assert states(site) == []


def test_wrong_element_is_told_by_the_997(site: Desktop) -> None:
    files = send(site, invoice("IT1*1*FIVE*BX*0.30**PL*1"))
    assert told(files) == ["florsol/997"]
    assert b"AK3*IT1*4" in only(files, "florsol/997")
    assert invoices(site) == []


def test_credit_gives_back_what_its_invoice_billed(site: Desktop) -> None:
    send(site, invoice())
    credit = invoice("REF*OI*F-1", "IT1*1*-2*BX*0.30**PL*1", total="-60", number="C-1", kind="CR")
    files = send(site, credit, control=91)
    assert told(files) == ["bloom/810", "florsol/997"]
    said = read_810(only(files, "bloom/810"))
    assert (said.type, said.refers_to, said.total) == (InvoiceType.CREDIT, "F-1", Decimal("0.60"))


def test_the_same_invoice_again_changes_nothing(site: Desktop) -> None:
    send(site, invoice())
    assert told(send(site, invoice(), control=91)) == ["florsol/997"]
    assert states(site) == ["pending approval"]


def test_invoice_that_came_before_its_shipment_follows_it(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=IN_X12) as site:
        confirmed(site, 5)
        files = send(site, invoice())
        assert "nothing of order 1 is shipped" in only(files, "florsol/advice").decode()
        assert "bloom/810" in told(ship(site, *coded(*CODES)))


def test_vendor_who_takes_x12_hears_of_decisions_as_csv(tmp_path: Path) -> None:
    network = IN_X12.replace(
        "receives_labels = true", 'receives_labels = true\nreceives_invoices = "x12"'
    )
    with desktop(tmp_path / "site", network=network) as site:
        shipped(site)
        send(site, invoice())
        assert b"approve" in only(decide(site, "approve"), "florsol/invoice-state")


def test_approved_invoice_goes_out_as_810_for_the_buyers_own_system(tmp_path: Path) -> None:
    network = SHARED.replace(
        'receives_availability = "x12"',
        'receives_availability = "x12"\nbuying = { exports_invoices = "x12" }',
    )
    with desktop(tmp_path / "site", network=network) as site:
        shipped(site)
        send(site, invoice())
        assert read_810(only(decide(site, "approve"), "bloom/810-export")).number == "F-1"


def test_invoice_that_x12_can_not_say_is_kept_and_told(site: Desktop) -> None:
    files = bill(site, invoice_number="F" * 23)
    assert "bloom/810" not in told(files)
    advice = only(files, "florsol/advice").decode()
    assert "BIG02" in advice and "receives_invoices" in advice
    assert site.states()[-1] == "quarantined"


def test_grocer_is_billed_by_880_and_credited_by_810(tmp_path: Path) -> None:
    network = IN_X12.replace('receives_invoices = "x12"', 'receives_invoices = "x12-880"')
    with desktop(tmp_path / "site", network=network) as site:
        shipped(site)
        body = only(send(site, invoice("IT1*1*5*BX*0.30**PL*1", *BOXES)), "bloom/880")
        assert body.startswith(b"ISA") and b"~\nGS*GP*FLORSOL*BLOOMWHSL*" in body
        said = read_810(body)
        assert (said.number, said.total) == ("F-1", Decimal("1.50"))
        assert (said.lines[0].buyer_item, said.lines[0].order_line) == ("BLM-100", "1")
        credit = invoice("REF*OI*F-1", "IT1*1*2*BX*0.30**PL*1", total="60", number="C", kind="CR")
        assert "bloom/810" in told(send(site, credit, control=91))


def grocer(total: str = "150") -> bytes:
    """Return an 880 of florsol for five boxes of order 1."""
    body = [
        *(f"G01*{day():%Y%m%d}*F-1**1", "N1*SE*FLORSOL*92*FLORSOL"),
        *("G17*5*BX*0.30**BP*BLM-100", "N9*PL*1", "G31*5*BX", f"G33*{total}"),
    ]
    return interchange(
        [body], control=95, sender="FLORSOL", receiver="K2KNET", group="GP", kind="880"
    )


def test_vendor_may_bill_by_880(site: Desktop) -> None:
    files = site.send("florsol", "g.edi", grocer())
    assert told(files) == ["bloom/810", "florsol/997"]
    assert states(site) == ["pending approval"]


def test_advice_about_an_880_calls_it_one(tmp_path: Path) -> None:
    network = IN_X12.replace(
        'title = "Florsol Farms"', 'title = "Florsol Farms"\ncontent_advice = "824"'
    )
    with desktop(tmp_path / "site", network=network) as site:
        shipped(site)
        files = site.send("florsol", "g.edi", grocer(total="151"))
        (document,) = read(only(files, "florsol/824")).documents()
        assert isinstance(document.record, Acknowledgement)
        (item,) = document.record.items
        assert (item.kind, item.reference, item.control) == ("880", "F-1", "0001")
