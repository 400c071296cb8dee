"""A layout proposed from a sample file, with everything that a person should look at.

Headers are known by the words of the trade in English, Dutch and Spanish; what they don't say is
told from the cells, and then it's unsure. A proposal is never used before a person has taken it.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from formats.layouts.dates import date_reader, example
from formats.layouts.fields import Sort, fields_of, needed, sort_of
from formats.layouts.fixed import cut, edges
from formats.layouts.layout import DeclaredLayout, Form, LayoutColumn
from formats.layouts.profile import MOST_ROWS, Profile, profiles
from formats.layouts.words import UNIT_WORDS, field_words
from formats.limits import DEFAULT_LIMITS
from formats.tabular.cells import column_key
from formats.tabular.dialect import Dialect, TextSource, sniff_delimiter, text_source
from formats.tabular.findings import FindingLog
from formats.tabular.kinds import Kind
from formats.tabular.rows import Row, Table
from formats.xlsx.workbook import HEADER_ROWS, Sheet

_DATE_FORMATS = (
    *("YYYY-MM-DD", "YYYYMMDD", "DD-MM-YYYY", "MM/DD/YYYY", "DD-MM-YY", "MM/DD/YY"),
    *("DDMMYYYY", "MMDDYYYY", "YYMMDD"),
)
"""From what is likelier to what is not."""
_NEAR = 0.84
_SURE_SHARE = 0.8
_WORDS = 2
"""A header has at least so many words that are known."""
_KINDS = (
    *(Kind.AVAILABILITY, Kind.ORDER, Kind.SHIPMENT, Kind.CONFIRMATION, Kind.BOX_CODE_CHANGE),
    *(Kind.AIR_WAYBILL, Kind.RECEIVING, Kind.INVOICE, Kind.OPEN_INVOICES),
)


def _key(title: str) -> str:
    """Return a word as it's looked up: without case, blanks, punctuation and accents."""
    plain = "".join(c for c in unicodedata.normalize("NFD", title) if not unicodedata.combining(c))
    return column_key(plain)


_NAMES = {column_key(word): name for name, words in field_words().items() for word in words}


