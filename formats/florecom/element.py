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
    """The findings of one file, which odd names were named already, and what its tags mean."""

    def __init__(self) -> None:
        self.found = FindingLog(more="florecom.more")
        self.names = Names()
        self._named: set[str] = set()
        self._locals: dict[str, str] = {}

    def warn_once(self, key: str, code: str, message: str, where: Where) -> None:
        """Note something that stops nothing, the first time that `key` comes up."""
        if key not in self._named:
            self._named.add(key)
            self.found.warn(code, message, where)

    def local(self, element: _Element) -> str:
        """Return the local name of an element of the trade's own namespaces; empty for another."""
        tag = str(element.tag)
        found = self._locals.get(tag)
        if found is None:
            name = self.names.of(element)
            found = self._locals[tag] = name.local if name.family in FAMILIES else ""
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands, kept after its element is freed, and where findings about it go."""

    where: Where
    notes: Notes


class Part:
    """An element, its path in the file, and where findings about it go.

    Its children are told apart once, because a file has millions of them.
    """

    __slots__ = ("_children", "_parent", "_step", "element", "notes")

    def __init__(
        self, element: _Element, step: str, notes: Notes, parent: Part | None = None
    ) -> None:
        self.element = element
        self.notes = notes
        self._step = step
        self._parent = parent
        self._children: dict[str, list[_Element]] | None = None

    @property
    def path(self) -> str:
        return self._step if self._parent is None else f"{self._parent.path}/{self._step}"

    @property
    def where(self) -> Where:
        return Where(row=row_of(self.element), path=self.path)

    @property
    def place(self) -> Place:
        return Place(self.where, self.notes)

    @property
    def children(self) -> dict[str, list[_Element]]:
        """Its children by local name; those of strange namespaces under the empty name."""
        found = self._children
        if found is None:
            found = self._children = {}
            local = self.notes.local
            for child in self.element:
                found.setdefault(local(child), []).append(child)
        return found

    @property
    def text(self) -> str:
        """Its own text without blanks around it; empty where there is none."""
        return (self.element.text or "").strip()

    def attribute(self, name: str) -> str:
        """Return an attribute without blanks around it; empty where there is none."""
        return (self.element.get(name) or "").strip()

    def all(self, local: str) -> Iterator[Part]:
        """Yield the children of a name."""
        found = self.children.get(local, ())
        for at, child in enumerate(found, 1):
            step = f"{local}[{at}]" if len(found) > 1 else local
            yield Part(child, step, self.notes, self)

    def one(self, *names: str) -> Part | None:
        """Return the first child of a name, and so on down; a second one is named and not used."""
        part = self
        for local in names:
            found = part.children.get(local)
            if not found:
                return None
            child = Part(found[0], local if len(found) == 1 else f"{local}[1]", self.notes, part)
            if len(found) > 1:
                where = Part(found[1], f"{local}[2]", self.notes, part).where
                message = f"{local} stands here more than once. The first one was used; check it."
                self.notes.found.warn("florecom.repeated", message, where)
            part = child
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
        for local, children in self.children.items():
            if local in known:
                continue
            for child in children:
                name = self.notes.names.of(child).local[:80]
                message = f"{name} isn't known here and was not used."
                where = Where(row=row_of(child), path=f"{self.path}/{name}")
                self.notes.warn_once(str(child.tag), "florecom.unknown", message, where)
