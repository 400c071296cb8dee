"""Lots whose product the tables say is another one now: mapped anew while nothing is sold (M-14).

What is sold of stays what it is sold as, and waits for a person, who is told in which order. What
no row maps any more is staged again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import insert, select, update

from daemon.config import Configuration
from daemon.errors import UsageError
from daemon.ledger import holds as hold_book
from daemon.ledger.holds import HoldKind, hold
from daemon.ledger.schema import sequences, stock_lots
from daemon.ledger.states import HoldState
from daemon.mapping.apply import Unmapped
from daemon.mapping.parse import CATALOGUE_FILE
from daemon.mapping.rows import ATTRIBUTES, Kind
from daemon.mapping.tables import Tables
from daemon.trade.aliases import KeptAliases
from daemon.trade.desk import Desk
from daemon.trade.stock.lot_holds import SoldAs, remapped, sales, unmapped_lot
from daemon.trade.stock.offers import check_offer
from daemon.trade.stock.staged import LotRow, is_on_sale, product_of, settle_vendor
from daemon.trade.stock.staging import KINDS as STAGING

ZERO = 0
FILES = (CATALOGUE_FILE, *(kind.file for kind in (Kind.PRODUCTS, *ATTRIBUTES)))
_MARK = "remapped"
"""Names the note of the rows that the stock was brought in line with last."""


def changed_lots(
    conn: DatabaseConnection, tables: Tables, today: date
) -> Iterator[tuple[LotRow, str | None]]:
    """Yield the mapped lots with something left that `tables` say are another product, and which.

    The tables remember their answers, so a text that many lots have is looked up once.
    """
    lot = stock_lots.c
    query = select(stock_lots).where(lot.product.is_not(None), lot.published > lot.bought)
    aliases = KeptAliases(conn)
    for row in conn.execute(query.order_by(lot.vendor, lot.id)):
        now = product_of(row, tables, today, aliases=aliases)
        if now != row.product:
            yield row, now


def refuse_sold(conn: DatabaseConnection, before: Tables, after: Tables, today: date) -> None:
    """Raise a UsageError where an edit would make goods another product of which some are sold.

    It names the sale. What the tables `before` the edit say otherwise already is let pass.
    """
    aliases = KeptAliases(conn)
    for row, now in changed_lots(conn, after, today):
        was = product_of(row, before, today, aliases=aliases)
        if row.bought > ZERO and was == row.product:
            sold = _sold_as(row, now)
            becomes = f"can't become {now}" if now else "can't be unmapped"
            raise UsageError(
                f"{sold.words} of {row.vendor} {becomes}, for some of it is sold as {sold.product}:"
                f" {sales(conn, row.id)} (M-14). Reject or cancel that first; or give the goods to"
                " come another code"
            )


def is_remapped(conn: DatabaseConnection, site: Configuration, tables: Tables) -> bool:
    """Tell whether the stock, if there is any, was brought in line with these rows and terms."""
    query = select(sequences.c.last).where(sequences.c.name == _MARK)
    if conn.execute(query).scalar() == _mark(site, tables):
        return True
    return conn.execute(select(stock_lots.c.id).limit(1)).first() is None


def _mark(site: Configuration, tables: Tables) -> int:
    """Return a number that stands for what says what a product is, and when it is on sale."""
    whole = hashlib.sha256()
    terms = [
        f"{each.name} {each.selling.confirms_stock} {each.selling.sells_without_pack}\n"
        for each in site.partner
    ]
    for content in (*(tables.files.get(name, b"") for name in FILES), "".join(terms).encode()):
        whole.update(len(content).to_bytes(8, "big") + content)
    return int.from_bytes(whole.digest()[:7], "big")


def _note(conn: DatabaseConnection, site: Configuration, tables: Tables) -> None:
    mark = _mark(site, tables)
    changed = update(sequences).where(sequences.c.name == _MARK).values(last=mark)
    if conn.execute(changed).rowcount == 0:
        conn.execute(insert(sequences).values(name=_MARK, last=mark))


def remap_lots(desk: Desk) -> int:
    """Bring the stock in line with the tables of `desk`; return how many lots changed."""
    desk.write_stock()
    changed, vendors, sold = 0, set(), []
    for row, now in list(changed_lots(desk.post.conn, desk.tables, desk.today)):
        if desk.partner(row.vendor) is None:
            continue
        if row.bought > ZERO:
            sold.append((row, now))
            continue
        _remap(desk, row, now)
        vendors.add(row.vendor)
        changed += 1
    _hold_sold(desk, sold)
    for name in sorted(vendors):
        settle_vendor(desk, name)
    _note(desk.post.conn, desk.site, desk.tables)
    return changed


def _remap(desk: Desk, row: LotRow, now: str | None) -> None:
    values: dict[str, object] = {"product": now}
    values["is_confirmed"] = is_on_sale(row, values, desk)
    check_offer(row.source_code or row.source_key, row._asdict(), values, desk.today)
    desk.post.conn.execute(
        update(stock_lots)
        .where(stock_lots.c.id == row.id)
        .values(**values, change=desk.change_of(row.vendor), updated_at=desk.post.at)
    )
    if now is None:
        code = Unmapped(
            *(Kind.PRODUCTS, row.vendor, row.vendor, row.source_code, row.description),
            line=None,
            where="stock",
        )
        hold(desk.post, unmapped_lot(code, row.id), arrival_id=row.arrival_id, document_id=None)


def _hold_sold(desk: Desk, sold: list[tuple[LotRow, str | None]]) -> None:
    """Let a hold stand for each lot that is sold as something else; end those that are over."""
    conn = desk.post.conn
    waiting = {h.lot_id: h for h in hold_book.open_holds(conn, [HoldKind.REMAPPED])}
    for row, now in sold:
        new = remapped(conn, _sold_as(row, now), row.vendor)
        before = waiting.pop(row.id, None)
        if before is not None and before.message == new.message:
            continue
        if before is not None:
            hold_book.end(conn, [before.id], HoldState.SUPERSEDED)
        hold(desk.post, new, arrival_id=row.arrival_id, document_id=None)
    hold_book.end(conn, [each.id for each in waiting.values()], HoldState.RELEASED)


def vendors_staging(desk: Desk) -> set[str]:
    """Return the vendors that holds on staged lots stand for."""
    found = hold_book.open_holds(desk.post.conn, STAGING)
    return {each.partner for each in found if each.lot_id is not None}


def _sold_as(row: LotRow, now: str | None) -> SoldAs:
    words = row.source_code or row.description or row.product
    return SoldAs(row.id, str(words), row.product, now)
