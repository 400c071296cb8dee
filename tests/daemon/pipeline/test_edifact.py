"""EDIFACT through folders: orders posted and answered, repeated, in conflict, refused, sent on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon import config
from daemon.errors import SiteError
from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from formats.edifact.reader import read
from formats.records import PurchaseOrder
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability
from tests.daemon.pipeline.edifact_orders import BLOOM, FLORSOL, SITE, network, order
from tests.daemon.sites import Desktop
from tests.daemon.today import day


@pytest.fixture(autouse=True)
def _stock(site: Desktop) -> None:
    site.reconfigure(network())
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))


def answers(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return what went to bloom in answer, by the kind of file."""
    return {
        name.removeprefix("bloom/").partition("-")[0]: body
        for name, body in files.items()
        if name.startswith("bloom/") and "/846" not in name
    }


def uci(files: dict[str, bytes]) -> str:
    """Return what the CONTRL says below its UNH, in one line."""
    text = answers(files)["CONTRL"].decode().replace("'\n", " ")
    found = re.search(r"UCI\+.*? (?=UNT)", text)
    assert found, text
    return found[0].strip()


ACCEPTED = f"UCI+5001+{BLOOM}:14+{FLORSOL}:14+7"
REFUSED = f"UCI+5001+{BLOOM}:14+{FLORSOL}:14+4"


def test_an_order_is_posted_acknowledged_and_answered(site: Desktop) -> None:
    files = site.send("bloom", "order.edi", order())
    assert uci(files) == ACCEPTED
    assert sorted(answers(files)) == ["CONTRL", "order"]
    assert b"accepted" in answers(files)["order"].lower()
    assert site.states()[-1] == "posted"
    assert site.lots()["ROS-EXP-60"][1] == 300


def test_contrl_comes_from_whom_the_order_was_sent_to_and_is_numbered(site: Desktop) -> None:
    for number in (1, 2):
        files = site.send("bloom", f"{number}.edi", order(f"PO-{number}", f"500{number}"))
        head = answers(files)["CONTRL"].split(b"\n")[1].decode()
        assert head.startswith(f"UNB+UNOC:3+{FLORSOL}:14+{BLOOM}:14+")
        assert head.endswith(f"+{number}'")


def test_the_same_bytes_are_answered_with_the_same_bytes(site: Desktop) -> None:
    first = answers(site.send("bloom", "a.edi", order()))
    again = answers(site.send("bloom", "b.edi", order()))
    assert again == first
    assert site.states()[-2:] == ["posted", "duplicate"]
    assert site.lots()["ROS-EXP-60"][1] == 300


def test_an_interchange_that_comes_again_in_another_file_changes_nothing(site: Desktop) -> None:
    first = answers(site.send("bloom", "a.edi", order()))
    again = answers(site.send("bloom", "b.edi", b"\n\n" + order()))
    assert again == first
    assert site.states()[-1] == "duplicate"
    assert site.lots()["ROS-EXP-60"][1] == 300


def test_a_reference_used_with_other_bytes_is_held_and_refused_as_a_duplicate(
    site: Desktop,
) -> None:
    site.send("bloom", "a.edi", order())
    files = site.send("bloom", "b.edi", order("PO-2", boxes=2))
    assert uci(files) == f"{REFUSED}+26"
    assert [each.kind for each in site.holds()] == [HoldKind.CONTROL_NUMBER]
    assert site.states()[-1] == "held"
    assert site.lots()["ROS-EXP-60"][1] == 300


