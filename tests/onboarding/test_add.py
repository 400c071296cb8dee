"""`k2kd partner add`: sections after what stands there, everything else beside it."""

from __future__ import annotations

import csv
import io
import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from daemon import config
from daemon.config import FILE_NAME, Role
from daemon.mapping.load import load as load_tables
from daemon.onboarding import sitefile
from daemon.onboarding.reload import daemon_pid
from tests.daemon.network import make_site
from tests.daemon.running import CHECKOUT, running
from tests.daemon.today import day
from tests.onboarding.conftest import Run

VENDOR = ("partner", "add", "rosales", "--role", "vendor", "--x12-id", "ROSALES")


def test_vendor_is_appended_and_what_stood_there_is_untouched(site: Path, run: Run) -> None:
    before = (site / FILE_NAME).read_text()
    said = run(
        *VENDOR, "--title", 'Rosales "Ñandú" Farms', "--connect", "bloom", "--currency", "usd"
    )
    assert said.code == 0, said.err
    after = (site / FILE_NAME).read_text()
    assert after.startswith(before)
    partner = config.load(site).partner_named("rosales")
    assert partner is not None
    assert partner.title == 'Rosales "Ñandú" Farms'
    assert partner.x12 is not None and partner.x12.id == "ROSALES"
    assert partner.currency == "USD"
    assert partner.receives_orders == ("x12",) and partner.receives_labels
    assert ("rosales", "bloom") in {(c.vendor, c.buyer) for c in config.load(site).connection}
    assert (site / "inbox" / "rosales").is_dir() and (site / "outbox" / "rosales").is_dir()


def test_buyer_is_connected_the_other_way_round(site: Path, run: Run) -> None:
    said = run("partner", "add", "rosita", "--role", "buyer", "--connect", "andes")
    assert said.code == 0, said.err
    loaded = config.load(site)
    assert ("andes", "rosita") in {(c.vendor, c.buyer) for c in loaded.connection}
    partner = loaded.partner_named("rosita")
    assert partner is not None and partner.receives_availability == "csv"


def name_the_site(site: Path) -> None:
    """Give the site an EDIFACT identity, without which it writes none."""
    file = site / FILE_NAME
    text = file.read_text("utf-8")
    file.write_text(text.replace("[site]\n", '[site]\nedifact = { id = "8712345000028" }\n', 1))


@pytest.mark.parametrize(("words", "qualifier"), [
    ((), "14"), (("--edifact-qualifier", "ZZZ"), "ZZZ"), (("--edifact-qualifier", ""), ""),
])  # fmt: skip
def test_partner_is_named_in_edifact_and_receives_it(
    site: Path, run: Run, words: tuple[str, ...], qualifier: str
) -> None:
    name_the_site(site)
    said = run(*("partner", "add", "rosales", "--role", "vendor"), "--edifact-id", "R1", *words)
    assert said.code == 0, said.err
    partner = config.load(site).partner_named("rosales")
    assert partner is not None and partner.edifact is not None
    assert (partner.edifact.id, partner.edifact.qualifier) == ("R1", qualifier)
    assert partner.receives_orders == ("edifact",)


def test_vendor_may_receive_orders_in_every_form(site: Path, run: Run) -> None:
    name_the_site(site)
    forms = ("x12", "edifact", "csv", "florecom")
    options = [word for form in forms for word in ("--receives", form)]
    ids = ("--x12-id", "ROSALES", "--edifact-id", "R1")
    said = run("partner", "add", "rosales", "--role", "vendor", *ids, *options)
    assert said.code == 0, said.err
    partner = config.load(site).partner_named("rosales")
    assert partner is not None and partner.receives_orders == forms
    assert not partner.receives_labels


