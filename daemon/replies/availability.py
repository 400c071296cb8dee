"""A vendor's open market as each connected buyer reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from daemon.config import Configuration
from daemon.ledger.posting import OutgoingFile, Posting
from daemon.mapping.tables import Tables
from daemon.replies.envelopes import identity, numbers, to_partner
from daemon.trade.availability import Feed, offers
from formats.offers import OfferRow
from formats.records import Party
from formats.tabular.availability import write_availability
from formats.x12.inventory_out import write_inventory

_X12_UNITS = {"Box": "BX", "Bunch": "X2", "Stem": "EA"}


def availability_file(
    post: Posting, site: Configuration, tables: Tables, feed: Feed, today: date
) -> OutgoingFile | None:
    """Return the buyer's file for `feed`; None where nothing is shown or the buyer takes none."""
    vendor, buyer = site.partner_named(feed.vendor), site.partner_named(feed.buyer)
    if vendor is None or buyer is None or buyer.receives_availability == "none":
        return None
    post.flush()
    rows = offers(post.conn, tables, vendor, buyer, today=today)
    if not rows:
        return None
    number = post.count(f"availability:{vendor.name}:{buyer.name}")
    reference = f"{vendor.name}-{number}"
    if buyer.receives_availability == "csv":
        body, extension = write_availability(rows), "csv"
    else:
        envelope = to_partner(site, buyer)
        body = write_inventory(
            [_in_x12(row) for row in rows],
            reference=reference,
            as_of=post.at.astimezone(site.site.zone),
            vendor=Party(
                code=identity(vendor).id, qualifier="92", name=vendor.title or vendor.name
            ),
            buyer=Party(code=identity(buyer).id, qualifier="92", name=buyer.title or buyer.name),
            envelope=envelope,
            control=numbers(post, envelope),
        )
        extension = "edi"
    kind = "846" if extension == "edi" else "availability"
    return OutgoingFile(buyer.name, kind, reference, extension, body, is_answer=False)


def _in_x12(row: OfferRow) -> OfferRow:
    """Name units by the codes of X12 list 355."""
    return replace(
        row,
        unit=_X12_UNITS.get(row.unit, row.unit),
        cost_unit=_X12_UNITS.get(row.cost_unit, row.cost_unit) if row.cost_unit else None,
    )