def test_application_reference_and_test_tell_interchanges_apart(site: Desktop) -> None:
    site.send("bloom", "a.edi", order())
    assert uci(site.send("bloom", "b.edi", order("PO-2", rest="++OTHER"))) == ACCEPTED
    assert uci(site.send("bloom", "c.edi", order("PO-3", rest="++++++1"))) == ACCEPTED
    assert site.states()[-3:] == ["posted"] * 3


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (order(to="999"), f"UCI+5001+{BLOOM}:14+999:14+4+7+UNB+4"),
        (order(sender="999"), f"UCI+5001+999:14+{FLORSOL}:14+4+23+UNB+3"),
        (order(unz="1"), f"{REFUSED}+28+UNZ+3"),
        (order()[:-12], f"{REFUSED}+13+UNZ"),
        (
            order().replace(b"UNT+11", b"UNT+12"),
            f"{ACCEPTED} UCM+1+ORDERS:D:96A:UN:EAN008+4+29+UNT+2",
        ),
    ],
    ids=["recipient", "sender", "reference", "cut short", "count"],
)
def test_what_is_wrong_is_answered_with_its_code_and_posts_nothing(
    site: Desktop, data: bytes, expected: str
) -> None:
    files = site.send("bloom", "order.edi", data)
    assert uci(files) == expected
    assert site.states()[-1] == "quarantined"
    assert site.arrivals()[-1].reason_code != "edifact.interchange_rejected"
    assert site.lots()["ROS-EXP-60"][1] == 0


def test_refused_interchange_may_come_again_under_its_reference(site: Desktop) -> None:
    site.send("bloom", "a.edi", order().replace(b"UNZ+1", b"UNZ+2"))
    assert uci(site.send("bloom", "b.edi", order())) == ACCEPTED


def test_what_was_agreed_is_only_warned_of(site: Desktop) -> None:
    site.reconfigure(network(bloom=', warns = ["29"]'))
    files = site.send("bloom", "order.edi", order().replace(b"UNT+11", b"UNT+12"))
    assert uci(files) == ACCEPTED
    assert site.states()[-1] == "posted"


@pytest.mark.parametrize(
    ("wish", "asks", "is_told"),
    [
        ("always", "", True),
        ("asked", "", False),
        ("asked", "++++1", True),
        ("none", "++++1", False),
    ],
)
def test_a_partner_may_want_contrl_only_when_it_asks(
    site: Desktop, wish: str, asks: str, is_told: bool
) -> None:
    site.reconfigure(network(bloom=f', contrl = "{wish}"'))
    files = site.send("bloom", "order.edi", order(rest=asks))
    assert ("CONTRL" in answers(files)) is is_told
    assert "order" in answers(files)


def test_a_partner_that_asks_hears_of_what_is_refused_all_the_same(site: Desktop) -> None:
    site.reconfigure(network(bloom=', contrl = "asked"'))
    assert uci(site.send("bloom", "order.edi", order(unz="1"))) == f"{REFUSED}+28+UNZ+3"


def test_a_file_without_an_interchange_is_quarantined(site: Desktop) -> None:
    site.send("bloom", "order.edi", b"UNA:+.? 'UNH+1+ORDERS:D:96A:UN'")
    assert site.states()[-1] == "quarantined"
    assert site.arrivals()[-1].reason_code == "edifact.no_interchange"


def test_a_vendor_gets_its_orders_as_edifact(site: Desktop) -> None:
    text = network(florsol=', release = "01B", association = "EAN010", syntax = "UNOB"')
    site.reconfigure(
        text.replace('receives_orders = ["x12", "csv"]', 'receives_orders = ["edifact"]')
    )
    files = site.send("bloom", "order.edi", order())
    (body,) = [body for name, body in files.items() if name.startswith("florsol/ORDERS-PO-1-")]
    lines = body.decode().splitlines()
    assert lines[1].startswith(f"UNB+UNOB:3+{SITE}:14+{FLORSOL}:14+")
    assert lines[2] == "UNH+1+ORDERS:D:01B:UN:EAN010'"
    (document,) = read(body).documents()
    assert document.findings == ()
    record = document.record
    assert isinstance(record, PurchaseOrder)
    assert (record.number, record.buyer.code, record.vendor.code) == ("PO-1", BLOOM, FLORSOL)
    assert [(str(line.quantity), line.unit) for line in record.lines] == [("1", "BX")]


