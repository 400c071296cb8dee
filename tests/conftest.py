"""What every test may ask for: an empty ledger on each database, and the golden cases' switch."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.memory import in_memory
from tests.postgres import ledger_url, module_postgres_url, postgres_cluster, postgres_url

__all__ = ["in_memory", "ledger_url", "module_postgres_url", "postgres_cluster", "postgres_url"]


# No test is timed, so a machine that is busy with something else fails none.
settings.register_profile("k2kd", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("k2kd")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate",
        action="store_true",
        help="write what the golden cases expect anew; the diff is then reviewed",
    )


def pytest_collection_finish() -> None:
    """Keep what is loaded by now from being looked at again by every collection of garbage.

    And look less often: a site at work makes thousands of things that stay until its test ends, and
    to look through them again and again took a twentieth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether golden cases rewrite what they expect instead of comparing with it."""
    return bool(request.config.getoption("--regenerate"))


@pytest.fixture(autouse=True)
def _no_site_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in (
        "K2KD_SITE",
        "NOTIFY_SOCKET",
        "JOURNAL_STREAM",
        "WATCHDOG_USEC",
        "CREDENTIALS_DIRECTORY",
        "COLUMNS",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]