def test_axerrio_system_belongs_to_the_vendor_it_is_connected_with(site: Path, run: Run) -> None:
    refused = run("partner", "add", "ax", "--role", "axerrio")
    assert refused.code == 2 and "--connect VENDOR" in refused.err
    assert run("partner", "add", "ax", "--role", "axerrio", "--connect", "bloom").code == 2
    assert run("partner", "add", "ax", "--role", "axerrio", "--connect", "andes").code == 0
    partner = config.load(site).partner_named("ax")
    assert partner is not None and partner.vendor == "andes" and partner.has(Role.AXERRIO)


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("florsol", "--role", "vendor"), 2, "is a partner already"),
        (("Rosales", "--role", "vendor"), 2, "is no name for a partner"),
        (("../etc", "--role", "vendor"), 2, "is no name for a partner"),
        (("x1", "--role", "vendor", "--x12-id", "FLORSOL"), 2, "share the X12 identity"),
        (("x1", "--role", "vendor", "--x12-id", "A" * 16), 2, "x12"),
        (("x1", "--role", "vendor", "--connect", "blom"), 2, "did you mean bloom?"),
        (("x1", "--role", "vendor", "--connect", "andes"), 2, "name another"),
        (("x1", "--role", "vendor", "--currency", "dollars"), 2, "three letters"),
        (
            ("x1", "--role", "vendor", "--receives", "xml"),
            2,
            "use x12, edifact, csv, florecom, labels or layout:NAME",
        ),
        (("x1", "--role", "buyer", "--receives", "labels"), 2, "use x12, edifact, csv, none or"),
        (("x1", "--role", "axerrio", "--receives", "layout:a"), 2, "leave --receives out"),
        (("x1", "--role", "vendor", "--receives", "edifact"), 2, "give --edifact-id"),
        (("x1", "--role", "vendor", "--edifact-qualifier", "14"), 2, "give --edifact-id too"),
        (("x1", "--role", "vendor", "--edifact-id", "A+\tB"), 2, "edifact"),
        (("x1", "--role", "vendor", "--title", "a\nb"), 2, "control characters"),
        (("x1", "--role", "vendor", "--ssh", "print"), 3, "[site] inbox"),
        (("x1", "--role", "vendor", "--host", "a b"), 2, "host name"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_is_made(
    site: Path, run: Run, words: tuple[str, ...], code: int, hint: str
) -> None:
    before = (site / FILE_NAME).read_bytes()
    folders = sorted((site / "inbox").iterdir())
    said = run("partner", "add", *words)
    assert said.code == code, said.err
    assert hint in said.err
    assert (site / FILE_NAME).read_bytes() == before
    assert sorted((site / "inbox").iterdir()) == folders
    assert not (site / "onboarding").exists()


def test_line_ends_and_rights_of_the_site_file_are_kept(site: Path, run: Run) -> None:
    file = site / FILE_NAME
    file.write_bytes(file.read_bytes().rstrip(b"\n").replace(b"\n", b"\r\n"))
    file.chmod(0o604)
    assert run(*VENDOR).code == 0
    assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o604
    assert config.load(site).partner_named("rosales")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_makes_folders_for_the_account_of_the_daemon(site: Path, run: Run) -> None:
    (site / "state").mkdir()
    os.chown(site / "state", 4711, 4712)
    os.chown(site / FILE_NAME, 0, 4712)
    assert run(*VENDOR).code == 0
    for folder in ("inbox", "outbox"):
        status = (site / folder / "rosales").stat()
        assert (status.st_uid, status.st_gid) == (4711, 4712)
    assert (site / FILE_NAME).stat().st_gid == 4712


def test_file_saved_meanwhile_is_not_overwritten(site: Path) -> None:
    draft = sitefile.appended(site, '[[partner]]\nname = "new"\nroles = ["vendor"]\n')
    with (site / FILE_NAME).open("a") as file:
        file.write("# an admin\n")
    with pytest.raises(Exception, match="saved by somebody else"):
        sitefile.write(draft)
    assert (site / FILE_NAME).read_text().endswith("# an admin\n")


def test_a_byte_order_mark_of_an_editor_stays_where_it_is(site: Path) -> None:
    file = site / "k2kd.toml"
    before = file.read_bytes()
    file.write_bytes(b"\xef\xbb\xbf" + before)
    draft = sitefile.appended(site, '[[partner]]\nname = "new"\nroles = ["vendor"]\n')
    sitefile.write(draft)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf" + before)
    assert draft.site.partner_named("new") is not None


def test_made_key_opens_the_embedded_server_and_is_kept_private(site: Path, run: Run) -> None:
    said = run(*VENDOR, "--make-key", "--json")
    assert said.code == 0, said.err
    folder = site / "onboarding" / "rosales"
    private = folder / "id_ed25519"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert private.read_bytes().startswith(b"-----BEGIN OPENSSH PRIVATE KEY-----")
    partner = config.load(site).partner_named("rosales")
    assert partner is not None and partner.login is not None
    assert partner.login.keys == ((folder / "id_ed25519.pub").read_text().strip(),)
    assert "PRIVATE" not in said.out
    assert said.json()["fingerprint"].startswith("SHA256:")
    assert not [p for p in (folder / "pack").rglob("*") if b"PRIVATE" in bytes_of(p)]
    assert (site / "onboarding" / ".gitignore").read_text() == "*\n"


def bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def test_filled_template_can_be_pasted_and_an_unfilled_row_is_refused(site: Path, run: Run) -> None:
    assert run(*VENDOR).code == 0
    template = site / "onboarding" / "rosales" / "mappings" / "products.csv"
    text = template.read_text("utf-8-sig")
    live = site / "mappings" / "products.csv"
    assert text.splitlines()[0] == live.read_text().splitlines()[0]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["partner"] for row in rows} == {"rosales"}
    lines = text.splitlines()[1:]
    filled = lines[0].replace("rosales,,,", "rosales,,R-1,Rosa roja", 1)
    before = live.read_text()
    live.write_text(before + filled + "\n")
    names = [p.name for p in config.load(site).partner]
    tables = load_tables(site / "mappings", partners=names, today=day())
    found = tables.product("rosales", "R-1", None, None, day())
    assert found == rows[0]["target_code"]
    live.write_text(before + lines[0] + "\n")
    said = run("check")
    assert said.code == 1
    assert "no code and no description" in said.out


