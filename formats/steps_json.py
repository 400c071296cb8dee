"""Read `k2k.steps/1`: one step after an order or an array of them, every error at its JSON path.

A bad item of a list is left out by name; the head's errors refuse the document. What would mean
something else with an item missing (an order accepted whole, a replacement) is refused with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from formats.axerrio.parts import PartReader, digest, message_id_of
from formats.documents import ReadDocument
from formats.findings import Finding
from formats.limits import Limits
from formats.records import Party
from formats.steps_build import BUILDERS
from formats.steps_contract import (
    CONTRACT,
    StepKind,
)
from formats.strictjson import Json, parsed

_MARK = CONTRACT.partition("/")[0].encode()
"""JSON may write the slash with a backslash before it."""


def is_step_file(data: bytes, limits: Limits) -> bool:
    """Tell whether a JSON file is for `read_steps`: its first document names the contract."""
    if _MARK not in data.replace(b"\0", b""):
        return False
    value, _ = parsed(data, limits)
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and first.get("contract") == CONTRACT


def read_steps(data: bytes, limits: Limits, *, vendor: Party) -> Iterator[ReadDocument]:
    """Yield every step of a file; one that can't be used has no record, and findings say why.

    `vendor` is the partner whose file it is, for the records that name a vendor and don't say
    which. `control` is the messageId; `digest` is of the content, whatever its spacing.
    """
    value, finding = parsed(data, limits)
    if finding is not None:
        yield ReadDocument(None, (finding,), digest=hashlib.sha256(data).hexdigest())
    elif isinstance(value, list):
        if not value:
            empty = Finding("json.empty", "The list is empty. Send the file with its documents.")
            yield ReadDocument(None, (empty,), digest=hashlib.sha256(data).hexdigest())
        for at, one in enumerate(value):
            yield _document(one, f"[{at}]", vendor)
    else:
        yield _document(value, "", vendor)


def _document(value: Json, root: str, vendor: Party) -> ReadDocument:
    reader = PartReader(root, "document")
    record = None
    if isinstance(value, dict):
        kind = value.get("kind")
        builder = BUILDERS.get(kind.strip().lower()) if isinstance(kind, str) else None
        if builder is not None:
            record = builder(value, reader, vendor)
        else:
            expected = f"one of {', '.join(StepKind)} is expected"
            reader.refuse("json.kind", "kind", expected, kind if isinstance(kind, str) else None)
    else:
        reader.refuse("json.document", "", "an object in { } is expected")
    return ReadDocument(record, reader.findings, message_id_of(value), digest=digest(value))
