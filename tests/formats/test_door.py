"""The one door of the library: any bytes in, documents or a reason out, and never an exception."""

from __future__ import annotations

import doctest
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import formats
from formats import Agreed, FileReading, read
from formats.edifact.policy import Policy as EdifactPolicy
from formats.identify import Format
from formats.layouts.layout import DeclaredLayout, LayoutColumn
from formats.limits import Limits
from formats.records import InventoryAdvice, Party, PurchaseOrder
from formats.steps import Approval
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind
from formats.x12.reader import Policy, X12Reading
from formats.xlsx.write import write_workbook
from tests.formats.x12.samples import order_file
from tests.robustness.probes import orders

CHECKOUT = Path(__file__).resolve().parents[2]
ORDER_CSV = b"po_number,line,boxes,unit_type,product_code\nPO-1,1,10,box,R60\n"
STOCK_CSV = b"7,ROSES,2026-12-05,10,Bunch,,ROSE,RED,0.36,25\n"
APPROVAL_CSV = b"po_number,decision,by\nPO-1,approve,ANA\n"


def only_record(reading: FileReading) -> object:
    (document,) = reading.documents()
    return document.record


def codes(reading: FileReading) -> list[str]:
    return [each.code for each in reading.findings]


def test_example_of_the_library_is_true() -> None:
    results = doctest.testmod(formats)
    assert results.attempted >= 6
    assert results.failed == 0


def test_library_is_usable_alone() -> None:
    # With the daemon and everything that writes or draws out of reach.
    script = (
        "import sys\n"
        "for name in ('daemon', 'lxml', 'openpyxl', 'pandas', 'reportlab', 'sqlalchemy'):\n"
        "    sys.modules[name] = None\n"
        "from formats import read\n"
        f"(document,) = read({ORDER_CSV!r}).documents()\n"
        "assert document.record.number == 'PO-1'\n"
        "assert not any(name.startswith('formats.x12') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, check=True)


def test_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'reed'"):
        formats.reed  # type: ignore[attr-defined]  # noqa: B018 - the access is what is tested


def test_x12_order_is_read_and_its_outcome_kept() -> None:
    reading = read(order_file())
    assert reading.format is Format.X12
    assert isinstance(only_record(reading), PurchaseOrder)
    assert isinstance(reading.family, X12Reading)
    assert [each.interchange.control for each in reading.family.outcomes] == ["000000042"]


def test_findings_of_the_envelope_stand_beside_the_documents() -> None:
    reading = read(order_file().replace(b"GE*1*7", b"GE*2*7"))
    assert codes(reading) == ["x12.GE01"]
    assert only_record(reading) is None


def test_what_was_agreed_on_x12_is_kept_to() -> None:
    agreed = Agreed(x12=Policy(receivers=frozenset({("ZZ", "SOMEONE")})))
    assert codes(read(order_file(), agreed=agreed)) == ["x12.ISA08.unknown"]


def test_documents_can_be_asked_for_again() -> None:
    reading = read(ORDER_CSV)
    assert list(reading.documents()) == list(reading.documents())


@pytest.mark.parametrize(
    ("data", "kind"),
    [(ORDER_CSV, PurchaseOrder), (STOCK_CSV, InventoryAdvice), (APPROVAL_CSV, Approval)],
)
def test_delimited_file_is_what_its_first_row_says(data: bytes, kind: type) -> None:
    assert isinstance(only_record(read(data)), kind)


def test_delimited_file_is_its_partners() -> None:
    record = only_record(read(STOCK_CSV, agreed=Agreed(Party(code="FINCA"))))
    assert isinstance(record, InventoryAdvice)
    assert record.vendor.code == "FINCA"


def test_dialect_is_kept_to() -> None:
    data = b"po_number;line;boxes;unit_type;product_code;unit_cost\nPO-1;1;10;box;R60;1,5\n"
    record = only_record(read(data, agreed=Agreed(dialect=Dialect(decimal_comma=True))))
    assert isinstance(record, PurchaseOrder)
    assert str(record.lines[0].unit_price) == "1.5"


def test_header_that_says_nothing_is_refused_by_name() -> None:
    (document,) = read(b"one,two\n1,2\n").documents()
    assert document.record is None
    assert [(each.code, each.where.row) for each in document.findings] == [("csv.header", 1)]


def test_header_that_says_nothing_is_read_as_was_agreed() -> None:
    (document,) = read(b"one,two\n1,2\n", agreed=Agreed(kind=Kind.ORDER)).documents()
    assert "csv.header" in {each.code for each in document.findings}
    assert any("po_number" in each.message for each in document.findings)


def test_columns_of_the_partners_own_are_read_as_was_agreed() -> None:
    columns = (
        LayoutColumn("product_description", ("omschrijving",)),
        LayoutColumn("quantity", ("aantal",)),
        LayoutColumn("unit_type", constant="Stem"),
        LayoutColumn("unit_cost", ("prijs",)),
    )
    layout = DeclaredLayout("veiling", Kind.AVAILABILITY, decimal_comma=True, columns=columns)
    assert not list(layout.problems())
    data = b"omschrijving;aantal;prijs\nRoos;12;0,36\n"
    assert only_record(read(data)) is None
    record = only_record(read(data, agreed=Agreed(layout=layout)))
    assert isinstance(record, InventoryAdvice)
    assert [(str(each.quantity), str(each.unit_cost)) for each in record.lines] == [("12", "0.36")]


def test_workbook_is_read_sheet_by_sheet() -> None:
    header = ("po_number", "line", "boxes", "unit_type", "product_code")
    data = write_workbook({"Orders": (header, [("PO-1", "1", 10, "box", "R60")])})
    reading = read(data)
    assert reading.format is Format.XLSX
    record = only_record(reading)
    assert isinstance(record, PurchaseOrder)
    assert [str(each.quantity) for each in record.lines] == ["10"]
    assert list(reading.documents()) == list(reading.documents())


def test_edifact_and_its_policy_are_kept_to() -> None:
    data = orders()
    assert isinstance(only_record(read(data)), PurchaseOrder)
    nobody = EdifactPolicy(recipients=frozenset())
    assert codes(read(data, agreed=Agreed(edifact=nobody))) == ["edifact.UNB03"]


def test_steps_and_orders_in_json_are_told_apart() -> None:
    (step,) = read(b'{"contract": "k2k.steps/1", "kind": "approval"}').documents()
    (order,) = read(b'{"contract": "floral.order/1"}').documents()
    assert {"json.kind", "json.order"}.isdisjoint({each.code for each in step.findings})
    assert any("k2k" in each.message or each.where.path for each in step.findings)
    assert order.findings


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"", Format.EMPTY),
        (b"%PDF-1.7", Format.PDF),
        (b"<html><body>Error 502</body></html>", Format.HTML),
        (b"PK\x03\x04" + bytes(30), Format.ZIP),
        (bytes(range(256)), Format.BINARY),
    ],
)
def test_what_is_no_document_is_refused_with_its_reason(data: bytes, form: Format) -> None:
    reading = read(data)
    assert (reading.format, reading.family) == (form, None)
    assert list(reading.documents()) == []
    (finding,) = reading.findings
    assert finding.code == f"file.{form}"
    assert finding.message == form.refusal
    assert finding.is_error


