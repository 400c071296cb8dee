"""The one door of the library: any partner's file in, its documents out; it raises nothing.

What a file is shows in its content. Each family of formats has a row in FAMILIES: a function that
hands the file to the family's reader, which is loaded when the first such file comes. A file that
no family reads has no documents, and one finding that says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from formats.documents import ReadDocument
from formats.findings import Finding, Where
from formats.identify import Format, identify
from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import Party

if TYPE_CHECKING:
    from formats.edifact.policy import Policy as EdifactPolicy
    from formats.layouts.layout import DeclaredLayout
    from formats.tabular.dialect import Dialect
    from formats.tabular.kinds import Kind
    from formats.x12.policy import Policy as X12Policy

_NOBODY = Party()


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with the partner whose file it is, as far as its bytes can't say it."""

    partner: Party = _NOBODY
    """Whose file it is: the vendor of an availability, a shipment or a confirmation as CSV."""
    dialect: Dialect | None = None
    """How its delimited files are written; None finds it out from the file."""
    kind: Kind | None = None
    """What a delimited file or a lone sheet is whose header doesn't tell."""
    layout: DeclaredLayout | None = None
    """The partner's own columns, for its delimited files, its sheets, and text of fixed width."""
    x12: X12Policy | None = None
    """Who may be addressed, and what is taken in spite of errors; None takes what is sound."""
    edifact: EdifactPolicy | None = None
    """The same for EDIFACT."""


class FamilyReading(Protocol):
    """What the reader of a family returns: a file ready to be read."""

    def documents(self) -> Iterator[ReadDocument]:
        """Yield every document in order; each call starts again from the beginning."""


@dataclass(frozen=True, slots=True)
class FileReading:
    """A file ready to be read. `family` is None where nothing reads its format."""

    format: Format
    findings: tuple[Finding, ...] = ()
    """What was found outside its documents: of the file, its interchanges and groups."""
    family: FamilyReading | None = None

    def documents(self) -> Iterator[ReadDocument]:
        """Yield every document in order; each call starts again from the beginning."""
        return iter(()) if self.family is None else self.family.documents()


@dataclass(frozen=True, slots=True)
class PlainReading:
    """A reading of a family that has nothing to say but documents."""

    yield_documents: Callable[[], Iterator[ReadDocument]]

    def documents(self) -> Iterator[ReadDocument]:
        """Yield every document in order; each call starts again from the beginning."""
        return self.yield_documents()


Opened = tuple[FamilyReading, tuple[Finding, ...]]
"""What a row of FAMILIES returns: the family's reading, and what was found outside documents."""


def read(data: bytes, limits: Limits = DEFAULT_LIMITS, agreed: Agreed = Agreed()) -> FileReading:
    """Return a file ready to be read, whatever is in it; `formats` shows how."""
    form = identify(data)
    if len(data) > limits.file_bytes:
        message = f"The file has {len(data)} bytes, at most {limits.file_bytes} are read. Split it."
        return FileReading(form, (Finding("file.too_large", message),))
    if agreed.layout is not None and form in (Format.DELIMITED, Format.BINARY):
        # Text of fixed width has no delimiter that would tell it from anything else.
        return FileReading(form, (), _own(data, agreed.layout, limits, agreed.partner))
    family = FAMILIES.get(form)
    if family is None:
        message = form.refusal or f"{form.value} isn't read here. Send X12, JSON or CSV."
        return FileReading(form, (Finding(f"file.{form.value}", message, Where(byte=0)),))
    reading, findings = family(data, limits, agreed)
    return FileReading(form, findings, reading)


def _x12(data: bytes, limits: Limits, agreed: Agreed) -> Opened:
    from formats.x12 import policy, reader  # noqa: PLC0415  (loaded for the first such file)

    reading = reader.read(data, limits, agreed.x12 or policy.STRICT)
    return reading, reading.envelope_findings()


def _edifact(data: bytes, limits: Limits, agreed: Agreed) -> Opened:
    from formats.edifact import policy, reader  # noqa: PLC0415  (loaded for the first such file)

    reading = reader.read(data, limits, agreed.edifact or policy.STRICT)
    return reading, reading.envelope_findings()


def _json(data: bytes, limits: Limits, agreed: Agreed) -> Opened:
    from formats import json_kinds  # noqa: PLC0415  (loaded for the first such file)

    return _plain(lambda: json_kinds.read(data, limits, vendor=agreed.partner))


def _xml(data: bytes, limits: Limits, agreed: Agreed) -> Opened:
    from formats import markup  # noqa: PLC0415  (loaded for the first such file)

    return markup.read(data, limits, vendor=agreed.partner), ()


def _delimited(data: bytes, limits: Limits, agreed: Agreed) -> Opened:
    from formats.layouts.own import layout_for  # noqa: PLC0415  (for the first such file)
    from formats.tabular.read import read as read_table  # noqa: PLC0415  (for the first such file)

    layout = layout_for(data, None, agreed.kind)
    if layout is not None:
        return _own(data, layout, limits, agreed.partner), ()
    return _plain(
        lambda: read_table(
            data, limits, vendor=agreed.partner, dialect=agreed.dialect, fallback=agreed.kind
        )
    )


def _xlsx(data: bytes, limits: Limits, agreed: Agreed) -> Opened:
    from formats.layouts.own import sheet_reading  # noqa: PLC0415  (for the first such file)
    from formats.xlsx.read import read as read_book  # noqa: PLC0415  (for the first such file)

    tables = read_book(
        data,
        limits,
        vendor=agreed.partner,
        dialect=agreed.dialect,
        fallback=agreed.kind,
        own=sheet_reading(agreed.layout, agreed.kind, vendor=agreed.partner, limits=limits),
    )
    documents = tuple(each for of_kind in tables.documents.values() for each in of_kind)
    return PlainReading(lambda: iter(documents)), tables.findings


def _own(data: bytes, layout: DeclaredLayout, limits: Limits, partner: Party) -> PlainReading:
    from formats.layouts.read import read_layout  # noqa: PLC0415  (loaded for the first such file)

    return PlainReading(lambda: read_layout(data, layout, vendor=partner, limits=limits))


def _plain(documents: Callable[[], Iterator[ReadDocument]]) -> Opened:
    return PlainReading(documents), ()


FAMILIES: Mapping[Format, Callable[[bytes, Limits, Agreed], Opened]] = MappingProxyType(
    {
        Format.X12: _x12,
        Format.EDIFACT: _edifact,
        Format.JSON: _json,
        Format.XML: _xml,
        Format.DELIMITED: _delimited,
        Format.XLSX: _xlsx,
    }
)
"""By what `identify` tells. A family that isn't here is refused by name."""
