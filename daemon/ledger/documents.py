"""Documents, interchanges and findings in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, or_, select, update

from daemon.ledger import schema
from daemon.ledger.cuts import SENT
from daemon.ledger.posting import Posting, finding_row
from daemon.ledger.states import DocumentState
from formats.findings import Finding, Severity, Where

REFUSED = "refused"
"""Code of what the rules refused; with the rule's own behind it, as `refused.E-16`."""
_is_refusal = or_(
    schema.findings.c.code == REFUSED, schema.findings.c.code.startswith(f"{REFUSED}.")
)
NOTED = "noted"
"""Begins the code of what the rules noted of a document for people at this site alone."""
_is_note = schema.findings.c.code.startswith(f"{NOTED}.")

# Made once, because it is asked for every file: to put it together costs more than to run it.
_INTERCHANGES = select(
    schema.interchanges.c.key, schema.interchanges.c.arrival_id, schema.interchanges.c.digest
).where(schema.interchanges.c.key.in_(bindparam("keys", expanding=True)))


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be recorded; `record` is its canonical JSON where it may have to wait."""

    arrival_id: int
    partner: str
    position: int
    kind: str
    number: str
    control: str
    digest: str
    state: DocumentState
    record: str | None = None
    addressee: str | None = None


def add_document(post: Posting, new: NewDocument) -> int:
    """Record a document and return its id; its state may change until the posting closes."""
    return post.add(
        schema.documents,
        {
            "arrival_id": new.arrival_id,
            "partner": new.partner,
            "position": new.position,
            "kind": new.kind,
            "number": new.number,
            "control": new.control,
            "digest": new.digest,
            "state": new.state.value,
            "addressee": new.addressee,
            "record": new.record,
        },
    )


def set_state(post: Posting, document_id: int, state: DocumentState) -> None:
    """Set the state of a document, whether it is written yet or only gathered."""
    for row in reversed(post.rows.get("documents", [])):
        if row["id"] == document_id:
            row["state"] = state.value
            return
    post.conn.execute(
        update(schema.documents)
        .where(schema.documents.c.id == document_id)
        .values(state=state.value, updated_at=post.at)
    )


def add_findings(
    post: Posting, found: Iterable[Finding], *, arrival_id: int, document_id: int | None
) -> None:
    """Record findings, without the offending text itself."""
    for finding in found:
        post.add(schema.findings, finding_row(finding, arrival_id, document_id))


def note_refusals(
    post: Posting, found: Iterable[Finding], *, arrival_id: int, document_id: int
) -> None:
    """Record what the rules refused of a document, in place of what they refused of it before."""
    table = schema.findings
    if document_id in post.refused:
        gathered = post.rows.get(table.name, [])
        gathered[:] = [
            row
            for row in gathered
            if row["document_id"] != document_id or row["code"].partition(".")[0] != REFUSED
        ]
    post.refused.add(document_id)
    if not _is_gathered(post, document_id):
        post.conn.execute(delete(table).where(table.c.document_id == document_id, _is_refusal))
    add_findings(post, found, arrival_id=arrival_id, document_id=document_id)


def forget_notes(post: Posting, document_id: int) -> None:
    """Take back what the rules noted of a document that they judge anew."""
    post.flush()
    is_noted = schema.findings.c.document_id == document_id, _is_note
    post.conn.execute(delete(schema.findings).where(*is_noted))


def _is_gathered(post: Posting, document_id: int) -> bool:
    """Tell whether a document is of this posting and not written yet, so the books know nothing."""
    return any(row["id"] == document_id for row in reversed(post.rows.get("documents", [])))


@dataclass(frozen=True, slots=True)
class KnownInterchange:
    """An interchange that was taken before."""

    arrival_id: int
    digest: str


Interchanges = dict[str, KnownInterchange | None]
"""What the books say under each key that was looked up; None for a key that is new."""


def look_up_interchanges(post: Posting, known: Interchanges, keys: Iterable[str]) -> None:
    """Add to `known` what was taken under each of `keys` (sender, receiver, number, usage)."""
    asked = [key for key in dict.fromkeys(keys) if key not in known]
    if not asked:
        return
    known.update(dict.fromkeys(asked))
    for row in post.conn.execute(_INTERCHANGES, {"keys": asked}):
        known[row.key] = KnownInterchange(row.arrival_id, row.digest)


def take_interchange(
    post: Posting, known: Interchanges, key: str, digest: str, *, arrival_id: int, is_first: bool
) -> None:
    """Record an interchange as taken; a released conflict takes the place of the first."""
    known[key] = KnownInterchange(arrival_id, digest)
    if is_first:
        post.add(schema.interchanges, {"arrival_id": arrival_id, "key": key, "digest": digest})
        return
    post.conn.execute(
        update(schema.interchanges)
        .where(schema.interchanges.c.key == key)
        .values(arrival_id=arrival_id, digest=digest)
    )


def has_documents(post: Posting, arrival_id: int) -> bool:
    """Tell whether an earlier attempt at this arrival had an effect."""
    table = schema.documents.c
    query = select(table.id).where(
        table.arrival_id == arrival_id, table.state != DocumentState.REJECTED.value
    )
    return post.conn.execute(query.limit(1)).first() is not None


def is_overtaken(post: Posting, arrival_id: int, partner: str) -> bool:
    """Tell whether a newer stock file of `partner` was taken after the one of `arrival_id`.

    Then its bytes, sent once more, say something new: the stock is back at what it was.
    """
    table = schema.documents.c
    stock = (table.partner == partner, table.kind == "inventory_advice")
    first = select(table.id).where(table.arrival_id == arrival_id, *stock).limit(1)
    key = post.conn.execute(first).scalar()
    if key is None:
        return False
    newer = select(table.id).where(table.id > key, table.arrival_id != arrival_id, *stock).limit(1)
    return post.conn.execute(newer).first() is not None


def findings_of(post: Posting, document_id: int) -> list[Finding]:
    """Return what its reader found in a stored document; its places are words, as they were told.

    What the rules refused isn't there: they judge it anew. Nor is what they noted for us, and what
    we cut in files of ours, which is about other partners' as well.
    """
    table = schema.findings.c
    query = select(table.code, table.severity, table.place, table.message)
    query = query.where(
        *(table.document_id == document_id, ~_is_refusal, ~_is_note),
        ~table.code.startswith(SENT),
    )
    rows = post.conn.execute(query.order_by(table.id))
    return [
        Finding(row.code, row.message, Where(path=row.place), Severity(row.severity))
        for row in rows
    ]
