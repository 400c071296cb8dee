"""A real daemon: it takes live drops, reloads, says how it is, and ends in good order."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from daemon import config, service
from daemon.cli.tables import open_tables, today_of
from daemon.ledger.store import open_ledger
from daemon.operations import redrive
from tests.daemon.network import NETWORK, QUICK, configure, make_site
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.running import CHECKOUT, Running, command, running
from tests.daemon.sites import drop, kinds, only, outboxes
from tests.daemon.trade.systems.floral_orders import order as axerrio_order
from tests.postgres import Cluster


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One daemon for the tests of this module, which send it different partners' files."""
    with running(make_site(tmp_path_factory.mktemp("live") / "site")) as daemon:
        drop(
            daemon.root,
            "florsol",
            "stock.csv",
            availability(
                ("Rosa Explorer 60cm", 30000, "Stem"), ("Rosa Freedom 60cm", 30000, "Stem")
            ),
        )
        daemon.wait_file("florsol/advice-stock")
        yield daemon


def order(number: int, item: str = "BLM-100") -> bytes:
    return purchase_order(str(number), (item, "1", "BX"), control=number)


def test_an_order_that_is_dropped_is_answered_within_seconds(site: Running) -> None:
    began = time.monotonic()
    drop(site.root, "bloom", "o.edi", order(1))
    body = site.wait_file("bloom/855-1-")
    # Far above what it takes, because test machines are busy.
    assert time.monotonic() - began < 8
    assert b"ACK*IA*1*BX~" in body
    assert list((site.root / "inbox" / "bloom").glob("*.edi")) == []


def test_half_an_upload_is_never_taken(site: Running) -> None:
    inbox = site.root / "inbox" / "bloom"
    whole = order(2)
    with (inbox / "slow.edi").open("wb") as upload:
        upload.write(whole[:200])
        upload.flush()
        time.sleep(1)
        assert "bloom/855-2" not in kinds(outboxes(site.root))
        upload.write(whole[200:])
    site.wait_file("bloom/855-2-")
    assert not (inbox / "slow.edi").exists()


def test_a_bad_table_is_refused_with_its_place_and_a_good_one_completes_orders(
    site: Running,
) -> None:
    drop(site.root, "axerrio-florsol", "o.json", axerrio_order())
    site.wait_file("axerrio-florsol/ack")
    table = site.root / "mappings" / "products.csv"
    good = table.read_text()
    table.write_text(good + "axerrio-florsol,,,Rose Explorer 60,ROS-NOWHERE,,yes,,,\n")
    site.wait_said("tables_refused")
    (said,) = [json.loads(row) for row in site.log().splitlines() if "tables_refused" in row]
    row = len(good.splitlines()) + 1
    assert "products.csv" in said["reason"]
    assert f"row {row}" in said["reason"]
    assert "target_code" in said["reason"]
    assert "ROS-NOWHERE" in said["reason"]
    drop(site.root, "bloom", "meanwhile.edi", order(3))
    site.wait_file("bloom/855-3-")
    table.write_text(good + "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,\n")
    began = time.monotonic()
    site.wait_for(lambda: kinds(outboxes(site.root)).count("axerrio-florsol/ack-AX-1") == 2)
    # The table became shorter by no row, so a second of stillness is enough.
    assert time.monotonic() - began < 10


def test_a_reload_keeps_the_old_configuration_where_the_new_one_is_wrong(site: Running) -> None:
    configure(site.root, NETWORK.replace('vendor = "andes"', 'vendor = "andse"'))
    site.process.send_signal(signal.SIGHUP)
    site.wait_said("reload_refused")
    assert "did you mean andes?" in site.log()
    drop(site.root, "bloom", "after.edi", order(4))
    site.wait_file("bloom/855-4-")


def test_a_reload_takes_a_new_partner_in(site: Running) -> None:
    configure(site.root, NETWORK + '\n[[partner]]\nname = "newcomer"\nroles = ["buyer"]\n')
    site.process.send_signal(signal.SIGHUP)
    site.wait_said('"reloaded"')
    site.wait_for((site.root / "inbox" / "newcomer").is_dir)
    drop(site.root, "newcomer", "x.pdf", b"%PDF-1.7\n")
    assert b"pdf" in site.wait_file("newcomer/advice-x")
    drop(site.root, "bloom", "again.edi", order(5))
    site.wait_file("bloom/855-5-")


