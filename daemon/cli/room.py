"""Whether the disk has room enough for files to be taken in, in words."""

from __future__ import annotations

from daemon import safefile
from daemon.cli import screen
from daemon.config import Configuration
from daemon.intake.pressure import LEAST_INODE_SHARE
from daemon.safefile import Room


def of_state(site: Configuration) -> Room:
    """Return the room on the volume of the state folder; an EnvironmentFault where none can say."""
    above = next(p for p in (site.state, *site.state.parents) if p.exists())
    with safefile.open_directory(above.resolve()) as directory:
        return safefile.room(directory)


def lacking(site: Configuration, room: Room) -> str | None:
    """Say why nothing is taken in (P10); None where there is room enough."""
    if room.free_bytes < site.intake.free_bytes:
        return (
            f"{screen.size(room.free_bytes)} free, and nothing is taken in below"
            f" {screen.size(site.intake.free_bytes)} ([intake] free_bytes); free some"
        )
    if room.free_inode_share < LEAST_INODE_SHARE:
        return f"{room.free_inodes} inodes free, below 5 %; remove files"
    return None
