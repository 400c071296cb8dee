"""Partners come through the real sshd, as `k2kd partner add --ssh apply` set it up."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.today import day
from tests.onboarding import lab as labs
from tests.onboarding.lab import Client, Lab, until

REASON = labs.missing()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab with the vendor rosales, sshd and the daemon running."""
    with labs.opened(tmp_path_factory.mktemp("lab")) as lab:
        added = lab.k2kd(
            *("partner", "add", "rosales", "--role", "vendor", "--x12-id", "ROSALES"),
            *("--title", "Rosales Farms", "--currency", "USD", "--make-key"),
            *("--host", "127.0.0.1", "--port", str(lab.port), "--ssh", "apply"),
        )
        assert added.returncode == 0, added.stdout + added.stderr
        with labs.sshd(lab), labs.daemon(lab):
            yield lab


@pytest.fixture(scope="module")
def rosales(lab: Lab) -> Client:
    folder = lab.site / "onboarding" / "rosales"
    return Client(lab, "rosales", folder / "id_ed25519", folder / "pack" / "known_hosts")


def taken(lab: Lab, name: str, partner: str = "rosales") -> None:
    """Wait until the daemon has taken a file, which is when it is gone from the inbox."""
    inbox = lab.srv / partner / "inbox"
    until(lambda: not (inbox / name).exists(), f"taking {name}", log=lab.root / "daemon.log")


def answers(lab: Lab, beginning: str, partner: str = "rosales") -> list[Path]:
    return sorted((lab.srv / partner / "outbox").glob(f"{beginning}*"))


def sample(lab: Lab, name: str) -> Path:
    return lab.site / "onboarding" / "rosales" / "pack" / "samples" / name


@pytest.mark.parametrize(
    ("path", "rights"),
    [
        ("/srv/k2kd", "root:root 755"),
        ("/srv/k2kd/rosales", "root:root 755"),
        ("/srv/k2kd/rosales/inbox", "rosales:k2kd 2770"),
        ("/srv/k2kd/rosales/outbox", "k2kd:rosales 2750"),
        ("/srv/k2kd/rosales/inbox/.refused", "k2kd:k2kd 2700"),
        ("/srv/k2kd/rosales/outbox/.staging", "k2kd:rosales 2700"),
        ("/etc/ssh/authorized_keys.d/rosales", "root:root 644"),
        ("/etc/ssh/sshd_config.d/k2kd-partners.conf", "root:root 644"),
        ("/mnt/site/k2kd.toml", "root:k2kd 640"),
        ("/mnt/site/onboarding/rosales/id_ed25519", "root:root 600"),
    ],
)
def test_rights_are_those_of_the_checklist(lab: Lab, path: str, rights: str) -> None:
    assert lab.rights(path) == rights


def test_account_has_no_shell_no_home_and_no_password(lab: Lab) -> None:
    assert lab.must("getent", "passwd", "rosales").strip().endswith(":/:/usr/sbin/nologin")
    assert lab.must("getent", "shadow", "rosales").split(":")[1] == "*"
    assert "sftppartners" in lab.must("id", "-Gn", "rosales").split()


def test_renamed_upload_is_taken_and_answered_through_the_same_door(
    lab: Lab, rosales: Client, tmp_path: Path
) -> None:
    rosales.must(
        f"put {sample(lab, 'availability.csv')} first.csv.part", "rename first.csv.part first.csv"
    )
    taken(lab, "first.csv")
    until(lambda: answers(lab, "advice-first"), "the answer", log=lab.root / "daemon.log")
    rosales.must(f"get /outbox/advice-first* {tmp_path}/answer.csv")
    # Taken, and not on sale before somebody says how this new vendor packs (M-12).
    assert "file,,,held,3,,,first.csv" in (tmp_path / "answer.csv").read_text()


def test_partner_may_not_write_into_its_outbox_nor_see_what_is_staged(
    lab: Lab, rosales: Client
) -> None:
    tried = (
        f"-put {sample(lab, 'availability.csv')} /outbox/x",
        "-ls /outbox/.staging",
        "-ls /inbox/.refused",
    )
    done = rosales.sftp(*tried)
    assert done.stderr.lower().count("permission denied") == len(tried), done.stderr


def test_f13_cut_x12_waits_and_resuming_it_posts_once(
    lab: Lab, rosales: Client, tmp_path: Path
) -> None:
    whole = big_inventory(tmp_path / "big.edi", control=71)
    inbox = lab.srv / "rosales" / "inbox"
    size = rosales.cut_upload(whole, "big.edi", inbox / "big.edi")
    assert 0 < size < whole.stat().st_size
    time.sleep(1.0)
    # The client is gone and the file closed under its final name; only its missing end speaks.
    assert (inbox / "big.edi").stat().st_size == size
    rosales.must(f"reput {whole} big.edi")
    taken(lab, "big.edi")
    until(lambda: answers(lab, "997-000000071"), "the 997", log=lab.root / "daemon.log")
    (answer,) = answers(lab, "997-000000071")
    assert "AK9*A*1*1*1~" in answer.read_text()


