"""What an engine says of itself while its parts come and go."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from daemon.engine import Engine
from daemon.sftp.server import SftpDoor
from tests.daemon.sites import desktop


class Door:
    """A server that moved a while ago."""

    def slowest_s(self) -> float:
        return 7.0


class Handing(Engine):
    """An engine whose server is handed over as soon as somebody has looked for it."""

    _looks = 0

    @property
    def _door(self) -> SftpDoor | None:
        self._looks += 1
        return cast(SftpDoor, Door()) if self._looks == 1 else None

    @_door.setter
    def _door(self, _door: SftpDoor | None) -> None:
        self._looks = 0


def test_a_reload_between_two_looks_of_the_pulse_does_not_end_it(tmp_path: Path) -> None:
    """The pulse has a thread of its own; without it, systemd would end the service."""
    with desktop(tmp_path) as desk:
        engine = Handing(desk.p)
        assert engine.slowest_s() == 7.0
        assert engine.slowest_s() == 0.0
