"""`k2kd partner add`: take a partner on, all of it in one go."""

from __future__ import annotations

import platform
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon import config
from daemon.cli import options, screen
from daemon.cli.faults import told_as_tables, told_as_usage
from daemon.cli.named_partner import partner_named
from daemon.cli.onboard_options import (
    HostKeyOption,
    HostOption,
    PortOption,
    Ssh,
    SshOption,
    show_first_login,
    show_reload,
    way_in,
)
from daemon.clock import SystemClock
from daemon.config import FILE_NAME, CompleteWhen, Configuration
from daemon.errors import UsageError
from daemon.eventlog import safe
from daemon.onboarding import openssh, sitefile
from daemon.onboarding.access import check_embedded, read_key_file, steps_for
from daemon.onboarding.apply import apply, check, run
from daemon.onboarding.door import Door
from daemon.onboarding.entry import Request, block
from daemon.onboarding.keys import KeyPair, PublicKey
from daemon.onboarding.openssh import Jail, Step, jail
from daemon.onboarding.place import put
from daemon.onboarding.reload import tell_daemon
from daemon.onboarding.taking_on import (
    Prepared,
    key_pair,
    make_folders,
    open_tables,
    prepare,
)
from daemon.sections import Role

SCRIPT = "openssh.sh"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)


class NewRole(StrEnum):
    """Roles that `partner add` sets up."""

    VENDOR = "vendor"
    BUYER = "buyer"
    AXERRIO = "axerrio"


@dataclass(frozen=True, slots=True)
class Access:
    """How a new partner is let in through OpenSSH; no steps without --ssh."""

    mode: Ssh | None = None
    where: Jail | None = None
    steps: tuple[Step, ...] = ()


ADD_EXAMPLE = options.example(
    "k2kd partner add rosales --role vendor --title 'Rosales Farms' --x12-id ROSALES"
    " --connect bloom",
    "k2kd partner add rosales --role vendor --make-key --host sftp.example.com --ssh apply",
)


Name = Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits, -.")]
RoleOption = Annotated[
    NewRole,
    typer.Option(
        "--role", help="What it is: a vendor sells, a buyer buys, axerrio is a vendor's own system."
    ),
]
Title = Annotated[
    str, typer.Option("--title", metavar="TEXT", help="Its company name.", show_default=False)
]
X12Id = Annotated[
    str,
    typer.Option(
        "--x12-id", metavar="[QUAL/]ID", help="Its name in X12 envelopes, as ZZ/ROSALES (ISA06)."
    ),
]
EdifactId = Annotated[
    str,
    typer.Option(
        "--edifact-id", metavar="ID", help="Its name in EDIFACT envelopes (UNB), as its GLN."
    ),
]
EdifactQualifier = Annotated[
    str | None,
    typer.Option(
        "--edifact-qualifier",
        metavar="CODE",
        help="What kind of id that is (0007): 14 a GLN, ZZZ one of its own.",
    ),
]
Connect = Annotated[
    list[str] | None,
    typer.Option(
        "--connect",
        metavar="OTHER",
        help="Who it trades with: a vendor's buyer, a buyer's vendor; for axerrio its vendor."
        " May be given more than once.",
    ),
]
When = Annotated[
    CompleteWhen,
    typer.Option(
        "--complete-when",
        help="When a CSV of its is whole: once renamed, with a done-file, or lying quiet.",
    ),
]
Currency = Annotated[
    str, typer.Option("--currency", metavar="CODE", help="Of amounts whose file names none.")
]
Receives = Annotated[
    list[str] | None,
    typer.Option(
        "--receives",
        metavar="WHAT",
        help="What it is sent. Vendor: x12, edifact, csv, florecom, layout:NAME, labels, more than"
        " once. Buyer: x12, edifact, csv, layout:NAME or none.",
    ),
]
KeyFile = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="The public key it sent.")
]
MakeKey = Annotated[bool, typer.Option("--make-key", help="Make a key pair for it, instead.")]
MayDelete = Annotated[bool, typer.Option("--may-delete", help="It may empty its outbox (--ssh).")]


