"""Arrivals are recorded once, worked on in order, and end only as the table of states allows."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from daemon import VERSION
from daemon.errors import UsageError
from daemon.ledger import arrivals, schema
from daemon.ledger.arrivals import Arrival, Ending
from daemon.ledger.claims import Claim, Refusal
from daemon.ledger.holds import HoldKind, NewHold, end, hold, open_holds
from daemon.ledger.outgoing import undelivered
from daemon.ledger.posting import posting
from daemon.ledger.states import ARRIVAL, ORDER, ArrivalState, HoldState, OrderState, sources
from daemon.ledger.store import Ledger
from tests.daemon.ledger.books import add_arrival, add_arrivals, book, claim, identity


def get(ledger: Ledger, arrival_id: int) -> Arrival:
    with ledger.read() as conn:
        return arrivals.get(conn, arrival_id)


def state(ledger: Ledger, arrival_id: int) -> str:
    query = select(schema.arrivals.c.state).where(schema.arrivals.c.id == arrival_id)
    with ledger.read() as conn:
        return str(conn.execute(query).scalar_one())


def next_batch(ledger: Ledger, *, limit: int = 10, max_bytes: int = 1000) -> list[int]:
    with ledger.read() as conn:
        found = arrivals.claimed(conn, "bloom", limit=limit, max_bytes=max_bytes)
    return [arrival.id for arrival in found]


def test_a_claim_that_is_made_again_after_a_crash_is_the_same_arrival(ledger: Ledger) -> None:
    first = add_arrivals(ledger, [claim(b"a"), claim(b"b", ino=2)])
    again = add_arrivals(ledger, [claim(b"b", ino=2), claim(b"c", ino=3), claim(b"a")])
    assert list(first) == [1, 2]
    assert list(again) == [2, 3, 1]
    assert book(ledger).unposted() == 3


@pytest.mark.parametrize(
    "other",
    [
        claim(b"a", ctime_ns=2),
        claim(b"a", ino=2),
        claim(b"a", name=b"other.edi"),
        claim(b"a", partner="tulipan"),
        claim(b"b"),
    ],
)
def test_a_file_that_came_another_time_or_way_is_another_arrival(
    ledger: Ledger, other: Claim
) -> None:
    assert list(add_arrivals(ledger, [claim(b"a"), other])) == [1, 2]


def test_a_name_that_is_no_text_is_kept_byte_for_byte(ledger: Ledger) -> None:
    name = b"po\xff\n-rf \xc3\x28.edi"
    (key,) = add_arrivals(ledger, [claim(name=name)])
    assert get(ledger, key).name == name


def test_all_claims_of_a_pass_are_recorded_or_none(ledger: Ledger) -> None:
    wrong = claim(b"b")
    wrong = replace(wrong, identity=replace(wrong.identity, size=2**70))
    with pytest.raises(Exception, match=r"(?i)too large|out of range|integer"):
        add_arrivals(ledger, [claim(), wrong])
    assert book(ledger).unposted() == 0


def test_a_file_from_beyond_the_year_2262_is_taken_once(ledger: Ledger) -> None:
    far = claim(ino=2**63 + 5, ctime_ns=2**63 + 7)
    far = replace(far, identity=replace(far.identity, mtime_ns=2**63 + 9))
    assert add_arrivals(ledger, [far]) == add_arrivals(ledger, [far])


def test_a_thousand_claims_are_found_again(ledger: Ledger) -> None:
    many = [claim(b"%d" % n, ino=n) for n in range(1200)]
    assert list(add_arrivals(ledger, many)) == list(add_arrivals(ledger, many))
    assert book(ledger).unposted() == 1200


def test_spool_files_that_arrivals_need_are_named(ledger: Ledger) -> None:
    add_arrivals(ledger, [claim(b"a"), claim(b"b", ino=2, spool="00ff")])
    assert book(ledger).known_spool() == {"00ff"}


def test_a_refusal_is_answered_once_for_as_long_as_the_thing_lies_there(ledger: Ledger) -> None:
    refusal = Refusal("bloom", b"x\xff", identity(), "symlink", "a link; send a file")
    assert [book(ledger).refuse(refusal) for _ in range(2)] == [True, False]
    changed = Refusal("bloom", b"x\xff", identity(ctime_ns=2), "symlink", "a link; send a file")
    assert book(ledger).refuse(changed) is True
    with ledger.read() as conn:
        sent = undelivered(conn, limit=10)
    assert [row.partner for row in sent] == ["bloom", "bloom"]
    assert b"a link; send a file" in sent[0].body


def test_a_batch_is_in_order_and_ends_at_its_limits(ledger: Ledger) -> None:
    add_arrivals(ledger, [claim(b"%03d" % n * 100, ino=n) for n in range(6)])
    assert next_batch(ledger, limit=4) == [1, 2, 3]
    assert next_batch(ledger, limit=2) == [1, 2]
    assert next_batch(ledger, max_bytes=1) == [1]


def test_a_file_that_was_tried_before_comes_alone(ledger: Ledger) -> None:
    add_arrivals(ledger, [claim(b"%d" % n, ino=n) for n in range(5)])
    arrivals.count_attempt(ledger, [3])
    assert next_batch(ledger) == [1, 2]
    arrivals.count_attempt(ledger, [1])
    assert next_batch(ledger) == [1]
    assert get(ledger, 3).attempts == 1


def test_two_copies_are_never_worked_on_together(ledger: Ledger) -> None:
    add_arrivals(ledger, [claim(b"a"), claim(b"b", ino=2), claim(b"a", ino=3)])
    assert next_batch(ledger) == [1, 2]


def test_partners_with_work_are_named_the_longest_waiting_first(ledger: Ledger) -> None:
    add_arrivals(
        ledger,
        [claim(partner="tulipan"), claim(partner="bloom"), claim(b"b", partner="tulipan", ino=2)],
    )
    with ledger.read() as conn:
        assert arrivals.partners_with_work(conn) == ["tulipan", "bloom"]


def test_an_arrival_moves_only_as_the_table_of_states_allows(ledger: Ledger) -> None:
    key = add_arrival(ledger)
    for before, after in itertools.product(ArrivalState, ArrivalState):
        with ledger.write() as conn:
            conn.execute(schema.arrivals.update().values(state=before.value))
        if after in ARRIVAL[before]:
            with ledger.write() as conn:
                arrivals.finish(conn, key, after, code="c", reason="r")
            assert state(ledger, key) == after.value
            continue
        with (
            pytest.raises(UsageError, match=f"arrival {key} is {before.value}.*not {after.value}"),
            ledger.write() as conn,
        ):
            arrivals.finish(conn, key, after)
        assert state(ledger, key) == before.value


def test_an_arrival_that_does_not_exist_can_not_end(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match=r"no arrival 7.*k2kd files"), ledger.write() as conn:
        arrivals.finish(conn, 7, ArrivalState.POSTED)


def test_an_ending_is_recorded_with_the_tables_and_the_program_that_made_it(ledger: Ledger) -> None:
    key = add_arrival(ledger)
    ending = Ending(
        get(ledger, key), ArrivalState.QUARANTINED, code="x12.x", reason="y", form="x12"
    )
    with posting(ledger) as post:
        arrivals.finish_all(post.conn, [ending], mapping_hash="ab" * 32)
        # It ended: a second ending of the same work changes nothing.
        arrivals.finish_all(
            post.conn, [Ending(ending.arrival, ArrivalState.POSTED)], mapping_hash="cd" * 32
        )
    with ledger.read() as conn:
        row = conn.execute(select(schema.arrivals)).one()
    assert (row.state, row.reason_code, row.reason, row.format) == (
        "quarantined",
        "x12.x",
        "y",
        "x12",
    )
    assert (row.mapping_hash, row.version) == ("ab" * 32, VERSION)


def test_only_an_answered_copy_counts_as_the_original(ledger: Ledger) -> None:
    add_arrivals(ledger, [claim(b"a", ino=n) for n in range(3)])
    third = get(ledger, 3)
    endings = {ArrivalState.QUARANTINED: None, ArrivalState.HELD: 1, ArrivalState.POSTED: 1}
    for ended, original in endings.items():
        with ledger.write() as conn:
            conn.execute(
                schema.arrivals.update().values(state=ended.value).where(schema.arrivals.c.id == 1)
            )
        with posting(ledger) as post:
            day_ago, later = post.at - timedelta(days=1), post.at + timedelta(days=1)
            assert arrivals.earlier_copies(post, [third], since=day_ago).get(3) == original
            assert arrivals.earlier_copies(post, [third], since=later) == {}
    other = get(ledger, add_arrival(ledger, b"a", partner="tulipan"))
    with posting(ledger) as post:
        assert arrivals.earlier_copies(post, [other], since=post.at - timedelta(days=1)) == {}


def test_a_held_arrival_is_posted_once_its_last_hold_ends(ledger: Ledger) -> None:
    key = add_arrival(ledger)
    with posting(ledger) as post:
        for _ in range(2):
            hold(post, NewHold(HoldKind.NO_PACK, "bloom", "why"), arrival_id=key, document_id=None)
        arrivals.finish(post.conn, key, ArrivalState.HELD)
    for settled in (False, True):
        with ledger.write() as conn:
            first = open_holds(conn)[0]
            end(conn, [first.id], HoldState.RELEASED)
            assert bool(arrivals.settle_all(conn)) is settled
    assert state(ledger, key) == "posted"


def test_a_hold_that_ended_stays_as_it_ended(ledger: Ledger) -> None:
    key = add_arrival(ledger)
    with posting(ledger) as post:
        made = hold(
            post, NewHold(HoldKind.NO_PACK, "bloom", "why"), arrival_id=key, document_id=None
        )
    for ended in (HoldState.REJECTED, HoldState.RELEASED):
        with ledger.write() as conn:
            end(conn, [made], ended)
    with ledger.read() as conn:
        assert conn.execute(select(schema.holds.c.state)).scalar_one() == "rejected"


def test_order_states_end_where_the_trade_says_they_end() -> None:
    assert not ORDER[OrderState.CANCELLED]
    assert not ORDER[OrderState.REJECTED]
    assert set(sources(ORDER, OrderState.CANCELLED)) == {
        "held", "draft", "pending approval", "approved", "confirmed",
    }  # fmt: skip
