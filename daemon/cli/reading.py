"""Reads a file of any format without a site: its records, what was found, what it would earn.

The answers are those to the reading alone. Mapping and trade rules, which need a site's books, may
hold or cut what is accepted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from daemon.config import Partner, Role
from daemon.eventlog import safe
from daemon.workbooks.opening import open_workbook
from formats import json_kinds, markup
from formats.axerrio.acknowledgement import (
    CONTRACT,
    STEPS_CONTRACT,
    Result,
    write_acknowledgement,
)
from formats.axerrio.step_answer import answered_lines, order_number
from formats.documents import Noted, ReadDocument
from formats.edifact import policy as edifact_policy
from formats.edifact import reader as edifact
from formats.edifact.technical import control_message
from formats.findings import Finding
from formats.identify import HEAD_BYTES, Format, identify
from formats.layouts.own import sheet_reading
from formats.limits import DEFAULT_LIMITS
from formats.records import AxerrioOrder, InventoryAdvice, Party, PurchaseOrder
from formats.steps import Step
from formats.steps_json import is_step_file
from formats.tabular.advice import Counts, write_file_acknowledgement
from formats.tabular.availability import read_availability
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind, kind_of
from formats.tabular.purchase_order import read_purchase_orders
from formats.tabular.steps import is_step, read_steps
from formats.x12 import policy as x12_policy
from formats.x12 import reader
from formats.x12.technical import (
    ControlNumbers,
    functional_acknowledgement,
    interchange_acknowledgement,
    wants_interchange_acknowledgement,
)
from formats.xlsx.tables import read_tables

NUMBERS = ControlNumbers(1, 1)
Record = PurchaseOrder | AxerrioOrder | InventoryAdvice | Step | Noted


@dataclass(frozen=True, slots=True)
class Answer:
    """One file that the sender would get back."""

    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file says; `answers` only where they were asked for."""

    file: str
    format: Format
    documents: tuple[Record, ...] = ()
    findings: tuple[Finding, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def has_errors(self) -> bool:
        return any(finding.is_error for finding in self.findings)


def read_file(name: str, data: bytes, partner: Partner | None, at: datetime) -> ReadFile:
    """Return what the file `name` says, read as `partner`'s where one is given.

    `at` is the time that answers carry.
    """
    form = identify(data[:HEAD_BYTES])
    if len(data) > DEFAULT_LIMITS.file_bytes:
        message = f"the file has {len(data)} bytes, at most {DEFAULT_LIMITS.file_bytes} are read"
        return _refused(name, form, Finding("too-large", message))
    if form is Format.X12:
        return _x12(name, data, partner, at)
    if form is Format.EDIFACT:
        return _edifact(name, data, partner, at)
    if form is Format.JSON:
        return _json(name, data, partner, at)
    readers = {Format.DELIMITED: _delimited, Format.XLSX: _workbook, Format.XML: _xml}
    if form in readers:
        return readers[form](name, data, partner)
    return _refused(name, form, _refusal(form))


def _xml(name: str, data: bytes, partner: Partner | None) -> ReadFile:
    vendor = Party(code=partner.name if partner else None)
    documents = list(markup.read(data, DEFAULT_LIMITS, vendor=vendor).documents())
    records, found = _records(documents), _findings(documents)
    refused = len(documents) - len(records)
    counts = Counts(len(documents), len(records), rejected=refused)
    body = write_file_acknowledgement(safe(name), counts, findings=found)
    return ReadFile(name, Format.XML, records, found, (Answer("advice", body),))


def _x12(name: str, data: bytes, partner: Partner | None, at: datetime) -> ReadFile:
    agreed = partner.x12.policy() if partner and partner.x12 else x12_policy.STRICT
    reading = reader.read(data, policy=agreed)
    documents = list(reading.documents())
    found = list(reading.findings)
    for interchange in reading.interchanges:
        found += interchange.findings
        found += [finding for group in interchange.groups for finding in group.findings]
    found += _findings(documents)
    return ReadFile(
        name, Format.X12, _records(documents), tuple(found), tuple(_x12_answers(reading, at))
    )


def _x12_answers(reading: reader.X12Reading, at: datetime) -> Iterator[Answer]:
    for outcome in reading.outcomes:
        interchange = outcome.interchange
        if wants_interchange_acknowledgement(interchange) or interchange.status != "A":
            body = interchange_acknowledgement(interchange, control=NUMBERS.interchange, at=at)
            if body is not None:
                yield Answer("TA1", body)
        if not interchange.is_rejected:
            body = functional_acknowledgement(interchange, outcome, control=NUMBERS, at=at)
            if body is not None:
                yield Answer("997", body)


def _edifact(name: str, data: bytes, partner: Partner | None, at: datetime) -> ReadFile:
    agreed = partner.edifact.policy() if partner and partner.edifact else edifact_policy.STRICT
    reading = edifact.read(data, policy=agreed)
    documents = list(reading.documents())
    found = (*reading.envelope_findings(), *_findings(documents))
    answers = (
        Answer("CONTRL", body)
        for outcome in reading.outcomes
        if (body := control_message(outcome, reference=str(NUMBERS.interchange), at=at))
    )
    return ReadFile(name, Format.EDIFACT, _records(documents), found, tuple(answers))


def _json(name: str, data: bytes, partner: Partner | None, at: datetime) -> ReadFile:
    is_steps = is_step_file(data, DEFAULT_LIMITS)
    vendor = Party(code=partner.name if partner else None)
    documents = list(json_kinds.read(data, DEFAULT_LIMITS, vendor=vendor))
    contract = STEPS_CONTRACT if is_steps else CONTRACT
    answers = tuple(Answer("ack", _json_answer(one, at, contract)) for one in documents)
    return ReadFile(name, Format.JSON, _records(documents), _findings(documents), answers)


def _json_answer(document: ReadDocument, at: datetime, contract: str) -> bytes:
    has_errors = any(finding.is_error for finding in document.findings)
    result = Result.WITH_EXCEPTIONS if has_errors else Result.ACCEPTED
    # No JSON file holds what is only noted.
    record = None if isinstance(document.record, Noted) else document.record
    return write_acknowledgement(
        message_id=document.control or None,
        received_at=at,
        result=result if document.record else Result.REJECTED,
        order_number=order_number(record),
        lines=answered_lines(record),
        findings=document.findings,
        contract=contract,
    )


def _delimited(name: str, data: bytes, partner: Partner | None) -> ReadFile:
    dialect = Dialect()
    if partner is not None:
        dialect = Dialect(decimal_comma=partner.decimal_comma, encoding=partner.code_page)
    vendor = Party(code=partner.name if partner else None)
    kind = kind_of(data, dialect)
    if kind is None:
        is_buyer = partner is not None and not partner.has(Role.VENDOR)
        kind = Kind.ORDER if is_buyer else Kind.AVAILABILITY
    if kind is Kind.AVAILABILITY:
        documents = list(
            read_availability(data, vendor=vendor, dialect=dialect, limits=DEFAULT_LIMITS)
        )
        accepted = sum(len(r.lines) for r in _records(documents) if isinstance(r, InventoryAdvice))
        wrong = {f.where.row for f in _findings(documents) if f.is_error and f.where.row}
        received = accepted + len(wrong)
    else:
        documents = list(
            read_steps(data, dialect=dialect, limits=DEFAULT_LIMITS, vendor=vendor, kind=kind)
            if is_step(kind)
            else read_purchase_orders(data, dialect=dialect, limits=DEFAULT_LIMITS)
        )
        received = len(documents)
        accepted = sum(document.is_accepted for document in documents)
    counts = Counts(received, accepted, rejected=received - accepted)
    found = _findings(documents)
    body = write_file_acknowledgement(safe(name), counts, findings=found)
    return ReadFile(name, Format.DELIMITED, _records(documents), found, (Answer("advice", body),))


def _workbook(name: str, data: bytes, partner: Partner | None) -> ReadFile:
    """Read every sheet, Komet's own among them; nothing of a partner's layouts is known here."""
    is_buyer = partner is not None and not partner.has(Role.VENDOR)
    fallback = Kind.ORDER if is_buyer else Kind.AVAILABILITY
    vendor = Party(code=partner.name if partner else None)
    tables = read_tables(
        open_workbook(data, limits=DEFAULT_LIMITS),
        fallback=fallback,
        vendor=vendor,
        dialect=Dialect(decimal_comma=partner is not None and partner.decimal_comma),
        limits=DEFAULT_LIMITS,
        own=sheet_reading(None, fallback, vendor=vendor, limits=DEFAULT_LIMITS),
    )
    documents = [document for each in tables.documents.values() for document in each]
    accepted = sum(document.is_accepted for document in documents)
    counts = Counts(len(documents), accepted, rejected=len(documents) - accepted)
    found = (*tables.findings, *_findings(documents))
    body = write_file_acknowledgement(safe(name), counts, findings=found)
    return ReadFile(name, Format.XLSX, _records(documents), found, (Answer("advice", body),))


def _refusal(form: Format) -> Finding:
    """Say why a file of this format is not read."""
    if form.refusal:
        return Finding(form.value, form.refusal)
    message = (
        f"{form.value} is recognised, but this version does not read it; send X12, JSON or CSV"
    )
    return Finding(f"format-{form.value}", message)


def _refused(name: str, form: Format, finding: Finding) -> ReadFile:
    body = write_file_acknowledgement(safe(name), Counts(0, 0), findings=(finding,))
    return ReadFile(name, form, (), (finding,), (Answer("advice", body),))


def _records(documents: list[ReadDocument]) -> tuple[Record, ...]:
    return tuple(document.record for document in documents if document.record is not None)


def _findings(documents: list[ReadDocument]) -> tuple[Finding, ...]:
    return tuple(finding for document in documents for finding in document.findings)
