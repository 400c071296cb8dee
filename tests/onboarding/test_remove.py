"""`k2kd partner remove`: nothing is left of it in settings and tables, and all comes back."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from daemon import config
from daemon.config import FILE_NAME
from daemon.mapping import parse
from daemon.mapping.load import load as load_tables
from daemon.mapping.partner_rows import NAMING
from daemon.onboarding import parts
from tests.daemon.sites import drop
from tests.daemon.today import day
from tests.onboarding.conftest import Run

MAPPING = Path(parse.__file__).parent


def tables(site: Path) -> dict[str, list[str]]:
    return {f.name: sorted(f.read_text().splitlines()) for f in (site / "mappings").glob("*.csv")}


def rows_naming(site: Path, partner: str) -> list[str]:
    return [row for rows in tables(site).values() for row in rows if partner in row.split(",")]


@pytest.fixture
def traded(site: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample site after its first day, where the other orders are still under way."""
    monkeypatch.setenv("K2KD_INTAKE__SETTLE_MOVED_S", "0")
    monkeypatch.setenv("K2KD_INTAKE__FREE_BYTES", "0")
    assert run("run", "--once", "--samples", "--plain").code == 0
    return site


def test_without_a_word_nothing_is_changed_and_all_is_shown(site: Path, run: Run) -> None:
    before, rows = (site / FILE_NAME).read_bytes(), tables(site)
    said = run("partner", "remove", "tulipan")
    assert said.code == 0, said.err
    assert "tulipan would be no partner any more" in said.out
    assert "the connection florsol -> tulipan" in said.out
    assert re.search(r"goes +7 rows +products\.csv", said.out)
    assert "k2kd partner remove tulipan --yes" in said.out
    assert (site / FILE_NAME).read_bytes() == before
    assert tables(site) == rows
    assert not (site / "onboarding").exists()


@pytest.mark.parametrize("partner", ["tulipan", "andes", "bloom", "axerrio-florsol"])
def test_what_is_removed_comes_back_as_it_was(site: Path, run: Run, partner: str) -> None:
    before, rows = config.load(site), tables(site)
    assert rows_naming(site, partner)
    said = run("partner", "remove", partner, "--yes")
    assert said.code == 0, said.err
    after = config.load(site)
    assert [p for p in before.partner if p.name != partner] == list(after.partner)
    assert all(partner not in (c.vendor, c.buyer) for c in after.connection)
    assert rows_naming(site, partner) == []
    assert run("check").code == 0

    said = run("partner", "remove", partner, "--undo")
    assert said.code == 0, said.err
    again = config.load(site)
    assert {p.name: p for p in again.partner} == {p.name: p for p in before.partner}
    links = {(c.vendor, c.buyer): c for c in before.connection}
    assert {(c.vendor, c.buyer): c for c in again.connection} == links
    assert tables(site) == rows
    load_tables(site / "mappings", partners=[p.name for p in again.partner], today=day())
    assert run("partner", "remove", partner, "--undo").code == 2


def test_comments_of_others_stay_and_its_own_come_back(site: Path, run: Run) -> None:
    file = site / FILE_NAME
    text = file.read_text()
    text = text.replace(
        '[[partner]]\nname = "andes"', '# Ask for Lucía.\n[[partner]]\nname = "andes"'
    )
    file.write_text(text)
    others = [line for line in text.splitlines() if line.startswith("# --- ")]
    assert run("partner", "remove", "andes", "--yes").code == 0
    after = file.read_text()
    assert "Lucía" not in after
    assert [line for line in after.splitlines() if line.startswith("# --- ")] == others
    assert run("partner", "remove", "andes", "--undo").code == 0
    assert '# Ask for Lucía.\n[[partner]]\nname = "andes"' in file.read_text()


def test_what_add_wrote_goes_without_a_trace(site: Path, run: Run) -> None:
    before = (site / FILE_NAME).read_text()
    add = ("partner", "add", "rosales", "--role", "vendor", "--connect", "bloom", "--make-key")
    assert run(*add).code == 0
    assert run("partner", "remove", "rosales", "--yes").code == 0
    assert (site / FILE_NAME).read_text().rstrip() == before.rstrip()
    kept = site / "onboarding" / "rosales" / "removed.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert run("partner", "remove", "rosales", "--undo").code == 0
    partner = config.load(site).partner_named("rosales")
    assert partner is not None and partner.login is not None
    assert not kept.exists()


def test_open_orders_keep_a_partner_unless_told(traded: Path, run: Run) -> None:
    shown = run("partner", "remove", "bloom")
    assert "not at its end: 3 open orders" in shown.out
    assert "10045  purchase_order, approved: bloom from florsol" in shown.out
    said = run("partner", "remove", "bloom", "--yes")
    assert said.code == 2
    assert "3 open orders" in said.err and "--with-open" in said.err
    assert config.load(traded).partner_named("bloom") is not None
    facts = run("partner", "remove", "bloom", "--yes", "--with-open", "--json").json()
    assert facts["is_removed"] is True
    assert [order["number"] for order in facts["ledger"]["open_orders"]] == [
        "10045",
        "AX-7731",
        "AX-7731",
    ]


