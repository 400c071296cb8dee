"""Many buyers order from the same few lots at once, in threads and in processes.

What they got is counted in `crowd_audit`; `crowd_run` plays all sizes and says how long they take.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from io import StringIO
from multiprocessing import get_context
from pathlib import Path

from daemon import config, service
from daemon.beats import Beats
from daemon.clock import SystemClock
from daemon.eventlog import EventLog
from daemon.lanes.local import LocalLanes
from daemon.ledger.store import Ledger, open_ledger
from daemon.parts import Parts, parts
from tests.daemon.ledger import books
from tests.daemon.ledgers import prepare
from tests.daemon.network import connection, keep_rows_of_everybody, make_site, partner
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.today import DayClock, day

VENDOR = "farm"
BUYERS = tuple(f"buyer{number}" for number in range(1, 9))
LOTS = 50
BATCH = 5
"""Files a posting: small, so that the buyers' postings take turns as often as can be."""
LONGEST_ORDER = 3
MOST_BOXES = 12
PACK = 12
"""Bunches in a box: lots count bunches, orders boxes."""
WAIT_S = 1_800

_SITE = """
[site]
name = "crowd"
x12 = { id = "K2KNET" }
time_zone = "America/New_York"
"""
_FARM = ('complete_when = "renamed"', 'receives_orders = ["csv"]')


def cuts(buyer: str) -> bool:
    """Tell whether a short line of this buyer is cut; of every other one it is refused."""
    return BUYERS.index(buyer) % 2 == 0


def writes_x12(buyer: str) -> bool:
    return BUYERS.index(buyer) < len(BUYERS) // 2


def network() -> str:
    """Return the configuration: one vendor, and eight buyers connected to it."""
    blocks = [
        partner(name, "buyer") + connection(VENDOR, name, "cut" if cuts(name) else "refuse")
        for name in BUYERS
    ]
    return _SITE + partner(VENDOR, "vendor", *_FARM) + "".join(blocks)


def make_crowd(root: Path, url: str, *, published: int) -> None:
    """Write the site, and let the vendor publish so many boxes of each of the lots."""
    make_site(root, network=network(), ledger_url=url)
    with (root / config.FILE_NAME).open("a") as file:
        # The section of the intake is the last one.
        file.write(f"batch = {BATCH}\n")
    _tables(root / "mappings")
    with open_parts(root, url) as p:
        # Half a box is left over in the end, which nobody may get.
        rows = [(f"Rose {lot:02}", published * PACK + PACK // 2, "Bunch") for lot in range(LOTS)]
        claim(p.ledger, VENDOR, [availability(*rows)])
        while p.work(VENDOR):
            pass


def _tables(folder: Path) -> None:
    catalogue, packs, products = ([], [], [])  # type: tuple[list[str], list[str], list[str]]
    for lot in range(LOTS):
        catalogue.append(f"P{lot:02},Rose {lot:02},Roses,Rose,Red,60 cm,yes")
        packs.append(f"{VENDOR},P{lot:02},HB,{PACK},25,Bunch,yes,,,")
        products.append(f"{VENDOR},,,Rose {lot:02},P{lot:02},,yes,,,")
        products += [f"{name},,B-{lot:02},,P{lot:02},,yes,,," for name in BUYERS]
    own = {"catalogue": catalogue, "packs": packs, "products": products}
    keep_rows_of_everybody(folder, own)


@contextmanager
def open_parts(root: Path, url: str) -> Iterator[Parts]:
    """Open the site in `root` as a service does, but for its threads and its lock."""
    site = config.load(root)
    site.state.mkdir(parents=True, exist_ok=True)
    prepare(url)
    clock = DayClock()
    ledger = open_ledger(url, clock.now)
    say = EventLog(StringIO(), pretty=False)
    opened = parts(
        site, ledger, service.open_tables(site, clock), clock=clock, say=say, is_watching=False
    )
    try:
        yield opened
    finally:
        opened.close()
        ledger.close()


def claim(ledger: Ledger, partner: str, bodies: Sequence[bytes]) -> None:
    """Put files into the ledger as intake does once they are whole."""
    claims = []
    for number, body in enumerate(bodies, 1):
        name = f"{partner}-{number}".encode()
        claims.append(books.claim(body, partner=partner, name=name, ino=number, ctime_ns=number))
    books.add_arrivals(ledger, claims)


def orders(buyer: str, count: int, seed: int) -> list[bytes]:
    """Return `count` order files of a buyer, each of one to three lines."""
    chance = random.Random(f"{seed} {buyer}")
    bodies = []
    for number in range(1, count + 1):
        lots = chance.sample(range(LOTS), chance.randint(1, LONGEST_ORDER))
        lines = [(lot, chance.randint(1, MOST_BOXES)) for lot in lots]
        name = f"{buyer[-1]}-{number:05}"
        bodies.append(order(buyer, name, number, lines))
    return bodies


def order(buyer: str, name: str, number: int, lines: Sequence[tuple[int, int]]) -> bytes:
    """Return one order of (lot, boxes) lines, as X12 or as CSV."""
    if writes_x12(buyer):
        items = [(f"B-{lot:02}", str(boxes), "BX") for lot, boxes in lines]
        return purchase_order(
            name, *items, control=number, sender=buyer.upper(), receiver="FARM", vendor="FARM"
        )
    rows = [
        f"{name},{at},FARM,{day(2).isoformat()},B-{lot:02},{boxes},Box,0.30"
        for at, (lot, boxes) in enumerate(lines, 1)
    ]
    head = "po_number,line,vendor_code,ship_date,product_code,boxes,unit_type,unit_cost"
    return "\n".join([head, *rows, ""]).encode()


# --- who works -----------------------------------------------------------------------------------


def work_in_threads(root: Path, url: str, buyers: Sequence[str], threads: int) -> None:
    """Post what `buyers` have waiting, on the lanes of the service."""
    with open_parts(root, url) as p:
        on_lanes(p.work, buyers, threads=threads)


def on_lanes(work: Callable[[str], int], buyers: Sequence[str], *, threads: int) -> None:
    """Let lanes call `work` for each of `buyers` until it returns 0."""
    is_done = threading.Event()
    waiting = set(buyers)

    def one(partner: str) -> int:
        done = work(partner)
        if not done:
            waiting.discard(partner)
        return done

    def after() -> None:
        if not waiting:
            is_done.set()

    say = EventLog(StringIO(), pretty=False)
    clock = SystemClock()
    lanes = LocalLanes(one, after, clock, say, Beats(clock), threads=threads)
    lanes.start()
    for name in buyers:
        lanes.wake(name)
    try:
        while not is_done.wait(0.05) and lanes.failed is None:
            pass
    finally:
        lanes.stop()
    if lanes.failed is not None:
        raise lanes.failed


def work_in_processes(root: Path, url: str, processes: int, threads: int) -> None:
    """Share the buyers out to processes, each with a ledger of its own."""
    shares = [BUYERS[at::processes] for at in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        working = [pool.submit(work_in_threads, root, url, share, threads) for share in shares]
        for each in working:
            each.result(WAIT_S)
