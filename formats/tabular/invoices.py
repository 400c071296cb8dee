"""Invoices as CSV: a row for each line, charge, allowance and tax; the header stands in each row.

An invoice is used whole or not at all: one bad row refuses it, and so does an amount that doesn't
add up (`formats.invoice_sums`). A charge, allowance or tax that names a `line` belongs to it. Open
invoices (domain 12.4) say a balance and no lines; the balance stands in them as a charge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from formats.awb import MAX_LENGTH as MAX_WAYBILL
from formats.box_codes import box_code
from formats.documents import ReadDocument
from formats.findings import Where
from formats.invoice_sums import wrong_sums
from formats.invoices import (
    Adjustment,
    AdjustmentKind,
    Invoice,
    InvoiceAnswer,
    InvoiceDecision,
    InvoiceLine,
    InvoiceType,
    InvoiceVerdict,
    Tax,
    Terms,
)
from formats.records import Party, Purpose, ShipVia
from formats.tabular.cells import Cells
from formats.tabular.findings import FindingLog
from formats.tabular.order_rows import Draft, collect
from formats.tabular.sheet import StepFile, single_rows

MAX_NUMBER, MAX_ORDER, MAX_CODE, MAX_NAME, MAX_TEXT = 35, 22, 80, 600, 2000
"""Characters: what an 810 and an INVOIC have room for, so that one of theirs can stand here."""
MAX_AMOUNT = Decimal(10**12)
CODE_MARK = "|"
"""Between the codes of several boxes in one cell."""
OPEN_BALANCE = "open balance"
_PARTS = ("code", "name", "street", "city", "state", "zip", "country")
_LINE_CELLS = ("line", "quantity", "unit", "unit_price", "amount", "vendor_item", "buyer_item",
               "description", "po_line", "po_item_id", "code", "rate")  # fmt: skip


_TYPES = {
    "invoice": InvoiceType.INVOICE, "di": InvoiceType.INVOICE,
    "credit": InvoiceType.CREDIT, "credit note": InvoiceType.CREDIT,
    "credit memo": InvoiceType.CREDIT, "cr": InvoiceType.CREDIT,
    "debit": InvoiceType.DEBIT, "debit note": InvoiceType.DEBIT,
    "debit memo": InvoiceType.DEBIT, "dr": InvoiceType.DEBIT,
}  # fmt: skip
_PURPOSES = {
    "new": Purpose.NEW, "original": Purpose.NEW,
    "replace": Purpose.REPLACE, "change": Purpose.REPLACE,
    "cancel": Purpose.CANCEL, "void": Purpose.CANCEL,
}  # fmt: skip
_SHIP_VIAS = {each.value: each for each in ShipVia}
_ROWS = {word: word for word in ("line", "charge", "allowance", "tax")} | {"discount": "allowance"}
_DECISIONS = {
    word: decision
    for decision, words in {
        InvoiceDecision.APPROVE: ("approve", "approved", "ok", "yes"),
        InvoiceDecision.SENT: ("sent", "sent to external system", "exported"),
        InvoiceDecision.SYNCHRONIZED: ("synchronized", "synchronised", "synced", "booked"),
        InvoiceDecision.FAILED: ("failed", "error", "refused"),
    }.items()
    for word in words
}


def read_invoices(file: StepFile) -> Iterator[ReadDocument]:
    """Yield the invoices of a file, one for each number, in order of appearance."""
    notes, stray = FindingLog(), FindingLog()
    table = file.table(notes)
    columns, drafts = collect(
        table, notes, stray, names=file.layout.names, required=file.layout.required, thing="invoice"
    )
    notes.extend(stray.findings())
    if columns is None or table.is_lost or not drafts:
        yield file.refused(notes)
        return
    of_rows = file.layout.columns.index("row")
    names = [name for name in file.layout.columns[:of_rows] if name in columns]
    for draft in drafts:
        rows = [file.cells(row, columns, notes) for row in draft.rows]
        for line in draft.torn_at:
            message = "This row can't be read and may be of the invoice beside it, which was left "
            message += "out. Correct the row and send the invoice again."
            notes.error("csv.row", message, Where(row=line))
        record = _invoice(file, names, draft, rows)
        yield file.document(record, rows, notes, control=draft.number)
        notes = FindingLog()


def _invoice(
    file: StepFile, names: Sequence[str], draft: Draft, rows: list[Cells]
) -> Invoice | None:
    is_one = _agree(names, rows)
    head = rows[0]
    said = _header(file, head)
    lines: list[InvoiceLine] = []
    whole: list[Adjustment | Tax] = []
    of_line: dict[str, list[Adjustment | Tax]] = {}
    places: dict[int, Cells] = {}
    for cells in rows:
        kind = cells.choice("row", _ROWS) or "line"
        if kind != "line":
            extra = _extra(kind, cells)
            name = cells.raw("line")
            (of_line.setdefault(name, []) if name else whole).append(extra)
        elif cells.raw("row") or any(cells.raw(name) for name in _LINE_CELLS):
            lines.append(_line(cells, len(lines) + 1))
            places[len(lines)] = cells
    known = {line.reference for line in lines}
    for cells in rows:
        if cells.raw("line") and cells.raw("line") not in known:
            cells.fail("line", "the number of a line of the invoice is expected")
    if draft.torn_at or not is_one or any(cells.is_bad for cells in rows):
        return None
    lines = [_with_extras(line, of_line.get(line.reference, [])) for line in lines]
    said["order_number"] = None if lines else head.text("po_number", longest=MAX_ORDER)
    said |= {"lines": lines, "adjustments": _adjustments(whole), "taxes": _taxes(whole)}
    invoice = Invoice.model_validate(said)
    return invoice if _adds_up(invoice, head, places) else None


def _agree(names: Sequence[str], rows: list[Cells]) -> bool:
    """Tell whether the rows say one header in columns `names`; a cell that differs is refused."""
    first = rows[0]
    said = [(name, first.raw(name)) for name in names]
    is_one = True
    for cells in rows[1:]:
        for name, value in said:
            if cells.raw(name) not in ("", value):
                cells.fail(name, f"what row {first.row.line} of the invoice says is expected")
                is_one = False
    return is_one


def _header(file: StepFile, cells: Cells) -> dict[str, object]:
    text = cells.text
    said: dict[str, object] = {
        "number": text("invoice_number", longest=MAX_NUMBER, required=True),
        "type": cells.choice("invoice_type", _TYPES) or InvoiceType.INVOICE,
        "purpose": cells.choice("purpose", _PURPOSES) or Purpose.NEW,
        "refers_to": text("refers_to", longest=MAX_NUMBER),
        "invoice_date": cells.day("invoice_date", required=True),
        "order_date": cells.day("order_date"),
        "customer_po": text("customer_po", longest=MAX_CODE),
        "location": text("location", longest=MAX_CODE),
        "vendor": _coded(cells, "vendor_code") or file.vendor,
        "buyer": _coded(cells, "buyer_code") or Party(),
        "ship_to": _place(cells, "ship_to"),
        "bill_to": _place(cells, "bill_to"),
        "remit_to": _place(cells, "remit_to"),
        "currency": cells.value("currency", currency_code),
        "terms": _terms(cells),
        "ship_date": cells.day("ship_date"),
        "delivery_date": cells.day("delivery_date"),
        "ship_via": cells.choice("ship_via", _SHIP_VIAS),
        "carrier": text("carrier_code", longest=MAX_CODE),
        "awb": text("awb", longest=MAX_WAYBILL),
        "house_awb": text("house_awb", longest=MAX_WAYBILL),
        "comments": text("comments", longest=MAX_TEXT),
        "total": _amount(cells, "total", required=True),
    }
    return said


def _coded(cells: Cells, name: str) -> Party | None:
    code = cells.text(name, longest=MAX_CODE)
    return Party(code=code) if code else None


def _place(cells: Cells, whose: str) -> Party | None:
    found = {part: cells.text(f"{whose}_{part}", longest=MAX_NAME) for part in _PARTS}
    if not any(found.values()):
        return None
    found["postal_code"] = found.pop("zip")
    return Party(**found)


def _terms(cells: Cells) -> Terms | None:
    terms = Terms(
        description=cells.text("terms", longest=MAX_NAME),
        due_date=cells.day("due_date"),
        net_days=cells.count("net_days"),
        discount_percent=_amount(cells, "discount_percent"),
        discount_date=cells.day("discount_date"),
        discount_days=cells.count("discount_days"),
    )
    return None if terms == Terms() else terms


def currency_code(text: str) -> str:
    """Return a currency as files name it; ValueError says what is expected."""
    if len(text) != 3 or not text.isascii() or not text.isalpha() or not text.isupper():
        raise ValueError("a currency of three capital letters such as USD is expected")
    return text


def _amount(cells: Cells, name: str, *, required: bool = False) -> Decimal | None:
    return cells.amount(name, below=MAX_AMOUNT, required=required)


def _line(cells: Cells, at: int) -> InvoiceLine:
    text = cells.text
    basis = _amount(cells, "price_basis")
    if basis == 0:
        cells.fail("price_basis", "a number above 0 is expected")
    return InvoiceLine(
        line=at,
        reference=text("line", longest=20) or "",
        quantity=_amount(cells, "quantity", required=True) or Decimal(0),
        unit=text("unit", longest=20, required=True) or "",
        unit_price=_amount(cells, "unit_price"),
        price_unit=text("price_unit", longest=20),
        price_basis=basis or Decimal(1),
        amount=_amount(cells, "amount"),
        order_number=text("po_number", longest=MAX_ORDER),
        order_line=text("po_line", longest=20),
        po_item=text("po_item_id", longest=20),
        box_codes=_codes(cells),
        seller_item=text("vendor_item", longest=MAX_CODE),
        buyer_item=text("buyer_item", longest=MAX_CODE),
        gtin=text("upc", longest=20),
        description=text("description", longest=MAX_NAME),
        box_type_code=text("box_type", longest=20),
        bunches_per_box=cells.count("bunches", least=1),
        stems_per_bunch=cells.count("stems_bunch", least=1),
    )


def _codes(cells: Cells) -> tuple[str, ...]:
    def read(text: str) -> tuple[str, ...]:
        return tuple(box_code(code.strip()) for code in text.split(CODE_MARK))

    return cells.value("box_codes", read) or ()


def _extra(kind: str, cells: Cells) -> Adjustment | Tax:
    amount = _amount(cells, "amount", required=True) or Decimal(0)
    code = cells.text("code", longest=20)
    if kind == "tax":
        return Tax(amount, code, _amount(cells, "rate"), _amount(cells, "base"))
    description = cells.text("description", longest=MAX_NAME)
    return Adjustment(AdjustmentKind(kind), amount, code, description)


def _adjustments(extras: list[Adjustment | Tax]) -> tuple[Adjustment, ...]:
    return tuple(each for each in extras if isinstance(each, Adjustment))


def _taxes(extras: list[Adjustment | Tax]) -> tuple[Tax, ...]:
    return tuple(each for each in extras if isinstance(each, Tax))


def _with_extras(line: InvoiceLine, extras: list[Adjustment | Tax]) -> InvoiceLine:
    if not extras:
        return line
    return replace(line, adjustments=_adjustments(extras), taxes=_taxes(extras))


def _adds_up(invoice: Invoice, head: Cells, places: Mapping[int, Cells]) -> bool:
    wrong = wrong_sums(invoice)
    for each in wrong:
        if each.line is None:
            head.leave_out("invoice.total", "total", f"{_upper(each.message)}.")
        else:
            places[each.line].leave_out("invoice.amount", "amount", f"{_upper(each.message)}.")
    return not wrong


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def read_open_invoices(file: StepFile) -> Iterator[ReadDocument]:
    """Yield an invoice for each row of open invoices; a bad row is left out by name."""
    notes = FindingLog()
    rows = single_rows(file, notes)
    found = [(cells, invoice) for cells in rows or () if (invoice := _open(file, cells))]
    if not found:
        yield file.refused(notes)
    for cells, invoice in found:
        yield file.document(invoice, [cells], notes, control=invoice.number)
        notes = FindingLog()


def _open(file: StepFile, cells: Cells) -> Invoice | None:
    number = cells.text("invoice_number", longest=20, required=True)
    customer = cells.text("customer_code", longest=MAX_CODE, required=True)
    day = cells.day("invoice_date", required=True)
    balance = _amount(cells, "invoice_balance", required=True)
    customer_po = cells.text("customer_po", longest=20)
    location = cells.text("location_code", longest=20)
    currency = cells.value("currency", currency_code)
    if cells.is_bad or number is None or day is None or balance is None:
        return None
    return Invoice(
        number=number,
        invoice_date=day,
        customer_po=customer_po,
        location=location,
        vendor=file.vendor,
        buyer=Party(code=customer),
        currency=currency,
        lines=(),
        adjustments=(Adjustment(AdjustmentKind.CHARGE, balance, description=OPEN_BALANCE),),
        total=balance,
    )


def read_invoice_answer(file: StepFile) -> Iterator[ReadDocument]:
    """Yield the one file of decisions about invoices; the rows stand in their order."""
    notes = FindingLog()
    rows = single_rows(file, notes)
    verdicts = tuple(each for cells in rows or () if (each := _verdict(cells)) is not None)
    record = InvoiceAnswer(verdicts=verdicts) if verdicts else None
    yield file.document(record, rows or (), notes)


def _verdict(cells: Cells) -> InvoiceVerdict | None:
    number = cells.text("invoice_number", longest=MAX_NUMBER, required=True)
    decision = cells.choice("decision", _DECISIONS, required=True)
    vendor = cells.text("vendor_code", longest=80)
    by = cells.text("by", longest=80)
    reason = cells.text("reason", longest=200)
    total = _amount(cells, "total")
    if cells.is_bad or number is None or decision is None:
        return None
    return InvoiceVerdict(cells.row.line, number, decision, vendor, by, reason, total)
