"""Generated sites and files to measure with: distinct numbers, mapped codes, nothing random."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum
from pathlib import Path

from daemon.samples import sample_site

BUYER = "bloom"
VENDOR = "florsol"
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PRODUCTS = (
    "Rosa Explorer 60cm",
    "Rosa Explorer 50cm",
    "Rosa Freedom 60cm",
    "Rosa Freedom 50cm",
    "Rosa Mondial 50cm",
    "Rosa Mondial 60cm",
    "Alstroemeria Blanca Select",
    "Alstroemeria Rosada Select",
)
_DAYS = 800


class Setting(Enum):
    """Three networks of a buyer and a vendor; labels are off in all."""

    TECHNICAL = "997"
    """Orders of goods that are sold out, of which nobody else hears; one file in, one out."""
    ANSWERS = "997 + 855 + vendor CSV"
    """Orders go on without stock, to a vendor that must get them (K-08)."""
    SAMPLE = "997 + 855 + vendor 850 + CSV"
    """Orders take stock, as in the sample network."""

    @property
    def answers(self) -> int:
        return {Setting.TECHNICAL: 1, Setting.ANSWERS: 3, Setting.SAMPLE: 4}[self]


def write_site(root: Path, setting: Setting) -> None:
    """Write a site with one buyer and one vendor, and the sample network's tables."""
    receives = '["x12", "csv"]' if setting is Setting.SAMPLE else '["csv"]'
    answers = "none" if setting is Setting.TECHNICAL else "855"
    modality = "procurement" if setting is Setting.ANSWERS else "sales"
    (root / "mappings").mkdir(parents=True)
    for table in (sample_site() / "mappings").iterdir():
        if table.name.endswith(".csv"):
            (root / "mappings" / table.name).write_text(_ours(table.read_text("utf-8")), "utf-8")
    (root / "k2kd.toml").write_text(
        f"""
[site]
name = "bench"
x12 = {{ id = "K2KNET" }}

[[partner]]
name = "{VENDOR}"
roles = ["vendor"]
x12 = {{ id = "FLORSOL" }}
complete_when = "renamed"
receives_orders = {receives}
currency = "USD"

[[partner]]
name = "{BUYER}"
roles = ["buyer"]
x12 = {{ id = "BLOOMWHSL" }}
answers_orders = "{answers}"
currency = "USD"

[[connection]]
vendor = "{VENDOR}"
buyer = "{BUYER}"
modality = ["{modality}"]
vendor_code = "V"
customer_code = "C"
agreed = {{ vendor = 2026-01-05, buyer = 2026-01-05 }}
schedule = {{ {", ".join(f"{each} = 0" for each in EVERY_DAY)} }}
days_of_service = {list(EVERY_DAY)}
pricing = {{ truck_per_cube = 0 }}
"""
    )


def _ours(table: str) -> str:
    """Return a mapping table without the rows of partners that the site does not have."""
    head, *rows = table.splitlines(keepends=True)
    if not head.startswith("partner,"):
        return table
    kept = [row for row in rows if row.split(",", 1)[0] in ("*", BUYER, VENDOR)]
    return "".join((head, *kept))


def order_file(number: int, today: date) -> bytes:
    """Return an interchange with one small 850, three lines, about 700 bytes."""
    return b"".join(
        (
            _header(number, today),
            _order(number, 1, today, 3, "ROSE EXPLORER RED 60CM, BUNCHES OF 25 STEMS, HALF BOX"),
            _trailer(number, 1),
        )
    )


def big_order_file(size_bytes: int, today: date, *, is_varied: bool = False) -> bytes:
    """Return one interchange of about `size_bytes`, orders of 10 lines with descriptions.

    They order the same goods, as stores of a chain do; with `is_varied` some of 3,000 goods, in 1
    to 59 boxes, so that hardly a line is like another.
    """
    parts, size, count = [_header(1, today)], 0, 0
    text = "ROSE EXPLORER RED 60CM 25 STEMS"
    while size < size_bytes:
        count += 1
        parts.append(_order(count, count, today, 10, text, is_varied=is_varied))
        size += len(parts[-1])
    return b"".join((*parts, _trailer(1, count)))


def _header(control: int, today: date) -> bytes:
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'BLOOMWHSL':15}*ZZ*{'FLORSOL':15}"
    return (
        f"{isa}*{today:%y%m%d}*0931*U*00401*{control:09}*0*P*>~\n"
        f"GS*PO*BLOOMWHSL*FLORSOL*{today:%Y%m%d}*0931*{control}*X*004010~\n"
    ).encode()


def _order(
    number: int, position: int, today: date, lines: int, text: str, *, is_varied: bool = False
) -> bytes:
    ship = today + timedelta(days=2)
    segments = [
        f"ST*850*{position:04}",
        f"BEG*00*SA*B{number}**{today:%Y%m%d}",
        "CUR*BY*USD",
        f"DTM*010*{ship:%Y%m%d}",
        "TD5**2*SUNL",
        "N1*BY*Bloom Wholesale*92*BLOOM",
        "N1*SE*Florsol Farms*92*FLORSOL",
        "N1*ST*Bloom Miami cooler*92*01",
    ]
    for line in range(1, lines + 1):
        item, unit_price = (("BLM-100", "0.34"), ("BLM-110", "0.36"))[line % 2]
        boxes, words = 1, text
        if is_varied:
            goods, boxes = (number * 7919 + line * 1201) % 3000, (number * 31 + line * 7) % 59 + 1
            item, words = f"BLM-{goods:04}", f"{text} {goods:04}"
        segments.append(f"PO1*{line}*{boxes}*BX*{unit_price}*PE*BP*{item}")
        segments.append(f"PID*F****{words}")
    segments += [f"CTT*{lines}", f"SE*{len(segments) + 2}*{position:04}"]
    return "".join(segment + "~\n" for segment in segments).encode()


def _trailer(control: int, sets: int) -> bytes:
    return f"GE*{sets}*{control}~\nIEA*1*{control:09}~\n".encode()


def availability(rows: int, today: date) -> bytes:
    """Return a vendor's availability without header: mapped products, each row a lot of its own."""
    return b"".join(_availability_rows(rows, today))


def _availability_rows(rows: int, today: date) -> Iterator[bytes]:
    for number in range(rows):
        product = _PRODUCTS[number % len(_PRODUCTS)]
        day = number // len(_PRODUCTS)
        start = today + timedelta(days=day % _DAYS)
        unit = "Stem" if product.startswith("Rosa") else "Bunch"
        harvest = f"PH{day // _DAYS + 1}"
        fields = ("111", product, f"{start}", "1800", unit, harvest, "Cut", "Red", "0.34", "25", "")
        yield (",".join(fields) + "\n").encode()


def stock(today: date) -> bytes:
    """Return availability that no drain of a benchmark can sell out."""
    rows = (
        f"111,{product},{today},9000000,{'Stem' if 'Rosa' in product else 'Bunch'},PH1,Cut,Red,"
        "0.34,25,\n"
        for product in _PRODUCTS
    )
    return "".join(rows).encode()
