"""Read one large 850 interchange to its 997, and say how fast and in how much memory."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from formats.limits import Limits
from formats.records import PurchaseOrder
from formats.x12.reader import read
from formats.x12.technical import ControlNumbers, functional_acknowledgement
from tests.bench.child import answer, peak_mb
from tests.bench.limits import segment_rate, split_rate


def main() -> None:
    """Measure what the first argument says with the file of the second."""
    what, path = sys.argv[1], Path(sys.argv[2])
    if what == "split":
        answer(split=split_rate(path), segments=segment_rate(path))
    else:
        _read(path)


def _read(path: Path) -> None:
    imported_mb = peak_mb()
    started = time.perf_counter()
    reading = read(path.read_bytes(), Limits(file_bytes=1 << 30))
    orders = lines = 0
    for document in reading.documents():
        if not isinstance(document.record, PurchaseOrder):
            raise SystemExit(f"an order was refused: {document.findings[0]}")
        orders += 1
        lines += len(document.record.lines)
    (outcome,) = reading.outcomes
    reply = functional_acknowledgement(
        outcome.interchange, outcome, control=ControlNumbers(1, 1), at=datetime.now(UTC)
    )
    spent = time.perf_counter() - started
    if reply is None or reply.count(b"AK5*A") != orders:
        raise SystemExit("the 997 does not accept every order")
    size = path.stat().st_size
    answer(
        mb_per_s=size / 1e6 / spent,
        segments_per_s=reading.data.count(b"~") / spent,
        bytes_per_segment=size / reading.data.count(b"~"),
        orders=orders,
        lines=lines,
        imported_mb=imported_mb,
        peak_mb=peak_mb(),
    )


if __name__ == "__main__":
    main()
