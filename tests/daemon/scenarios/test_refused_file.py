"""A vendor refuses an order's file; the table is mended, the order sent again, and accepted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from tests.daemon.pipeline.test_acknowledged import (
    ACCEPTED,
    REFUSED,
    WAITING,
    acknowledgement,
    numbers,
    ordered,
)
from tests.daemon.sites import Desktop, desktop, kinds


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=WAITING, ledger_url=ledger_url) as opened:
        yield opened


def said(site: Desktop) -> list[tuple[str, str | None]]:
    """Return what became of each 850, oldest first."""
    table = schema.outgoing.c
    query = select(table.name, table.acknowledgement).where(table.kind == "850").order_by(table.id)
    return [(row.name, row.acknowledgement) for row in site.rows(query)]


def test_refused_order_is_mended_sent_again_and_accepted(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ordered(site)
    site.send("florsol", "no.edi", acknowledgement(numbers(first)[1], *REFUSED))
    ((name, state),) = said(site)
    assert state == "rejected"

    capsys.readouterr()
    words = ["--site", str(site.root)]
    assert cli.main(["holds", *words]) == 0
    shown = capsys.readouterr().out
    assert "refused" in shown and f"k2kd resend {name}" in shown
    assert cli.main(["status", *words]) == 0
    assert "1 open hold (1 refused)" in capsys.readouterr().out

    assert cli.main(["resend", name, *words]) == 0
    assert "written anew" in capsys.readouterr().out
    files = {each: body for each, body in site.run().items() if each.startswith("florsol/850")}
    ((_, second),) = files.items()
    assert numbers(second) != numbers(first)
    assert site.holds() == []

    site.send("florsol", "yes.edi", acknowledgement(numbers(second)[1], *ACCEPTED, control=2))
    assert [state for _, state in said(site)] == ["rejected", "accepted"]
    assert [order.state for order in site.orders()] == ["approved"]
    assert cli.main(["outbox", "--partner", "florsol", *words]) == 0
    assert "accepted" in capsys.readouterr().out


def test_acknowledgement_of_nothing_is_shown(
    site: Desktop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert site.send("florsol", "odd.edi", acknowledgement("77", *ACCEPTED)) == {}
    capsys.readouterr()
    arrival = site.arrivals()[-1].id
    assert cli.main(["show", str(arrival), "--site", str(site.root)]) == 0
    shown = capsys.readouterr().out
    assert "acknowledgement.unmatched" in shown and "group 77" in shown
    assert kinds(site.run()) == []