def test_semicolon_table_gets_a_semicolon_template(site: Path, run: Run) -> None:
    live = site / "mappings" / "carriers.csv"
    live.write_text(live.read_text().replace(",", ";"))
    assert run("partner", "add", "rosita", "--role", "buyer").code == 0
    template = site / "onboarding" / "rosita" / "mappings" / "carriers.csv"
    assert template.read_text("utf-8-sig").startswith("partner;vendor_code;")


def test_guide_says_what_is_left_and_the_way_back(site: Path, run: Run) -> None:
    assert run(*VENDOR).code == 0
    guide = (site / "onboarding" / "rosales" / "README.md").read_text()
    assert "[[connection]]" in guide
    assert "k2kd connections --partner rosales" in guide
    assert "## Take it back" in guide


def test_taking_the_sections_out_again_gives_the_old_file(site: Path, run: Run) -> None:
    before = (site / FILE_NAME).read_text()
    first = run(*VENDOR, "--connect", "bloom", "--json").json()["first_line"]
    lines = (site / FILE_NAME).read_text().splitlines(keepends=True)
    assert lines[first - 1].startswith("# --- rosales, added")
    assert "".join(lines[: first - 1]).rstrip("\n") == before.rstrip("\n")


def test_running_daemon_takes_the_new_partner_in(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    with running(root) as daemon:
        assert daemon_pid(config.load(root)) == daemon.process.pid
        words = ["partner", "add", "rosita", "--role", "buyer", "--site", str(root)]
        start = "import sys; from daemon.cli import main; sys.exit(main())"
        done = subprocess.run(
            [sys.executable, "-c", start, *words], check=False, capture_output=True, text=True,
            cwd=CHECKOUT,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        daemon.wait_said("reloaded")
        assert daemon.process.poll() is None
    assert daemon_pid(config.load(root)) is None


def test_lock_of_a_program_that_would_end_by_the_signal_is_left_alone(
    site: Path, tmp_path: Path
) -> None:
    (site / "state").mkdir()
    lock = site / "state" / "lock"
    lock.touch()
    status = lock.stat()
    device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
    proc = tmp_path / "proc"
    (proc / "77").mkdir(parents=True)
    (proc / "locks").write_text(f"1: FLOCK  ADVISORY  WRITE 77 {device}:{status.st_ino} 0 EOF\n")
    loaded = config.load(site)
    (proc / "77" / "status").write_text("SigCgt:\t0000000000000002\n")
    assert daemon_pid(loaded, proc) is None
    (proc / "77" / "status").write_text("SigCgt:\t0000000000000001\n")
    assert daemon_pid(loaded, proc) == 77


def test_written_sections_parse_for_every_choice(site: Path, run: Run) -> None:
    for when in ("renamed", "done-file", "quiet"):
        name = f"v-{when}"
        said = run("partner", "add", name, "--role", "vendor", "--complete-when", when)
        assert said.code == 0, said.err
    values = tomllib.loads((site / FILE_NAME).read_text())
    assert [p["complete_when"] for p in values["partner"][-3:]] == ["renamed", "done-file", "quiet"]


def test_words_of_orders_are_asked_for_where_the_site_has_a_list_of_them(
    site: Path, run: Run
) -> None:
    (site / "mappings" / "incoterms.csv").unlink(missing_ok=True)
    assert run("partner", "add", "rosita", "--role", "buyer").code == 0
    made = site / "onboarding" / "rosita" / "mappings"
    rows = list(csv.DictReader(io.StringIO((made / "brands.csv").read_text("utf-8-sig"))))
    assert [(row["partner"], row["target_code"]) for row in rows] == [
        ("rosita", "SOLGOLD"),
        ("rosita", "NOBRAND"),
    ]
    assert (made / "locations.csv").exists()
    assert not (made / "incoterms.csv").exists()
