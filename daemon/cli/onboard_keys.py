"""`k2kd partner keys|password`: what opens a partner's door."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from daemon import config
from daemon.cli import options, screen
from daemon.cli.named_partner import partner_named
from daemon.cli.onboard_options import (
    Name,
    Ssh,
    SshOption,
    show_first_login,
    show_reload,
)
from daemon.config import Configuration
from daemon.errors import UsageError
from daemon.onboarding import openssh, sitefile
from daemon.onboarding.access import (
    add_to_site,
    chosen,
    known_keys,
    read_key_file,
    remove_from_openssh,
    remove_from_site,
    steps_for,
)
from daemon.onboarding.apply import apply, check, run
from daemon.onboarding.keys import PublicKey
from daemon.onboarding.logins import change_login, with_password
from daemon.onboarding.openssh import jail
from daemon.onboarding.reload import tell_daemon
from daemon.sftp.passwords import hash_password

MOST_PASSWORD_BYTES = 4096


class Action(StrEnum):
    """What is done with keys."""

    ADD = "add"
    LIST = "list"
    REMOVE = "remove"


KEYS_EXAMPLE = options.example(
    "k2kd partner keys florsol list",
    "k2kd partner keys florsol add florsol.pub",
    "k2kd partner keys florsol add florsol.pub --ssh apply",
    "k2kd partner keys florsol remove SHA256:...",
)
PASSWORD_EXAMPLE = options.example(
    "k2kd partner password florsol", "pass show florsol | k2kd partner password florsol --print"
)


def keys(
    name: Name,
    action: Annotated[Action, typer.Argument(metavar="add|list|remove", help="What to do.")],
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEYFILE", help="A .pub file (add, remove), or SHA256:... (remove)."
        ),
    ] = "",
    *,
    ssh: SshOption = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List, add or remove the keys that a partner logs in with.

    Without --ssh those of the embedded server, in k2kd.toml. With it those of OpenSSH; adding one
    does all of the partner's OpenSSH set-up again, which changes nothing that is there.
    """
    root = options.root(site)
    configuration = config.load(root)
    partner_named(configuration, name)
    if action is Action.LIST:
        _list(configuration, name, as_json=as_json)
        return
    if not key:
        raise UsageError(f"name the key to {action}: k2kd partner keys {name} {action} KEYFILE")
    if action is Action.ADD:
        found = read_key_file(Path(key))
        changed, lines = _add(root, configuration, name, found, ssh)
    else:
        known = known_keys(configuration, name)
        changed = chosen(key, known.openssh if ssh else known.server)
        lines = _remove(root, configuration, name, changed, ssh)
    told = tell_daemon(config.load(root)) if ssh is None and changed else None
    if as_json:
        facts = [_facts(each) for each in changed]
        screen.print_json({"partner": name, action.value: facts, "lines": lines, "daemon": told})
        return
    console = screen.console()
    for line in lines:
        console.print(Text(line), soft_wrap=True)
    done = {Action.ADD: "opens", Action.REMOVE: "no longer opens"}[action]
    for each in changed if ssh is not Ssh.PRINT else ():
        console.print(Text(f"{each.fingerprint} {done} the door of {name}", "green"))
    if not changed:
        console.print(Text("it was there already", "dim"))
    elif ssh is None:
        if action is Action.ADD:
            show_first_login(console, configuration, configuration.partner)
        show_reload(console, config.load(root), told)
        _note_server(configuration)


def _add(
    root: Path, site: Configuration, name: str, found: list[PublicKey], ssh: Ssh | None
) -> tuple[list[PublicKey], list[str]]:
    """Add keys; return those that are new, and what was done in words."""
    if ssh is None:
        return add_to_site(root, name, found), []
    where = jail(site, name)
    steps = steps_for(where, found, may_delete=False)
    if ssh is Ssh.PRINT:
        return found, openssh.script(steps, name).splitlines()
    return found, list(apply(where, steps, run))


def _remove(
    root: Path, site: Configuration, name: str, found: list[PublicKey], ssh: Ssh | None
) -> list[str]:
    if ssh is None:
        remove_from_site(root, name, found)
        return []
    where = jail(site, name)
    if ssh is Ssh.APPLY:
        check(where, run)
        remove_from_openssh(where, found)
        return []
    file = openssh.KEYS_FOLDER / name
    return [f"sed -i '\\|{each.body}|d' {file}" for each in found]


def _list(site: Configuration, name: str, *, as_json: bool) -> None:
    known = known_keys(site, name)
    if as_json:
        facts = {"k2kd.toml": known.server, "openssh": known.openssh}
        listed = {door: [_facts(each) for each in some] for door, some in facts.items()}
        screen.print_json({"partner": name} | listed)
        return
    console = screen.console()
    doors = (("embedded server", known.server), ("OpenSSH", known.openssh))
    rows = [(where, k.kind, k.fingerprint, k.comment) for where, some in doors for k in some]
    if rows:
        console.print(screen.table(("opens", "kind", "fingerprint", "comment"), rows))
    else:
        console.print(f"{name} has no key")
        screen.next_step(console, f"k2kd partner keys {name} add KEYFILE")


def _facts(key: PublicKey) -> dict[str, str]:
    return {"fingerprint": key.fingerprint, "kind": key.kind, "comment": key.comment}


def password(
    name: Name,
    *,
    only_print: Annotated[
        bool, typer.Option("--print", help="Print the line for k2kd.toml, and write nothing.")
    ] = False,
    site: options.Site = None,
) -> None:
    """Set the password of a partner for the embedded server; asks for it, or reads a line of stdin.

    Only its hash is kept. Keys are safer: a password can be guessed, lent and forgotten.
    """
    root = options.root(site)
    configuration = config.load(root)
    partner_named(configuration, name)
    made = hash_password(_asked(name))
    if only_print:
        sys.stdout.write(f'password = "{made}"\n')
        return
    sitefile.write(change_login(root, name, with_password(made)))
    console = screen.console()
    console.print(Text(f"{name} has a new password", "green"))
    show_first_login(console, configuration, configuration.partner)
    show_reload(console, configuration, tell_daemon(configuration))
    _note_server(configuration)


def _asked(name: str) -> str:
    """Return the password that a person types twice, or the first line of stdin."""
    if sys.stdin.isatty():
        typed: str = typer.prompt(
            f"Password for {name}", hide_input=True, confirmation_prompt=True, err=True
        )
        return typed
    line = sys.stdin.buffer.readline(MOST_PASSWORD_BYTES).rstrip(b"\r\n")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("the password is not UTF-8; write it in UTF-8") from None


def _note_server(site: Configuration) -> None:
    if not site.sftp_server.is_enabled:
        text = "  the embedded server is off; it is on with [sftp_server] is_enabled = true"
        screen.console().print(Text(text, "yellow"))
