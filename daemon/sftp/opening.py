"""The embedded server of a site opened, or taken over from before a reload; all else runs without.

A host key that can't be read, or the like, is an alarm and never a reason not to start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daemon.clock import Clock
from daemon.config import Configuration
from daemon.errors import EnvironmentFault, SiteError
from daemon.eventlog import Level, Say
from daemon.intake.closings import Closings

if TYPE_CHECKING:
    from daemon.sftp.server import SftpDoor


def open_server(
    site: Configuration, clock: Clock, say: Say, closings: Closings, kept: SftpDoor | None
) -> SftpDoor | None:
    """Return the running server of `site`; None where it wants none or can't have one.

    `kept` ran for the configuration before: its sessions go on, as far as `site` lets them.
    """
    if not site.sftp_server.is_enabled:
        if kept is not None:
            kept.stop()
        return None
    try:
        if kept is not None:
            kept.reload(site)
            return kept
        return _started(site, clock, say, closings)
    except (SiteError, EnvironmentFault) as error:
        if kept is not None:
            kept.stop()
        say("sftp_failed", level=Level.ALARM, reason=str(error))
        return None


def _started(site: Configuration, clock: Clock, say: Say, closings: Closings) -> SftpDoor:
    from daemon.sftp.server import SftpDoor  # noqa: PLC0415  (SSH, only for sites that serve it)

    door = SftpDoor(site, clock, say, on_closed=closings.note)
    door.start()
    return door
