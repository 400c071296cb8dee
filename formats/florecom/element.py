"""One element of a line and what is below it, looked up by local name, with its place.

Only elements of the trade's own namespaces are found; whatever else stands there is named once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from formats.findings import Where
from formats.florecom.names import FAMILIES
from formats.strictxml import Names, row_of
from formats.tabular.findings import FindingLog

if TYPE_CHECKING:
    from lxml.etree import _Element

_Value = TypeVar("_Value")


class Notes:
    """The findings of one file, and which odd names were named already."""

    def __init__(self) -> None:
        self.found = FindingLog(more="florecom.more")
        self.names = Names()
        self._named: set[str] = set()

    def warn_once(self, key: str, code: str, message: str, where: Where) -> None:
        """Note something that stops nothing, the first time that `key` comes up."""
        if key not in self._named:
            self._named.add(key)
            self.found.warn(code, message, where)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands, kept after its element is freed, and where findings about it go."""

    where: Where
    notes: Notes


@dataclass(frozen=True, slots=True)
class Part:
    """An element, its path in the file, and where findings about it go."""

    element: _Element
    path: str
    notes: Notes

    @property
    def where(self) -> Where:
        return Where(row=row_of(self.element), path=self.path)

    @property
    def place(self) -> Place:
        return Place(self.where, self.notes)

    @property
    def text(self) -> str:
        """Its own text without blanks around it; empty where there is none."""
        return (self.element.text or "").strip()

    def attribute(self, name: str) -> str:
        """Return an attribute without blanks around it; empty where there is none."""
        return (self.element.get(name) or "").strip()

    def all(self, local: str) -> Iterator[Part]:
        """Yield the children of a name."""
        found = [child for child in self.element if self._is(child, local)]
        for at, child in enumerate(found, 1):
            place = f"[{at}]" if len(found) > 1 else ""
            yield Part(child, f"{self.path}/{local}{place}", self.notes)

    def one(self, *names: str) -> Part | None:
        """Return the first child of a name, and so on down; a second one is named and not used."""
        part: Part | None = self
        for local in names:
            if part is None:
                return None
            found = list(part.all(local))
            if len(found) > 1:
                message = f"{local} stands here more than once. The first one was used; check it."
                self.notes.found.warn("florecom.repeated", message, found[1].where)
            part = found[0] if found else None
        return part

    def said(self, *names: str) -> str | None:
        """Return the text of a child, None where there is none or it is empty."""
        part = self.one(*names)
        return None if part is None else part.text or None

    def value(self, parse: Callable[[str], _Value], *names: str) -> _Value | None:
        """Return the value of a child; None where there is none. Raises ValueError, noted."""
        part = self.one(*names)
        if part is None or not part.text:
            return None
        try:
            return parse(part.text)
        except ValueError as error:
            part.refuse(str(error), part.text)
            raise

    def refuse(self, expected: str, value: str | None = None) -> None:
        """Note an error of this element; `expected` begins its sentence."""
        local = self.path.rpartition("/")[2].partition("[")[0]
        message = f"{expected[:1].upper()}{expected[1:]}. The line was left out; correct it and"
        self.notes.found.error(f"florecom.{local}", f"{message} send it again.", self.where, value)

    def warn_unknown(self, known: frozenset[str]) -> None:
        """Name the children that nothing here reads or knows of."""
        for child in self.element:
            name = self.notes.names.of(child)
            if name.family in FAMILIES and name.local in known:
                continue
            message = f"{name.local[:80]} isn't known here and was not used."
            where = Where(row=row_of(child), path=f"{self.path}/{name.local[:80]}")
            self.notes.warn_once(str(child.tag), "florecom.unknown", message, where)

    def _is(self, child: _Element, local: str) -> bool:
        name = self.notes.names.of(child)
        return name.local == local and name.family in FAMILIES
