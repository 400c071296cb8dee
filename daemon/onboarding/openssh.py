"""What OpenSSH needs for one partner, as steps: an account, a jail, keys, and sshd's settings.

Pure: it plans, `apply` does, and `script` shows the same steps as a shell script. Every step may be
done again. Nothing in a folder that a partner can write to is made with root's rights, because
root would follow a link there.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from daemon.config import Configuration
from daemon.errors import SiteError, UsageError

GROUP = "sftppartners"
DAEMON_ACCOUNT = "k2kd"
KEYS_FOLDER = Path("/etc/ssh/authorized_keys.d")
SNIPPET = Path("/etc/ssh/sshd_config.d/k2kd-partners.conf")
_ACCOUNT_NAME = re.compile(r"^[a-z][a-z0-9-]{0,31}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Command:
    """Run `argv` as root; not where `unless` succeeds."""

    why: str
    argv: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """Give a file of root's this text; `is_settings` for one that sshd must accept first."""

    why: str
    path: Path
    text: str
    is_settings: bool = False


Step = Command | Content


@dataclass(frozen=True, slots=True)
class Jail:
    """The folders of a partner as sshd and the partner see them."""

    partner: str
    root: Path
    """The partner's own part of the host; `/` to the partner."""
    pattern: str
    """The same for sshd, `%u` being the account."""
    inbox: Path
    outbox: Path

    @property
    def inbox_seen(self) -> str:
        return f"/{self.inbox.name}"

    @property
    def outbox_seen(self) -> str:
        return f"/{self.outbox.name}"


def jail(site: Configuration, partner: str) -> Jail:
    """Return the jail that the site's folders make; a SiteError or UsageError where they don't.

    sshd needs one folder for each partner, named as its account, with inbox and outbox in it.
    """
    if not _ACCOUNT_NAME.match(partner):
        raise UsageError(
            f"{partner} can't be an account: at most 32 letters, digits and hyphens, a letter"
            " first; choose another name, or let it use the embedded server"
        )
    inbox, outbox = PurePosixPath(site.site.inbox), PurePosixPath(site.site.outbox)
    above = inbox.parent
    is_jail = (
        above == outbox.parent
        and above.name == "{partner}"
        and inbox.is_absolute()
        and inbox.name != outbox.name
        and not {"{", "%"} & set(f"{inbox.name}{outbox.name}{above.parent}")
        and all(re.fullmatch(r"[\w./-]+", str(each)) for each in (inbox.name, above.parent))
    )
    if not is_jail:
        raise SiteError(
            [
                f"k2kd.toml: OpenSSH shuts each partner into one folder, but inbox is {inbox} and"
                f' outbox is {outbox}; set [site] inbox = "/srv/k2kd/{{partner}}/inbox" and'
                ' outbox = "/srv/k2kd/{partner}/outbox"'
            ]
        )
    root = Path(str(above).format(partner=partner))
    pattern = f"{above.parent}/%u"
    return Jail(partner, root, pattern, root / inbox.name, root / outbox.name)


def plan(where: Jail, keys: tuple[str, ...], *, may_delete: bool = False) -> tuple[Step, ...]:
    """Return the steps that let a partner in with `keys` (lines of authorized_keys).

    With `may_delete` it may remove what it has fetched from its outbox.
    """
    return (
        *_account(where),
        *_folders(where, may_delete=may_delete),
        *_keys(where, keys),
        *_settings(where),
    )


def _account(where: Jail) -> Iterator[Step]:
    yield Command("a group that sshd knows partners by", ("groupadd", "--force", GROUP))
    # The password field is `*`, which no password matches; sshd takes `!` for a locked account
    # and refuses its keys too where UsePAM is off.
    options = "--no-create-home --home-dir / --shell /usr/sbin/nologin --user-group"
    yield Command(
        "an account without a shell, a home or a password",
        (
            "useradd",
            *options.split(),
            *("--groups", GROUP, "--password", "*"),
            *("--comment", "k2kd partner", where.partner),
        ),
        unless=("id", "-u", where.partner),
    )


