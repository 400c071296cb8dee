"""`k2kd partner pack`: the page that a partner gets, with samples in its own format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from daemon import config
from daemon.cli import options, screen
from daemon.cli.faults import told_as_tables
from daemon.cli.named_partner import partner_named
from daemon.cli.onboard_options import (
    HostKeyOption,
    HostOption,
    Name,
    PortOption,
    way_in,
)
from daemon.clock import SystemClock
from daemon.errors import UsageError
from daemon.onboarding.entry import ROLES
from daemon.onboarding.pack import pack as pack_files
from daemon.onboarding.pack import write_pack
from daemon.onboarding.taking_on import folder_of, open_tables

PACK_EXAMPLE = options.example(
    "k2kd partner pack florsol --host sftp.example.com",
    "k2kd partner pack florsol --out /tmp/florsol",
)


def pack(
    name: Name,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where; default onboarding/NAME/pack.")
    ] = None,
    host: HostOption = "",
    port: PortOption = 0,
    host_key: HostKeyOption = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Make the page that a partner gets, as PDF and Markdown, with samples in its own format."""
    configuration = config.load(options.root(site))
    partner = partner_named(configuration, name)
    if not set(partner.roles) & set(ROLES):
        roles = ", ".join(partner.roles)
        raise UsageError(f"{name} is {roles}; pages are made for {', '.join(ROLES)}")
    at = SystemClock().now().astimezone(configuration.site.zone)
    with told_as_tables():
        tables = open_tables(configuration, at)
    way = way_in(configuration, partner, host, port, host_key, is_ssh=bool(host))
    files = pack_files(configuration, tables, partner, way, at)
    folder = out or folder_of(configuration, name) / "pack"
    write_pack(files, folder, None)
    paths = [str(folder / file.name) for file in files]
    if as_json:
        screen.print_json({"partner": name, "folder": str(folder), "files": paths})
        return
    console = screen.console()
    for path in paths:
        console.print(Text(path), soft_wrap=True)
