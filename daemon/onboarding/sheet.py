"""An instruction as a PDF of one page: a sheet for the wall beside the partner's desk.

Letter for sites in the Americas, A4 elsewhere. Type is Helvetica and Courier, which every PDF
reader has; letters beyond Windows-1252 lose their accents. The same page gives the same bytes. What
would not fit is set smaller, never cut.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, Paragraph, Spacer, Table, TableStyle

from daemon.onboarding.instruction import Fact, Instruction
from formats.labels.typeset import printable

GREEN, LEAF, TINT, RULE, INK, GREY = (
    "#17402F",
    "#5C9E6E",
    "#F1F6F2",
    "#CFDDD3",
    "#1D2621",
    "#5B6B62",
)
A4, LETTER = (595.28, 841.89), (612.0, 792.0)
_BAND, _MARGIN, _SIDE, _GAP = 74.0, 40.0, 190.0, 24.0
_SCALES = (1.0, 0.96, 0.92, 0.88, 0.84, 0.8, 0.75, 0.7, 0.65, 0.6)
_CODE = re.compile(r"`([^`]*)`")
_BOLD = re.compile(r"\*\*([^*]*)\*\*")
_MAILBOX = "_" * 30


def sheet(page: Instruction, *, is_american: bool) -> bytes:
    """Return the page as PDF. Raises ValueError for one that no readable size makes fit."""
    size = LETTER if is_american else A4
    for scale in _SCALES:
        made = _drawn(page, size, scale)
        if made is not None:
            return made
    raise ValueError("the instruction is too long for one page; shorten the titles")


def _drawn(page: Instruction, size: tuple[float, float], scale: float) -> bytes | None:
    """Return the PDF at this scale; None where a column runs over."""
    width, height = size
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=size, invariant=1, pageCompression=1)
    canvas.setTitle(f"Exchanging files with {printable(page.site)}")
    canvas.setAuthor(printable(page.site))
    _frame_page(canvas, page, size)
    top = height - _BAND - 20
    main = width - 2 * _MARGIN - _SIDE - _GAP
    columns = (
        (_MARGIN, main, _main_column(page, scale, main)),
        (_MARGIN + main + _GAP, _SIDE, _side_column(page, scale)),
    )
    for left, room, flowables in columns:
        frame = Frame(
            *(left, _MARGIN, room, top - _MARGIN),
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        frame.addFromList(flowables, canvas)
        if flowables:
            return None
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _frame_page(canvas: Canvas, page: Instruction, size: tuple[float, float]) -> None:
    """Draw what stands still: the band with the titles, the tinted side, the foot."""
    width, height = size
    side = width - _MARGIN - _SIDE - _GAP / 2
    canvas.setFillColor(TINT)
    canvas.rect(side, 0, width - side, height - _BAND, stroke=0, fill=1)
    canvas.setFillColor(GREEN)
    canvas.rect(0, height - _BAND, width, _BAND, stroke=0, fill=1)
    canvas.setFillColor(LEAF)
    canvas.rect(0, height - _BAND - 3, width, 3, stroke=0, fill=1)
    canvas.setFillColor("#FFFFFF")
    room = width - 2 * _MARGIN
    _fitted(canvas, f"Exchanging files with {page.site}", (_MARGIN, height - 38), room, 19)
    canvas.setFillColor("#CFE5D6")
    _fitted(canvas, f"For {page.partner}", (_MARGIN, height - 58), room - 80, 11.5, is_bold=False)
    canvas.setFont("Helvetica", 9)
    canvas.drawRightString(width - _MARGIN, height - 58, page.made_on)


def _fitted(
    canvas: Canvas,
    text: str,
    at: tuple[float, float],
    room: float,
    size: float,
    *,
    is_bold: bool = True,
) -> None:
    """Draw a line, smaller where a long title needs it."""
    font = "Helvetica-Bold" if is_bold else "Helvetica"
    shown = printable(text)
    natural = canvas.stringWidth(shown, font, size)
    canvas.setFont(font, size if natural <= room else max(6.0, size * room / natural))
    canvas.drawString(*at, shown)


def _main_column(page: Instruction, scale: float, room: float) -> list[Flowable]:
    pen = _Pen(scale)
    trouble = page.trouble
    return [
        pen.heading("Send a file"),
        *pen.numbered(page.sending),
        pen.space(4),
        *(pen.bullet(text) for text in page.formats),
        *_excerpt(page, pen, room),
        pen.heading("Collect the answers"),
        pen.text(page.collecting),
        pen.space(6),
        pen.table([(f"`{r.name}`", r.meaning) for r in page.replies], (0.34 * room, 0.66 * room)),
        pen.heading("When something is wrong"),
        pen.text(f"{trouble.mistake} The answer is `{trouble.name}`:"),
        pen.space(5),
        pen.listing(trouble.lines, room),
        pen.space(5),
        pen.text(trouble.advice),
    ]


def _excerpt(page: Instruction, pen: _Pen, room: float) -> list[Flowable]:
    if page.excerpt is None:
        return []
    title = pen.text(f"From `{page.excerpt.name}`:")
    return [pen.space(5), title, pen.space(4), pen.listing(page.excerpt.lines, room)]


def _side_column(page: Instruction, scale: float) -> list[Flowable]:
    pen = _Pen(scale)
    return [
        pen.label("Where"),
        *pen.facts(page.connect),
        pen.small(page.connect_note),
        pen.label("Names in your files"),
        *pen.facts(page.identities),
        pen.label("Samples with this page"),
        *pen.facts([Fact(f.value, f.name) for f in page.samples]),
        pen.small(page.sample_note),
        pen.label("Contacts"),
        *(flowable for f in page.contacts for flowable in pen.blank(f)),
    ]


class _Pen:
    """Makes flowables at one scale."""

    def __init__(self, scale: float) -> None:
        def style(size: float, lead: float, **more: object) -> ParagraphStyle:
            return ParagraphStyle(
                "",
                fontName=more.pop("fontName", "Helvetica"),
                fontSize=size * scale,
                leading=lead * scale,
                textColor=more.pop("textColor", INK),
                **more,
            )

        self._scale = scale
        self._body = style(9.4, 13)
        self._cell = style(9, 12)
        self._step = style(9.4, 13, leftIndent=16 * scale, spaceAfter=2.5 * scale)
        self._heading = style(
            12.5, 16, fontName="Helvetica-Bold", textColor=GREEN,
            spaceBefore=15 * scale, spaceAfter=6 * scale,
        )  # fmt: skip
        self._label = style(
            8, 11, fontName="Helvetica-Bold", textColor=LEAF,
            spaceBefore=13 * scale, spaceAfter=4 * scale,
        )  # fmt: skip
        self._name = style(7.6, 9.6, textColor=GREY)
        self._value = style(
            8.8, 11.4, fontName="Courier-Bold", spaceAfter=4 * scale, splitLongWords=1
        )
        self._words = style(9.2, 11.8, spaceAfter=4 * scale)
        self._small = style(7.8, 10.4, textColor=GREY, spaceBefore=2 * scale)
        self._listing = style(7.2, 9.8, fontName="Courier")

    def space(self, points: float) -> Flowable:
        return Spacer(1, points * self._scale)

    def heading(self, text: str) -> Flowable:
        return self._paragraph(escape(text), "_heading")

    def label(self, text: str) -> Flowable:
        return self._paragraph(escape(text.upper()), "_label")

    def text(self, text: str) -> Flowable:
        return self._paragraph(marked(text), "_body")

    def small(self, text: str) -> Flowable:
        return self._paragraph(marked(text), "_small")

    def bullet(self, text: str) -> Flowable:
        return self._paragraph(f'<bullet color="{LEAF}">\u2022</bullet>{marked(text)}', "_step")

    def numbered(self, steps: Sequence[str]) -> list[Flowable]:
        return [
            self._paragraph(
                f'<bullet color="{LEAF}" font="Helvetica-Bold">{at}</bullet>{marked(step)}',
                "_step",
            )
            for at, step in enumerate(steps, 1)
        ]

    def facts(self, facts: Sequence[Fact]) -> list[Flowable]:
        made: list[Flowable] = []
        for fact in facts:
            made.append(self._paragraph(escape(printable(fact.name)), "_name"))
            style = "_value" if fact.is_typed else "_words"
            made.append(self._paragraph(escape(printable(fact.value)), style))
        return made

    def blank(self, fact: Fact) -> list[Flowable]:
        """Return a line to write on by hand."""
        text = f"{escape(printable(fact.name))} ({escape(fact.value)})"
        rule = f'<font color="{RULE}">{_MAILBOX}</font>'
        return [self._paragraph(text, "_name"), self.space(9), self._paragraph(rule, "_value")]

    def table(self, rows: Sequence[tuple[str, str]], widths: tuple[float, ...]) -> Flowable:
        cells = [[self._paragraph(marked(text), "_cell") for text in row] for row in rows]
        pad = 3 * self._scale
        lines = TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE),
                ("LINEABOVE", (0, 0), (-1, 0), 0.5, RULE),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), pad),
                ("BOTTOMPADDING", (0, 0), (-1, -1), pad),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
        return Table(cells, colWidths=widths, style=lines)

    def listing(self, lines: Sequence[str], room: float) -> Flowable:
        text = "<br/>".join(_spaced(line) for line in lines)
        cells = [[self._paragraph(text, "_listing")]]
        box = TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), TINT),
                ("LINEBEFORE", (0, 0), (0, -1), 2, LEAF),
                ("LEFTPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (0, 0), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        )
        return Table(cells, colWidths=(room,), style=box)

    def _paragraph(self, text: str, style: str) -> Flowable:
        return Paragraph(text, getattr(self, style))


def _spaced(line: str) -> str:
    """Return a line of a listing with its indentation kept."""
    body = line.lstrip(" ")
    return "&nbsp;" * (len(line) - len(body)) + escape(printable(body))


def marked(text: str) -> str:
    """Return our own text with its marks as reportlab's."""
    shown = escape(printable(text))
    shown = _CODE.sub(r'<font name="Courier-Bold" size="-0.4">\1</font>', shown)
    return _BOLD.sub(r"<b>\1</b>", shown)