@pytest.mark.parametrize(("size", "is_read"), [(-1, True), (0, True), (1, False)])
def test_size_is_judged_before_anything_is_read(size: int, *, is_read: bool) -> None:
    reading = read(ORDER_CSV, Limits(file_bytes=len(ORDER_CSV) - size))
    assert (reading.family is not None) == is_read
    assert codes(reading) == ([] if is_read else ["file.too_large"])


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    reading = read(data)
    documents = list(reading.documents())
    assert documents or any(each.is_error for each in reading.findings)
    for document in documents:
        assert document.record is not None or document.findings


BOXES_CSV = (
    b"Vendor Code,Ship Date,Product Description,Boxes,Unit Type,Bunches/Box\n"
    b"F,2026-12-08,ROSE,3,Bunch,10\n"
)


@pytest.mark.parametrize(
    ("kind", "record"), [(None, InventoryAdvice), (Kind.ORDER, PurchaseOrder)], ids=str
)
def test_komets_layouts_are_told_by_their_header(kind: Kind | None, record: type) -> None:
    """What both share is inventory, unless orders were agreed on."""
    assert isinstance(only_record(read(BOXES_CSV, agreed=Agreed(kind=kind))), record)


def test_sheet_in_the_agreed_layout_is_read_by_it_and_another_as_ever() -> None:
    columns = (
        LayoutColumn("product_description", ("Artikel",)),
        LayoutColumn("quantity", ("Aantal",)),
        LayoutColumn("unit_type", constant="Stem"),
    )
    agreed = Agreed(layout=DeclaredLayout("kweker", Kind.AVAILABILITY, columns=columns))
    own = write_workbook({"Blad1": (("Artikel", "Aantal"), [("Rosa", 7)])})
    advice = only_record(read(own, agreed=agreed))
    assert isinstance(advice, InventoryAdvice)
    assert [(each.description, each.quantity) for each in advice.lines] == [("Rosa", Decimal(7))]
    header = ("po_number", "line", "boxes", "unit_type", "product_code")
    ours = write_workbook({"Orders": (header, [("PO-1", "1", 10, "box", "R60")])})
    assert isinstance(only_record(read(ours, agreed=agreed)), PurchaseOrder)