@dataclass(slots=True)
class Guess:
    """A proposed layout; `doubts` are sentences for the person who takes it."""

    layout: DeclaredLayout
    doubts: list[str] = field(default_factory=list)
    samples: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Some cells of each column, by its index in the layout."""
    left_out: tuple[str, ...] = ()
    """Columns of the file that mean nothing known."""


@dataclass(slots=True)
class _Sample:
    """The rows of a sample, and how its file is written."""

    rows: list[Row]
    form: Form
    delimiter: str | None = None
    encoding: str | None = None
    cuts: list[tuple[int, int]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def guess_layout(name: str, content: bytes | Sheet, kind: Kind | None = None) -> Guess | None:
    """Return a proposal for a file, or a sheet of a workbook; None where no rows can be told.

    `kind` is what the file is, where a person knows it.
    """
    sample = _sample(content)
    if sample is None or not sample.rows:
        return None
    header = _header(sample.rows)
    titles = header.cells if header else [""] * max(len(row.cells) for row in sample.rows)
    body = [row.cells for row in sample.rows if header is None or row.line > header.line]
    looks = profiles(titles, body)
    said = kind or _kind(looks)
    layout = DeclaredLayout(
        name=name,
        kind=said,
        form=sample.form,
        delimiter=sample.delimiter,
        encoding=sample.encoding,
        header_row=None if header else 0,
    )
    made = Guess(layout, sample.doubts)
    if kind is None:
        made.doubts.append(f"the file looks like {_article(said)}; say --kind if it's another")
    fields = _fields(said, looks, made.doubts)
    _decimals(made, looks, fields)
    if sample.form is Form.FIXED:
        _implied(made, looks, fields)
    _dates(made, looks, fields)
    _columns(made, looks, fields, sample)
    _missing(made)
    return made


def _article(kind: Kind) -> str:
    """Return a kind as it stands in a sentence: availability, an order, a box code change."""
    words = kind.value.replace("-", " ")
    if kind in (Kind.AVAILABILITY, Kind.OPEN_INVOICES):
        return words
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _sample(content: bytes | Sheet) -> _Sample | None:
    if isinstance(content, Sheet):
        return _Sample(content.head(MOST_ROWS), Form.XLSX)
    source, finding = text_source(content, None)
    if source is None:
        return None
    encoding = None if source.encoding == "utf-8" else source.encoding
    doubts = [f"the encoding is {encoding}, unless accents look wrong"] if finding else []
    delimiter = sniff_delimiter(source)
    rows = _delimited(content, delimiter)
    if max((len(row.cells) for row in rows), default=0) < 2:
        return _fixed(source, encoding, doubts)
    return _Sample(rows, Form.CSV, delimiter, encoding, doubts=doubts)


def _delimited(content: bytes, delimiter: str) -> list[Row]:
    table = Table(content, Dialect(delimiter), DEFAULT_LIMITS, FindingLog())
    return [row for _, row in zip(range(MOST_ROWS), table, strict=False)]


def _fixed(source: TextSource, encoding: str | None, doubts: list[str]) -> _Sample:
    stream = source.open()
    lines = [line.rstrip("\r\n") for line in (stream.readline(10_000) for _ in range(MOST_ROWS))]
    cuts = edges([line for line in lines if line.strip()])
    doubts.append("no delimiter fits, so columns were cut where all lines have blanks; check them")
    rows = [Row(at, cut(line, cuts)) for at, line in enumerate(lines, 1) if line.strip()]
    return _Sample(rows, Form.FIXED, None, encoding, cuts, doubts)


def _header(rows: Sequence[Row]) -> Row | None:
    """Return the row among the first that has the most words of the trade."""
    best = max(rows[:HEADER_ROWS], key=_words)
    return best if _words(best) >= _WORDS else None


def _words(row: Row) -> int:
    return len({name for cell in row.cells if (name := _NAMES.get(_key(cell)))})


def _kind(looks: Sequence[Profile]) -> Kind:
    """Return the kind whose needs are met best by the words of the header."""
    named = {_NAMES.get(_key(look.title), "") for look in looks}

    def fit(kind: Kind) -> tuple[float, int]:
        own = set(fields_of(kind))
        groups = needed(kind)
        met = sum(any(name in named for name in group) for group in groups)
        return met / len(groups), len(named & own)

    return max(_KINDS, key=fit)


def _fields(kind: Kind, looks: Sequence[Profile], doubts: list[str]) -> dict[int, str]:
    """Return the field of each column: by its name, by a name that is near, by its cells."""
    own = set(fields_of(kind))
    found: dict[int, str] = {}
    for at, look in enumerate(looks):
        name = _named(look.title, own)
        if name and name not in found.values():
            found[at] = name
    for at, look in enumerate(looks):
        near = difflib.get_close_matches(_key(look.title), _NAMES, 1, _NEAR)
        if at not in found and look.title and near:
            name = _named(near[0], own)
            if name and name not in found.values():
                found[at] = name
                doubts.append(f"column {look.title!r} is taken for {name}, as its name is near")
    for at, look in enumerate(looks):
        if at not in found and look.filled and (name := _by_cells(look, own - set(found.values()))):
            found[at] = name
            doubts.append(
                f"column {look.title or at + 1!r} is taken for {name}, as its cells look like it"
            )
    return found


_OTHERS = {
    "quantity": ("boxes", "confirmed_boxes"),
    "boxes": ("quantity",),
    "available_from": ("ship_date", "invoice_date"),
    "ship_date": ("available_from",),
    "vendor_code": ("vendor_id",),
    "unit_cost": ("confirmed_cost", "unit_price"),
}
"""A word that means one field in one kind of file, and another in the next."""


def _named(title: str, own: set[str]) -> str | None:
    name = _NAMES.get(_key(title))
    if name is None or name in own:
        return name
    return next((other for other in _OTHERS.get(name, ()) if other in own), None)


def _by_cells(look: Profile, free: set[str]) -> str | None:
    """Return the field that cells look like; columns with a name that isn't known say nothing."""
    if look.title and look.dates < _SURE_SHARE and look.units < _SURE_SHARE:
        return None
    if look.units >= _SURE_SHARE:
        wanted = ["unit_type"]
    elif look.dates >= _SURE_SHARE:
        wanted = ["available_from", "ship_date", "invoice_date"]
    elif look.numbers >= _SURE_SHARE and (len(look.samples) > 1 or look.filled == 1):
        wanted = ["unit_cost", "unit_price"] if look.fractions > 0.3 else ["quantity", "boxes"]
    elif look.characters > 8 and look.distinct > 0.3:
        wanted = ["product_description"]
    else:
        wanted = []
    return next((name for name in wanted if name in free), None)