def test_a_reload_whose_folders_can_not_be_made_keeps_the_old_configuration(site: Running) -> None:
    (site.root / "taken").write_text("in the way")
    elsewhere = NETWORK.replace("[site]", '[site]\ninbox = "taken/{partner}"')
    configure(site.root, elsewhere)
    refused = site.log().count("reload_refused")
    site.process.send_signal(signal.SIGHUP)
    site.wait_for(lambda: site.log().count("reload_refused") > refused)
    drop(site.root, "bloom", "still.edi", order(6))
    site.wait_file("bloom/855-6-")
    configure(site.root)


def test_an_inbox_that_is_no_folder_is_an_alarm_and_nobody_else_s_trouble(site: Running) -> None:
    (site.root / "inbox" / "blocked").write_text("in the way")
    configure(site.root, NETWORK + '\n[[partner]]\nname = "blocked"\nroles = ["buyer"]\n')
    site.process.send_signal(signal.SIGHUP)
    site.wait_said('"inbox_lost","partner":"blocked"')
    drop(site.root, "bloom", "beside.edi", order(7))
    site.wait_file("bloom/855-7-")
    configure(site.root)


def test_a_storm_of_reloads_loses_nothing(site: Running) -> None:
    for number in range(10, 16):
        site.process.send_signal(signal.SIGHUP)
        drop(site.root, "bloom", f"{number}.edi", order(number))
    for number in range(10, 16):
        site.wait_file(f"bloom/855-{number}-", within_s=20)


def test_a_second_daemon_is_refused_at_once(site: Running) -> None:
    second = subprocess.run(
        command(site.root), cwd=CHECKOUT, check=False, capture_output=True, timeout=30
    )
    assert second.returncode == 3
    assert b"Traceback" not in second.stderr
    assert b"another" in second.stderr or b"already" in second.stderr
    assert site.process.poll() is None


def test_an_outbox_in_trouble_delays_nobody_and_heals(site: Running) -> None:
    box, aside = site.root / "outbox" / "bloom", site.root / "aside"
    box.rename(aside)
    box.write_text("in the way")
    drop(site.root, "bloom", "stuck.edi", order(20))
    drop(
        site.root,
        "tulipan",
        "o.edi",
        purchase_order("21", ("TUL-FRE60", "1", "BX"), control=21, sender="TULIPAN"),
    )
    site.wait_file("tulipan/855-21-")
    box.unlink()
    aside.rename(box)
    site.wait_file("bloom/855-20-", within_s=20)