def _folders(where: Jail, *, may_delete: bool) -> Iterator[Step]:
    partner, daemon = where.partner, DAEMON_ACCOUNT

    def folder(why: str, path: Path, owner: str, group: str, mode: str) -> Command:
        return Command(why, ("install", "-d", "-o", owner, "-g", group, "-m", mode, str(path)))

    above = where.root.parent
    yield folder("the folder of all partners", above, "root", "root", "0755")
    yield folder("its jail, which only root may change", where.root, "root", "root", "0755")
    yield folder("it drops files here, the daemon takes them", where.inbox, partner, daemon, "2770")
    mode = "2770" if may_delete else "2750"
    why = "it fetches, and may delete, what is here" if may_delete else "it fetches what is here"
    yield folder(why, where.outbox, daemon, partner, mode)
    # Made by the daemon's account: what stands in an inbox belongs to the partner. They inherit
    # the group, or the partner could not read what is renamed out of the staging folder.
    for why, path in (
        ("the daemon's own: what it refused", where.inbox / ".refused"),
        ("the daemon's own: answers until they are whole", where.outbox / ".staging"),
    ):
        make = f"umask 077 && mkdir -p -- {shlex.quote(str(path))}"
        yield Command(why, ("runuser", "-u", daemon, "--", "sh", "-c", make))


def _keys(where: Jail, keys: tuple[str, ...]) -> Iterator[Step]:
    yield Command(
        "keys lie where no partner can change them",
        ("install", "-d", "-o", "root", "-g", "root", "-m", "0755", str(KEYS_FOLDER)),
    )
    if keys:
        yield keys_file(where.partner, keys)


def keys_file(partner: str, keys: tuple[str, ...]) -> Content:
    """Return the step that gives a partner just these keys."""
    text = "".join(f"{key}\n" for key in keys)
    return Content("the keys that open its door", KEYS_FOLDER / partner, text)


def _settings(where: Jail) -> Iterator[Step]:
    yield Content("sshd's settings for partners", SNIPPET, snippet(where), is_settings=True)


def snippet(where: Jail) -> str:
    """Return sshd's settings for the group of partners (reliability G)."""
    return f"""\
# Partners of k2kd: SFTP only, each shut into its own folder. Written by `k2kd partner add --ssh`.
Match Group {GROUP}
    ChrootDirectory {where.pattern}
    ForceCommand internal-sftp -d {where.inbox_seen} -u 0007 -l INFO -P symlink,hardlink
    AuthorizedKeysFile {KEYS_FOLDER}/%u
    AuthenticationMethods publickey
    PubkeyAuthentication yes
    MaxAuthTries 3
    MaxSessions 4
    ClientAliveInterval 30
    ClientAliveCountMax 4
    DisableForwarding yes
    PermitTTY no
    PermitUserRC no
Match all
"""


def script(steps: tuple[Step, ...], partner: str) -> str:
    """Return the steps as a shell script that root can run, also more than once."""
    lines = [
        "#!/bin/sh",
        f"# Lets {partner} in through OpenSSH. Run as root on the server; it may be run again.",
        "set -eu",
        "",
        "# the daemon's account must be there, and an account of somebody else's is never taken",
        f"id -u {DAEMON_ACCOUNT} >/dev/null",
        f"! id -u {partner} >/dev/null 2>&1 || id -Gn {partner} | grep -qw {GROUP} ||",
        f"    {{ echo '{partner} is an account already, and no partner' >&2; exit 1; }}",
    ]
    for step in steps:
        lines += ["", f"# {step.why}", *_shell(step)]
    lines += [
        "",
        "# sshd must accept its settings, and apply them to this account, before it reads them",
        f"sshd -t || {{ mv {SNIPPET} {SNIPPET}.refused; exit 1; }}",
        f"sshd -T -C user={partner},host=partner,addr=192.0.2.1 | grep -i '^chrootdirectory.*%u'",
        "systemctl reload ssh 2>/dev/null || systemctl reload sshd 2>/dev/null ||",
        "    echo 'reload sshd now, so that it reads its settings' >&2",
    ]
    return "\n".join(lines) + "\n"


def _shell(step: Step) -> list[str]:
    if isinstance(step, Command):
        line = shlex.join(step.argv)
        return [f"{shlex.join(step.unless)} >/dev/null 2>&1 || {line}" if step.unless else line]
    file = shlex.quote(str(step.path))
    made = [f"install -o root -g root -m 0644 /dev/stdin {file} <<'END'"]
    return [*made, *step.text.splitlines(), "END"]


def undo(where: Jail) -> tuple[str, ...]:
    """Return the commands that take the partner's way in back; its files stay."""
    return (f"rm {KEYS_FOLDER}/{where.partner}", f"userdel {where.partner}")
