"""Two hosts over one PostgreSQL, as far as one machine can be two: run as root in `unshare -nm`.

Each host has network, host name, processes and file systems of its own (Linux namespaces), an
address on a bridge, and a site folder that the other doesn't see. The server listens on the
bridge's address and lets in those two addresses alone. The vendor and half of the buyers are served
by the one host, the other buyers by the other; both run the daemon at the same moment with orders
for the same lots in their inboxes. What came of it is printed as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from daemon import config
from daemon.ledger.store import open_ledger
from tests.daemon.sites import drop, outboxes
from tests.daemon.trade.crowds import crowd
from tests.daemon.trade.crowds.crowd_audit import audit
from tests.postgres import ROLE, Cluster, binaries

BRIDGE, SERVER = "lan", "10.77.0.1"
ORDERS = 20
"""Of each buyer; together they want about twice what there is."""
PUBLISHED = 10
"""Boxes of each lot."""
WAIT_S = 90
# The shell waits until its network card is there; then it shows only its own site, and says where
# the daemon runs. The daemon has loaded what it needs and waits to be let go with the other.
HOST = """
read -r ready
hostname {name}
ip link set lo up; ip link set {card} up; ip addr add {address}/24 dev {card}
mkdir -p {folder}/site
mount --bind {folder}/{name} {folder}/site
mount -t tmpfs none {folder}/one; mount -t tmpfs none {folder}/two
echo "$(hostname) $(hostname -I)"
echo "$(ls {folder}/site/inbox)"
exec {python} -c "{daemon}" run --once --plain --site {folder}/site
"""

DAEMON = (
    "import sys, daemon.cli.run, daemon.engine, daemon.warm_up; from daemon.cli import main; "
    "print('loaded', flush=True); sys.stdin.readline(); sys.exit(main())"
)


@dataclass(frozen=True, slots=True)
class Host:
    name: str
    address: str
    serves: tuple[str, ...]

    @property
    def card(self) -> str:
        return f"v-{self.name}"


HOSTS = (
    Host("one", "10.77.0.11", (crowd.VENDOR, *crowd.BUYERS[::2])),
    Host("two", "10.77.0.12", crowd.BUYERS[1::2]),
)


def main() -> int:
    """Play it in the namespaces of this process, and print what came of it."""
    found = binaries()
    if found is None:
        return 2
    with tempfile.TemporaryDirectory(prefix="k2kd-hosts-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", BRIDGE, "type", "bridge")
        _run("ip", "addr", "add", f"{SERVER}/24", "dev", BRIDGE)
        _run("ip", "link", "set", BRIDGE, "up")
        (folder / "pg").mkdir()
        cluster = Cluster(found, folder / "pg", [f"listen_addresses={SERVER}"])
        try:
            sys.stdout.write(json.dumps(_play(folder, cluster)) + "\n")
        finally:
            cluster.stop()
    return 0


def _play(folder: Path, cluster: Cluster) -> dict[str, object]:
    local = cluster.new_url()
    lan = f"postgresql+psycopg://{ROLE}@{SERVER}/test_1"
    for host in HOSTS:
        cluster.admit(host.address)
    crowd.make_crowd(folder / HOSTS[0].name, local, published=PUBLISHED)
    for host in HOSTS:
        _settle(folder, host, lan)
        for buyer in set(host.serves) - {crowd.VENDOR}:
            for at, body in enumerate(crowd.orders(buyer, ORDERS, seed=7), 1):
                drop(folder / host.name, buyer, f"{at}.{_extension(buyer)}", body)
    said = _together(folder)
    ledger = open_ledger(local)
    found = audit(ledger, dict.fromkeys(crowd.BUYERS, ORDERS))
    ledger.close()
    return {
        "said": said,
        "problems": found.problems,
        "lines": dict(found.lines),
        "sold": found.sold,
        "published": found.published,
        "turns": [next(h.name for h in HOSTS if b in h.serves) for b in found.order],
        "outboxes": {
            host.name: Counter(
                path.partition("/")[0] for path in outboxes(folder / host.name) if _answers(path)
            )
            for host in HOSTS
        },
    }


def _settle(folder: Path, host: Host, lan: str) -> None:
    """Write a host's own site: its partners, and the ledger by the network."""
    root, first = folder / host.name, folder / HOSTS[0].name
    if root != first:
        shutil.copytree(first / "mappings", root / "mappings")
    text = crowd.network() + f'\n[ledger]\nurl = "{lan}"\n\n[intake]\nbatch = {crowd.BATCH}\n'
    text = text.replace('roles = ["buyer"]', 'roles = ["buyer"]\ncomplete_when = "renamed"')
    text = text.replace("[site]", f"[site]\nserves = {json.dumps(host.serves)}", 1)
    (root / config.FILE_NAME).write_text(text)
    for partner in host.serves:
        for box in ("inbox", "outbox"):
            (root / box / partner).mkdir(parents=True, exist_ok=True)


def _together(folder: Path) -> dict[str, list[str]]:
    """Let both hosts run at once; return what each said of itself, and how it ended."""
    running = [_start(folder, host) for host in HOSTS]
    try:
        for host, process in zip(HOSTS, running, strict=True):
            inner = _child_of(process.pid)
            _run("ip", "link", "add", f"b-{host.name}", "type", "veth", "peer", "name", host.card)
            _run("ip", "link", "set", f"b-{host.name}", "master", BRIDGE, "up")
            _run("ip", "link", "set", host.card, "netns", str(inner))
        for process in running:
            _tell(process, "ready")
        before = [_said_until(process, "loaded") for process in running]
        for process in running:
            _tell(process, "go")
        said = {}
        for host, process, lines in zip(HOSTS, running, before, strict=True):
            _, errors = process.communicate(timeout=WAIT_S)
            said[host.name] = [*lines, f"ended {process.returncode}", errors[-2000:]]
        return said
    finally:
        for process in running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def _tell(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdin is not None
    process.stdin.write(word + "\n")
    process.stdin.flush()


def _said_until(process: subprocess.Popen[str], last: str) -> list[str]:
    """Return the lines before `last`; all of them from a host that ended without it."""
    assert process.stdout is not None
    return list(takewhile(lambda line: line != last, map(str.rstrip, process.stdout)))


def _start(folder: Path, host: Host) -> subprocess.Popen[str]:
    script = HOST.format(
        name=host.name,
        card=host.card,
        address=host.address,
        folder=folder,
        python=sys.executable,
        daemon=DAEMON,
    )
    apart = ("unshare", "--net", "--uts", "--pid", "--fork", "--mount", "--mount-proc")
    return subprocess.Popen(
        [*apart, "--kill-child", "sh", "-ec", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _child_of(pid: int) -> int:
    """Return the process that `unshare` forked, which is in all of the new namespaces."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    while True:
        children = path.read_text().split()
        if children:
            return int(children[0])


def _answers(path: str) -> bool:
    return path.partition("/")[2].startswith(("855-", "order-ack-"))


def _extension(buyer: str) -> str:
    return "edi" if crowd.writes_x12(buyer) else "csv"


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
