"""Notices to both sides of a connection that is turned on or off, or agreed to (K-09)."""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger import connections
from daemon.ledger.posting import OutgoingFile
from daemon.trade.agreement import Standing, Turned, turned
from daemon.trade.desk import Desk
from formats.notices import Notice, Reader, write_notice

RULE = "K-09"


def connection_notices(desk: Desk) -> list[OutgoingFile]:
    """Return what the sides of connections are to be told now, and note that they were told.

    Of a new site each connection that anybody agreed to is told; of one that traded before this was
    told at all, none: its partners know what they have.
    """
    conn = desk.post.conn
    told = connections.told(conn)
    are_known = told is None and connections.were_known(conn)
    files: list[OutgoingFile] = []
    for each in list(turned(desk.site, told, desk.today)):
        is_first = connections.note(conn, each.sides, each.before, each.now)
        if is_first and each.is_news and not are_known:
            files += _to_both(desk, each)
    desk.post.count(connections.BEGUN, len(files))
    return files


def _to_both(desk: Desk, what: Turned) -> list[OutgoingFile]:
    vendor, buyer = what.sides
    names = {name: _title(desk, name) for name in what.sides}
    title = f"{names[vendor]} and {names[buyer]}"
    files = []
    for owner in filter(None, map(desk.partner, what.sides)):
        other = names[buyer if owner.name == vendor else vendor]
        subject, text = _words(what, names, other)
        notice = Notice(
            subject=f"Connection of {title}: {subject}",
            text=text,
            reader=Reader.CONNECTION,
            to=(),
            order=None,
            at=desk.post.at,
            lines=[],
            code=RULE,
            buyer=names[buyer],
            vendor=names[vendor],
        )
        reference = f"{vendor}-{buyer}"
        body = write_notice(notice)
        files.append(OutgoingFile(owner.name, "notice", reference, "json", body, is_answer=False))
    return files


def _words(what: Turned, names: dict[str, str], other: str) -> tuple[str, str]:
    """Return subject and text for the side that trades with `other`."""
    vendor, buyer = what.sides
    agreed = what.link.agreed if what.link is not None else None
    if agreed is None or what.now is None:
        return "ended", (
            f"You are no longer connected with {other}. No stock is shown and no new order goes to"
            " its vendor; what was ordered before goes on."
        )
    if what.now is Standing.ON:
        return "on", (
            f"You and {other} have both agreed, and the operator of the network has turned the"
            " connection on. Stock is shown and orders go over it as soon as nothing else is"
            " missing."
        )
    if what.now is Standing.OFF:
        return "off", (
            f"The operator of the network has turned the connection with {other} off. No stock is"
            " shown and new orders wait until it is on again; what was ordered before goes on."
        )
    if what.now is Standing.COMING:
        days = [day for day in (agreed.vendor, agreed.buyer) if day is not None]
        return "agreed", f"You and {other} have both agreed. The connection begins on {max(days)}."
    if what.now is Standing.NOBODY:
        return "not agreed", (
            f"Neither you nor {other} agrees to the connection any more. No stock is shown and new"
            " orders wait until both have agreed."
        )
    who, whose = (vendor, buyer) if what.now is Standing.VENDOR else (buyer, vendor)
    return f"{names[who]} agreed", (
        f"{names[who]} has agreed to the connection. Nothing goes over it until {names[whose]} has"
        " agreed too; say so to the operator of the network."
    )


def _title(desk: Desk, name: str) -> str:
    partner: Partner | None = desk.partner(name)
    return (partner.title or partner.name) if partner else name
