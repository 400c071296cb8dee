"""Single parts by themselves: availability rows, mapping look-ups, labels."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from daemon import config
from daemon.config import Configuration
from daemon.eventlog import EventLog
from daemon.parts import Parts
from daemon.service import make_folders
from formats.labels.label import Label, Stock, stock_named
from formats.labels.pdf import write_pdf
from formats.labels.zpl import write_zpl
from formats.limits import Limits
from formats.records import InventoryAdvice, Party
from formats.tabular.availability import read_availability
from formats.tabular.dialect import Dialect
from tests.bench.child import answer, peak_mb
from tests.bench.drain import open_parts
from tests.bench.figures import median
from tests.bench.material import BUYER, VENDOR, Setting, availability, write_site

LABELS = 14
LOOK_UPS = 20_000


def main() -> None:
    """Measure with a site in the folder of the first argument and the rows of the second."""
    root, rows = Path(sys.argv[1]), int(sys.argv[2])
    write_site(root, Setting.SAMPLE)
    site = config.load(root)
    make_folders(site)
    with (root / "events.jsonl").open("w", encoding="utf-8") as events:
        p = open_parts(site, EventLog(events, pretty=False))
        try:
            record_rate = _records(p, rows)
            look_up_rate = _look_ups(p)
            ledger_rate = _ledger(p, site, rows)
        finally:
            p.close()
            p.ledger.close()
    answer(
        records_per_s=record_rate,
        ledger_rows_per_s=ledger_rate,
        peak_mb=peak_mb(),
        look_ups_per_s=look_up_rate,
        zpl_ms=_label_ms(lambda labels, stock: write_zpl(labels, stock, 203)),
        pdf_ms=_label_ms(write_pdf),
    )


def _records(p: Parts, rows: int) -> float:
    data = availability(rows, p.today())
    started = time.perf_counter()
    (document,) = read_availability(
        data, vendor=Party(code=VENDOR), dialect=Dialect(), limits=Limits()
    )
    spent = time.perf_counter() - started
    if not isinstance(document.record, InventoryAdvice) or len(document.record.lines) != rows:
        raise SystemExit("not every row became a record")
    return rows / spent


def _look_ups(p: Parts) -> float:
    tables, today = p.tables.current, p.today()
    codes = ("BLM-100", "BLM-110", "BLM-200", "UNKNOWN")
    started = time.perf_counter()
    for number in range(LOOK_UPS):
        tables.product(BUYER, codes[number % len(codes)], None, VENDOR, today)
    return LOOK_UPS / (time.perf_counter() - started)


def _ledger(p: Parts, site: Configuration, rows: int) -> float:
    """Return rows per second from a claimed file to posted lots, look-ups and answer included."""
    path = site.inbox(VENDOR) / "all.csv.part"
    path.write_bytes(availability(rows, p.today()))
    path.rename(path.with_suffix(""))
    while not p.intake.look(VENDOR).claimed:
        time.sleep(0.1)
    started = time.perf_counter()
    p.work(VENDOR)
    return rows / (time.perf_counter() - started)


def _label_ms(write: Callable[[list[Label], Stock], bytes]) -> float:
    stock = stock_named("4x6")
    labels = [
        Label(
            box_code=f"KD{number:07}",
            box_seq=number,
            box_total=LABELS,
            product_description="Rose Explorer Red 60 cm",
            order_number="B100001",
            bunches=12,
            stems_per_bunch=25,
        )
        for number in range(1, LABELS + 1)
    ]
    spent = []
    for _ in range(5):
        started = time.perf_counter()
        write(labels, stock)
        spent.append((time.perf_counter() - started) * 1e3)
    return median(spent)


if __name__ == "__main__":
    main()