def test_f13_cut_csv_under_its_final_name_waits_and_the_renamed_one_counts(
    lab: Lab, rosales: Client, tmp_path: Path
) -> None:
    row = f"1,Rose Explorer Red 60 cm,{day().isoformat()},100,Stem,,Roses,Red,0.34,25,\r\n"
    whole = tmp_path / "stock.csv"
    whole.write_text(row * 40_000)
    inbox = lab.srv / "rosales" / "inbox"
    size = rosales.cut_upload(whole, "stock.csv", inbox / "stock.csv")
    assert 0 < size < whole.stat().st_size
    time.sleep(1.0)
    # It counts as whole only after quiet_s, because it was agreed that names come last.
    assert (inbox / "stock.csv").stat().st_size == size
    whole.write_text(row)
    rosales.must(f"put {whole} stock.csv.part", "rm stock.csv", "rename stock.csv.part stock.csv")
    taken(lab, "stock.csv")
    until(lambda: answers(lab, "advice-stock"), "the answer", log=lab.root / "daemon.log")
    (answer,) = answers(lab, "advice-stock")
    assert "file,,,held,1,,,stock.csv" in answer.read_text()


def test_jail_can_not_be_left(lab: Lab, rosales: Client, tmp_path: Path) -> None:
    listed = rosales.must("cd /", "ls -1")
    assert [x for x in listed.splitlines() if not x.startswith("sftp>")] == ["inbox", "outbox"]
    outside = ("/etc/passwd", "../../../etc/passwd", "/../../mnt/site/k2kd.toml")
    tried = [f"-get {path} {tmp_path}/stolen" for path in outside]
    done = rosales.sftp(*tried, "-mkdir /new", "-rename /inbox /elsewhere", "-rmdir /outbox")
    assert len(done.stderr.splitlines()) == 6, done.stderr
    assert not (tmp_path / "stolen").exists()
    assert sorted(path.name for path in (lab.srv / "rosales").iterdir()) == ["inbox", "outbox"]


def test_links_are_refused(lab: Lab, rosales: Client) -> None:
    rosales.must(f"put {sample(lab, 'availability.csv')} target.part")
    links = (
        "-ln -s /etc/passwd link.csv",
        "-ln -s target.part link.csv",
        "-ln target.part two.csv",
    )
    done = rosales.sftp(*links)
    assert done.stderr.count("Permission denied") == 2, done.stderr
    # A server that refuses hard links does not offer them, so the client never asks.
    assert "Server does not support hardlink" in done.stderr
    assert not os.path.lexists(lab.srv / "rosales" / "inbox" / "link.csv")
    assert (lab.srv / "rosales" / "inbox" / "target.part").stat().st_nlink == 1
    rosales.must("rm target.part")


def test_there_is_no_shell_no_forwarding_and_no_password(rosales: Client) -> None:
    assert "uid=" not in rosales.ssh("--", "id").stdout
    forwarded = rosales.ssh("-W", f"127.0.0.1:{rosales.lab.port}")
    assert forwarded.returncode
    assert "SSH-2.0" not in forwarded.stdout
    password = rosales.ssh("-o", "PubkeyAuthentication=no", "-o", "LogLevel=INFO")
    assert "Permission denied (publickey)" in password.stderr


def test_other_keys_open_nothing(lab: Lab, rosales: Client, tmp_path: Path) -> None:
    stranger = new_key(tmp_path / "stranger")
    assert Client(lab, "rosales", stranger, rosales.known_hosts).sftp("ls").returncode
    assert Client(lab, "k2kd", rosales.key, rosales.known_hosts).sftp("ls").returncode


def test_keys_come_and_go_without_sshd_noticing(lab: Lab, rosales: Client, tmp_path: Path) -> None:
    second = Client(lab, "rosales", new_key(tmp_path / "second"), rosales.known_hosts)
    public = f"{second.key}.pub"
    added = lab.k2kd("partner", "keys", "rosales", "add", public, "--ssh", "apply")
    assert added.returncode == 0, added.stdout + added.stderr
    assert second.sftp("ls").returncode == 0
    assert rosales.sftp("ls").returncode == 0
    removed = lab.k2kd("partner", "keys", "rosales", "remove", public, "--ssh", "apply")
    assert removed.returncode == 0, removed.stdout + removed.stderr
    assert second.sftp("ls").returncode
    assert rosales.sftp("ls").returncode == 0


def test_second_partner_is_taken_in_by_the_running_daemon(lab: Lab, rosales: Client) -> None:
    added = lab.k2kd(
        *("partner", "add", "minorista", "--role", "buyer", "--x12-id", "MINORISTA"),
        *("--connect", "rosales", "--make-key", "--host", "127.0.0.1", "--port", str(lab.port)),
        *("--ssh", "apply", "--may-delete"),
    )
    assert added.returncode == 0, added.stdout + added.stderr
    assert "reads its settings again" in added.stdout
    assert lab.rights("/srv/k2kd/minorista/outbox") == "k2kd:minorista 2770"
    folder = lab.site / "onboarding" / "minorista"
    buyer = Client(lab, "minorista", folder / "id_ed25519", folder / "pack" / "known_hosts")
    buyer.must(f"put {folder}/pack/samples/order.edi order.edi")
    taken(lab, "order.edi", "minorista")
    until(lambda: answers(lab, "997", "minorista"), "the 997", log=lab.root / "daemon.log")
    buyer.must("rm /outbox/997*")
    assert not answers(lab, "997", "minorista")
    assert Client(lab, "minorista", rosales.key, rosales.known_hosts).sftp("ls").returncode


