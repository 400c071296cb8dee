"""`k2kd partner list|test`: how each partner's files travel, and whether its server lets us in."""

from __future__ import annotations

import typer
from rich.text import Text

from daemon import config
from daemon.cli import options, screen
from daemon.cli.named_partner import partner_named
from daemon.cli.onboard_options import Name
from daemon.config import Partner

ENVIRONMENT = 3
_STYLES = {"ok": "green", "look": "yellow", "failed": "bold red"}

LIST_EXAMPLE = options.example("k2kd partner list", "k2kd partner list --json | jq '.[].name'")
TEST_EXAMPLE = options.example("k2kd partner test florsol")


def listing(*, as_json: options.Json = False, site: options.Site = None) -> None:
    """List the partners, and how their files come and go."""
    found = config.load(options.root(site))
    rows = [(p.name, p.title, ", ".join(p.roles), *_ways(p)) for p in found.partner]
    columns = ("partner", "title", "roles", "files come", "answers go")
    if as_json:
        keys = [column.replace(" ", "_") for column in ("name", *columns[1:])]
        screen.print_json([dict(zip(keys, row, strict=True)) for row in rows])
        return
    screen.console().print(screen.table(columns, rows))


def _ways(partner: Partner) -> tuple[str, str]:
    """Say how files come from a partner, and how answers go to it."""
    local = "its login here" if partner.login else "its folder here"
    remote = partner.sftp
    if remote is None:
        return local, local
    there = f"{remote.user}@{remote.host}:{remote.port}"
    pulled = f"fetched from {there}, {remote.pull.folder}" if remote.pull else local
    pushed = f"put to {there}, {remote.push.folder}" if remote.push else local
    return pulled, pushed


def test(name: Name, *, as_json: options.Json = False, site: options.Site = None) -> None:
    """Try a partner's own SFTP server, step by step; says what to do where a step fails.

    Writes a hidden file of a few bytes into its folders and removes it.
    """
    from daemon.sftp.words import Outcome, test_partner  # noqa: PLC0415  (SSH, for this only)

    found = config.load(options.root(site))
    checks = test_partner(found, partner_named(found, name))
    if as_json:
        screen.print_json(checks)
    else:
        console = screen.console()
        for check in checks:
            mark = Text(f"{check.outcome.value:<7}", _STYLES[check.outcome.value])
            console.print(Text.assemble(mark, (f"{check.name}: ", "bold"), check.said))
            if check.advice:
                console.print(Text(f"       {check.advice}", "cyan"), soft_wrap=True)
    if any(check.outcome is Outcome.FAILED for check in checks):
        raise typer.Exit(ENVIRONMENT)
