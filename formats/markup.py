"""XML of any family: which reader a file is for, by its root and its namespace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from formats.documents import ReadDocument
from formats.findings import Finding, Where
from formats.florecom import reader as florecom
from formats.limits import Limits
from formats.packing import xml_list
from formats.records import Party
from formats.strictxml import Name, XmlRefusedError, root_name, shown


class XmlReading(Protocol):
    """A file ready to be read."""

    def documents(self) -> Iterator[ReadDocument]:
        """Yield every document in order; each call starts again from the beginning."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that no reader is for, or that is no XML."""

    data: bytes
    finding: Finding

    def documents(self) -> Iterator[ReadDocument]:
        """Yield the one document that says why."""
        yield ReadDocument(None, (self.finding,), digest=hashlib.sha256(self.data).hexdigest())


def read(data: bytes, limits: Limits, *, vendor: Party) -> XmlReading:
    """Return the reading of an XML file; `vendor` is the partner whose file it is.

    Nothing is raised, whatever the bytes.
    """
    try:
        name = root_name(data, limits)
    except XmlRefusedError as error:
        return Unread(data, error.finding)
    if florecom.is_florecom(name):
        return florecom.read(data, limits, vendor=vendor)
    if xml_list.is_packing_list(name):
        return xml_list.read(data, limits, vendor=vendor)
    return Unread(data, _unknown(name))


def _unknown(name: Name) -> Finding:
    namespace = f"{name.family}:{name.version}" if name.version else name.family
    said = f"{shown(name.local)} ({shown(namespace) or 'no namespace'})"
    message = (
        f"{said} is XML of a kind that isn't read here. Send a Florecom order or supply, a packing"
        " list, X12, JSON or CSV."
    )
    return Finding("xml.unsupported", message, Where(path=name.local[:80]))
