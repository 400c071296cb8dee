"""JSON without its traps: no duplicate keys, no NaN, no binary floats, no endless nesting.

A number with a point or an exponent comes back as `Unfit`, never as a float, so that a field can
say what it wants instead. Text holds neither NUL nor half of a surrogate pair, which no database
stores.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias

from formats.charset import UTF8, unicode_charset
from formats.endings import json_depth
from formats.findings import Finding, Where
from formats.limits import Limits
from formats.values import MAX_NUMBER_CHARACTERS


@dataclass(frozen=True, slots=True)
class Unfit:
    """A number as written, which isn't a whole number of bearable length."""

    text: str


Json: TypeAlias = "str | int | bool | Unfit | list[Json] | dict[str, Json] | None"


class _RefusedError(ValueError):
    """Something strict JSON doesn't allow."""


def parsed(data: bytes, limits: Limits) -> tuple[Json, Finding | None]:
    """Return the value of a JSON file, or the finding that says why there is none."""
    if len(data) > limits.json_bytes:
        return None, _finding("json.size", f"The file is larger than {limits.json_bytes} bytes.")
    charset = unicode_charset(data[:1024])
    encoding = charset.encoding or UTF8
    try:
        text = data[charset.mark_bytes :].decode(encoding)
    except UnicodeDecodeError as error:
        message = f"The text can't be read as {encoding}. Save the file as UTF-8."
        return None, _finding("json.encoding", message, charset.mark_bytes + error.start)
    # What old programs put after the end.
    text = text.rstrip("\0\x1a \t\r\n")
    if not text.strip():
        return None, _finding("json.empty", "The file is empty. Send it again with its content.")
    if json_depth(text) > limits.json_depth:
        message = f"Brackets nest more than {limits.json_depth} deep."
        return None, _finding("json.depth", message)
    return _loaded(text, encoding, charset.mark_bytes)


def _loaded(text: str, encoding: str, mark_bytes: int) -> tuple[Json, Finding | None]:
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=Unfit,
            parse_int=_whole,
        )
    except json.JSONDecodeError as error:
        at = mark_bytes + len(text[: error.pos].encode(encoding))
        message = f"This isn't JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        return None, _finding("json.syntax", message, at)
    except _RefusedError as error:
        return None, _finding("json.syntax", str(error))
    except RecursionError:
        return None, _finding("json.depth", "Brackets nest too deep.")
    return value, None


def _object(pairs: list[tuple[str, Json]]) -> Json:
    found: dict[str, Json] = {}
    for name, value in pairs:
        if name in found:
            raise _RefusedError(f"The name {name[:80]!r} stands twice in one object.")
        found[name] = value
    return found


def _refuse_constant(name: str) -> Json:
    raise _RefusedError(f"{name} isn't a JSON value.")


def _whole(text: str) -> int | Unfit:
    return Unfit(text) if len(text) > MAX_NUMBER_CHARACTERS else int(text)


def _finding(code: str, message: str, byte: int | None = None) -> Finding:
    return Finding(code, f"{message} Correct the file and send it again.", Where(byte=byte))