def _decimals(made: Guess, looks: Sequence[Profile], fields: dict[int, str]) -> None:
    numbers = [look for at, look in enumerate(looks) if sort_of(fields.get(at, "")) is Sort.NUMBER]
    commas = sum(look.comma_decimals for look in numbers)
    points = sum(look.point_decimals for look in numbers)
    made.layout = replace(made.layout, decimal_comma=commas > points)
    if commas and points:
        made.doubts.append(
            f"{commas} numbers have a decimal comma and {points} a point; the rest will be refused"
        )
    elif not commas and not points and _has_marks(numbers):
        made.doubts.append("numbers such as 1.234 may be thousands or decimals; check decimal_mark")


def _implied(made: Guess, looks: Sequence[Profile], fields: dict[int, str]) -> None:
    """Name costs of a fixed-width file whose decimals stand behind a mark that isn't written."""
    for at, name in fields.items():
        look = looks[at]
        is_cost = name in ("unit_cost", "unit_price", "confirmed_cost")
        if is_cost and look.samples and all(text.isdecimal() for text in look.samples):
            title = look.title or at + 1
            made.doubts.append(f"column {title!r} has no decimal mark; say its decimals, if any")


def _has_marks(numbers: Sequence[Profile]) -> bool:
    return any("," in text or "." in text for look in numbers for text in look.samples)


def _dates(made: Guess, looks: Sequence[Profile], fields: dict[int, str]) -> None:
    """Find the order of day, month and year that all dates allow."""
    said = [
        text
        for at, look in enumerate(looks)
        if sort_of(fields.get(at, "")) is Sort.DATE
        for text in look.samples
    ]
    if not said:
        return
    read = {form: sum(_reads(form, text) for text in said) for form in _DATE_FORMATS}
    chosen = max(read, key=lambda form: read[form])
    if not read[chosen]:
        made.doubts.append("dates are written in no way that is known; say date_format")
        return
    made.layout = replace(made.layout, date_format=chosen)
    if read[chosen] < len(said):
        rest = len(said) - read[chosen]
        made.doubts.append(f"{rest} of {len(said)} dates aren't like {example(chosen)}")
    if any(read[form] == read[chosen] and form[0] != chosen[0] for form in _DATE_FORMATS):
        made.doubts.append(
            f"every day is below 13, so dates may be day or month first; {example(chosen)} is taken"
        )


def _reads(form: str, text: str) -> bool:
    """Tell whether a date is written in this format, to its marks and the digits of its year."""
    is_year_first = text[:4].isdecimal() and not text[4:5].isdecimal()
    if text.isdecimal() != form.isalpha() or is_year_first > form.startswith("Y"):
        return False
    has_long_year = max(len(part) for part in _digits(text)) >= 4
    try:
        date_reader(form)(text)
    except ValueError:
        return False
    return has_long_year is ("YYYY" in form)


def _digits(text: str) -> list[str]:
    return "".join(c if c.isdecimal() else " " for c in text.split("T", maxsplit=1)[0]).split() or [
        ""
    ]


def _columns(
    made: Guess, looks: Sequence[Profile], fields: dict[int, str], sample: _Sample
) -> None:
    columns: list[LayoutColumn] = []
    for at, name in sorted(fields.items()):
        start, stop = sample.cuts[at] if sample.cuts else (None, None)
        width = None if start is None or stop is None else stop - start
        is_named = made.layout.has_header
        made.samples[len(columns)] = looks[at].samples[:3]
        columns.append(
            LayoutColumn(
                name,
                names=(looks[at].title,) if is_named else (),
                at=at if not is_named and not sample.cuts else None,
                start=start,
                width=width,
                values=_unit_values(looks[at], made) if sort_of(name) is Sort.UNIT else {},
            )
        )
    made.layout = replace(made.layout, columns=tuple(columns))
    unread = [look.title for at, look in enumerate(looks) if at not in fields and look.title]
    made.left_out = tuple(unread)


def _unit_values(look: Profile, made: Guess) -> dict[str, str]:
    """Return what words of units mean; those that nobody knows are for a person to say."""
    strange = [word for word in look.samples if column_key(word) not in UNIT_WORDS]
    if strange:
        words = ", ".join(strange[:5])
        made.doubts.append(f"units {words} aren't known; say what they mean in values")
    return {}


def _missing(made: Guess) -> None:
    """Name what the kind needs and no column says; a unit is proposed, as a constant."""
    have = {column.field for column in made.layout.columns}
    for group in needed(made.layout.kind):
        if have.isdisjoint(group):
            made.doubts.append(f"no column is {' or '.join(group)}; name one, or give a constant")
            if group == ("unit_type",):
                unit = LayoutColumn("unit_type", constant="Stem")
                columns = (*made.layout.columns, unit)
                made.layout = replace(made.layout, columns=columns)
                made.doubts.append("Stem is proposed as the unit of all rows")
