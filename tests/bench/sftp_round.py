"""One round of the SFTP comparison: the same files moved by everybody, one after the other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.child import measured
from tests.bench.material import big_order_file, order_file
from tests.bench.sftp_others import RCLONE, Login, openssh, rclone

Rates = dict[str, float]
_ORDERS_A_FILE = 3
"""Makes about 2 KB."""
_FIRST = 100_001
_IDLE_RUNS = 3
DOOR_PARTNER = "florsol"
WAYS = ("pull", "push")


@dataclass(frozen=True, slots=True)
class Workload:
    """How much is moved; those that go file by file get fewer where each takes its round trips."""

    files: int
    megabytes: int
    far_openssh: int
    far_rclone: int


@dataclass(frozen=True, slots=True)
class Road:
    """A port that leads to the server, and how far it is."""

    name: str
    port: int
    openssh_idle_s: float = 0.0
    """What a batch takes that only connects and goes to a folder."""
    rclone_idle_s: float = 0.0
    """The same of rclone, that lists an empty folder."""

    @property
    def is_near(self) -> bool:
        return self.name == "near"


@dataclass(frozen=True, slots=True)
class Server:
    """A server's folders as they lie on this machine, and how to log in."""

    home: Path
    login: Login
    pin: str
    make_folder: Callable[[str], Path]
    give: Callable[[Path], Path]

    def stock(self, material: Path) -> None:
        """Lay a copy of every folder of `material` out, for all to fetch."""
        for source in material.iterdir():
            folder = self.make_folder(source.name)
            for path in source.iterdir():
                self.give(Path(shutil.copy(path, folder)))

    def linked(self, name: str) -> str:
        """Make a folder with the files of `name` whose names may be taken away; return its name."""
        folder = self.emptied(f"{name}-away")
        for path in (self.home / name).iterdir():
            os.link(path, folder / path.name)
        return folder.name

    def emptied(self, name: str) -> Path:
        shutil.rmtree(self.home / name, ignore_errors=True)
        return self.make_folder(name)


def lay_out(material: Path, load: Workload) -> None:
    """Write the files that are moved: 2 KB of orders each, and one large file of the same kind."""
    today = datetime.now(UTC).date()
    counts = {"small": load.files, "few": load.far_openssh, "some": load.far_rclone, "none": 0}
    for name, count in counts.items():
        (material / name).mkdir(parents=True)
        for number in range(_FIRST, _FIRST + count):
            orders = (order_file(number * 10 + part, today) for part in range(_ORDERS_A_FILE))
            (material / name / f"order-{number}.edi").write_bytes(b"".join(orders))
    (material / "large").mkdir()
    megabyte = big_order_file(998_000, today)
    with (material / "large" / "orders.edi").open("wb") as file:
        while file.tell() < load.megabytes * 1_000_000:
            file.write(megabyte)


@dataclass(frozen=True, slots=True)
class Round:
    """What every round works with."""

    folder: Path
    server: Server
    load: Workload
    near: Road
    far: Road

    @property
    def material(self) -> Path:
        return self.folder / "material"

    @property
    def large_mb(self) -> float:
        return (self.material / "large" / "orders.edi").stat().st_size / 1e6

    def fresh(self) -> Path:
        """Return an empty folder of this side."""
        made = self.folder / "got"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        return made

    def write_door_site(self, root: Path) -> None:
        """Write a site whose embedded server takes the key that sshd takes."""
        public = self.server.login.key.with_name(self.server.login.key.name + ".pub")
        root.mkdir()
        (root / "k2kd.toml").write_text(f"""{_SETTINGS}
[sftp_server]
is_enabled = true
port = 0

[[partner]]
name = "{DOOR_PARTNER}"
roles = ["vendor"]
login = {{ keys = ["{public.read_text().strip()}"] }}
""")


_SETTINGS = """
[intake]
settle_s = 0
settle_moved_s = 0
quiet_s = 0
free_bytes = 0

[limits]
file_bytes = 1_000_000_000
"""


def road_rates(round_: Round, road: Road, *, is_first: bool) -> Rates:
    """Return files a second and MB a second of ours and theirs, over one road, both ways.

    Those that are not held against a target, and take long, are measured in the first round only.
    """
    login = round_.server.login
    nothing = [f'lcd "{round_.fresh()}"', f'cd "{login.prefix}none"']
    # The quickest of some: a cold start taken off a warm run would make them look too fast.
    idle = min(openssh(login, road.port, nothing) for _ in range(_IDLE_RUNS))
    road = replace(road, openssh_idle_s=idle)
    has_rclone = RCLONE is not None and (road.is_near or is_first)
    if has_rclone:
        listing = ("lsf", "REMOTE:none")
        idle = min(rclone(login, road.port, *listing) for _ in range(_IDLE_RUNS))
        road = replace(road, rclone_idle_s=idle)
    others = ["openssh", *(["rclone"] if has_rclone else [])]
    if road.is_near and is_first:
        others.append("careful")
    rates: Rates = {}
    for way in WAYS:
        at = f"{road.name} {way}"
        ours = _ours(round_, road, way, round_.folder / f"ours-{road.name}-{way}")
        rates |= {f"{at} {name}": rate for name, rate in ours.items()}
        for who in others:
            rates |= {
                f"{at} {size} {who}": rate for size, rate in _theirs(round_, road, way, who).items()
            }
    return rates


