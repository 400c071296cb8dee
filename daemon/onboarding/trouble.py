"""What an error looks like: one of the partner's own samples with a fault, and our real answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from daemon.config import Partner, Role
from daemon.onboarding.samples import Sample
from formats.axerrio.acknowledgement import Result, write_acknowledgement
from formats.axerrio.order import read_order
from formats.limits import DEFAULT_LIMITS
from formats.records import Party
from formats.tabular.advice import Counts, write_file_acknowledgement
from formats.tabular.availability import read_availability
from formats.tabular.dialect import Dialect
from formats.x12 import reader
from formats.x12.technical import ControlNumbers, functional_acknowledgement

_FAULT = "two"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault and its answer: `mistake` in words, the answer's `name` and its telling `lines`."""

    mistake: str
    name: str
    lines: tuple[str, ...]
    advice: str


def trouble(partner: Partner, samples: list[Sample], at: datetime) -> Trouble:
    """Return what a partner of this kind meets when a number is no number.

    Read and answered by the same code as a real file, so that the page can't promise another thing.
    """
    if partner.has(Role.AXERRIO):
        return _json(samples[-1], at)
    if partner.has(Role.BUYER):
        return _x12(next(s for s in samples if s.name == "order.edi"), at)
    return _csv(partner, samples[0])


def _csv(partner: Partner, sample: Sample) -> Trouble:
    first, _, rest = sample.content.partition(b"\r\n")
    mark = b";" if partner.decimal_comma else b","
    cells = first.split(mark)
    cells[3] = _FAULT.encode()
    dialect = Dialect(decimal_comma=partner.decimal_comma, encoding=partner.code_page)
    (document,) = read_availability(
        mark.join(cells) + b"\r\n" + rest,
        vendor=Party(code=partner.name),
        dialect=dialect,
        limits=DEFAULT_LIMITS,
    )
    total = sample.content.count(b"\r\n")
    counts = Counts(total, total - 1, rejected=1)
    body = write_file_acknowledgement(sample.name, counts, findings=document.findings)
    lines = [x for x in body.decode().splitlines() if x.startswith(("file", "finding"))]
    again = "the whole file" if partner.availability_mode == "replace" else "row 1"
    return Trouble(
        mistake=f"A quantity in row 1 says `{_FAULT}`.",
        name="advice-...csv",
        lines=tuple(lines[:3]),
        advice=f"The other rows are on sale. Send {again} again, corrected.",
    )


def _x12(sample: Sample, at: datetime) -> Trouble:
    segments = sample.content.split(b"~")
    at_line = next(i for i, s in enumerate(segments) if s.strip().startswith(b"PO1*1*"))
    elements = segments[at_line].split(b"*")
    elements[2] = _FAULT.encode()
    segments[at_line] = b"*".join(elements)
    reading = reader.read(b"~".join(segments))
    for _ in reading.documents():
        pass
    (outcome,) = reading.outcomes
    body = functional_acknowledgement(
        outcome.interchange, outcome, control=ControlNumbers(1, 1), at=at
    )
    told = (body or b"").decode().splitlines()
    lines = [x for x in told if x.startswith(("AK3", "AK4", "AK5"))]
    return Trouble(
        mistake=f"The quantity of the first `PO1` says `{_FAULT}`.",
        name="997-...edi",
        lines=tuple(lines[:3]),
        advice="AK3: which segment. AK4: which element, and its bytes. AK5*R: nothing was ordered."
        " Correct it and send the order again under a new control number.",
    )


def _json(sample: Sample, at: datetime) -> Trouble:
    order = json.loads(sample.content)
    order["order"]["lines"][0]["boxes"] = _FAULT
    (document,) = read_order(json.dumps(order).encode(), DEFAULT_LIMITS)
    body = write_acknowledgement(
        message_id=document.control or None,
        received_at=at,
        result=Result.WITH_EXCEPTIONS,
        findings=document.findings,
    )
    answer = json.loads(body)
    finding = answer["findings"][0]
    return Trouble(
        mistake=f"The boxes of the first line say `{_FAULT}`.",
        name="ack-...json",
        lines=(
            f'"result": "{answer["result"]}",',
            f'"where": "{finding["where"]}",',
            f'"message": "{finding["message"]}"',
        ),
        advice="The other lines are taken. Send the whole order again, corrected, as a `change`"
        " under a new `messageId`; a person here lets it take the place of the first.",
    )
