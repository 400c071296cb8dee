"""Loads and truck lines, through files: offered with a bill, answered, followed, invoiced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from formats.hauling import LoadTender
from formats.x12.reader import read
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, desktop, kinds
from tests.daemon.today import day
from tests.daemon.trade.answering import confirmation
from tests.daemon.trade.direct import DIRECT, HOME, order_csv, publish
from tests.daemon.trade.goods_files import coded, ship

LINE = """
[[partner]]
name = "sunline"
title = "Sunline Truck Lines"
roles = ["carrier"]
x12 = { id = "SUNL" }

[partner.hauling]
carriers = ["TRUCK2"]
scac = "SUNL"
tenders = "204"
accounts = { RL01 = "R-501" }

[[partner]]
name = "coastal"
roles = ["carrier"]
x12 = { id = "COAS" }
"""
NETWORK = DIRECT.replace("[[connection]]", LINE + "\n[[connection]]", 1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=NETWORK) as opened:
        publish(opened)
        opened.send("bloom", "1.csv", order_csv("1", boxes=2, **HOME))
        yield opened


def offered(site: Desktop) -> dict[str, bytes]:
    """Print the bills of the day, and return what the truck line gets."""
    assert cli.main(["papers", "bol", "--site", str(site.root), "--date", f"{day(2)}"]) == 0
    return {name: body for name, body in site.run().items() if name.startswith("sunline/")}


def load_of(files: dict[str, bytes]) -> LoadTender:
    (body,) = files.values()
    (document,) = read(body).documents()
    assert document.findings == ()
    assert isinstance(document.record, LoadTender)
    return document.record


def said(kind: str, *body: str, control: int, sender: str = "SUNL", usage: str = "P") -> bytes:
    group = {"990": "GF", "214": "QM", "210": "IM"}[kind]
    return interchange(
        [list(body)],
        control=control,
        sender=sender,
        receiver="K2KNET",
        usage=usage,
        group=group,
        kind=kind,
    )


def status(*body: str, number: str = "", control: int = 1, **more: str) -> bytes:
    head = f"B10*PRO-551*{number}*SUNL"
    return said("214", head, "LX*1", *body, control=control, **more)


def shipments(site: Desktop) -> list[tuple[str | None, str | None]]:
    table = schema.shipments.c
    query = select(table.haul_status, table.haul_status_at).order_by(table.id)
    return [(row.haul_status, row.haul_status_at) for row in site.rows(query)]


def hauls(site: Desktop) -> list[tuple[str, str]]:
    move = schema.moves.c
    rows = site.rows(select(move.after, move.cause).where(move.entity == "haul"))
    return [(row.after, row.cause) for row in rows]


def document(site: Desktop) -> Any:
    return site.rows(select(schema.documents).order_by(schema.documents.c.id.desc()).limit(1))[0]


def findings(site: Desktop) -> list[str]:
    return [row.code for row in site.rows(select(schema.findings.c.code))]


def shipped(site: Desktop) -> None:
    site.send("florsol", "yes.csv", confirmation(",accepted", number="1"))
    ship(site, *coded("PT1", "PT2"))
    assert len(shipments(site)) == 1


def test_a_bill_offers_its_load_to_the_truck_line(site: Desktop) -> None:
    files = offered(site)
    (name,) = files
    load = load_of(files)
    assert name.startswith(f"sunline/204-{load.number}-")
    assert (load.carrier, load.purpose, load.boxes) == ("SUNL", "new", 2)
    assert [(each.qualifier, each.value) for each in load.references] == [
        ("BM", load.number),
        ("11", "R-501"),
    ]
    pick_up, drop = load.stops
    assert (pick_up.earliest, pick_up.references[0].value) == (day(2), "1")
    assert (drop.place.name, drop.place.city) == ("Rose Lane Florist", "Atlanta")


def test_a_bill_printed_again_replaces_the_offer(site: Desktop) -> None:
    first = load_of(offered(site))
    second = load_of(offered(site))
    assert (second.number, second.purpose) == (first.number, "replace")


def test_a_truck_line_that_wants_no_offer_gets_none(tmp_path: Path) -> None:
    network = NETWORK.replace('tenders = "204"', 'tenders = "none"')
    with desktop(tmp_path / "site", network=network) as site:
        publish(site)
        site.send("bloom", "1.csv", order_csv("1", **HOME))
        assert offered(site) == {}


def test_a_load_that_is_accepted_is_noted(site: Desktop) -> None:
    load = load_of(offered(site))
    files = site.send("sunline", "990.edi", said("990", f"B1*SUNL*{load.number}**A", control=1))
    assert kinds(files) == ["sunline/997-000000001"]
    out = schema.outgoing.c
    (row,) = site.rows(select(out.acknowledgement).where(out.kind == "204"))
    assert row.acknowledgement == "accepted"
    assert (document(site).kind, document(site).number) == ("tender_answer", load.number)
    assert site.holds() == []


@pytest.mark.parametrize(("code", "word"), [("D", "declined"), ("B", "answered 'B' to")])
def test_a_load_that_is_not_taken_is_a_hold(site: Desktop, code: str, word: str) -> None:
    load = load_of(offered(site))
    answer = said("990", f"B1*SUNL*{load.number}**{code}", "K1*NO TRUCK", control=1)
    site.send("sunline", "990.edi", answer)
    (hold,) = site.holds()
    assert hold.kind is HoldKind.REFUSED
    assert f"sunline {word} load {load.number}: NO TRUCK" in hold.message


def test_an_answer_to_no_offer_is_a_finding(site: Desktop) -> None:
    site.send("sunline", "990.edi", said("990", "B1*SUNL*BOL9**A", control=1))
    assert "hauling.unmatched" in findings(site)
    assert document(site).state == "posted"


def test_a_status_is_noted_at_the_goods_of_the_bill(site: Desktop) -> None:
    load = load_of(offered(site))
    shipped(site)
    events = (
        *("AT7*AF*NS***20261124*1815*LT", "MS1*DORAL*FL"),
        *("AT7*D1*NS***20261126*0640*LT", "MS1*ATLANTA*GA"),
    )
    site.send("sunline", "214.edi", status(*events, number=load.number))
    assert shipments(site) == [("delivered", "2026-11-26 06:40")]
    assert hauls(site) == [("delivered", "sunline PRO-551: D1 2026-11-26 06:40, ATLANTA")]
    assert document(site).record is not None


@pytest.mark.parametrize("reference", ["L11*1*PO", "L11*02081140743*AW", "L11*020-8114 0743*AW"])
def test_goods_are_known_by_order_and_by_air_waybill(site: Desktop, reference: str) -> None:
    shipped(site)
    site.send("sunline", "214.edi", status("AT7*AF*NS***20261124*1815", reference))
    assert shipments(site) == [("picked up", "2026-11-24 18:15")]


def test_what_happened_before_changes_nothing(site: Desktop) -> None:
    shipped(site)
    site.send("sunline", "1.edi", status("AT7*D1*NS***20261126*0640", "L11*1*PO"))
    site.send("sunline", "2.edi", status("AT7*X6*NS***20261125*0900", "L11*1*PO", control=2))
    assert shipments(site) == [("delivered", "2026-11-26 06:40")]


def test_a_truck_line_speaks_of_its_own_loads_only(site: Desktop) -> None:
    shipped(site)
    theirs = status("AT7*D1*NS***20261126*0640", "L11*1*PO", sender="COAS")
    site.send("coastal", "214.edi", theirs)
    assert shipments(site) == [(None, None)]
    assert "hauling.unmatched" in findings(site)


def test_a_test_says_nothing_of_real_goods(site: Desktop) -> None:
    shipped(site)
    site.send("sunline", "1.edi", status("AT7*D1*NS***20261126*0640", "L11*1*PO", usage="T"))
    assert shipments(site) == [(None, None)]
    assert document(site).kind == "shipment_status"


def test_appointments_and_unknown_codes_are_kept_and_change_nothing(site: Desktop) -> None:
    shipped(site)
    body = status("AT7*I1*NS***20261126*0640", "AT7***AB*NA*20261127*0800", "L11*1*PO")
    site.send("sunline", "1.edi", body)
    assert shipments(site) == [(None, None)]
    assert findings(site) == []


def test_an_invoice_is_kept_for_people(site: Desktop, capsys: pytest.CaptureFixture[str]) -> None:
    body = ["B3**INV-9*BOL0000001*PP**20261127*52950**20261126*035*SUNL", "L3*412*G***52950"]
    files = site.send("sunline", "210.edi", said("210", *body, control=1))
    assert kinds(files) == ["sunline/997-000000001"]
    assert (document(site).kind, document(site).number) == ("freight_invoice", "INV-9")
    capsys.readouterr()
    arrival = site.arrivals()[-1].id
    assert cli.main(["show", str(arrival), "--site", str(site.root)]) == 0
    shown = capsys.readouterr().out
    assert "529.50" in shown and "BOL0000001" in shown
