"""Of each host it is known which tables it used last, whether or not a posting names them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from daemon import config
from daemon.ledger import mapping_sets, schema
from daemon.ledger.store import Ledger, now_utc
from tests.daemon.network import NETWORK, make_site

A, B = {"products.csv": b"a\n"}, {"products.csv": b"b\n"}
EVERYBODY = ("farm", "bloom")


def use(ledger: Ledger, host: str, fingerprint: str, files: dict[str, bytes]) -> None:
    with ledger.write() as conn:
        mapping_sets.use(conn, host, fingerprint, files)


def last(ledger: Ledger, host: str, *partners: str) -> dict[str, bytes] | None:
    with ledger.read() as conn:
        return mapping_sets.last_used(conn, host, partners or EVERYBODY)


def post(ledger: Ledger, number: int, partner: str, fingerprint: str) -> None:
    """Let an arrival be one that was posted with a mapping set."""
    with ledger.write() as conn:
        conn.execute(
            insert(schema.arrivals).values(
                id=number,
                partner=partner,
                name=b"o.edi",
                **dict.fromkeys(("inode", "ctime_ns", "mtime_ns", "size_bytes"), number),
                sha256="",
                completeness="complete",
                state="posted",
                mapping_hash=fingerprint,
                created_at=now_utc(),
                updated_at=now_utc(),
            )
        )


def test_new_ledger_knows_of_no_tables(ledger: Ledger) -> None:
    assert last(ledger, "") is None


def test_tables_taken_into_use_after_the_newest_posting_are_those_used_last(
    ledger: Ledger,
) -> None:
    use(ledger, "", "A", A)
    post(ledger, 1, "farm", "A")
    use(ledger, "", "B", B)
    assert last(ledger, "") == B
    use(ledger, "", "A", A)
    assert last(ledger, "") == A


def test_set_is_kept_once_however_often_it_is_used(ledger: Ledger) -> None:
    for fingerprint, files in (("A", A), ("A", A), ("B", B), ("A", A)):
        use(ledger, "", fingerprint, files)
    with ledger.read() as conn:
        kept = conn.execute(select(func.count()).select_from(schema.mapping_sets)).scalar()
        assert mapping_sets.is_in_use(conn, "", "A")
        assert not mapping_sets.is_in_use(conn, "", "B")
        assert not mapping_sets.is_in_use(conn, "another", "A")
    assert kept == 2


def test_host_is_not_given_the_tables_of_another(ledger: Ledger) -> None:
    use(ledger, "here", "A", A)
    use(ledger, "there", "B", B)
    post(ledger, 1, "bloom", "B")
    assert last(ledger, "here") == A
    assert last(ledger, "there") == B


def test_host_of_which_nothing_is_noted_has_what_its_own_arrivals_were_posted_with(
    ledger: Ledger,
) -> None:
    use(ledger, "before", "A", A)
    post(ledger, 1, "farm", "A")
    use(ledger, "there", "B", B)
    post(ledger, 2, "bloom", "B")
    assert last(ledger, "new", "farm") == A
    assert last(ledger, "new", "bloom", "farm") == B
    assert last(ledger, "new", "tulipan") is None


@pytest.mark.parametrize(
    ("serves", "is_same"),
    [('["tulipan", "florsol"]', True), ('["florsol"]', False), ('["bloom", "andes"]', False)],
)
def test_hosts_are_told_apart_by_whom_they_serve(
    tmp_path: Path, serves: str, *, is_same: bool
) -> None:
    def host(name: str, serves: str) -> str:
        network = NETWORK.replace("[site]", f"[site]\nserves = {serves}", 1)
        root = make_site(tmp_path / name, network=network, ledger_url="postgresql://k2kd@db/k2kd")
        return config.load(root).host

    assert (host("one", '["florsol", "tulipan"]') == host("other", serves)) is is_same
    assert config.load(make_site(tmp_path / "alone")).host == ""
