"""A large network: what a stock file and one order cost, with much stock and many buyers."""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert, select

from daemon import config
from daemon.config import Configuration
from daemon.eventlog import EventLog
from daemon.ledger import schema
from daemon.ledger.store import now_utc
from daemon.parts import Parts
from daemon.service import make_folders
from tests.bench.child import answer, forget_peak, peak_mb
from tests.bench.drain import open_parts
from tests.bench.material import VENDOR, Setting, write_site

LOTS_OF_A_PRODUCT = 50
PIECE = 50_000
ORDERS = 100
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def main() -> None:
    """Measure with a site in the folder of the first argument, with so many lots and buyers."""
    root, lots, buyers, changed = Path(sys.argv[1]), *map(int, sys.argv[2:5])
    write_site(root, Setting.SAMPLE)
    _write_network(root, lots // LOTS_OF_A_PRODUCT, buyers)
    site = config.load(root)
    make_folders(site)
    with (root / "events.jsonl").open("w", encoding="utf-8") as events:
        p = open_parts(site, EventLog(events, pretty=False))
        try:
            today = p.today()
            arrival = _first_arrival(p, site, today)
            _stock(p, lots, today, arrival)
            _all_told(p, site)
            forget_peak()
            before_mb = peak_mb()
            stock_s = _stock_file_s(p, site, changed, today)
            after_mb = peak_mb()
            order_s = _one_order_s(p, site, today)
            order_ms = _order_ms(p, site, today)
        finally:
            p.close()
            p.ledger.close()
    answer(
        stock_s=stock_s,
        order_s=order_s,
        order_ms=order_ms,
        peak_mb=after_mb,
        grown_mb=after_mb - before_mb,
    )


def _buyer(number: int) -> str:
    return f"buyer-{number:03}"


def _product(number: int) -> str:
    return f"P{number:05}"


def _write_network(root: Path, products: int, buyers: int) -> None:
    """Add a catalogue and `buyers` buyers, half of them with 846s, half with CSV."""
    rows = (f"{_product(n)},Flower {n:05},Roses,,Red,60 cm,yes\n" for n in range(products))
    catalogue = root / "mappings" / "catalogue.csv"
    catalogue.write_text(catalogue.read_text("utf-8") + "".join(rows), "utf-8")
    packs = root / "mappings" / "packs.csv"
    rows = (f"*,{_product(n)},HB,12,25,Stem,yes,,,\n" for n in range(products))
    packs.write_text(packs.read_text("utf-8") + "".join(rows), "utf-8")
    # Nothing settles: what a file's coming costs is measured elsewhere.
    texts = ["[intake]\nsettle_s = 0\nsettle_moved_s = 0\n"]
    texts.append((root / "k2kd.toml").read_text("utf-8").split("[[connection]]")[0])
    for number in range(buyers):
        form = "x12" if number % 2 else "csv"
        days = ", ".join(f"{day} = 1" for day in EVERY_DAY)
        texts.append(
            f"""
[[partner]]
name = "{_buyer(number)}"
roles = ["buyer"]
complete_when = "renamed"
x12 = {{ id = "BUYER{number:03}" }}
receives_availability = "{form}"
currency = "USD"

[partner.buying.pricing]
freight = 48
handling = 6
duty_percent = 6.5
truck_per_cube = 1.10
gpm_percent = {20 + number % 20}

[[connection]]
vendor = "{VENDOR}"
buyer = "{_buyer(number)}"
vendor_code = "V"
customer_code = "C{number}"
agreed = {{ vendor = 2026-01-05, buyer = 2026-01-05 }}
schedule = {{ {days} }}
days_of_service = {list(EVERY_DAY)}
"""
        )
    (root / "k2kd.toml").write_text("".join(texts), "utf-8")


def _row(number: int, quantity: int, today: date) -> bytes:
    product, lot = divmod(number, LOTS_OF_A_PRODUCT)
    day = today + timedelta(days=lot % 20)
    fields = ("111", f"Flower {product:05}", f"{day}", f"{quantity}", "Stem", f"PH{lot // 20}")
    return (",".join((*fields, "Roses", "Red", "0.34", "25", "")) + "\n").encode()


def _work(p: Parts, site: Configuration, partner: str, name: str, data: bytes) -> None:
    """Drop a file, post it, tell everyone, and deliver."""
    path = site.inbox(partner) / f"{name}.part"
    path.write_bytes(data)
    path.rename(path.with_suffix(""))
    deadline = time.monotonic() + 60
    while not p.intake.look(partner).claimed:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{name} was not claimed")
        time.sleep(0.01)
    while p.work(partner):
        pass
    p.announce()
    p.delivery.run()


def _first_arrival(p: Parts, site: Configuration, today: date) -> int:
    """Post one row, so that the stock has a file to come from."""
    _work(p, site, VENDOR, "first.csv", _row(0, 1800, today))
    with p.ledger.read() as conn:
        return int(conn.execute(select(schema.arrivals.c.id)).scalar_one())


def _stock(p: Parts, lots: int, today: date, arrival: int) -> None:
    """Write the lots straight into the ledger: reading them is measured elsewhere."""
    at = now_utc()
    for start in range(1, lots, PIECE):
        rows = [_lot(n, today, arrival) for n in range(start, min(start + PIECE, lots))]
        with p.ledger.write() as conn:
            conn.execute(
                insert(schema.stock_lots),
                [{**row, "created_at": at, "updated_at": at} for row in rows],
            )
    with p.ledger.write() as conn:
        table = schema.sequences
        conn.execute(table.update().where(table.c.name == "key:stock_lots").values(last=lots + 1))


def _lot(number: int, today: date, arrival: int) -> dict[str, object]:
    product, lot = divmod(number, LOTS_OF_A_PRODUCT)
    return {
        "id": number + 1,
        "arrival_id": arrival,
        "vendor": VENDOR,
        "source_key": f"flower {product:05}",
        "description": f"Flower {product:05}",
        "available_from": (today + timedelta(days=lot % 20)).isoformat(),
        "post_harvest": f"PH{lot // 20}",
        "location": "",
        "product": _product(product),
        "unit": "Stem",
        "unit_type": "Stem",
        "stems_per_bunch": 25,
        "category": "Roses",
        "color": "Red",
        "unit_cost": Decimal("0.34"),
        "published": Decimal(1800),
        "bought": Decimal(0),
        "change": 1,
    }


def _all_told(p: Parts, site: Configuration) -> None:
    """Say that every buyer knows the stock: telling all of it once is not what is measured."""
    with p.ledger.write() as conn:
        table = schema.availability_feeds
        conn.execute(
            table.update().values(
                told=10, planned_at=now_utc(), valid_until=now_utc() + timedelta(2)
            )
        )
        found = conn.execute(select(table.c.buyer)).all()
    if len(found) != len(site.connection):
        raise SystemExit(f"{len(found)} of {len(site.connection)} buyers have been told")
    with p.ledger.write() as conn:
        table = schema.sequences
        conn.execute(table.update().where(table.c.name == f"change:{VENDOR}").values(last=10))


def _stock_file_s(p: Parts, site: Configuration, changed: int, today: date) -> float:
    """Return the seconds from a file of changed rows to every buyer's file in its outbox."""
    data = b"".join(_row(number, 2400, today) for number in range(changed))
    started = time.perf_counter()
    _work(p, site, VENDOR, "changed.csv", data)
    spent = time.perf_counter() - started
    _check(site, f"change-{VENDOR}-2")
    return spent


def _one_order_s(p: Parts, site: Configuration, today: date) -> float:
    """Return the seconds from one order to the last buyer's changed availability."""
    started = time.perf_counter()
    _work(p, site, _buyer(0), "one.csv", _order(1, today))
    spent = time.perf_counter() - started
    _check(site, f"change-{VENDOR}-3")
    return spent


def _order_ms(p: Parts, site: Configuration, today: date) -> float:
    """Return the milliseconds of posting one of many orders."""
    data = [_order(number, today) for number in range(2, 2 + ORDERS)]
    inbox = site.inbox(_buyer(2))
    for number, each in enumerate(data):
        (inbox / f"o{number}.csv.part").write_bytes(each)
        (inbox / f"o{number}.csv.part").rename(inbox / f"o{number}.csv")
    claimed = 0
    while claimed < ORDERS:
        claimed += len(p.intake.look(_buyer(2)).claimed)
    started = time.perf_counter()
    while p.work(_buyer(2)):
        pass
    return (time.perf_counter() - started) * 1e3 / ORDERS


def _order(number: int, today: date) -> bytes:
    header = "po_number,line,vendor_code,ship_date,product_code,boxes,box_type,unit_type,unit_cost"
    row = f"N{number},1,{VENDOR},{today + timedelta(2)},{_product(number)},1,HB,Box,0.34"
    return f"{header}\n{row}\n".encode()


def _check(site: Configuration, what: str) -> None:
    """Every buyer must have got its file."""
    told = sum(
        any(what in entry.name for entry in site.outbox(link.buyer).iterdir())
        for link in site.connection
    )
    if told != len(site.connection):
        raise SystemExit(f"{told} of {len(site.connection)} buyers have a file {what}")


if __name__ == "__main__":
    main()
