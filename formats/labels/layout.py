"""Where everything of a label stands, in millimetres from its top left corner, for any printer.

One design for all stocks: who sends and which box at the top, the ship-to block beside the mark
code and the carrier, rows of small facts, the product, and the bar code with its text at the
bottom. What is None takes no room. Texts shrink, then are cut and reported; the bar code is never
cut, wrapped or shrunk below what a scanner reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from formats.findings import Finding, Where, warning
from formats.labels import code128, typeset
from formats.labels.items import CAP_HEIGHT, Bars, Fill, Item, Text
from formats.labels.label import Label, Stock
from formats.labels.plans import PLANS, Plan


def compose(
    label: Label, stock: Stock, *, number: int = 1, report: list[Finding] | None = None
) -> tuple[Item, ...]:
    """Return what to draw for `label`, in drawing order.

    `number` is its place among the labels, for `report`, which gets one warning for each text that
    had to be cut or changed.
    """
    plan = PLANS[stock.name]
    sheet = _Sheet(plan, stock, label, _Report(number, [] if report is None else report))
    sheet.header(label)
    sheet.addresses(label)
    for row in plan.rows[:-1]:
        sheet.cells(row)
    sheet.product(label)
    sheet.cells(plan.rows[-1])
    sheet.bar_code(label)
    return tuple(sheet.items)


def _facts(label: Label) -> Mapping[str, str | None]:
    """Return the values by the caption they are printed under."""
    return {
        "SHIP DATE": label.ship_date.isoformat() if label.ship_date else None,
        "ORDER": label.order_number,
        "CUSTOMER PO": label.customer_po,
        "AWB": label.awb,
        "LOT": label.lot_number,
        "ORIGIN": label.origin,
        "BOX TYPE": label.box_type,
        "PACK": label.pack,
        "TOTAL": label.total,
    }


class _Report(NamedTuple):
    """Where findings about one label go; `number` is its place among the labels."""

    number: int
    findings: list[Finding]

    def warn(self, code: str, name: str, what: str, text: str) -> None:
        message = f"The {name} {what}; shorten or correct it at the source."
        where = Where(path=f"labels[{self.number - 1}].{name}")
        self.findings.append(warning(code, message, where, text[:80]))


class _Slot(NamedTuple):
    """Room for one line of text: its left end, the top of its capitals, its width."""

    x: float
    y: float
    width: float


class _Sheet:
    """A label being filled from the top; `y` is where the next row begins."""

    def __init__(self, plan: Plan, stock: Stock, label: Label, report: _Report) -> None:
        self.plan = plan
        self.items: list[Item] = []
        self._facts = _facts(label)
        self._report = report
        self._height = stock.height_mm
        self._left = plan.margin
        self._width = stock.width_mm - 2 * plan.margin
        self._y = plan.margin

    def header(self, label: Label) -> None:
        """Company, reprint mark and box count, over a heavy rule."""
        plan = self.plan
        # The ground of the reprint mark is taller than its letter.
        self._y += plan.header * (1 - CAP_HEIGHT) / 2
        top = self._y
        right = self._left + self._width
        counted = self._width * 0.37
        place = _Slot(right - counted, top, counted)
        self._text("box count", label.box_count, place, plan.header, align="right")
        room = self._width - counted - plan.gap
        if label.is_reprint:
            side = plan.header
            x = self._left + room - side
            self.items.append(Fill(x, top - (side - plan.header * CAP_HEIGHT) / 2, side, side))
            place = _Slot(x, top, side)
            self._text("reprint", "R", place, plan.header, align="center", is_reversed=True)
            room -= side + plan.gap
        vendor = _joined(label.vendor_name, label.vendor_code)
        name = label.company_name or vendor
        self._text("company", name, _Slot(self._left, top, room), plan.header, least=0.55)
        self._y += plan.header * 0.86
        if label.company_name and vendor and plan.detail:
            self._y += plan.gap * 0.5
            self._text("vendor", vendor, self._row(), plan.line, is_bold=False)
            self._y += plan.line * 0.86
        self._rule(plan.gap * 0.35)

    def addresses(self, label: Label) -> None:
        """Ship-to at the left; mark code and carrier at the right."""
        plan, top = self.plan, self._y
        has_right = bool(label.mark_code or (label.carrier_name and plan.detail))
        side = self._width * 0.37 if has_right else 0.0
        room = self._width - side - (plan.gap if has_right else 0)
        left_end = self._ship_to(label, _Slot(self._left, top, room))
        right_end = self._mark_and_carrier(label, _Slot(self._left + self._width - side, top, side))
        self._y = max(left_end, right_end)
        if self._y > top:
            self._rule(0.3)

    def _ship_to(self, label: Label, place: _Slot) -> float:
        plan = self.plan
        name = _joined(label.customer_name, label.customer_code)
        if not (name or label.ship_to):
            return place.y
        y = place.y + self._caption("SHIP TO", place)
        if name:
            self._text("customer", name, place._replace(y=y), plan.name)
            y += plan.name * 1.02
        for number, line in enumerate(label.ship_to):
            if y + plan.line * CAP_HEIGHT > place.y + plan.block:
                self._cut("ship-to", " / ".join(label.ship_to[number:]))
                break
            self._text("ship-to", line, place._replace(y=y), plan.line, is_bold=False)
            y += plan.line * 1.12
        return y

    def _mark_and_carrier(self, label: Label, place: _Slot) -> float:
        plan, y = self.plan, place.y
        if label.mark_code:
            self.items.append(Fill(place.x, y, place.width, plan.mark))
            room = place.width - 2 * plan.gap
            text, size = self._fitted("mark code", label.mark_code, room, plan.mark * 0.8, 0.18)
            top = y + (plan.mark - size * CAP_HEIGHT) / 2
            x = place.x + plan.gap
            self.items.append(Text(x, top, room, size, text, align="center", is_reversed=True))
            y += plan.mark + plan.gap
        if label.carrier_name and plan.detail:
            y += self._caption("CARRIER", place._replace(y=y))
            self._text("carrier", label.carrier_name, place._replace(y=y), plan.cell)
            y += plan.cell * 1.05
            if label.carrier_account:
                account = f"Acct {label.carrier_account}"
                self._text(
                    "carrier account", account, place._replace(y=y), plan.line, is_bold=False
                )
                y += plan.line * 1.05
        return y

    def cells(self, captions: Sequence[str]) -> None:
        """A row of captioned facts; nothing where all are None."""
        known = [(caption, text) for caption in captions if (text := self._facts[caption])]
        if not known:
            return
        x = self._left
        for (caption, text), width in zip(known, self._columns(known), strict=True):
            place = _Slot(x, self._y, width - self.plan.gap)
            below = self._y + self._caption(caption, place)
            self._text(caption.lower(), text, place._replace(y=below), self.plan.cell)
            x += width
        self._y += self.plan.caption * 1.2 + self.plan.cell * 0.86
        self._rule(0.3)

    def _columns(self, known: Sequence[tuple[str, str]]) -> list[float]:
        """Return equal widths where every text fits, so that rows line up; else by need."""
        plan = self.plan
        share = self._width / len(known)
        needs = [
            plan.gap
            + max(
                typeset.width(caption, plan.caption, is_bold=False),
                typeset.width(typeset.printable(text), plan.cell, is_bold=True),
            )
            for caption, text in known
        ]
        if max(needs) <= share:
            return [share] * len(known)
        scale = self._width / sum(needs)
        return [need * scale for need in needs]

    def product(self, label: Label) -> None:
        """The product in large type, and variety, colour and grade below it."""
        plan = self.plan
        detail = _joined(label.variety, label.color, label.grade)
        if label.product_description:
            size = plan.product
            lines, size = typeset.paragraph(
                typeset.printable(label.product_description),
                self._width, size, size * 0.7, plan.product_lines,
            )  # fmt: skip
            for line in lines:
                self._text("product", line, self._row(), size)
                self._y += size * 0.95
        if detail and (plan.detail or not label.product_description):
            size = plan.detail or plan.product
            self._text("variety", detail, self._row(), size, is_bold=False)
            self._y += size * 0.95
        if label.product_description or detail:
            self._rule(0.3)

    def bar_code(self, label: Label) -> None:
        """The bar code and its text, at the bottom whatever stands above."""
        plan = self.plan
        text_top = self._height - plan.margin - plan.code * CAP_HEIGHT
        end = text_top - plan.gap
        top = max(self._y + plan.gap * 0.3, end - plan.bars)
        symbol = code128.encode(label.box_code)
        self.items.append(Bars(self._left, top, self._width, end - top, symbol))
        place = _Slot(self._left, text_top, self._width)
        self._text("box code", label.box_code, place, plan.code, align="center")

    def _row(self) -> _Slot:
        return _Slot(self._left, self._y, self._width)

    def _caption(self, text: str, place: _Slot) -> float:
        size = self.plan.caption
        text, size = typeset.fit(text, place.width, size, size * 0.7, is_bold=False)
        self.items.append(Text(*place, size, text, is_bold=False))
        return self.plan.caption * 1.2

    def _rule(self, thickness: float) -> None:
        self._y += self.plan.gap * 0.4
        self.items.append(Fill(self._left, self._y, self._width, thickness))
        self._y += thickness + self.plan.gap

    def _text(
        self,
        name: str,
        text: str | None,
        place: _Slot,
        size: float,
        *,
        least: float = 0.7,
        is_bold: bool = True,
        align: Literal["left", "center", "right"] = "left",
        is_reversed: bool = False,
    ) -> None:
        if not text:
            return
        text, size = self._fitted(name, text, place.width, size, least, is_bold=is_bold)
        self.items.append(Text(*place, size, text, is_bold, align, is_reversed))

    def _fitted(
        self,
        name: str,
        text: str,
        room: float,
        size: float,
        least: float,
        *,
        is_bold: bool = True,
    ) -> tuple[str, float]:
        """Return the text and size that fit; `least` is the smallest size, as a share of `size`."""
        clean = typeset.printable(text)
        if clean != " ".join(text.split()):
            self._report.warn("label.replaced", name, "has characters that can't be printed", text)
        fitted, smaller = typeset.fit(clean, room, size, size * least, is_bold=is_bold)
        if fitted != clean:
            self._cut(name, text)
        return fitted, smaller

    def _cut(self, name: str, text: str) -> None:
        self._report.warn("label.cut", name, "is too long for the label and was cut", text)


def _joined(*texts: str | None) -> str | None:
    return " \N{MIDDLE DOT} ".join(text for text in texts if text) or None
