"""The embedded SFTP server of a site with one partner, in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from daemon import config
from daemon.clock import SystemClock
from daemon.eventlog import EventLog
from daemon.service import make_folders
from daemon.sftp.server import SftpDoor


def main() -> None:
    """Serve the site in the folder of the first argument; print the port, end with the input."""
    root = Path(sys.argv[1])
    site = config.load(root)
    make_folders(site)
    with (root / "events.jsonl").open("w", encoding="utf-8") as log:
        door = SftpDoor(site, SystemClock(), EventLog(log, pretty=False))
        door.start()
        sys.stdout.write(f"{door.port}\n")
        sys.stdout.flush()
        sys.stdin.read()
        door.stop()


if __name__ == "__main__":
    main()
