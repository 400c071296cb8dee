"""Which of a partner's own layouts a file is in, and its documents."""

from __future__ import annotations

from fnmatch import fnmatchcase

from daemon.config import Partner, Role
from daemon.errors import UnwritableError
from daemon.ledger.arrivals import Arrival
from daemon.trade.desk import Desk
from daemon.trade.orders.parties import as_party
from formats.documents import ReadDocument
from formats.layouts.komet import KOMET_LAYOUTS, komet_layout
from formats.layouts.layout import DeclaredLayout
from formats.layouts.read import read_layout
from formats.layouts.tables import fits
from formats.tabular.kinds import Kind
from formats.xlsx.workbook import Sheet


def own_layout(
    desk: Desk, partner: Partner, arrival: Arrival, content: bytes | Sheet
) -> DeclaredLayout | None:
    """Return the first of a partner's layouts that a file fits, by its name and its header.

    Those that users of Komet know are known without a setting.

    A partner with one layout has no other files of that kind: a file whose name fits it and whose
    header doesn't is read by it too, so that its findings say what is missing.
    """
    layouts = [_named(desk, partner, name) for name in partner.layouts]
    fitting = [each for each in layouts if _has_name(each, arrival.name)]
    found = next((each for each in fitting if fits(each, content)), None)
    if found is None and len(fitting) == 1 and fitting[0].files and isinstance(content, bytes):
        return fitting[0]
    return found or komet_layout(content, is_vendor=partner.has(Role.VENDOR))


def _named(desk: Desk, partner: Partner, name: str) -> DeclaredLayout:
    layout = desk.tables.layouts.get(name) or KOMET_LAYOUTS.get(name)
    if layout is None:
        raise UnwritableError(
            f"layout {name} of partner {partner.name} isn't in layouts.csv, so its files can't be"
            " told; add it, or change the partner's settings, and release the file from quarantine"
        )
    return layout


def _has_name(layout: DeclaredLayout, name: bytes) -> bool:
    """Tell whether a file's name fits the layout's pattern; case doesn't matter."""
    if not layout.files:
        return True
    return fnmatchcase(name.decode("utf-8", errors="replace").lower(), layout.files.lower())


def read_own(
    desk: Desk, partner: Partner, layout: DeclaredLayout, content: bytes | Sheet
) -> tuple[Kind, list[ReadDocument]]:
    """Return what a file in one of a partner's layouts is, and its documents."""
    documents = read_layout(content, layout, vendor=as_party(partner), limits=desk.limits)
    return layout.kind, list(documents)
