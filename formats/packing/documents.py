"""The documents of a packing list: a ship notice for each air waybill, or why there is none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from formats.documents import ReadDocument
from formats.findings import Finding
from formats.packing.notice import notices
from formats.packing.piece import Piece
from formats.records import Party
from formats.tabular.findings import FindingLog


def documents_of(
    pieces: Sequence[Piece], notes: FindingLog, vendor: Party, data: bytes
) -> Iterator[ReadDocument]:
    """Yield what pieces make; the first document tells what was found in the file."""
    found = list(notices(pieces, notes, vendor))
    if not found:
        if not any(finding.is_error for finding in notes.findings()):
            message = "The list has no box of an order. Send it with the boxes and their orders."
            notes.error("packing.empty", message)
        yield refused(data, notes.findings())
    for at, notice in enumerate(found):
        yield ReadDocument(
            notice,
            notes.findings() if at == 0 else (),
            digest=hashlib.sha256(notice.model_dump_json().encode()).hexdigest(),
        )


def refused(data: bytes, findings: tuple[Finding, ...]) -> ReadDocument:
    """Return the document of a list that can't be used."""
    return ReadDocument(None, findings, digest=hashlib.sha256(data).hexdigest())
