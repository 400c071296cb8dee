"""Read a packing list as JSON: one record a box, in a list, by the names of the XML's elements."""

from __future__ import annotations

from collections.abc import Iterator

from formats.documents import ReadDocument
from formats.findings import Where
from formats.packing.documents import documents_of
from formats.packing.fields import Fields, column_of
from formats.packing.houses import JSON_NUMBER, Houses
from formats.packing.piece import Piece, read_piece
from formats.records import Party
from formats.strictjson import Json, Unfit
from formats.tabular.findings import FindingLog

_TELLS = frozenset({"codigopieza", "tipoenvio"})
OPERATION = "OPERACION"
UNUSED = frozenset({"tipoenvio", "numerodae", "piezas", "precio", "precioramo"})
"""Fields of the description that say nothing that is used here."""


def is_packing_list(value: Json) -> bool:
    """Tell whether a JSON value is for this reader: its first record names a piece."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and any(_key(name) in _TELLS for name in first)


def _key(name: str) -> str:
    return name.replace("_", "").lower()


def read_value(value: Json, vendor: Party, data: bytes) -> Iterator[ReadDocument]:
    """Yield a ship notice for each air waybill of a parsed file; `data` is the file itself."""
    notes = FindingLog(more="packing.more")
    pieces: list[Piece] = []
    records = value if isinstance(value, list) else [value]
    named: set[str] = set()
    houses = Houses(JSON_NUMBER)
    for at, record in enumerate(records):
        where = Where(path=f"[{at}]" if isinstance(value, list) else "$")
        if not isinstance(record, dict):
            message = "A record of one box in { } is expected. Correct it and send the list again."
            notes.error("packing.record", message, where)
            continue
        said = _texts(record, where, notes, named)
        houses.take(said, where)
        piece = read_piece(Fields(said, where, notes), where, at + 1)
        if piece is not None:
            pieces.append(piece)
    houses.check(notes)
    yield from documents_of(pieces, notes, vendor, data)


def _texts(
    record: dict[str, Json], where: Where, notes: FindingLog, named: set[str]
) -> dict[str, str]:
    """Return the values of a record by column; what isn't known is named once a file."""
    found: dict[str, str] = {}
    for name, value in record.items():
        column = column_of(name)
        if column is not None:
            found[column] = _text(value)
        elif _key(name) not in UNUSED and _key(name) not in named:
            named.add(_key(name))
            shown = name[:80].encode(errors="backslashreplace").decode()
            notes.warn("packing.unknown", f"{shown} isn't known here and was not used.", where)
        elif _key(name) == "tipoenvio" and _text(value).upper() != OPERATION:
            message = f"tipoEnvio is expected to be {OPERATION}; the box was read all the same."
            notes.warn("packing.tipoEnvio", message, where)
    return found


def _text(value: Json) -> str:
    if isinstance(value, Unfit):
        return value.text
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
