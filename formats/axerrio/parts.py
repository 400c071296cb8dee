"""Parts of a JSON contract, validated one by one, with every finding at its JSON path.

Paths count from 0, as JSON does. What a contract doesn't know is reported with the nearest name
that it does, never dropped in silence.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from formats import awb
from formats.findings import NOWHERE, Finding, Where
from formats.strictjson import Json, Unfit
from formats.tabular.findings import FindingLog

_SENTENCES = {
    "missing": "the field is missing",
    "string_type": "text in quotes is expected",
    "bool_type": "true or false is expected",
    "list_type": "a list in [ ] is expected",
    "model_type": "an object in { } is expected",
    "dict_type": "an object in { } is expected",
    "string_too_short": "the text is empty, and a value is required",
    "string_pattern_mismatch": "a currency of three capital letters such as USD is expected",
}
_SHOWN_CHARACTERS = 80
_CONTENTS = frozenset(("breakdown", "breakdowns"))
_BROKEN_BOX = "E-25"
_LEFT_OUT = "the assorted box is left out whole, since a row of its contents can't be used"
_Part = TypeVar("_Part", bound=BaseModel)


class PartReader:
    """The reading of one document below `root`; collects its findings.

    `thing` is what the sender is asked to send again.
    """

    def __init__(self, root: str, thing: str = "order") -> None:
        self._root = root
        self._thing = thing
        self._log = FindingLog(more="json.more")

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, closed by a count of what is not listed."""
        return self._log.findings()

    def error(
        self, code: str, message: str, where: Where = NOWHERE, value: str | None = None
    ) -> None:
        """Note an error whose sentence is complete."""
        self._log.error(code, message, where, _cut(value))

    def warn(
        self, code: str, message: str, where: Where = NOWHERE, value: str | None = None
    ) -> None:
        """Note something that stops nothing."""
        self._log.warn(code, message, where, _cut(value))

    def refuse(self, code: str, path: str, expected: str, value: str | None = None) -> None:
        """Note an error at `path`; `expected` begins its sentence."""
        message = f"{expected[:1].upper()}{expected[1:]}. Correct it and send the {self._thing} "
        self.error(code, f"{message}again.", self.where(path), value)

    def where(self, path: str) -> Where:
        """Return the place of a path below the root."""
        return Where(path=f"{self._root}.{path}".replace("..", ".").strip(".") or "$")

    def part(self, kind: type[_Part], value: Json, path: str) -> _Part | None:
        """Validate one part of the contract; its errors and unknown fields become findings."""
        try:
            part = kind.model_validate(value)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self._explain(
                    detail["type"], detail["loc"], detail.get("ctx", {}), detail["input"], path
                )
            places = {step for detail in error.errors() for step in detail["loc"]}
            for name in _CONTENTS & places:
                self.refuse(_BROKEN_BOX, f"{path}.{name}", _LEFT_OUT)
            return None
        self._warn_unknown(part, path)
        return part

    def items(self, value: dict[str, Json], name: str, path: str = "") -> list[Json]:
        """Return the list `name` of an object; [] with a finding where it isn't one."""
        found = value.get(name)
        if found is None:
            return []
        if not isinstance(found, list):
            here = f"{path}.{name}".strip(".")
            self.refuse(f"json.{name}", here, "a list in [ ] is expected")
            return []
        return found

    def check_air_waybill(self, number: str | None, path: str) -> None:
        """Warn about an air waybill that looks wrong; it refuses nothing (W-02)."""
        message = None if number is None else awb.complaint(number)
        if message is not None:
            self.warn("json.awb", message, self.where(path), number)

    def _explain(
        self,
        kind: str,
        loc: tuple[int | str, ...],
        context: Mapping[str, object],
        given: object,
        path: str,
    ) -> None:
        sentence = _SENTENCES.get(kind)
        if kind == "value_error":
            sentence = str(context.get("error"))
        elif kind == "string_too_long":
            sentence = f"at most {context.get('max_length')} characters are expected"
        elif kind == "literal_error":
            sentence = f"{context.get('expected')} is expected"
        where = path
        for step in loc:
            where += f"[{step}]" if isinstance(step, int) else f".{step}"
        names = [step for step in loc if isinstance(step, str)]
        name = names[-1] if names else path.rpartition(".")[2].partition("[")[0] or self._thing
        given = given.text if isinstance(given, Unfit) else given
        text = str(given) if isinstance(given, (str, int)) else None
        self.refuse(f"json.{name}", where, sentence or "another kind of value is expected", text)

    def _warn_unknown(self, part: BaseModel, path: str) -> None:
        """Name every field that the contract doesn't know, with the nearest that it does."""
        known = [field.alias or name for name, field in type(part).model_fields.items()]
        for name in part.model_extra or {}:
            near = difflib.get_close_matches(name[:_SHOWN_CHARACTERS], known, n=1)
            hint = f" Is {near[0]} meant?" if near else ""
            where = self.where(f"{path}.{shown(name[:_SHOWN_CHARACTERS])}")
            self.warn("json.unknown", f"The field isn't known and was not used.{hint}", where)
        for name, field in type(part).model_fields.items():
            inner = getattr(part, name)
            here = f"{path}.{field.alias or name}"
            if isinstance(inner, BaseModel):
                self._warn_unknown(inner, here)
            elif isinstance(inner, list | tuple):
                for at, one in enumerate(inner):
                    if isinstance(one, BaseModel):
                        self._warn_unknown(one, f"{here}[{at}]")


def shown(text: str) -> str:
    """Return text that can be encoded, whatever JSON escaped into it."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\0")


def _cut(value: str | None) -> str | None:
    return None if value is None else shown(value[:_SHOWN_CHARACTERS])


def message_id_of(value: Json) -> str:
    """Return the messageId of a document, as far as it has one, whatever else is wrong with it."""
    found = value.get("messageId") if isinstance(value, dict) else None
    return shown(found.strip()[:64]) if isinstance(found, str) else ""


def without(value: Json, *names: str) -> Json:
    """Return an object without some of its fields; anything else as it is."""
    if not isinstance(value, dict):
        return value
    return {name: one for name, one in value.items() if name not in names}


def digest(value: Json) -> str:
    """Return the SHA-256 of a value, whatever its spacing and the order of its fields."""

    def written(one: object) -> str:
        return f"number {one.text}" if isinstance(one, Unfit) else str(one)

    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=written)
    return hashlib.sha256(text.encode()).hexdigest()
