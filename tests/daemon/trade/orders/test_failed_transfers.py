"""An order whose file can't be delivered, or that a person vouches for (domain 13, decision 10)."""

from __future__ import annotations

from sqlalchemy import select

from daemon.ledger import schema
from tests.daemon.pipeline.test_acknowledged import REFUSED, acknowledgement, numbers, ordered
from tests.daemon.sites import Desktop
from tests.daemon.trade.answering import publish
from tests.daemon.trade.cart_files import notices
from tests.daemon.trade.direct import order_csv


def transfer(site: Desktop) -> str:
    (order,) = site.orders()
    return str(order.transfer)


def test_order_is_failed_while_something_stands_at_its_name(site: Desktop) -> None:
    publish(site, 9)
    out = schema.outgoing.c
    newest = max(row.id for row in site.rows(select(out.id)))
    # Whatever number the order's files get, the vendor's own files are there already.
    taken = [
        site.root / "outbox" / "florsol" / f"{kind}-T-1-{number:08}.{extension}"
        for kind, extension in (("850", "edi"), ("order", "csv"))
        for number in range(newest, newest + 12)
    ]
    for path in taken:
        path.write_bytes(b"theirs")
    told = site.send("bloom", "po.csv", order_csv("T-1", ship_via="warehouse"))
    assert transfer(site) == "failed"
    (reason,) = [row.transfer_reason for row in site.orders()]
    assert "something of the vendor's own stands at the name" in reason
    assert [notice["code"] for _, notice in notices(told)] == ["transfer.failed"]

    for path in taken:
        path.unlink()
    assert [notice["code"] for _, notice in notices(site.run())] == ["transfer.reached"]
    assert transfer(site) == "transferred"
    assert [row.transfer_reason for row in site.orders()] == [None]


def test_persons_word_that_an_order_is_there_ends_its_failure(site: Desktop) -> None:
    group = numbers(ordered(site))[1]
    site.send("florsol", "no.edi", acknowledgement(group, *REFUSED))
    assert transfer(site) == "failed"
    (hold,) = site.holds()
    site.release(hold.id)
    assert transfer(site) == "transferred"
