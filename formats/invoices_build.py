"""Invoices, and decisions about them, from the parts of `k2k.steps/1`.

An invoice is used whole or not at all; an amount in it that doesn't add up is an error at its path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic import BaseModel

from formats.axerrio.parts import PartReader, without
from formats.invoice_sums import wrong_sums
from formats.invoices import (
    Adjustment,
    Invoice,
    InvoiceAnswer,
    InvoiceLine,
    InvoiceVerdict,
    Tax,
    Terms,
)
from formats.invoices_contract import (
    InvoiceAnswerHead,
    InvoiceLinePart,
    InvoicePart,
    InvoiceVerdictPart,
)
from formats.records import Party
from formats.steps_contract import PartyPart
from formats.strictjson import Json

_Made = TypeVar("_Made")


def invoice(value: dict[str, Json], reader: PartReader, vendor: Party) -> Invoice | None:
    """Return an invoice, or None where findings say why."""
    part = reader.part(InvoicePart, value, "")
    if part is None:
        return None
    reader.check_air_waybill(part.awb, "awb")
    said = _said(part, "contract", "kind", "lines", "adjustments", "taxes", "terms")
    lines = tuple(_line(line, at) for at, line in enumerate(part.lines, 1))
    terms = _made(Terms, _said(part.terms)) if part.terms else None
    record = Invoice.model_validate(
        {
            "vendor": vendor,
            **said,
            "lines": lines,
            "adjustments": _each(Adjustment, part.adjustments),
            "taxes": _each(Tax, part.taxes),
            "terms": terms,
        }
    )
    return record if _adds_up(record, reader) else None


def _adds_up(record: Invoice, reader: PartReader) -> bool:
    wrong = wrong_sums(record)
    for each in wrong:
        message = f"{each.message[:1].upper()}{each.message[1:]}."
        if each.line is None:
            reader.error("invoice.total", message, reader.where("total"), f"{each.stated:f}")
        else:
            where = reader.where(f"lines[{each.line - 1}].amount")
            reader.error("invoice.amount", message, where, f"{each.stated:f}")
    return not wrong


def _line(part: InvoiceLinePart, at: int) -> InvoiceLine:
    said = _said(part, "adjustments", "taxes", "box_codes")
    return _made(
        InvoiceLine,
        {
            "reference": "",
            **said,
            "line": at,
            "box_codes": tuple(part.box_codes or ()),
            "adjustments": _each(Adjustment, part.adjustments),
            "taxes": _each(Tax, part.taxes),
        },
    )


def answer(value: dict[str, Json], reader: PartReader, _vendor: Party) -> InvoiceAnswer | None:
    """Return the decisions of a document that are right, or None where there are none."""
    head = reader.part(InvoiceAnswerHead, without(value, "verdicts"), "")
    verdicts = []
    for at, one in enumerate(reader.items(value, "verdicts")):
        item = reader.part(InvoiceVerdictPart, one, f"verdicts[{at}]")
        if item is not None:
            verdicts.append(_made(InvoiceVerdict, {"line": at + 1, **_said(item)}))
    if not verdicts:
        reader.refuse("json.verdicts", "verdicts", "at least one item that is right is needed")
    if head is None or not verdicts:
        return None
    return InvoiceAnswer.model_validate(
        _said(head, "contract", "kind") | {"verdicts": tuple(verdicts)}
    )


def _each(kind: Callable[..., _Made], parts: Iterable[BaseModel] | None) -> tuple[_Made, ...]:
    return tuple(_made(kind, _said(part)) for part in parts or ())


def _said(part: BaseModel, *but: str) -> dict[str, object]:
    """Return what a part says by the names of its record; None is left out."""
    found: dict[str, object] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if value is None or name in but:
            continue
        found[name] = _made(Party, _said(value)) if isinstance(value, PartyPart) else value
    return found


def _made(kind: Callable[..., _Made], said: dict[str, object]) -> _Made:
    return kind(**said)
