"""Words of an order that each side calls otherwise, and that nothing waits for (domain 9.1).

They are the location that orders, the cargo agency, the order's type, its incoterm, the brand of a
line and the names of fields that a partner made up. A word that no row maps stays as it is, and is
only shown; nothing waits for it. A kind of which the network has no word of its own is not looked
at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from formats.records import CustomField, Order, OrderLine
from formats.x12.dictionary import is_of_list

HEADER = {
    Kind.LOCATIONS: "location",
    Kind.CARGO_AGENCIES: "cargo_agency",
    Kind.ORDER_TYPES: "order_type",
    Kind.INCOTERMS: "incoterm",
}
"""By kind, the field of an order that has a word of it; orders of some records lack one."""


def is_type_code(text: str) -> bool:
    """Tell whether a type of order is a code that each file of X12 (BEG02, list 92) or of EDIFACT
    (1001) has to say, and no word that somebody chose."""
    return is_of_list(text, "92") or text.isdigit()


@dataclass(frozen=True, slots=True)
class Term:
    """A word of an order; `line` is None for what stands in its heading."""

    kind: Kind
    text: str
    line: int | None = None


def terms_of(order: Order) -> Iterator[Term]:
    """Yield the words that an order says, those of its lines behind those of its heading."""
    for kind, name in HEADER.items():
        if text := getattr(order, name, None):
            yield Term(kind, text)
    for each in order.custom_fields:
        yield Term(Kind.CUSTOM_FIELDS, each.name)
    for line in order.lines:
        if line.brand:
            yield Term(Kind.BRANDS, line.brand, line.line)


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words of an order are here, and to whom it is told.

    `origin` is the partner whose words they are, `vendor` that of the connection.
    """

    tables: Tables
    origin: str
    vendor: str | None
    on: date

    def ours(self, kind: Kind, text: str) -> str | None:
        """Return the network's own word; None where no row has it, or there is none of the kind."""
        if not self.tables.has_words(kind):
            return None
        return self.tables.word(kind, self.origin, text, vendor=self.vendor, on=self.on)

    def unknown(self, order: Order) -> Iterator[Term]:
        """Yield the words of an order that no row maps, each once, of kinds that have any."""
        seen: set[tuple[Kind, str]] = set()
        for term in terms_of(order):
            if (term.kind, term.text) in seen or not self.tables.has_words(term.kind):
                continue
            seen.add((term.kind, term.text))
            if self.ours(term.kind, term.text) is None:
                yield term

    def told(self, kind: Kind, text: str, to: Sequence[str]) -> str:
        """Return a word as `theirs` says, or the network's; as it was written where no row maps it,
        and to the partner who wrote it."""
        if self.origin in to:
            return text
        return self.theirs(kind, text, to) or self.ours(kind, text) or text

    def theirs(self, kind: Kind, text: str, to: Sequence[str]) -> str | None:
        """Return what the first of the partners `to` that has a word of its own calls a word."""
        ours = self.ours(kind, text)
        if ours is None:
            return None
        rows = (self.tables.partner_code(kind, each, ours, self.on, self.vendor) for each in to)
        found = next((row for row in rows if row is not None), None)
        return (found.source_code or found.source_description) if found is not None else None

    def heading(self, order: Order, to: Sequence[str]) -> dict[str, object]:
        """Return what changes in the heading of an order so that `to` reads its own words."""
        changes: dict[str, object] = {
            name: self.told(kind, text, to)
            for kind, name in HEADER.items()
            if (text := getattr(order, name, None))
        }
        if order.custom_fields:
            changes["custom_fields"] = tuple(self._field(each, to) for each in order.custom_fields)
        return changes

    def _field(self, field: CustomField, to: Sequence[str]) -> CustomField:
        return replace(field, name=self.told(Kind.CUSTOM_FIELDS, field.name, to))

    def line(self, line: OrderLine, to: Sequence[str]) -> OrderLine:
        """Return a line with its brand as `to` calls it."""
        if not line.brand:
            return line
        return replace(line, brand=self.told(Kind.BRANDS, line.brand, to))
