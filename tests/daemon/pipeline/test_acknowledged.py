"""What partners say of our files, through files: noted, held, or told that it matches nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daemon.errors import UsageError
from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from daemon.pipeline.resend import Resent, resend
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import Desktop, desktop, kinds
from tests.daemon.today import SetClock, day
from tests.daemon.trade.cart_files import MONDAY, at

RED = ("BLM-100", "2", "BX")
STOCK = availability(("Rosa Explorer 60cm", 3000, "Stem"))
WAITING = NETWORK.replace(
    'title = "Andes Blooms"', 'title = "Andes Blooms"\nexpects_acknowledgement = "24h"'
).replace('title = "Florsol Farms"', 'title = "Florsol Farms"\nexpects_acknowledgement = "24h"')


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=WAITING) as opened:
        yield opened


def ordered(site: Desktop, number: str = "10045", control: int = 1) -> bytes:
    """Let bloom order of florsol, and return the 850 that florsol gets."""
    if not site.lots():
        site.send("florsol", "a.csv", STOCK)
    files = site.send("bloom", f"{number}.edi", purchase_order(number, RED, control=control))
    (body,) = [body for name, body in files.items() if name.startswith("florsol/850")]
    return body


def numbers(body: bytes) -> tuple[str, str]:
    """Return ISA13 and GS06 of a file."""
    elements = body.decode().split("*")
    gs = body.decode().split("GS*")[1].split("*")
    return elements[13], gs[5]


def acknowledgement(
    group: str, *body: str, control: int = 1, sender: str = "FLORSOL", receiver: str = "K2KNET"
) -> bytes:
    """Return a 997 about the PO group `group`; `body` stands between AK1 and SE."""
    segments = [
        f"ISA*00*          *00*          *ZZ*{sender:15}*ZZ*{receiver:15}*{day():%y%m%d}*0931*U"
        f"*00401*{control:09}*0*P*>",
        f"GS*FA*{sender}*{receiver}*{day():%Y%m%d}*0931*{control}*X*004010",
        *("ST*997*0001", f"AK1*PO*{group}", *body, f"SE*{len(body) + 3}*0001"),
        *(f"GE*1*{control}", f"IEA*1*{control:09}"),
    ]
    return "".join(f"{each}~\n" for each in segments).encode()


ACCEPTED = ("AK2*850*0001", "AK5*A", "AK9*A*1*1*1")
REFUSED = ("AK2*850*0001", "AK3*PO1*9**8", "AK4*3*355*7*XX", "AK5*R*5", "AK9*R*1*1*0")


def ta1(about: str, code: str = "R*025") -> bytes:
    return (
        f"ISA*00*          *00*          *ZZ*{'FLORSOL':15}*ZZ*{'K2KNET':15}*{day():%y%m%d}*0931*U"
        f"*00401*000000077*0*P*>~\nTA1*{about}*{day():%y%m%d}*0931*{code}~\nIEA*0*000000077~\n"
    ).encode()


def sent(site: Desktop, kind: str = "850") -> list[Any]:
    table = schema.outgoing
    return site.rows(select(table).where(table.c.kind == kind).order_by(table.c.id))


def documents(site: Desktop) -> list[tuple[str, str, str]]:
    table = schema.documents.c
    query = select(table.kind, table.number, table.state).order_by(table.id.desc()).limit(1)
    return [(row.kind, row.number, row.state) for row in site.rows(query)]


def findings(site: Desktop) -> list[str]:
    return [row.code for row in site.rows(select(schema.findings.c.code))]


def test_file_is_waited_for_from_the_start(site: Desktop) -> None:
    body = ordered(site)
    (row,) = sent(site)
    assert (str(row.interchange_control).zfill(9), str(row.group_control)) == numbers(body)
    assert (row.sender, row.acknowledgement) == ("ZZ/K2KNET", "expected")
    assert row.due_at - row.created_at == timedelta(hours=24)


def test_accepted_file_is_noted_and_nothing_answers(site: Desktop) -> None:
    group = numbers(ordered(site))[1]
    assert site.send("florsol", "997.edi", acknowledgement(group, *ACCEPTED)) == {}
    (row,) = sent(site)
    assert (row.acknowledgement, row.due_at) == ("accepted", None)
    assert documents(site) == [("acknowledgement_997", row.name, "posted")]
    assert site.holds() == []
    assert site.states()[-1] == "posted"


def test_refused_file_is_a_hold_with_what_the_partner_said(site: Desktop) -> None:
    group = numbers(ordered(site))[1]
    files = site.send("florsol", "997.edi", acknowledgement(group, *REFUSED))
    # Nothing answers it; but the buyer learns that its order isn't there (domain 13).
    assert kinds(files) == ["bloom/notice-10045"]
    (row,) = sent(site)
    assert row.acknowledgement == "rejected"
    (hold,) = site.holds()
    assert (hold.kind, hold.partner, hold.outgoing_id) == (HoldKind.REFUSED, "florsol", row.id)
    assert "florsol refused it (997): 850 0001: PO103 (segment 9): invalid code [XX]" in (
        hold.message
    )
    assert f"k2kd resend {row.name}" in hold.message
    assert "acknowledgement.refused" in findings(site)
    # The order itself goes on; only its file waits for a person.
    assert site.states()[-1] == "posted"
    assert [order.state for order in site.orders()] == ["approved"]


def test_the_same_refusal_again_is_held_once(site: Desktop) -> None:
    group = numbers(ordered(site))[1]
    site.send("florsol", "1.edi", acknowledgement(group, *REFUSED))
    site.send("florsol", "2.edi", acknowledgement(group, *REFUSED, control=2))
    assert len(site.holds()) == 1


def test_acceptance_after_a_refusal_ends_the_hold(site: Desktop) -> None:
    group = numbers(ordered(site))[1]
    site.send("florsol", "1.edi", acknowledgement(group, *REFUSED))
    site.send("florsol", "2.edi", acknowledgement(group, *ACCEPTED, control=2))
    assert site.holds() == []
    assert sent(site)[0].acknowledgement == "accepted"


def test_rejection_by_ta1_is_a_hold_and_its_acceptance_says_nothing_yet(site: Desktop) -> None:
    control = numbers(ordered(site))[0]
    site.send("florsol", "a.edi", ta1(control, "A*000"))
    assert sent(site)[0].acknowledgement == "expected"
    second = ta1(control).replace(b"000000077", b"000000078")
    assert kinds(site.send("florsol", "b.edi", second)) == ["bloom/notice-10045"]
    (hold,) = site.holds()
    assert "refused it (TA1): ISA: the control number in ISA13 was used before" in hold.message
    assert sent(site)[0].acknowledgement == "rejected"


def test_what_matches_nothing_is_a_finding_that_everyone_sees(site: Desktop) -> None:
    ordered(site)
    assert site.send("florsol", "997.edi", acknowledgement("999", *ACCEPTED)) == {}
    assert documents(site) == [("acknowledgement_997", "0001", "rejected")]
    assert "acknowledgement.unmatched" in findings(site)
    assert site.states()[-1] == "quarantined"
    assert site.arrivals()[-1].reason is not None


def test_another_partner_can_say_nothing_of_a_file(site: Desktop) -> None:
    group = numbers(ordered(site))[1]
    site.send("andes", "997.edi", acknowledgement(group, *REFUSED, sender="ANDESBLM"))
    assert sent(site)[0].acknowledgement == "expected"
    assert site.holds() == []


def test_refusal_counts_where_nothing_was_agreed(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        group = numbers(ordered(site))[1]
        assert sent(site)[0].acknowledgement is None
        site.send("florsol", "997.edi", acknowledgement(group, *REFUSED))
        assert [hold.kind for hold in site.holds()] == [HoldKind.REFUSED]


def test_what_answers_others_is_never_waited_for(site: Desktop) -> None:
    ordered(site)
    assert [row.acknowledgement for row in sent(site, "997")] == [None]
    assert [row.group_control for row in sent(site, "997")] == [None]


def test_our_ids_are_told_apart(site: Desktop) -> None:
    # The 855 to bloom comes from FLORSOL, whom it had addressed; the same numbers from K2KNET are
    # another file.
    ordered(site)
    (row,) = sent(site, "855")
    assert row.sender == "ZZ/FLORSOL"
    body = acknowledgement(str(row.group_control), "AK9*A*1*1*1", sender="BLOOMWHSL", control=9)
    site.send("bloom", "1.edi", body.replace(b"AK1*PO", b"AK1*PR"))
    assert sent(site, "855")[0].acknowledgement is None
    theirs = acknowledgement(
        str(row.group_control), "AK9*A*1*1*1", sender="BLOOMWHSL", receiver="FLORSOL", control=10
    )
    site.send("bloom", "2.edi", theirs.replace(b"AK1*PO", b"AK1*PR"))
    assert sent(site, "855")[0].acknowledgement == "accepted"


# --- 824 -----------------------------------------------------------------------------------------


def advice(verdict: str, group: str, reference: str = "10045") -> bytes:
    body = [
        f"BGN*11*77*{day():%Y%m%d}",
        f"OTI*{verdict}*PO*{reference}*****{group}*{'0001' if group else ''}*850",
        "TED*024*we don't buy this any more",
    ]
    return (
        acknowledgement("1", *body)
        .replace(b"ST*997*", b"ST*824*")
        .replace(b"GS*FA*", b"GS*AG*")
        .replace(b"AK1*PO*1~\n", b"")
        .replace(b"SE*6*", b"SE*5*")
    )


@pytest.mark.parametrize("by_number", [True, False])
def test_advice_that_refuses_a_document_is_a_hold(site: Desktop, *, by_number: bool) -> None:
    group = numbers(ordered(site))[1]
    site.send("florsol", "997.edi", acknowledgement(group, *ACCEPTED, control=5))
    files = site.send("florsol", "824.edi", advice("TR", group if by_number else ""))
    assert kinds(files) == ["bloom/notice-10045", "florsol/997-000000001"]
    (hold,) = site.holds()
    assert "refused it (824): " in hold.message
    assert "we don't buy this any more (code 024)" in hold.message
    assert sent(site)[0].acknowledgement == "rejected"


def test_advice_of_errors_is_noted_and_stops_nothing(site: Desktop) -> None:
    group = numbers(ordered(site))[1]
    site.send("florsol", "824.edi", advice("TE", group))
    assert sent(site)[0].acknowledgement == "accepted with errors"
    assert "acknowledgement.errors" in findings(site)
    assert site.holds() == []


# --- time ----------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> SetClock:
    return SetClock(at(MONDAY, 9))


def delivered(site: Desktop, later: timedelta = timedelta()) -> None:
    """Let every file be delivered that long after it was made: marks carry the real time."""
    table = schema.outgoing
    with site.p.ledger.write() as conn:
        for row in conn.execute(select(table.c.id, table.c.created_at)).all():
            at_once = row.created_at + later
            conn.execute(table.update().where(table.c.id == row.id).values(updated_at=at_once))


def offered(site: Desktop) -> Any:
    """Let a vendor publish, and return the 846 for a buyer, which no arrival of its causes."""
    site.send("andes", "a.csv", availability(("Clavel Rojo Select", 900, "Bunch")))
    (row, *_) = sent(site, "846")
    return row


def test_overdue_file_is_a_hold_and_a_late_acceptance_ends_it(
    tmp_path: Path, clock: SetClock
) -> None:
    network = NETWORK.replace(
        'title = "Bloom Wholesale"', 'title = "Bloom Wholesale"\nexpects_acknowledgement = "2h"'
    )
    with desktop(tmp_path / "site", network=network, clock=clock) as site:
        row = offered(site)
        delivered(site)
        clock.set(row.created_at + timedelta(minutes=119))
        assert site.p.timers.run() == 0
        clock.set(row.created_at + timedelta(minutes=121))
        assert site.p.timers.run() == 1
        (hold,) = site.holds()
        assert (hold.kind, hold.arrival_id) == (HoldKind.NOT_ACKNOWLEDGED, None)
        assert "bloom has not acknowledged it since" in hold.message
        assert sent(site, "846")[0].acknowledgement == "overdue"
        assert site.p.timers.run() == 0
        accepted = acknowledgement(str(row.group_control), "AK9*A*1*1*1", sender="BLOOMWHSL")
        site.send("bloom", "997.edi", accepted.replace(b"AK1*PO", b"AK1*IB"))
        assert site.holds() == []
        assert sent(site, "846")[0].acknowledgement == "accepted"


def test_time_counts_from_the_delivery(tmp_path: Path, clock: SetClock) -> None:
    with desktop(tmp_path / "site", network=WAITING, clock=clock) as site:
        ordered(site)
        (row,) = sent(site)
        late = row.created_at + timedelta(hours=20)
        delivered(site, timedelta(hours=20))
        clock.set(row.created_at + timedelta(hours=25))
        site.p.timers.run()
        assert (sent(site)[0].acknowledgement, site.holds()) == ("expected", [])
        clock.set(late + timedelta(hours=25))
        site.p.timers.run()
        assert [hold.kind for hold in site.holds()] == [HoldKind.NOT_ACKNOWLEDGED]


# --- a person ------------------------------------------------------------------------------------


def again(site: Desktop, name: str, *, keeps_bytes: bool = False) -> Resent:
    return resend(
        *(site.p.ledger, site.site, site.p.tables.current, site.p.today()),
        name=name,
        keeps_bytes=keeps_bytes,
    )


def test_order_is_sent_again_with_the_mended_table(site: Desktop) -> None:
    body = ordered(site)
    site.send("florsol", "997.edi", acknowledgement(numbers(body)[1], *REFUSED))
    (row,) = sent(site)
    table = site.root / "mappings" / "products.csv"
    text = table.read_text()
    theirs = body.decode().split("*VP*")[1].split("*")[0].split("~")[0]
    assert theirs in text
    table.write_text(text.replace(f",{theirs},", f",{theirs}X,"))
    reloaded = site.p.tables.refresh(is_whole=True)
    assert reloaded is not None and reloaded.is_good
    done = again(site, row.name)
    assert (done.partner, done.is_rewritten, done.holds) == ("florsol", True, 1)
    (new,) = [b for name, b in site.run().items() if name.startswith("florsol/850")]
    assert f"*VP*{theirs}X" in new.decode()
    assert numbers(new) != numbers(body)
    assert site.holds() == []
    assert [each.acknowledgement for each in sent(site)] == ["rejected", "expected"]


def test_other_files_get_new_numbers_and_keep_their_content(site: Desktop) -> None:
    ordered(site)
    (row,) = sent(site, "855")
    before = (site.root / "outbox" / "bloom" / row.name).read_bytes()
    assert again(site, row.name).is_rewritten is False
    (after,) = site.run().values()
    assert numbers(after) != numbers(before)
    assert after.split(b"ST*")[1].split(b"GE*")[0] == before.split(b"ST*")[1].split(b"GE*")[0]
    again(site, row.name, keeps_bytes=True)
    (same,) = site.run().values()
    assert same == before


def test_hold_on_a_file_is_released_by_a_person_and_never_rejected(site: Desktop) -> None:
    group = numbers(ordered(site))[1]
    site.send("florsol", "997.edi", acknowledgement(group, *REFUSED))
    (hold,) = site.holds()
    with pytest.raises(UsageError, match="nobody to refuse"):
        site.reject(hold.id, "no")
    site.release(hold.id)
    assert site.holds() == []


def test_file_that_was_never_sent_can_not_be_sent_again(site: Desktop) -> None:
    with pytest.raises(UsageError, match="k2kd outbox"):
        again(site, "850-1-00000001.edi")


def test_moments_are_of_one_zone(site: Desktop) -> None:
    ordered(site)
    assert isinstance(sent(site)[0].due_at, datetime)
    assert sent(site)[0].due_at.tzinfo is not None
