"""Header values of one order from its CSV rows, which may stand in any of them and never differ."""

from __future__ import annotations

from formats import values
from formats.records import Party, PurchaseOrder, ShipVia
from formats.tabular.cells import Cells
from formats.tabular.findings import FindingLog
from formats.tabular.order_rows import (
    ACCOUNT_COLUMN,
    BILL_TO_COLUMN,
    COLUMNS,
    OWN_FIELDS_COLUMN,
    PREBOOK_COLUMN,
    TERM_COLUMNS,
)
from formats.tabular.own_fields import fields_in
from formats.tabular.rows import Row

HEADER_COLUMNS = (
    *(*COLUMNS[2:18], "currency", PREBOOK_COLUMN, BILL_TO_COLUMN, ACCOUNT_COLUMN),
    *(*TERM_COLUMNS, OWN_FIELDS_COLUMN),
)
_LONGEST_CODE, _LONGEST_NAME, _LONGEST_STATE = 80, 200, 35
"""Characters: what X12 and EDIFACT have room for, so that an order of theirs can stand here."""
SHIP_VIA = {via.value: via for via in ShipVia}
_YES_OR_NO = {
    **dict.fromkeys(("yes", "y", "true", "1", "x"), "yes"),
    **dict.fromkeys(("no", "n", "false", "0"), "no"),
}


def read_header(
    columns: dict[str, int], rows: list[Cells], notes: FindingLog
) -> PurchaseOrder | None:
    """Return an order without lines from the rows of one order, or None with the reasons.

    What a row does (`action`) isn't looked at.
    """
    merged, is_consistent = _merged(rows, columns, notes)
    cells = Cells(merged, columns, notes, decimal_comma=False)
    number = cells.text("po_number", longest=22, required=True)
    currency = cells.text("currency", longest=3)
    if currency is not None and not (len(currency) == 3 and currency.isalpha()):
        cells.fail("currency", "a currency of three letters such as USD is expected")
    terms = {name: cells.text(name, longest=_LONGEST_CODE) for name in TERM_COLUMNS}
    order = PurchaseOrder(
        number=number or "-",
        ship_date=cells.day("ship_date"),
        delivery_date=cells.day("truck_date"),
        buyer=Party(code=cells.text("buyer_code", longest=_LONGEST_CODE)),
        vendor=Party(code=cells.text("vendor_code", longest=_LONGEST_CODE)),
        ship_to=_ship_to(cells),
        bill_to=_party(cells.text(BILL_TO_COLUMN, longest=_LONGEST_CODE)),
        customer=_party(cells.text("customer_code", longest=_LONGEST_CODE)),
        customer_po=cells.text("customer_po", longest=_LONGEST_CODE),
        location=cells.text("location", longest=_LONGEST_CODE),
        carrier=cells.text("carrier_code", longest=_LONGEST_CODE),
        carrier_account=cells.text(ACCOUNT_COLUMN, longest=_LONGEST_CODE),
        ship_via=cells.choice("ship_via", SHIP_VIA) or ShipVia.WAREHOUSE,
        currency=None if currency is None else currency.upper(),
        custom_fields=cells.value(OWN_FIELDS_COLUMN, fields_in) or (),
        **terms,
        is_prebook=cells.choice(PREBOOK_COLUMN, _YES_OR_NO) == "yes",
        lines=(),
    )
    return order if is_consistent and not cells.is_bad else None


def _merged(rows: list[Cells], columns: dict[str, int], notes: FindingLog) -> tuple[Row, bool]:
    """Return the header values of all rows as one row; two different values are an error."""
    first = rows[0].row
    cells = [first.cell(at) for at in range(max(columns.values()) + 1)]
    is_good = True
    for name in HEADER_COLUMNS:
        at = columns.get(name)
        if at is None:
            continue
        for other in rows:
            given = other.raw(name)
            if given and not cells[at]:
                cells[at] = given
            elif given and values.normalised(given) != values.normalised(cells[at]):
                message = "The rows of one order differ here. Write the same value in all of them."
                notes.error(f"csv.{name}", message, other.where(name), given)
                is_good = False
                break
    return Row(first.line, cells), is_good


def _party(code: str | None) -> Party | None:
    return None if code is None else Party(code=code)


def _ship_to(cells: Cells) -> Party | None:
    party = Party(
        code=cells.text("ship_to_code", longest=_LONGEST_CODE),
        name=cells.text("ship_to_name", longest=_LONGEST_NAME),
        street=cells.text("ship_to_street", longest=_LONGEST_NAME),
        city=cells.text("ship_to_city", longest=60),
        state=cells.text("ship_to_state", longest=_LONGEST_STATE),
        postal_code=cells.text("ship_to_zip", longest=20),
        country=cells.text("ship_to_country", longest=_LONGEST_STATE),
    )
    return None if party == Party() else party
