"""An XML file on its way: recognised and named, not read yet.

Parsed only far enough to say what it is; a DOCTYPE is refused, whatever libxml2 is at hand
(fault F25).
"""

from __future__ import annotations

from io import BytesIO
from typing import NoReturn

from lxml import etree

from daemon.errors import DataError


def refuse_xml(data: bytes) -> NoReturn:
    """Raise a DataError that says what the XML file is and what to send instead."""
    parser_options = {"resolve_entities": False, "no_network": True, "load_dtd": False}
    try:
        events = etree.iterparse(
            BytesIO(data), events=("start",), huge_tree=False, **parser_options
        )
        _event, root = next(iter(events))
    except (etree.XMLSyntaxError, StopIteration) as error:
        raise DataError("xml.syntax", f"the XML is broken: {error}; mend it and send it") from None
    if root.getroottree().docinfo.doctype:
        raise DataError("xml.doctype", "a DOCTYPE is not taken; send the XML without one")
    # A prefix that nothing declares makes a tag that is no qualified name: shown as it stands.
    namespace, _, name = root.tag.rpartition("}")
    raise DataError(
        "xml.unsupported",
        f"{name} ({namespace.lstrip('{') or 'no namespace'}) is recognised as XML, but this"
        " version does not read it; send X12, JSON or CSV",
    )
