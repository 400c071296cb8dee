"""A site whose goods can be billed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop
from tests.daemon.trade.invoices.invoice_files import five_shipped


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, where florsol and bloom share invoices; five boxes are shipped."""
    with five_shipped(tmp_path / "site") as opened:
        yield opened