def sent_to_vendor(site: Desktop) -> str:
    """Let florsol get an order as ORDERS, and return the name of the file."""
    text = network().replace(
        'receives_orders = ["x12", "csv"]',
        'receives_orders = ["edifact"]\nexpects_acknowledgement = "2h"',
    )
    site.reconfigure(text)
    files = site.send("bloom", "order.edi", order())
    (name,) = [name for name in files if name.startswith("florsol/ORDERS-")]
    return name.removeprefix("florsol/")


def contrl(*said: str, control: str = "900") -> bytes:
    """Return what florsol says of file 1 of ours."""
    lines = [
        f"UNB+UNOC:3+{FLORSOL}:14+{SITE}:14+{day():%y%m%d}:0930+{control}",
        "UNH+1+CONTRL:D:3:UN",
        *said,
        f"UNT+{len(said) + 2}+1",
        f"UNZ+1+{control}",
    ]
    return "".join(f"{each}'" for each in lines).encode()


PAIR = f"UCI+1+{SITE}:14+{FLORSOL}:14"


def test_contrl_of_a_vendor_is_noted_and_answered_by_nobody(site: Desktop) -> None:
    name = sent_to_vendor(site)
    assert acknowledgement_of(site, name) == "expected"
    assert site.send("florsol", "ack.edi", contrl(f"{PAIR}+7")) == {}
    assert acknowledgement_of(site, name) == "accepted"
    assert (site.states()[-1], site.holds()) == ("posted", [])


def test_contrl_that_says_only_that_a_file_is_there_leaves_it_expected(site: Desktop) -> None:
    name = sent_to_vendor(site)
    assert site.send("florsol", "received.edi", contrl(f"{PAIR}+8")) == {}
    assert acknowledgement_of(site, name) == "expected"
    assert (site.states()[-1], site.holds()) == ("posted", [])
    later = contrl(f"{PAIR}+8", "UCM+1+ORDERS:D:96A:UN+7", control="901")
    site.send("florsol", "ack.edi", later)
    assert acknowledgement_of(site, name) == "accepted"


def test_contrl_that_refuses_an_order_holds_its_file(site: Desktop) -> None:
    name = sent_to_vendor(site)
    said = (f"{PAIR}+7", "UCM+1+ORDERS:D:96A:UN+4", "UCS+9", "UCD+12+2:2")
    site.send("florsol", "ack.edi", contrl(*said))
    assert acknowledgement_of(site, name) == "rejected"
    (held,) = site.holds()
    assert held.kind is HoldKind.REFUSED
    assert "ORDERS 1: element 01-2 (segment 9): invalid value" in held.message


def test_contrl_of_nothing_that_was_sent_is_refused_and_not_answered(site: Desktop) -> None:
    sent_to_vendor(site)
    files = site.send("florsol", "ack.edi", contrl(f"UCI+77+{SITE}:14+{FLORSOL}:14+7"))
    assert not [name for name in files if "CONTRL" in name]
    assert site.states()[-1] == "quarantined"


def acknowledgement_of(site: Desktop, name: str) -> str:
    query = select(schema.outgoing.c.acknowledgement).where(schema.outgoing.c.name == name)
    return str(site.rows(query)[0].acknowledgement)


@pytest.mark.parametrize("text", [NETWORK, network().replace(f'edifact = {{ id = "{SITE}" }}', "")])
def test_a_vendor_that_wants_edifact_needs_identities(tmp_path: Path, text: str) -> None:
    wants = text.replace('receives_orders = ["x12", "csv"]', 'receives_orders = ["edifact"]')
    (tmp_path / "k2kd.toml").write_text(wants)
    with pytest.raises(SiteError, match=r"edifact section"):
        config.load(tmp_path)


def test_two_partners_cannot_share_an_identity(tmp_path: Path) -> None:
    (tmp_path / "k2kd.toml").write_text(network().replace(FLORSOL, BLOOM))
    with pytest.raises(SiteError, match=r"share the EDIFACT identity 5412345000013:14"):
        config.load(tmp_path)