def _ours(round_: Round, road: Road, way: str, root: Path) -> Rates:
    server, load = round_.server, round_.load
    folders = {
        name: server.linked(name) if way == "pull" else server.emptied(f"{name}-in").name
        for name in ("small", "large")
    }
    _write_site(round_, road, way, root, folders)
    if way == "push":
        measured("sftp_ours", "post", root, round_.material)
    got = measured("sftp_ours", way, root)
    left = {name: len(list((server.home / folder).iterdir())) for name, folder in folders.items()}
    moved = {"small": load.files, "large": 1}
    expected = {name: 0 if way == "pull" else count for name, count in moved.items()}
    if left != expected or got["small_files"] != load.files or got["large_files"] != 1:
        raise SystemExit(f"{way}: {got} were moved, and {left} stand on the server")
    shutil.rmtree(root)
    for folder in folders.values():
        shutil.rmtree(server.home / folder)
    return {
        "small ours": load.files / got["small_s"],
        "small cpu": got["small_cpu_s"] * 1e3 / load.files,
        "large ours": round_.large_mb / got["large_s"],
        "large cpu": got["large_cpu_s"] * 1e3 / round_.large_mb,
        "connect": got["connect_s"],
        "peak": got["peak_mb"],
    }


def _write_site(round_: Round, road: Road, way: str, root: Path, folders: dict[str, str]) -> None:
    login = round_.server.login
    (root / "credentials").mkdir(parents=True)
    shutil.copy(login.key, root / "credentials" / "key")
    partners = "".join(
        f"""
[[partner]]
name = "{name}"
roles = ["vendor"]
complete_when = "renamed"

[partner.sftp]
host = "127.0.0.1"
port = {road.port}
user = "{login.user}"
host_keys = ["{round_.server.pin}"]
key = "key"

[partner.sftp.{way}]
folder = "{login.prefix}{folder}"
"""
        for name, folder in folders.items()
    )
    (root / "k2kd.toml").write_text(_SETTINGS + partners)


def _theirs(round_: Round, road: Road, way: str, who: str) -> Rates:
    load = round_.load
    move = {"openssh": _openssh_s, "careful": _careful_s, "rclone": _rclone_s}[who]
    name, count = "small", load.files
    if not road.is_near:
        far = {"openssh": ("few", load.far_openssh), "rclone": ("some", load.far_rclone)}
        name, count = far[who]
    return {
        "small": count / move(round_, road, way, name),
        "large": round_.large_mb / move(round_, road, way, "large"),
    }


def _openssh_s(round_: Round, road: Road, way: str, name: str) -> float:
    """Return the seconds of a plain `get *` or `put *`, without those of connecting."""
    server = round_.server
    if way == "pull":
        here, there, line = round_.fresh(), name, "get *"
    else:
        here, there, line = round_.material / name, server.emptied("in").name, "put *"
    go = [f'lcd "{here}"', f'cd "{server.login.prefix}{there}"']
    spent = openssh(server.login, road.port, [*go, line])
    _check(round_, here if way == "pull" else server.home / there, name)
    return spent - road.openssh_idle_s


def _careful_s(round_: Round, road: Road, way: str, name: str) -> float:
    """Return the seconds of a batch with our promises: flushed, under another name, receipted."""
    server = round_.server
    names = sorted(os.listdir(round_.material / name))
    if way == "pull":
        here, there = round_.fresh(), server.linked(name)
        lines = [line for each in names for line in (f"get -f {each}", f"rm {each}")]
    else:
        here, there = round_.material / name, server.emptied("in").name
        lines = [
            line
            for each in names
            for line in (f"put -f {each} {each}.part", f"rename {each}.part {each}")
        ]
    go = [f'lcd "{here}"', f'cd "{server.login.prefix}{there}"']
    spent = openssh(server.login, road.port, [*go, *lines])
    _check(round_, here if way == "pull" else server.home / there, name)
    return spent - road.openssh_idle_s


def _rclone_s(round_: Round, road: Road, way: str, name: str) -> float:
    server = round_.server
    if way == "pull":
        here = round_.fresh()
        spent = rclone(server.login, road.port, "copy", f"REMOTE:{name}", str(here))
    else:
        here = server.emptied("in")
        spent = rclone(
            server.login, road.port, "copy", str(round_.material / name), f"REMOTE:{here.name}"
        )
    _check(round_, here, name)
    return spent - road.rclone_idle_s


def _check(round_: Round, there: Path, name: str) -> None:
    """Refuse a rate of files that did not all come over."""
    wanted = {e.name: e.stat().st_size for e in os.scandir(round_.material / name)}
    if {e.name: e.stat().st_size for e in os.scandir(there)} != wanted:
        raise SystemExit(f"{there} has not every file of {name}")


def door_rates(round_: Round, root: Path, port: int) -> Rates:
    """Return what OpenSSH's client puts a second into the inbox of the embedded server."""
    login = Login(DOOR_PARTNER, round_.server.login.key, root / "known_hosts")
    inbox = root / "inbox" / DOOR_PARTNER
    amounts = {"small": float(round_.load.files), "large": round_.large_mb}
    rates: Rates = {}
    for name, amount in amounts.items():
        go = [f'lcd "{round_.material / name}"', "cd inbox"]
        idle = min(openssh(login, port, go) for _ in range(_IDLE_RUNS))
        spent = openssh(login, port, [*go, "put *"]) - idle
        _check(round_, inbox, name)
        for path in inbox.iterdir():
            path.unlink()
        rates[f"door {name}"] = amount / spent
    return rates