def test_the_ledger_keeps_what_it_sent_and_lists_it(traded: Path, run: Run) -> None:
    listed = {name: run(name, "--partner", "bloom", "--json").out for name in ("files", "outbox")}
    assert run("partner", "remove", "bloom", "--yes", "--with-open").code == 0
    for name, before in listed.items():
        assert run(name, "--partner", "bloom", "--json").out == before != "[]\n"
    assert run("files", "--partner", "bluum").code == 2


def test_a_daemon_goes_on_without_a_partner_whose_orders_are_open(traded: Path, run: Run) -> None:
    for partner in ("axerrio-florsol", "bloom"):
        assert run("partner", "remove", partner, "--yes", "--with-open").code == 0
    drop(traded, "bloom", "late.edi", b"ISA*")
    said = run("run", "--once", "--plain")
    assert said.code == 0
    events = {json.loads(line)["event"] for line in said.err.splitlines()}
    assert not events & {"crashed", "lane_crashed", "redrive_failed", "failed"}
    assert (traded / "inbox" / "bloom" / "late.edi").exists()
    assert run("release", "1").code == 2
    for partner in ("bloom", "axerrio-florsol"):
        assert run("partner", "remove", partner, "--undo").code == 0
    done = run("map", "products", "axerrio-florsol", "Rose Explorer 60", "ROS-EXP-60")
    assert "completed order AX-7731" in done.out


def test_whom_another_partner_needs_is_not_removed(site: Path, run: Run) -> None:
    said = run("partner", "remove", "florsol", "--yes")
    assert said.code == 2
    assert "axerrio-florsol" in said.err
    assert config.load(site).partner_named("florsol") is not None


def test_a_cut_short_removal_is_done_again_and_forgets_no_row(site: Path, run: Run) -> None:
    before, file = tables(site), site / "mappings" / "products.csv"
    toml, products = (site / FILE_NAME).read_bytes(), file.read_text()
    assert run("partner", "remove", "andes", "--yes").code == 0
    # As where the power went after all tables but one, and before k2kd.toml.
    (site / FILE_NAME).write_bytes(toml)
    file.write_text(products)
    assert run("partner", "remove", "andes", "--yes").code == 0
    assert rows_naming(site, "andes") == []
    assert run("partner", "remove", "andes", "--undo").code == 0
    assert tables(site) == before


def test_a_product_that_came_with_its_file_stays_as_ours(site: Path, run: Run) -> None:
    file = site / "mappings" / "catalogue.csv"
    head, *rows = file.read_text().splitlines()
    rows = [f"{row}," for row in rows]
    rows[0] += "tulipan"
    file.write_text("\n".join([f"{head},from_vendor", *rows]) + "\n")
    before = file.read_text()
    said = run("partner", "remove", "tulipan", "--yes")
    assert said.code == 0, said.err
    assert "that 1 product came with its file" in said.out
    assert file.read_text().splitlines()[1] == rows[0].removesuffix("tulipan")
    assert run("partner", "remove", "tulipan", "--undo").code == 0
    assert file.read_text() == before


def test_settings_written_another_way_are_left_to_a_person(site: Path, run: Run) -> None:
    file = site / FILE_NAME
    text = file.read_text()
    first = text.index("[[connection]]")
    links = 'connection = [{ vendor = "florsol", buyer = "tulipan" }]\n'
    file.write_text(links + text[:first])
    before, rows = file.read_bytes(), tables(site)
    said = run("partner", "remove", "tulipan", "--yes")
    assert said.code == 2
    assert "by hand" in said.err
    assert (file.read_bytes(), tables(site)) == (before, rows)


def test_the_columns_that_name_partners_are_those_the_tables_check() -> None:
    checked: set[str] = set()
    for module in MAPPING.glob("*.py"):
        checked |= set(re.findall(r'cells\.partner\("(\w+)"', module.read_text()))
    assert checked == set(NAMING)


SERVING = 'serves = ["a", "b"]\n'


def test_whom_a_host_serves_is_a_list_without_it() -> None:
    assert parts.without_served(SERVING, "a") == 'serves = ["b"]\n'
    assert parts.without_served(SERVING, "b") == 'serves = ["a"]\n'
    assert parts.without_served(SERVING, "c") == SERVING
    assert parts.with_served('serves = ["b"]\n', "a") == 'serves = ["a", "b"]\n'


def test_a_section_ends_before_the_comments_of_the_next() -> None:
    text = (
        '[site]\nname = "x"\n\n[[partner]]\nname = "a"\n# its own\n\n# of b\n[[partner]]\n'
        'name = "b"\n[partner.login]\nkeys = []\n\n[[connection]]\nvendor = "a"\n'
    )
    after, taken = parts.without(text, "partner", [0])
    assert taken == '[[partner]]\nname = "a"\n# its own\n'
    assert after == text.replace('[[partner]]\nname = "a"\n# its own\n\n', "")
    after, taken = parts.without(text, "partner", [1])
    assert taken == '# of b\n[[partner]]\nname = "b"\n[partner.login]\nkeys = []\n'
    assert "login" not in after and "[[connection]]" in after
