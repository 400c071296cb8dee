"""Load what a site's work needs before the site is ready."""

from __future__ import annotations

import gc
import importlib

from daemon.config import Configuration
from daemon.trade.views.told import told_links


def warm_up(site: Configuration) -> None:
    """Load what the first announcement, label and workbook of `site` need, if it has any.

    Before the site is ready and not beside its work: loading keeps CPython's one thread for tens of
    milliseconds at a time, and an answer, which waits for it after each of a hundred system calls,
    took a second then.
    """
    modules = {
        "pandas": any(told_links(site)),
        "reportlab.pdfgen.canvas": any(partner.receives_labels for partner in site.partner),
        "formats.xlsx.book": any(partner.tables == "xlsx" for partner in site.partner),
    }
    for module, is_needed in modules.items():
        if is_needed:
            importlib.import_module(module)
    # What is loaded stays: the collector need not walk through it again and again.
    gc.freeze()
