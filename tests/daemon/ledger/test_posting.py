"""A posting is whole or nothing: rows, keys, control numbers and outgoing files together."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, insert, select

from daemon.ledger import schema
from daemon.ledger.documents import NewDocument, add_document, set_state
from daemon.ledger.outgoing import latest_answers, mark, undelivered
from daemon.ledger.posting import CONTROL_LIMIT, OutgoingFile, Posting, plain, posting
from daemon.ledger.states import DocumentState, OutgoingState
from daemon.ledger.store import Ledger, now_utc
from tests.daemon.ledger.books import add_arrival


def answer(body: bytes = b"x", reference: str = "10045", kind: str = "855") -> OutgoingFile:
    return OutgoingFile("bloom", kind, reference, "edi", body, is_answer=True)


def document(arrival_id: int, position: int = 1) -> NewDocument:
    return NewDocument(
        arrival_id=arrival_id,
        partner="bloom",
        position=position,
        kind="purchase_order",
        number="10045",
        control="1/1/1",
        digest="d",
        state=DocumentState.POSTED,
    )


def count(ledger: Ledger, table: str) -> int:
    with ledger.read() as conn:
        return int(
            conn.execute(
                select(func.count()).select_from(schema.metadata.tables[table])
            ).scalar_one()
        )


def test_what_is_posted_is_there_after_the_block_and_not_before(ledger: Ledger) -> None:
    arrival = add_arrival(ledger)
    with posting(ledger) as post:
        add_document(post, document(arrival))
        post.send(answer(), arrival_id=arrival, document_id=None)
        assert count(ledger, "documents") == 0
    assert (count(ledger, "documents"), count(ledger, "outgoing")) == (1, 1)


def test_a_posting_that_fails_leaves_no_row_no_file_and_no_number(ledger: Ledger) -> None:
    arrival = add_arrival(ledger)
    with pytest.raises(ZeroDivisionError), posting(ledger) as post:
        add_document(post, document(arrival))
        post.flush()
        post.control_number("interchange", "ZZ/A", "ZZ/B")
        post.send(answer(), arrival_id=arrival, document_id=None)
        _ = 1 / 0
    assert (count(ledger, "documents"), count(ledger, "outgoing")) == (0, 0)
    with posting(ledger) as post:
        assert post.control_number("interchange", "ZZ/A", "ZZ/B") == 1


def test_a_row_that_breaks_a_reference_takes_the_whole_posting_with_it(ledger: Ledger) -> None:
    arrival = add_arrival(ledger)
    with pytest.raises(Exception, match=r"(?i)foreign key"), posting(ledger) as post:
        add_document(post, document(arrival))
        add_document(post, document(999, position=2))
    assert count(ledger, "documents") == 0


def test_keys_never_repeat_over_postings_flushes_and_threads(ledger: Ledger) -> None:
    arrival = add_arrival(ledger)
    keys: list[int] = []

    def post_some() -> None:
        for _ in range(5):
            with posting(ledger) as post:
                for position in range(30):
                    keys.append(add_document(post, document(arrival, position)))
                    if position % 10 == 0:
                        post.flush()

    threads = [threading.Thread(target=post_some) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(keys) == list(range(1, 451))
    assert count(ledger, "documents") == 450


def test_more_rows_than_a_block_of_keys_are_numbered_without_a_gap(ledger: Ledger) -> None:
    arrival = add_arrival(ledger)
    with posting(ledger) as post:
        keys = [add_document(post, document(arrival, position)) for position in range(600)]
    assert keys == list(range(1, 601))
    with posting(ledger) as post:
        assert add_document(post, document(arrival)) == 601


def test_control_numbers_count_by_pair_and_level(ledger: Ledger) -> None:
    with posting(ledger) as post:
        assert post.control_number("interchange", "ZZ/A", "ZZ/B") == 1
        assert post.control_number("interchange", "ZZ/A", "ZZ/B", count=3) == 2
        assert post.control_number("interchange", "ZZ/A", "ZZ/B") == 5
        assert post.control_number("group", "ZZ/A", "ZZ/B") == 1
        assert post.control_number("interchange", "ZZ/B", "ZZ/A") == 1


@pytest.mark.parametrize(
    ("last", "given"),
    [(CONTROL_LIMIT - 1, CONTROL_LIMIT), (CONTROL_LIMIT, 1), (CONTROL_LIMIT + 1, 2)],
)
def test_the_last_control_number_is_followed_by_1(ledger: Ledger, last: int, given: int) -> None:
    with ledger.write() as conn:
        conn.execute(insert(schema.sequences).values(name="control:interchange:a:b", last=last))
    with posting(ledger) as post:
        assert post.control_number("interchange", "a", "b") == given


def test_outgoing_names_are_plain_carry_their_key_and_are_never_reused(ledger: Ledger) -> None:
    with posting(ledger) as post:
        for reference in ("10045", "10045", "../../etc/passwd", "\x00\n~", "Ä" * 90, "x" * 90):
            post.send(answer(reference=reference), arrival_id=None, document_id=None)
    with ledger.read() as conn:
        names = [row.name for row in undelivered(conn, limit=10)]
    assert names[:2] == ["855-10045-00000001.edi", "855-10045-00000002.edi"]
    assert names[2] == "855-etc-passwd-00000003.edi"
    assert names[3] == names[3].replace("/", "") == "855-file-00000004.edi"
    assert all(len(name) <= 60 and name.isascii() for name in names)


@pytest.mark.parametrize("text", ["", ".", "..", "-", "--..--", "/", "\u202e"])
def test_a_number_without_plain_characters_is_called_file(text: str) -> None:
    assert plain(text) == "file"


def test_a_document_changes_state_before_and_after_it_is_written(ledger: Ledger) -> None:
    arrival = add_arrival(ledger)
    with posting(ledger) as post:
        gathered = add_document(post, document(arrival))
        set_state(post, gathered, DocumentState.HELD)
    with posting(ledger) as post:
        written = post.conn.execute(select(schema.documents.c.state)).scalar_one()
        set_state(post, gathered, DocumentState.POSTED)
        assert written == "held"
    with ledger.read() as conn:
        assert conn.execute(select(schema.documents.c.state)).scalar_one() == "posted"


def test_a_delivered_file_never_goes_back(ledger: Ledger) -> None:
    with posting(ledger) as post:
        key = post.send(answer(), arrival_id=None, document_id=None)
    for state in (OutgoingState.STAGED, OutgoingState.DELIVERED, OutgoingState.PENDING):
        mark(ledger, {state: [key]})
    with ledger.read() as conn:
        assert undelivered(conn, limit=10) == []


def add_answer(post: Posting, arrival: int, doc: int | None, body: bytes, *names: str) -> None:
    post.send(answer(body, *names), arrival_id=arrival, document_id=doc)


def test_the_newest_answer_of_each_kind_to_each_document_is_given_again(ledger: Ledger) -> None:
    arrival = add_arrival(ledger)
    with posting(ledger) as post:
        one, two = (add_document(post, document(arrival, position)) for position in (1, 2))
        add_answer(post, arrival, one, b"hold", "10045", "855")
        add_answer(post, arrival, one, b"accepted", "10045", "855")
        add_answer(post, arrival, two, b"other", "10046", "855")
        add_answer(post, arrival, None, b"997 of the first", "000000001", "997")
        add_answer(post, arrival, None, b"997 of the second", "000000002", "997")
        post.send(
            OutgoingFile("florsol", "850", "10045", "edi", b"no answer", is_answer=False),
            arrival_id=arrival,
            document_id=one,
        )
    with ledger.read() as conn:
        again = [file.body for file in latest_answers(conn, arrival_id=arrival)]
        of_document = [file.body for file in latest_answers(conn, document_id=two)]
    assert again == [b"accepted", b"other", b"997 of the first", b"997 of the second"]
    assert of_document == [b"other"]


def test_times_are_the_posting_s_own(ledger: Ledger) -> None:
    before = now_utc()
    arrival = add_arrival(ledger)
    with posting(ledger) as post:
        add_document(post, document(arrival))
    with ledger.read() as conn:
        row = conn.execute(
            select(schema.documents.c.created_at, schema.documents.c.updated_at)
        ).one()
    assert before <= row.created_at == row.updated_at <= now_utc()
