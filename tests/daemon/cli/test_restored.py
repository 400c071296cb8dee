"""After an older ledger was put back no number is given twice, whatever the backup lacks."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from daemon.cli.init import create
from tests.daemon.cli.conftest import Run
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import drop
from tests.postgres import Cluster, binaries

ISA = re.compile(rb"ISA\*(?:[^*]*\*){5}([^*]*)\*[^*]*\*([^*]*)\*(?:[^*]*\*){4}(\d{9})")


def sent(site: Path) -> dict[tuple[str, str], list[int]]:
    """Return the interchange control numbers that were given, by sender and receiver."""
    found: dict[tuple[str, str], list[int]] = {}
    for file in sorted((site / "outbox").glob("*/*.edi")):
        for sender, receiver, number in ISA.findall(file.read_bytes()):
            sides = sender.decode().strip(), receiver.decode().strip()
            found.setdefault(sides, []).append(int(number))
    return found


def repeated(site: Path) -> bool:
    return any(len(set(numbers)) < len(numbers) for numbers in sent(site).values())


def order(number: int) -> bytes:
    return purchase_order(str(number), ("BLM-110", "1", "BX"), control=number)


@pytest.fixture
def put_back(site: Path, run: Run) -> Iterator[Path]:
    """A site whose ledger is one from before its first file, while its partners have answers."""
    backup = site.parent / "backup.db"
    with contextlib.closing(sqlite3.connect(site / "state" / "ledger.db")) as ledger:
        ledger.execute(f"VACUUM INTO '{backup}'")
    with contextlib.closing(sqlite3.connect(backup)) as ledger, ledger:
        # As of a morning on which nobody had got anything yet but bloom its first answer.
        ledger.execute("DELETE FROM sequences WHERE name LIKE 'control:%FLORSOL'")
    drop(site, "bloom", "a.edi", order(501))
    assert run("run", "--once", "--plain").code == 0
    for old in (site / "state").glob("ledger.db*"):
        old.unlink()
    shutil.copy(backup, site / "state" / "ledger.db")
    yield site


def test_what_a_restored_site_sends_has_numbers_that_nobody_has_seen(
    put_back: Path, run: Run
) -> None:
    before = sent(put_back)
    names = {file.name for file in (put_back / "outbox").rglob("*.*")}
    said = run("db", "restored")
    assert said.code == 0, said.err
    assert "any that comes later" in said.out
    drop(put_back, "bloom", "b.edi", order(502))
    assert run("run", "--once", "--plain").code == 0
    after = sent(put_back)
    assert not repeated(put_back)
    # The backup had no counter to Florsol at all.
    for sides in (("K2KNET", "BLOOMWHSL"), ("K2KNET", "FLORSOL")):
        assert max(after[sides]) > max(before[sides]) + 1000
    files = [file for file in (put_back / "outbox").rglob("*.*") if file.is_file()]
    assert len({file.name for file in files}) == len(files) > len(names)
    codes = [code for file in files if file.suffix == ".zpl" for code in labels(file)]
    assert len(codes) == len(set(codes))


def labels(file: Path) -> set[str]:
    return set(re.findall(r"KD\d{7,}", file.read_text()))


def test_without_it_numbers_are_given_twice(put_back: Path, run: Run) -> None:
    drop(put_back, "bloom", "b.edi", order(502))
    assert run("run", "--once", "--plain").code == 0
    assert repeated(put_back)


def test_a_ledger_behind_its_outboxes_is_said_before_and_at_the_start(
    put_back: Path, run: Run
) -> None:
    assert run("check").code == 0
    assert "k2kd db restored" in run("check").out
    facts = run("db", "restored", "--json").json()
    assert facts["behind"] is None
    assert "k2kd db restored" not in run("check").out


def test_a_margin_that_outboxes_show_to_be_short_is_said(put_back: Path, run: Run) -> None:
    newest = put_back / "outbox" / "bloom" / "997-000000501-00900000.edi"
    newest.write_bytes(b"")
    said = run("db", "restored", "--by", "1000")
    assert "not far enough" in said.out and newest.name in said.out
    assert json.loads(run("db", "restored", "--by", "900000", "--json").out)["behind"] is None


def on_postgres(root: Path, url: str) -> None:
    """Have the site's ledger at `url`, a SQLAlchemy address."""
    file = root / "k2kd.toml"
    text = re.sub(r"^\[ledger\]\nurl = .*\n\n", "", file.read_text(), flags=re.MULTILINE)
    ledger = f'[ledger]\nurl = "{url.replace("+psycopg", "")}"\n\n'
    file.write_text(text.replace("[site]\n", f"{ledger}[site]\n", 1))


def test_a_dump_of_postgresql_is_restored_into_another_database(
    tmp_path: Path,
    run: Run,
    postgres_cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = binaries()
    if found is None or not (found / "pg_restore").exists():
        pytest.skip("no pg_dump and pg_restore here (Debian: apt install postgresql)")
    monkeypatch.setenv("K2KD_INTAKE__SETTLE_MOVED_S", "0")
    monkeypatch.setenv("K2KD_INTAKE__FREE_BYTES", "0")
    root, dump = tmp_path / "site", tmp_path / "k2kd.dump"
    old, new = postgres_cluster.new_url(), postgres_cluster.new_url()
    create(root)
    on_postgres(root, old)
    monkeypatch.chdir(root)

    def tool(name: str, url: str, *words: str | Path) -> None:
        at = make_url(url)
        server = ("--host", str(at.query["host"]), "--username", str(at.username))
        base = ("--dbname", str(at.database))
        subprocess.run([found / name, *server, *base, *words], check=True)

    assert run("run", "--once", "--samples", "--plain").code == 0
    tool("pg_dump", old, "-Fc", "--file", dump)
    drop(root, "bloom", "a.edi", order(501))
    assert run("run", "--once", "--plain").code == 0
    before = sent(root)

    tool("pg_restore", new, "--no-owner", dump)
    on_postgres(root, new)
    (root / "state").rename(root / "state.before")
    assert "k2kd db restored" in run("check").out
    assert run("db", "restored", "--json").json()["behind"] is None
    # What came since is given once more, and a new order after it.
    for number in (501, 502):
        drop(root, "bloom", f"{number}.edi", order(number))
    assert run("run", "--once", "--plain").code == 0
    numbers = [each["order"]["number"] for each in run("orders", "--json").json()]
    assert sorted(numbers) == ["10045", "501", "502", "AX-7731"]
    assert not repeated(root)
    after = sent(root)
    assert max(after["K2KNET", "BLOOMWHSL"]) > max(before["K2KNET", "BLOOMWHSL"]) + 1000
    for url in (old, new):
        postgres_cluster.drop(url)
