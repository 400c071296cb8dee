"""What the commands of `k2kd partner` share: their options, the partner, the way in."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon.cli import screen
from daemon.config import Configuration, Partner
from daemon.onboarding.door import Door, door, own_host_keys, read_host_keys
from daemon.onboarding.keys import PublicKey


class Ssh(StrEnum):
    """What is done about OpenSSH."""

    PRINT = "print"
    APPLY = "apply"


Name = Annotated[str, typer.Argument(metavar="NAME", help="The partner's name.")]
SshOption = Annotated[
    Ssh | None,
    typer.Option("--ssh", help="Let it in through OpenSSH: print the commands, or do them (root)."),
]
HostOption = Annotated[
    str,
    typer.Option(
        "--host", metavar="HOST", help="How partners reach our SFTP server.", show_default=False
    ),
]
PortOption = Annotated[
    int,
    typer.Option("--port", metavar="PORT", min=0, max=65535, help="Its port.", show_default="22"),
]
HostKeyOption = Annotated[
    Path | None,
    typer.Option("--host-key", metavar="FILE", help="Its public host key, for the page."),
]


def way_in(
    site: Configuration,
    partner: Partner,
    host: str,
    port: int,
    host_key: Path | None,
    *,
    is_ssh: bool,
) -> Door:
    """Return the way in that the page describes."""
    keys: tuple[PublicKey, ...] = ()
    if host_key is not None:
        keys = read_host_keys(host_key)
    elif is_ssh and not site.sftp_server.is_enabled:
        keys = own_host_keys()
    return door(site, partner, host=host, port=port, host_keys=keys)


def show_first_login(console: Console, site: Configuration, before: Sequence[Partner]) -> None:
    """Say that the first login ends the try-out one, where the partners `before` had that."""
    server = site.sftp_server
    had_trial = server.is_enabled and is_local(server.address) and before
    if not had_trial or any(partner.login for partner in before):
        return
    name = before[0].name
    console.print(
        Text(
            f"  this is the site's first login, so the try-out login of {name} (the key"
            f" state/sftp/try_{name}) opens nothing any more",
            "yellow",
        )
    )


def is_local(address: str) -> bool:
    """Say whether only this machine reaches `address`."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def show_reload(console: Console, site: Configuration, told: int | None) -> None:
    if told is not None:
        console.print(Text(f"  the daemon (process {told}) reads its settings again", "dim"))
        return
    from daemon.cli.books import is_running  # noqa: PLC0415  (SQLAlchemy, needed only here)

    if is_running(site) is not False:
        screen.next_step(console, "systemctl reload k2kd", "have the daemon read its settings")
