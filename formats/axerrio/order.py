"""Read `floral.order/1`: one order, or an array of orders, with every error at its JSON path.

Paths count from 0, as JSON does: `order.lines[2].boxType` is in the third line. An error of the
header refuses the order; a bad line is left out by name, and only when none is left the order is
refused (L-08). What the contract doesn't know is reported, never dropped in silence.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from formats import values
from formats.axerrio.contract import Breakdown, Envelope, Header, Line
from formats.axerrio.strictjson import Json, Unfit, parsed
from formats.documents import ReadDocument
from formats.findings import Finding, Where, warning
from formats.limits import Limits
from formats.records import (
    AxerrioOrder,
    Content,
    OrderLine,
    Party,
    Purpose,
    ShipVia,
    UnitType,
)

_PURPOSES = {"new": Purpose.NEW, "change": Purpose.CHANGE, "cancel": Purpose.CANCEL}
_UNITS = {unit.value.lower(): unit for unit in UnitType}
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
_Part = TypeVar("_Part", bound=BaseModel)


def read_order(data: bytes, limits: Limits) -> Iterator[ReadDocument]:
    """Yield every order of a file; one that can't be used has no record, and findings say why.

    `control` is the messageId; `digest` is of the order's content, whatever its spacing and the
    order of its fields.
    """
    value, finding = parsed(data, limits)
    if finding is not None:
        yield ReadDocument(None, (finding,), digest=hashlib.sha256(data).hexdigest())
    elif isinstance(value, list):
        if not value:
            empty = Finding("json.empty", "The list holds no order. Send the file with its orders.")
            yield ReadDocument(None, (empty,), digest=hashlib.sha256(data).hexdigest())
        for at, one in enumerate(value):
            yield _Reading(f"[{at}]").document(one)
    else:
        yield _Reading("").document(value)


class _Reading:
    """The reading of one order; collects its findings under `root`."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._findings: list[Finding] = []

    def document(self, value: Json) -> ReadDocument:
        record = None
        control = ""
        if isinstance(value, dict):
            message_id = value.get("messageId")
            control = _shown(message_id.strip()[:64]) if isinstance(message_id, str) else ""
            record = self._record(value)
        else:
            self._error("json.order", "", "an object in { } is expected", None)
        return ReadDocument(record, tuple(self._findings), control, digest=_digest(value))

    def _record(self, value: dict[str, Json]) -> AxerrioOrder | None:
        order = value.get("order")
        lines_path, lines = self._lines_of(value, order)
        envelope = self._part(Envelope, _without(value, "order", "lines"), "")
        if envelope is not None and envelope.action in ("awb", "boxcode"):
            message = f"messages with action {envelope.action} aren't taken yet; send orders only"
            self._error("json.action", "action", message, envelope.action)
            return None
        body = _without(order, "lines") if isinstance(order, dict) else order
        if "order" not in value:
            self._error("json.order", "order", "the field is missing", None)
            return None
        header = self._part(Header, body, "order")
        good = self._lines(lines, lines_path)
        if envelope is None or header is None:
            return None
        purpose = _PURPOSES[envelope.action]
        if not good and not (purpose is Purpose.CANCEL and not lines):
            self._error("json.lines", lines_path, "at least one line that is right is needed", None)
            return None
        return _record(envelope, header, purpose, good)

    def _lines_of(self, value: dict[str, Json], order: Json) -> tuple[str, list[Json]]:
        """Return the lines and their path; they may stand in the order or beside it."""
        inner = order.get("lines") if isinstance(order, dict) else None
        outer = value.get("lines")
        if inner is not None and outer is not None:
            self._error("json.lines", "lines", "lines stand twice; leave one of them out", None)
            return "order.lines", []
        path, lines = ("lines", outer) if inner is None and outer is not None else (
            "order.lines", inner
        )  # fmt: skip
        if lines is None:
            return path, []
        if not isinstance(lines, list):
            self._error("json.lines", path, "a list in [ ] is expected", None)
            return path, []
        return path, lines

    def _lines(self, lines: list[Json], path: str) -> tuple[OrderLine, ...]:
        good: list[OrderLine] = []
        seen: set[str] = set()
        for at, one in enumerate(lines):
            here = f"{path}[{at}]"
            line = self._part(Line, one, here)
            if line is None:
                continue
            if line.line in seen:
                self._error("json.line", f"{here}.line", "another line has this number", line.line)
                continue
            seen.add(line.line)
            self._check_air_waybill(line, here)
            good.append(_line(line, len(good) + 1))
        return tuple(good)

    def _check_air_waybill(self, line: Line, here: str) -> None:
        """Warn about a wrong air waybill; it refuses nothing (W-02)."""
        if line.awb is None:
            return
        try:
            _, holds = values.air_waybill(line.awb)
            message = None if holds else "The check digit of the air waybill is wrong."
        except ValueError as error:
            message = f"{str(error)[:1].upper()}{str(error)[1:]}."
        if message:
            where = Where(path=self._at(f"{here}.awb"))
            self._findings.append(warning("json.awb", f"{message} It was kept.", where, line.awb))

    def _part(self, kind: type[_Part], value: Json, path: str) -> _Part | None:
        """Validate one part of the contract; its errors and unknown fields become findings."""
        try:
            part = kind.model_validate(value)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self._explain(
                    detail["type"], detail["loc"], detail.get("ctx", {}), detail["input"], path
                )
            return None
        self._warn_unknown(part, path)
        return part

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
        name = names[-1] if names else path.rpartition(".")[2].partition("[")[0] or "order"
        shown = given.text if isinstance(given, Unfit) else given
        text = str(shown) if isinstance(shown, (str, int)) else None
        self._error(f"json.{name}", where, sentence or "another kind of value is expected", text)

    def _warn_unknown(self, part: BaseModel, path: str) -> None:
        """Name every field that the contract doesn't know, with the nearest that it does."""
        known = [field.alias or name for name, field in type(part).model_fields.items()]
        for name in part.model_extra or {}:
            near = difflib.get_close_matches(name[:80], known, n=1)
            hint = f" Is {near[0]} meant?" if near else ""
            where = Where(path=self._at(f"{path}.{_shown(name[:80])}"))
            message = f"The field isn't known and was not used.{hint}"
            self._findings.append(warning("json.unknown", message, where))
        for name, field in type(part).model_fields.items():
            inner = getattr(part, name)
            here = f"{path}.{field.alias or name}"
            if isinstance(inner, BaseModel):
                self._warn_unknown(inner, here)
            elif isinstance(inner, list):
                for at, one in enumerate(inner):
                    if isinstance(one, BaseModel):
                        self._warn_unknown(one, f"{here}[{at}]")

    def _at(self, path: str) -> str:
        return f"{self._root}.{path}".replace("..", ".").strip(".") or "$"

    def _error(self, code: str, path: str, sentence: str, value: str | None) -> None:
        message = f"{sentence[:1].upper()}{sentence[1:]}. Correct it and send the order again."
        shown = None if value is None else _shown(value[:80])
        self._findings.append(Finding(code, message, Where(path=self._at(path)), value=shown))


