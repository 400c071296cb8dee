"""Processes that post: one that the tests of a module share, and one that may break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.lanes.process import PostingProcess
from tests.daemon.lanes.scene import Scene
from tests.daemon.sites import desktop


@pytest.fixture(scope="module")
def process() -> Iterator[PostingProcess]:
    """One process for the tests of this module, which begins with the site of each."""
    made = PostingProcess()
    yield made
    made.close()


@pytest.fixture
def site(process: PostingProcess, tmp_path: Path) -> Iterator[Scene]:
    with desktop(tmp_path / "site") as desk:
        scene = Scene(desk, process)
        scene.begin()
        yield scene


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Scene]:
    """A site with a process of its own, which may break."""
    with desktop(tmp_path / "site") as desk:
        scene = Scene(desk, PostingProcess())
        scene.begin()
        yield scene
        scene.posting.close()
