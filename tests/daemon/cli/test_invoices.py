"""`k2kd invoices`: how far invoices are, and what a person decides about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.daemon.cli.conftest import Run
from tests.daemon.network import NETWORK, configure
from tests.daemon.sites import desktop, outboxes
from tests.daemon.trade.invoices.invoice_files import SHARED, bill, extra, shipped


@pytest.fixture
def billed(tmp_path: Path) -> Path:
    """A site with an invoice over five boxes and freight, which waits for approval."""
    root = tmp_path / "billed"
    with desktop(root, network=SHARED) as site:
        shipped(site)
        bill(site, {}, extra("charge", "9.00", description="Freight"), total="10.50")
    return root


def test_invoices_are_listed_with_the_command_for_those_that_wait(run: Run, billed: Path) -> None:
    said = run("invoices", "list", "--site", billed)
    assert said.code == 0
    for text in ("F-1", "florsol", "bloom", "10.50 USD", "pending approval"):
        assert text in said.out
    assert "k2kd invoices approve F-1 --vendor florsol" in said.out
    assert (
        run("invoices", "list", "--state", "synchronized", "--json", "--site", billed).json() == []
    )


def test_one_invoice_is_shown_with_its_lines_and_its_way(run: Run, billed: Path) -> None:
    said = run("invoices", "show", "F-1", "--site", billed)
    for text in ("5 Box", "Freight", "9.00", "total", "invoice of florsol"):
        assert text in said.out
    found = run("invoices", "show", "F-1", "--json", "--site", billed).json()
    assert (found["state"], found["invoice"]["total"]) == ("pending approval", "10.50")
    assert [step["after"] for step in found["moves"]] == ["pending approval"]


def test_an_approval_is_carried_out_at_once_and_told(run: Run, billed: Path) -> None:
    said = run("invoices", "approve", "F-1", "--by", "ana", "--site", billed)
    assert (said.code, "invoice F-1 is approved" in said.out) == (0, True)
    assert any(name.startswith("florsol/invoice-state-F-1") for name in outboxes(billed))
    (found,) = run("invoices", "list", "--json", "--site", billed).json()
    assert (found["state"], found["approved_by"]) == ("approved", "ana")
    again = run("invoices", "approve", "F-1", "--json", "--site", billed).json()
    assert (again["status"], again["state"]) == ("unchanged", None)


def test_an_invoice_that_is_not_there_is_a_usage_error(run: Run, billed: Path) -> None:
    for words in (("show", "F-9"), ("approve", "F-9")):
        said = run("invoices", *words, "--site", billed)
        assert (said.code, "there is no invoice F-9" in said.err) == (2, True)


def test_what_was_kept_is_shared_once_both_sides_want_it(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "kept"
    with desktop(root, network=NETWORK) as site:
        shipped(site)
        bill(site)
    assert run("invoices", "share", "--json", "--site", root).json() == []
    configure(root, SHARED)
    assert run("invoices", "share", "--json", "--site", root).json() == [
        {"number": "F-1", "vendor": "florsol"}
    ]
    assert any(name.startswith("bloom/invoice-F-1") for name in outboxes(root))
    assert run("invoices", "share", "--site", root).out == "0 invoices shared\n"