def _shown(text: str) -> str:
    """Return text that can be encoded, whatever JSON escaped into it."""
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\0")


def _without(value: dict[str, Json], *names: str) -> dict[str, Json]:
    return {name: one for name, one in value.items() if name not in names}


def _digest(value: Json) -> str:
    def written(one: object) -> str:
        return f"number {one.text}" if isinstance(one, Unfit) else str(one)

    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=written)
    return hashlib.sha256(text.encode()).hexdigest()


def _record(
    envelope: Envelope, header: Header, purpose: Purpose, lines: tuple[OrderLine, ...]
) -> AxerrioOrder:
    customer = header.customer
    ship_to = customer.ship_to
    return AxerrioOrder(
        number=header.number,
        purpose=purpose,
        is_test=envelope.test,
        order_date=header.date,
        ship_date=header.ship_date,
        vendor=Party(code=header.vendor.code, name=header.vendor.name)
        if header.vendor
        else Party(),
        ship_to=Party(code=ship_to.code, name=ship_to.name) if ship_to else None,
        customer=Party(code=customer.code, name=customer.name),
        customer_po=header.customer_po,
        location=header.location_code,
        carrier=header.carrier.code,
        ship_via=ShipVia(header.ship_via or ShipVia.WAREHOUSE.value),
        currency=header.currency,
        mark_code=header.mark_code,
        comments=header.comments,
        lines=lines,
        message_id=envelope.message_id,
        created_at=envelope.created_at,
        sender=envelope.sender.code,
        receiver=envelope.receiver.code,
        prebook_number=header.prebook_number,
    )


def _line(line: Line, position: int) -> OrderLine:
    unit = _UNITS[line.unit_type]
    return OrderLine(
        line=position,
        reference=line.line,
        quantity=Decimal(line.boxes),
        unit=UnitType.BOX.value,
        unit_type=UnitType.BOX,
        seller_item=line.vendor_item,
        buyer_item=line.product_code,
        description=line.description,
        unit_price=line.unit_price,
        price_unit=unit.value,
        price_unit_type=unit,
        box_type_code=line.box_type,
        bunches_per_box=line.bunches_per_box,
        stems_per_bunch=line.stems_per_bunch,
        mark_code=line.mark_code,
        contents=tuple(_content(one, at) for at, one in enumerate(line.breakdown or (), 1)),
        box_codes=tuple(line.box_ids or ()),
        prebook_item=line.prebook_item,
    )


def _content(part: Breakdown, position: int) -> Content:
    return Content(
        line=position,
        seller_item=part.vendor_item,
        buyer_item=part.product_code,
        description=part.description,
        bunches=Decimal(part.bunches),
        stems_per_bunch=part.stems_per_bunch,
        unit_price=part.price,
    )
