"""Root's commands act as the daemon's account in its books: what they make there, it can use."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from daemon.config import Configuration


@contextmanager
def as_daemon(site: Configuration) -> Iterator[None]:
    """Act as the account that the site's state belongs to, where root gives the command.

    Otherwise `sudo k2kd status` before the first start would make a ledger that the daemon can't
    open, and one that finishes work an outbox that it can't write to. Whoever isn't root stays who
    they are, and so does root where a daemon has run as root.
    """
    with ExitStack() as back:
        if owner := _owner(site):
            _act_as(*owner, back)
        yield


def _act_as(uid: int, gid: int, back: ExitStack) -> None:
    """Act as an account until `back` is closed; not where root may not, as in some containers."""
    before = os.getegid(), os.getgroups()
    try:
        os.setgroups(_groups(uid, gid))
        back.callback(os.setgroups, before[1])
        os.setegid(gid)
        back.callback(os.setegid, before[0])
        os.seteuid(uid)
        back.callback(os.seteuid, 0)
    except OSError:
        back.close()


def _owner(site: Configuration) -> tuple[int, int] | None:
    """Return the account and group of who runs the daemon; None where root may act as itself."""
    if os.geteuid() != 0:
        return None
    # The first that there is: a daemon made the lock, and before that whoever installs the folder.
    for path in (site.state / "lock", site.state / "ledger.db", site.state):
        try:
            status = path.stat()
        except OSError:
            continue
        return (status.st_uid, status.st_gid) if status.st_uid else None
    return None


def _groups(uid: int, gid: int) -> list[int]:
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        return [gid]
    return os.getgrouplist(name, gid)
