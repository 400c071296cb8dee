"""Which files a text may mean that a person has at hand: a number, a box code, a file's name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, or_, select

from daemon.ledger import schema

_FILES, _DOCS, _ORDERS = schema.arrivals.c, schema.documents.c, schema.orders.c
_LINES, _OUT = schema.order_lines.c, schema.outgoing.c


def arrivals_named(conn: Connection, what: str) -> list[int]:
    """Return the arrivals that `what` may mean, oldest first.

    It may be an arrival id, the number of an order or document, a control number at any level, a
    box code, or the name of an outgoing file.
    """
    name = what.encode(errors="surrogateescape")
    asks: list[Select[Any]] = [select(_FILES.id).where(_FILES.name == name)]
    # Only names of files may hold bytes that are no text; no database takes them as text.
    if not any("\ud800" <= char <= "\udfff" for char in what):
        asks += _asks(what)
    return sorted({int(row[0]) for ask in asks for row in conn.execute(ask) if row[0] is not None})


def _asks(what: str) -> list[Select[Any]]:
    """Return a question for each kind of text that `what` may be."""
    numbers = _digits(what)
    asks: list[Select[Any]] = [
        select(_ORDERS.arrival_id).where(_ORDERS.number == what),
        select(_DOCS.arrival_id).where(_DOCS.number == what),
        select(_DOCS.arrival_id).where(
            or_(*(_DOCS.control.like(p, escape="\\") for p in _controls(numbers, what)))
        ),
        select(schema.interchanges.c.arrival_id).where(
            or_(
                *(
                    schema.interchanges.c.key.like(f"%:{_literal(n)}:_", escape="\\")
                    for n in numbers
                )
            )
        ),
        select(_ORDERS.arrival_id)
        .join(schema.order_lines, _LINES.order_id == _ORDERS.id)
        .join(schema.boxes, schema.boxes.c.order_line_id == _LINES.id)
        .where(or_(schema.boxes.c.code == what, schema.boxes.c.external_code == what)),
        select(_OUT.arrival_id).where(_OUT.name == what),
    ]
    if what.isascii() and what.isdecimal() and str(int(what)) == what and len(what) <= 18:
        asks.append(select(_FILES.id).where(_FILES.id == int(what)))
    return asks


def _digits(what: str) -> set[str]:
    """Return a control number as it may be written: with and without leading zeros."""
    if what.isascii() and what.isdecimal() and len(what) <= 9:
        bare = what.lstrip("0") or "0"
        return {what, bare, bare.zfill(9), bare.zfill(4)}
    return {what}


def _controls(numbers: set[str], what: str) -> set[str]:
    """Return the patterns of a document's `ISA13/GS06/ST02`; ST02 alone says too little."""
    patterns = {_literal(what)}
    for number in numbers:
        patterns |= {f"{_literal(number)}/%", f"%/{_literal(number)}/%"}
    return patterns


def _literal(text: str) -> str:
    for mark in "\\%_":
        text = text.replace(mark, f"\\{mark}")
    return text