def add(
    name: Name,
    *,
    role: RoleOption,
    title: Title = "",
    x12_id: X12Id = "",
    edifact_id: EdifactId = "",
    edifact_qualifier: EdifactQualifier = None,
    connect: Connect = None,
    complete_when: When = CompleteWhen.RENAMED,
    currency: Currency = "",
    receives: Receives = None,
    key: KeyFile = None,
    make_key: MakeKey = False,
    ssh: SshOption = None,
    may_delete: MayDelete = False,
    host: HostOption = "",
    port: PortOption = 0,
    host_key: HostKeyOption = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Take a partner on: its sections in k2kd.toml, folders, rows to map, login and page.

    Nothing that stands in k2kd.toml is changed; the new sections come after it, and only if the
    whole still loads. Until then a failed try leaves nothing but folders, and may be repeated.
    """
    root = options.root(site)
    before = config.load(root)
    _check_name(name)
    at = SystemClock().now().astimezone(before.site.zone)
    request = Request(
        name=name,
        role=Role(role.value),
        title=options.text(title),
        x12_id=options.text(x12_id),
        edifact_id=options.text(edifact_id),
        edifact_qualifier=None if edifact_qualifier is None else options.text(edifact_qualifier),
        connect=tuple(connect or ()),
        complete_when=complete_when,
        currency=currency,
        receives=tuple(receives or ()),
    )
    pair = key_pair(before, name) if make_key and not key else None
    keys = read_key_file(key) if key else [pair.public] if pair else []
    if ssh is None:
        check_embedded(keys)
    lines = () if ssh else tuple(each.line for each in keys)
    with told_as_usage(f"{name[:60]} can't be added so"):
        draft = sitefile.appended(root, block(request, before, at.date(), lines))
    access = _access(draft.site, name, keys, ssh, may_delete=may_delete)
    # Through OpenSSH the server is this machine, unless partners know it by another name.
    host = host or (platform.node() if ssh else "")
    partner = partner_named(draft.site, name)
    way = way_in(draft.site, partner, host, port, host_key, is_ssh=bool(ssh))
    _take_on(root, draft, name, at, access=access, way=way, pair=pair, as_json=as_json)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{safe(name, 60)} is no name for a partner; give up to 40 lower-case letters, digits"
            " and hyphens, with a letter or digit first and last, such as rosales-farms"
        )


def _access(
    site: Configuration,
    name: str,
    keys: Sequence[PublicKey],
    ssh: Ssh | None,
    *,
    may_delete: bool,
) -> Access:
    """Plan OpenSSH's part, and see now what would stop it later."""
    if ssh is None:
        return Access()
    where = jail(site, name)
    if ssh is Ssh.APPLY:
        check(where, run)
    return Access(ssh, where, steps_for(where, keys, may_delete=may_delete))


def _take_on(
    root: Path,
    draft: sitefile.Draft,
    name: str,
    at: datetime,
    *,
    access: Access,
    way: Door,
    pair: KeyPair | None,
    as_json: bool,
) -> None:
    """Make everything, the site file last, and say what was made."""
    site = draft.site
    undo = openssh.undo(access.where) if access.where else ()
    with told_as_tables():
        open_tables(site, at)  # Spoilt tables are said before anything is made.
    done: list[str] = []
    if access.where is not None and access.mode is Ssh.APPLY:
        done = list(apply(access.where, access.steps, run))
    elif access.mode is None:
        make_folders(site, name)
    prepared = prepare(site, partner_named(site, name), way, at, pair=pair, undo=undo)
    script = ""
    if access.mode is Ssh.PRINT:
        script = openssh.script(access.steps, name)
        put(prepared.folder / SCRIPT, script.encode(), mode=0o640)
    # The daemon does not start while it can't make a partner's folders, so a partner that waits
    # for root's script stays out of k2kd.toml.
    is_added = access.where is None or access.where.inbox.is_dir()
    if is_added:
        sitefile.write(draft)
    told = tell_daemon(site) if is_added else None
    if as_json:
        screen.print_json(
            {
                "partner": name,
                "is_added": is_added,
                "site": str(root / FILE_NAME),
                "first_line": draft.first_line,
                "inbox": str(site.inbox(name)),
                "outbox": str(site.outbox(name)),
                "onboarding": prepared,
                "fingerprint": pair.public.fingerprint if pair else None,
                "ssh": done,
                "script": script or None,
                "daemon": told,
                "undo": undo,
            }
        )
        return
    console = screen.console()
    if is_added:
        _show(console, root, draft, name, prepared=prepared, done=done)
        if partner_named(site, name).login:
            others = [partner for partner in site.partner if partner.name != name]
            show_first_login(console, site, others)
        show_reload(console, site, told)
        _show_next(console, root, prepared)
    else:
        _show_script(console, prepared, name, script)


def _show_script(console: Console, prepared: Prepared, name: str, script: str) -> None:
    """Show what root must do before the partner can be added."""
    console.print(Text(f"{name} is no partner yet: root must let it in first", "bold yellow"))
    console.print(screen.heading(f"{prepared.folder / SCRIPT}"))
    console.print(Text(script), soft_wrap=True)
    file = shlex.quote(str(prepared.folder / SCRIPT))
    screen.next_step(console, f"sudo sh {file}", "account, folders, keys, sshd's settings")
    console.print(Text("  then  this command again, which adds the partner", "dim"))


def _show(
    console: Console,
    root: Path,
    draft: sitefile.Draft,
    name: str,
    *,
    prepared: Prepared,
    done: Sequence[str],
) -> None:
    site = draft.site
    console.print(Text(f"{name} is a partner now", "bold green"))
    rows = [
        ("settings", f"{root / FILE_NAME}, from line {draft.first_line}"),
        ("inbox", str(site.inbox(name))),
        ("outbox", str(site.outbox(name))),
        ("page and samples", str(prepared.pack)),
        ("rows to map", ", ".join(str(path) for path in prepared.templates)),
        ("private key", str(prepared.key or "")),
    ]
    console.print(screen.table(("what", "where"), [row for row in rows if row[1]]))
    for line in done:
        console.print(Text(f"  {line}", "dim"))
    console.print()


def _show_next(console: Console, root: Path, prepared: Prepared) -> None:
    at = shlex.quote(str(root))
    screen.next_step(console, f"k2kd check --site {at}", "see that all is well")
    guide = shlex.quote(str(prepared.folder / "README.md"))
    screen.next_step(console, f"less {guide}", "what is left, and the way back")
