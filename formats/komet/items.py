"""The items of a body: each validated by itself, a bad one left out by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel

from formats.axerrio.parts import PartReader
from formats.strictjson import Json

_Item = TypeVar("_Item", bound=BaseModel)


def items(
    kind: type[_Item], body: dict[str, Json], name: str, reader: PartReader
) -> Iterator[tuple[int, _Item]]:
    """Yield the items of the list `name` that are right, with their places from 0."""
    for at, one in enumerate(reader.items(body, name)):
        item = reader.part(kind, one, f"{name}[{at}]")
        if item is not None:
            yield at, item
