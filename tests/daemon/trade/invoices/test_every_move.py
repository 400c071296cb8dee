"""Invoices and charges make every move of their tables, brought about by files (domain 13)."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.moves import CHARGES, INVOICES, Machine
from daemon.ledger.states import ChargeState, InvoiceState
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import SetClock
from tests.daemon.trade.cart_files import MONDAY, OTHER, ROSE, ROSES, at, cart, network, stock
from tests.daemon.trade.invoices.invoice_files import SHARED, SYNC, bill, decide, shipped
from tests.daemon.trade.landing.charge_files import PRICED, freight, state, travelling

S = TypeVar("S", bound=StrEnum)
WAYS: tuple[tuple[str, ...], ...] = (
    (),
    ("approve",),
    ("approve", "sent"),
    ("approve", "sent", "failed"),
    ("approve", "sent", "failed", "sent"),
    ("approve", "sent", "synchronized"),
)
"""What a buyer says one after the other, and what comes then finds."""


def moved(site: Desktop, entity: str) -> set[tuple[str | None, str]]:
    """Return (before, after) of every move of such things, but for their first."""
    table = schema.moves.c
    query = select(table.before, table.after).where(
        table.entity == entity, table.before.is_not(None)
    )
    return {(row.before, row.after) for row in site.rows(query)}


def every(machine: Machine[S]) -> set[tuple[str | None, str]]:
    """Return every move that a machine's table has."""
    return {(b.value, each.value) for b, after in machine.allowed.items() for each in after}


def test_an_invoice_is_changed_and_taken_back_wherever_it_is(tmp_path: Path) -> None:
    alone = SHARED.replace(SYNC, SYNC.replace("true", "false"))
    with desktop(tmp_path / "site", network=alone) as site:
        shipped(site)
        one = {"quantity": 1, "total": "0.30"}
        bill(site, invoice_number="F-8", **one)
        bill(site, invoice_number="F-8", **one, purpose="void")
        bill(site, invoice_number="F-9", **one)
        site.reconfigure(SHARED)
        bill(site, invoice_number="F-9", **one, comments="once both want it")
        bill(site, invoice_number="F-9", **one, purpose="void")
        for number, said in enumerate(WAYS):
            for comments in ("first", "changed"):
                bill(site, invoice_number=f"F-{number}", **one, comments=comments)
                for decision in said:
                    decide(site, decision, f"F-{number}", by=f"ana{len(site.arrivals())}")
            bill(site, invoice_number=f"F-{number}", **one, purpose="void")
        assert moved(site, "invoice") == every(INVOICES)
        assert {row.state for row in site.rows(select(schema.invoices))} == {InvoiceState.VOID}


def test_a_charge_is_corrected_and_taken_back_wherever_it_is(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=PRICED) as site:
        travelling(site, 1)
        for number, said in enumerate(WAYS, 1):
            for amount in (f"{number}00", f"{number}50"):
                state(site, freight(amount))
                for decision in (*said, *(["void"] if amount.endswith("50") else [])):
                    by = f"ana{len(site.arrivals())}"
                    state(site, {"charge": "freight", "decision": decision, "by": by})
        assert moved(site, "charge") == every(CHARGES)
        assert {row.state for row in site.rows(select(schema.awb_charges))} == {ChargeState.VOID}


def test_a_cart_of_which_nothing_can_be_had_any_more_is_rejected(tmp_path: Path) -> None:
    with desktop(tmp_path / "site", network=network(), clock=SetClock(at(MONDAY, 9))) as site:
        site.send("florsol", "stock.csv", stock(ROSES[0]))
        site.send("bloom", "a.csv", cart("W1", ("1", ROSE, 2, "draft")))
        site.send("bloom", "b.csv", cart("W1", ("2", OTHER, 2, "draft")))
        assert moved(site, "order") == {("draft", "rejected")}