def test_it_says_ready_alive_and_stopping_and_ends_within_seconds(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        listener.settimeout(20)
        env = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"}
        with running(root, env=env) as daemon:
            said = listener.recv(4096)
            while b"WATCHDOG=1" not in said:
                said += b"\n" + listener.recv(4096)
            assert said.startswith(b"READY=1")
            for number in range(1, 9):
                drop(root, "bloom", f"{number}.edi", order(number))
            daemon.wait_said("file_claimed")
            began = time.monotonic()
            assert daemon.stop() == 0
            assert time.monotonic() - began < 5
            while b"STOPPING=1" not in said:
                said += b"\n" + listener.recv(4096)
            # What was claimed is answered, or still claimed for the next start; nothing is lost.
            log = daemon.log()
    claimed = log.count('"event":"file_claimed"')
    waiting = len(list((root / "inbox" / "bloom").glob("*.edi")))
    assert claimed + waiting == 8
    assert '"stopped"' in log


def test_what_came_while_it_was_down_is_taken_at_the_start(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    (root / "inbox" / "bloom").mkdir(parents=True)
    drop(root, "bloom", "o.edi", order(1))
    with running(root) as daemon:
        daemon.wait_file("bloom/855-1-")
        assert daemon.stop() == 0


def test_a_row_that_is_spoilt_while_it_is_down_does_not_keep_it_down(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    with running(root) as daemon:
        drop(root, "bloom", "o.edi", order(1))
        daemon.wait_file("bloom/855-1-")
        assert daemon.stop() == 0
    table = root / "mappings" / "products.csv"
    good = table.read_text()
    table.write_text(good + "axerrio-florsol,,,Rose Explorer 60,ROS-NOWHERE,,yes,,,\n")
    with running(root) as daemon:
        daemon.wait_said("ROS-NOWHERE")
        daemon.wait_said("tables_used_last")
        drop(root, "bloom", "o2.edi", order(2))
        daemon.wait_file("bloom/855-2-")
        table.write_text(good)
        daemon.wait_said("tables_reloaded")


def test_a_start_with_spoilt_tables_uses_those_that_were_in_use_not_those_of_the_last_posting(
    tmp_path: Path,
) -> None:
    root = make_site(tmp_path / "site")
    (root / "inbox" / "bloom").mkdir(parents=True)
    drop(root, "bloom", "o.edi", order(1))
    assert service.run(root, once=True, pretty=False) == 0
    assert b"BAK" in only(outboxes(root), "bloom/855-1-")
    table = root / "mappings" / "products.csv"
    table.write_text(table.read_text() + "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,\n")
    site = config.load(root)
    tables = open_tables(site)
    with closing(open_ledger(site.ledger_url)) as ledger:
        redrive(ledger, site, tables, today_of(site))
    table.write_text(table.read_text() + "axerrio-florsol,,,Rose Freedom 60,ROS-NOWHERE,,yes,,,\n")
    with running(root) as daemon:
        assert f'"tables_used_last","hash":"{tables.hash[:12]}"' in daemon.log()


def test_a_first_start_with_spoilt_tables_says_all_that_is_wrong(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    with (root / "mappings" / "products.csv").open("a") as table:
        table.write("bloom,,B1,,ROS-NOWHERE,,yes,,,\nblom,,B2,,ROS-EXP-60,,yes,,,\n")
    ended = subprocess.run(
        command(root), cwd=CHECKOUT, check=False, capture_output=True, timeout=30
    )
    assert ended.returncode == 3
    assert b"ROS-NOWHERE" in ended.stderr
    assert b"did you mean bloom?" in ended.stderr


def test_a_start_waits_for_the_ledger_s_server(
    tmp_path: Path, postgres_cluster: Cluster, postgres_url: str
) -> None:
    root, address = make_site(tmp_path / "site"), str(tmp_path / "notify")
    said = root / "daemon.log"
    postgres_cluster.crash()
    with ExitStack() as ended:
        # Whatever happens, the server is up again for the next test.
        server = ended.enter_context(ExitStack())
        server.callback(postgres_cluster.start)
        listener = ended.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        listener.bind(address)
        listener.settimeout(60)
        env = {**os.environ, "NOTIFY_SOCKET": address, "K2KD_LEDGER__URL": postgres_url}
        with said.open("ab") as log:
            process = subprocess.Popen(command(root), cwd=CHECKOUT, stderr=log, env=env)
        ended.callback(process.kill)
        daemon = Running(root, process, said)
        assert listener.recv(4096).startswith(b"EXTEND_TIMEOUT_USEC=60000000\n")
        daemon.wait_said("ledger_fault")
        server.close()
        daemon.wait_said('"ready"', within_s=60)
        assert daemon.stop() == 0


@contextmanager
def waiting(root: Path) -> Iterator[Running]:
    """Start a daemon whose ledger's server isn't there, and wait until it waits for it."""
    configure(root, ledger_url="postgresql://k2kd@/k2kd?host=/nowhere/at/all")
    said = root / "daemon.log"
    with said.open("ab") as log:
        process = subprocess.Popen(command(root), cwd=CHECKOUT, stderr=log)
    try:
        daemon = Running(root, process, said)
        daemon.wait_said("ledger_fault", within_s=60)
        yield daemon
    finally:
        process.kill()
        process.wait()


def test_a_stop_is_heard_while_the_ledger_s_server_is_waited_for(tmp_path: Path) -> None:
    with waiting(make_site(tmp_path / "site")) as daemon:
        began = time.monotonic()
        assert daemon.stop() == 0
        assert time.monotonic() - began < 4
        assert '"stopped","reason":"SIGTERM"' in daemon.log()


def test_an_address_of_the_ledger_that_is_mended_is_taken_while_it_waits(tmp_path: Path) -> None:
    with waiting(make_site(tmp_path / "site")) as daemon:
        configure(daemon.root, NETWORK + "[sit]\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_said("reload_refused")
        configure(daemon.root)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_said('"ready"')
        assert daemon.stop() == 0


def test_a_site_with_problems_never_starts_and_says_all_of_them(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    (root / "k2kd.toml").write_text(NETWORK + QUICK.replace("quiet_s", "quite_s") + "[sit]\n")
    ended = subprocess.run(
        command(root), cwd=CHECKOUT, check=False, capture_output=True, timeout=30
    )
    assert ended.returncode == 3
    assert b"did you mean quiet_s?" in ended.stderr
    assert b"did you mean site?" in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_a_ledger_older_than_its_outboxes_is_an_alarm_at_the_start(tmp_path: Path) -> None:
    root = make_site(tmp_path / "site")
    outbox = root / "outbox" / "bloom"
    outbox.mkdir(parents=True, exist_ok=True)
    (outbox / "997-000000101-00000917.edi").write_bytes(b"")
    with running(root) as daemon:
        (said,) = [line for line in daemon.log().splitlines() if "ledger_behind" in line]
    event = json.loads(said)
    assert event["level"] == "alarm"
    assert "997-000000101-00000917.edi" in event["reason"]
    assert "k2kd db restored" in event["reason"]
