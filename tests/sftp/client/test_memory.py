"""What the ledger remembers of files on partners' servers, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from daemon.ledger import remote_files
from daemon.ledger.migrate import upgrade
from daemon.ledger.remote_files import RemoteFile, RemoteState
from daemon.ledger.store import Ledger, open_ledger


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    upgrade(opened)
    yield opened
    opened.close()


def known(ledger: Ledger, partner: str = "florsol") -> dict[bytes, tuple[int, RemoteState]]:
    with ledger.read() as conn:
        found = remote_files.known(conn, partner)
    return {path: (row.id, row.state) for path, row in found.items()}


def test_a_file_keeps_its_key_while_it_is_the_same_and_gets_a_new_one_when_not(
    ledger: Ledger,
) -> None:
    file, other = RemoteFile(b"out/a\xff.edi", 10, 1000), RemoteFile(b"b", 1, 1)
    first = remote_files.begin(ledger, "florsol", [file, other])
    again = remote_files.begin(ledger, "florsol", [file])
    assert again[file.path].id == first[file.path].id
    for changed in (RemoteFile(file.path, 11, 1000), RemoteFile(file.path, 11, 1001)):
        newer = remote_files.begin(ledger, "florsol", [changed])[file.path]
        assert newer.id > first[file.path].id
        assert newer.file == changed
    assert set(known(ledger)) == {file.path, other.path}


def test_a_key_is_never_used_again_and_partners_are_apart(ledger: Ledger) -> None:
    file = RemoteFile(b"a", 1, 1)
    first = remote_files.begin(ledger, "florsol", [file])[b"a"].id
    remote_files.end(ledger, gone=[first], staying=())
    assert known(ledger) == {}
    second = remote_files.begin(ledger, "florsol", [file])[b"a"].id
    other = remote_files.begin(ledger, "andes", [file])[b"a"].id
    assert len({first, second, other}) == 3


def test_what_stays_is_remembered_over_a_thousand_files(ledger: Ledger) -> None:
    files = [RemoteFile(b"%d" % number, number, 1) for number in range(1001)]
    rows = remote_files.begin(ledger, "florsol", files)
    ids = [row.id for row in rows.values()]
    remote_files.end(ledger, gone=ids[:500], staying=ids[500:])
    assert {state for _, state in known(ledger).values()} == {RemoteState.FETCHED}
    assert len(known(ledger)) == 501
