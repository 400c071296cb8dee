"""Servers for the tests of this folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sftp.server.lab import Lab, make_lab

OpenLab = Callable[..., Lab]


@pytest.fixture
def open_lab(tmp_path: Path) -> Iterator[OpenLab]:
    """Start a server; keywords are settings of `[sftp_server]`, and `file_bytes`."""
    # What the client library complains about when a server hangs up is no output of the tests.
    logging.getLogger("test.client").setLevel(logging.CRITICAL + 1)
    labs: list[Lab] = []

    def start(*, file_bytes: int = 4 << 20, **settings: object) -> Lab:
        lab = make_lab(tmp_path, settings, file_bytes)
        lab.start()
        labs.append(lab)
        return lab

    yield start
    for lab in labs:
        lab.door.stop()
        # Whatever the clients of a test did, nothing in the server may have been surprised.
        assert not lab.events("session_crashed")


@pytest.fixture
def lab(open_lab: OpenLab) -> Lab:
    """A server with the settings that a site has by default."""
    return open_lab()
