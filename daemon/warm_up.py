"""Load what a site's work needs before the site is ready."""

from __future__ import annotations

import gc
import importlib
from collections import deque
from datetime import UTC, datetime

from daemon.config import Configuration
from daemon.samples import samples
from daemon.trade.views.told import told_links
from formats.x12.reader import read


def warm_up(site: Configuration) -> None:
    """Load what the first announcement of `site` needs, and what its postings do.

    Before the site is ready and not beside its work: loading keeps CPython's one thread for tens of
    milliseconds at a time, and an answer, which waits for it after each of a hundred system calls,
    took a second then.
    """
    if any(told_links(site)):
        importlib.import_module("pandas")
    warm_up_postings(site)


def warm_up_postings(site: Configuration) -> None:
    """Load what the first label and workbook of `site` need, if it has any, and read a little X12.

    What a reader makes of its definitions and keeps takes as long as reading fifty orders.
    """
    if any(partner.receives_labels for partner in site.partner):
        importlib.import_module("reportlab.pdfgen.canvas")
    if any(partner.tables == "xlsx" for partner in site.partner):
        importlib.import_module("formats.xlsx.book")
    for sample in samples(datetime.now(UTC).date()):
        if sample.content.startswith(b"ISA"):
            deque(read(sample.content).documents(), maxlen=0)
    # What is loaded stays: the collector need not walk through it again and again.
    gc.freeze()