def test_printed_script_does_the_same(lab: Lab, tmp_path: Path, rosales: Client) -> None:
    key = new_key(tmp_path / "key")
    words = (
        *("partner", "add", "guion", "--role", "vendor", "--key", f"{key}.pub"),
        *("--host", "127.0.0.1", "--port", str(lab.port), "--ssh", "print"),
    )
    printed = lab.k2kd(*words)
    assert printed.returncode == 0, printed.stdout + printed.stderr
    assert not (lab.srv / "guion").exists()
    # A daemon that restarts now must not meet a partner whose folders it can't make.
    assert "guion" not in (lab.site / "k2kd.toml").read_text()
    script = "/mnt/site/onboarding/guion/openssh.sh"
    for _ in range(2):
        lab.must("sh", script)
    assert lab.rights("/srv/k2kd/guion/inbox") == "guion:k2kd 2770"
    assert lab.rights("/srv/k2kd/guion/outbox/.staging") == "k2kd:guion 2700"
    assert Client(lab, "guion", key, rosales.known_hosts).sftp("ls").returncode == 0
    assert "reads its settings again" in lab.k2kd(*words).stdout
    assert 'name = "guion"' in (lab.site / "k2kd.toml").read_text()


def test_settings_that_sshd_refuses_are_put_back(lab: Lab) -> None:
    snippet, broken = "/etc/ssh/sshd_config.d/k2kd-partners.conf", "/etc/ssh/sshd_config.d/x.conf"
    before = lab.must("cat", snippet)
    site = (lab.site / "k2kd.toml").read_bytes()
    lab.must("sh", "-c", f"rm {snippet}; echo NoSuchSetting yes >{broken}")
    try:
        failed = lab.k2kd("partner", "add", "fallido", "--role", "vendor", "--ssh", "apply")
        assert failed.returncode == 3
        assert "NoSuchSetting" in failed.stderr
        assert "was put back" in failed.stderr
        assert lab.run("test", "-e", snippet).returncode
        assert (lab.site / "k2kd.toml").read_bytes() == site
    finally:
        lab.run("sh", "-c", f"rm {broken}; cat >{snippet}", stdin=before)
    again = lab.k2kd("partner", "add", "fallido", "--role", "vendor", "--ssh", "apply")
    assert again.returncode == 0, again.stdout + again.stderr


def test_sshd_that_does_not_read_the_settings_is_noticed(lab: Lab) -> None:
    config = "/etc/ssh/sshd_config"
    lab.must("sed", "-i", "s/^Include/#Include/", config)
    try:
        failed = lab.k2kd("partner", "add", "nadie", "--role", "vendor", "--ssh", "apply")
    finally:
        lab.must("sed", "-i", "s/^#Include/Include/", config)
    assert failed.returncode == 3
    assert "Include /etc/ssh/sshd_config.d/*.conf" in failed.stderr


def test_account_of_somebody_else_is_never_taken(lab: Lab) -> None:
    before = lab.must("getent", "passwd", "backup")
    lab.k2kd("partner", "add", "backup", "--role", "vendor", "--ssh", "print")
    printed = lab.run("sh", "/mnt/site/onboarding/backup/openssh.sh")
    assert "is an account already" in printed.stderr
    refused = lab.k2kd("partner", "add", "backup", "--role", "vendor", "--ssh", "apply")
    assert refused.returncode == 2
    assert "is no partner's" in refused.stderr
    assert lab.must("getent", "passwd", "backup") == before
    assert not (lab.srv / "backup").exists()


def big_inventory(path: Path, *, control: int) -> Path:
    """Write an 846 of 8 000 items."""
    items = "".join(f"LIN*{n}*VP*ITEM-{n}~\nQTY*33*100*EA~\n" for n in range(1, 8_001))
    head = (
        f"ISA*00*          *00*          *ZZ*ROSALES        *ZZ*LABNET         *261121*0610*U*00401"
        f"*{control:09}*0*P*>~\nGS*IB*ROSALES*LABNET*20261121*0610*{control}*X*004010~\n"
        f"ST*846*0001~\nBIA*00*PS*R-{control}*20261121*0600~\nN1*SE*Rosales*92*ROSALES~\n"
    )
    tail = f"CTT*8000~\nSE*16005*0001~\nGE*1*{control}~\nIEA*1*{control:09}~\n"
    path.write_text(head + items + tail)
    return path


def new_key(path: Path) -> Path:
    """Make a key pair as a partner would."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", str(path)], check=True
    )
    return path
