"""JSON of any kind: which reader a file is for, by the contract it names or the lists it has."""

from __future__ import annotations

from collections.abc import Iterator

from formats.axerrio.order import read_order
from formats.documents import ReadDocument
from formats.komet.reader import is_api_shaped
from formats.komet.reader import read_value as read_api
from formats.limits import Limits
from formats.packing.json_list import is_packing_list
from formats.packing.json_list import read_value as read_packing_list
from formats.records import Party
from formats.steps_json import is_step_file, read_steps
from formats.strictjson import Json, parsed

_ORDER_MARK = b'"floral.order'
HEAD_BYTES = 512
"""Where the contract stands in most orders, which then needn't be parsed to be told."""


def is_order_contract(head: bytes) -> bool:
    """Tell whether a file says in its first `HEAD_BYTES` that it is `floral.order/1`."""
    return _ORDER_MARK in head[:HEAD_BYTES]


def names_contract(value: Json) -> bool:
    """Tell whether a value says itself what it is."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and "contract" in first


def read(
    data: bytes, limits: Limits, *, vendor: Party, is_vendors: bool = False
) -> Iterator[ReadDocument]:
    """Yield the documents of a JSON file; `vendor` is the partner whose file it is.

    `is_vendors` says that a vendor's own system sends it: see the reader of API-shaped bodies.

    What is of no known kind is read as `floral.order/1`, whose reader says what is missing. Nothing
    is raised, whatever the bytes.
    """
    if is_order_contract(data):
        return read_order(data, limits)
    if is_step_file(data, limits):
        return read_steps(data, limits, vendor=vendor)
    value, finding = parsed(data, limits)
    if finding is None and not names_contract(value):
        if is_packing_list(value):
            return read_packing_list(value, vendor, data)
        if is_api_shaped(value):
            return read_api(value, vendor, is_vendors=is_vendors)
    return read_order(data, limits)
