"""XML without its traps: no DTD, no entities, no network, and limits before anything is built.

The text is looked at before it is parsed: a DOCTYPE anywhere and a tag or text without end are
refused. Then it is parsed in pieces, and depth, elements and attributes are counted as they begin,
so that a file which asks for too much is left at once. An element is told by its local name and by
the family of its namespace: the name without the version behind the last colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from lxml import etree

from formats.charset import UTF8, unicode_charset
from formats.findings import Finding, Where
from formats.limits import Limits

if TYPE_CHECKING:
    from lxml.etree import _Element

_DOCTYPE = "<!DOCTYPE"
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_CHARSETS = {
    "utf-8": UTF8,
    "utf8": UTF8,
    "us-ascii": UTF8,
    "ascii": UTF8,
    "iso-8859-1": "iso-8859-1",
    "latin-1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "windows-1252",
}
"""Encodings that a file may declare; UTF-16 shows itself."""
MAX_RUN = 64 * 1024
"""Characters from one `<` to the next: a tag with its attributes and the text behind it."""
_RUN = re.compile(f"<[^<]{{{MAX_RUN}}}")
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]{0,200}\?>")
_SHOWN_CHARACTERS = 60
_LAST_LINE = 65_535
"""Where libxml2 stops counting the lines of elements."""


class XmlRefusedError(Exception):
    """The file can't be read as XML; `finding` says why and where."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Name:
    """Name of an element: local name, family of its namespace, and the version behind it."""

    local: str
    family: str = ""
    version: str = ""


@dataclass(slots=True)
class Names:
    """Splits the tags of one file, each once."""

    _known: dict[str, Name] = field(default_factory=dict)

    def of(self, element: _Element) -> Name:
        """Return the name of an element."""
        tag = str(element.tag)
        found = self._known.get(tag)
        if found is None:
            found = self._known[tag] = _name(tag)
        return found


def _name(tag: str) -> Name:
    namespace, _, local = tag.rpartition("}")
    family, colon, version = namespace.lstrip("{").rpartition(":")
    if not colon or not (version.isascii() and version.isdigit()):
        return Name(local, namespace.lstrip("{"))
    return Name(local, family, version)


def root_name(data: bytes, limits: Limits) -> Name:
    """Return the name of the root element. Raises XmlRefusedError where there is none to be had."""
    for _, element in events(data, limits):
        return Names().of(element)
    raise _refused("xml.empty", "The file has no element.")


def events(data: bytes, limits: Limits) -> Iterator[tuple[str, _Element]]:
    """Yield `start` and `end` of every element, in order; comments and instructions are dropped.

    Whoever is done with an element clears it: what was passed is kept otherwise. Raises
    XmlRefusedError where the file is no XML, or more than the limits allow.
    """
    depth = elements = 0
    deepest, most, widest = limits.xml_depth, limits.xml_elements, limits.xml_attributes
    for event, element in _events(data, limits):
        if event == "start":
            depth += 1
            elements += 1
            if depth > deepest or elements > most or len(element.attrib) > widest:
                _check(element, depth, elements, limits)
        else:
            depth -= 1
        yield event, element


def _events(data: bytes, limits: Limits) -> Iterator[tuple[str, _Element]]:
    text = _text(data, limits)
    parser = etree.iterparse(
        BytesIO(text),
        events=("start", "end"),
        encoding=UTF8,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from parser
    except etree.XMLSyntaxError as error:
        line, column = error.position
        message = f"This isn't well-formed XML: {_words(error)}, in line {line}, column {column}."
        raise _refused("xml.syntax", message, Where(row=line or None)) from None


def _words(error: etree.XMLSyntaxError) -> str:
    """Return what the parser says, without the place that it adds, and without the file's text."""
    return str(error.msg).partition(", line ")[0][:200]


def _text(data: bytes, limits: Limits) -> bytes:
    """Return the file as UTF-8, once it is small and plain enough to be parsed."""
    if len(data) > limits.xml_bytes:
        raise _refused("xml.size", f"The file is larger than {limits.xml_bytes} bytes.")
    charset = unicode_charset(data[:1024])
    encoding = charset.encoding or _declared(data)
    try:
        text = data[charset.mark_bytes :].decode(encoding)
    except UnicodeDecodeError as error:
        message = f"The text can't be read as {encoding}. Save the file as UTF-8."
        raise _refused("xml.encoding", message, Where(byte=error.start)) from None
    # What old programs put after the end.
    text = text.rstrip("\0\x1a \t\r\n").lstrip("\0")
    at = text.find(_DOCTYPE)
    if at >= 0:
        raise _refused(
            "xml.doctype",
            "A DOCTYPE is not taken, as entities could be declared in it. Leave it out.",
            Where(row=text.count("\n", 0, at) + 1),
        )
    long = _RUN.search(text)
    if long is not None:
        message = f"A tag or a text has more than {MAX_RUN} characters."
        raise _refused("xml.long", message, Where(row=text.count("\n", 0, long.start()) + 1))
    found = _DECLARATION.match(text)
    # Lines must count as in the file, so the declaration leaves its line breaks behind.
    rest = "\n" * found.group().count("\n") + text[found.end() :] if found else text
    return rest.encode(errors="replace")


def _declared(data: bytes) -> str:
    found = _DECLARED.match(data.lstrip()[:400])
    if found is None:
        return UTF8
    said = found[1].decode("ascii").lower()
    known = _CHARSETS.get(said)
    if known is None:
        raise _refused("xml.encoding", f"The encoding {said} is not read. Save the file as UTF-8.")
    return known


def _check(element: _Element, depth: int, elements: int, limits: Limits) -> None:
    fault = None
    if depth > limits.xml_depth:
        fault = "xml.depth", f"Elements nest more than {limits.xml_depth} deep."
    elif elements > limits.xml_elements:
        fault = "xml.elements", f"The file has more than {limits.xml_elements} elements."
    elif len(element.attrib) > limits.xml_attributes:
        fault = "xml.attributes", f"An element has more than {limits.xml_attributes} attributes."
    if fault is not None:
        raise _refused(*fault, Where(row=row_of(element)))


def _refused(code: str, message: str, where: Where | None = None) -> XmlRefusedError:
    message = f"{message} Correct the file and send it again."
    return XmlRefusedError(Finding(code, message, where or Where()))


def row_of(element: _Element) -> int | None:
    """Return the line of the file in which an element begins.

    None beyond what libxml2 counts; a path still says where it is.
    """
    found: object = element.sourceline
    return found if isinstance(found, int) and found != _LAST_LINE else None


def forget(element: _Element) -> None:
    """Free an element that is done with, and what stands before it in its parent."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def shown(text: str) -> str:
    """Return partner text for a sentence, cut short."""
    return text[:_SHOWN_CHARACTERS]
