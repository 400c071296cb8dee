"""What a person decides about an order in its buyer's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.daemon.cli.conftest import Run
from tests.daemon.cli.test_mending import MAP, answers, order

STEMS = (
    "UNB+UNOC:3+BLOOMWHSL+K2KNET+261122:0430+1'UNH+1+ORDERS:D:96A:UN'BGM+220+ED-1+9'"
    "DTM+10:{ships:%Y%m%d}:102'NAD+BY+BLOOM::92'NAD+SU+FLORSOL::92'"
    "LIN+1++BLM-110:BP'QTY+21:300:PCE'PRI+AAA:0.36'UNS+S'UNT+10+1'UNZ+1+1'"
)


def test_an_order_that_waits_shows_the_command_that_approves_it(run: Run, site: Path) -> None:
    run(*MAP)
    assert "next  k2kd approve AX-7731" in run("orders").out


def test_approving_sends_the_order_to_its_system_and_says_so(run: Run, site: Path) -> None:
    run(*MAP)
    before = answers(site, "axerrio-florsol")
    said = run("approve", "AX-7731", "--by", "ana")
    assert said.code == 0
    assert "order AX-7731 is approved" in said.out
    assert "files delivered" in said.out
    (new,) = answers(site, "axerrio-florsol") - before
    assert new.startswith("order-AX-7731-")
    assert order(run, "AX-7731")["state"] == "approved"
    assert any(name.startswith("labels-AX-7731") for name in answers(site, "florsol"))
    assert "k2kd approve AX-7731" not in run("orders").out


def test_approving_again_changes_nothing(run: Run, site: Path) -> None:
    run(*MAP)
    run("approve", "AX-7731")
    before = answers(site, "axerrio-florsol")
    said = run("approve", "AX-7731", "--json")
    assert (said.code, said.json()["status"], said.json()["state"]) == (0, "unchanged", None)
    assert answers(site, "axerrio-florsol") == before


def test_an_approval_is_taken_back(run: Run, site: Path) -> None:
    run(*MAP)
    run("approve", "AX-7731")
    said = run("disapprove", "AX-7731", "--reason", "changed her mind", "--json")
    assert said.code == 0
    assert said.json()["state"] == "cancelled"
    assert order(run, "AX-7731")["state"] == "cancelled"


def test_what_is_past_the_decision_is_refused_with_the_reason(run: Run, site: Path) -> None:
    assert run("approve", "AX-7731").code == 1
    assert "waits for a person itself" in run("disapprove", "AX-7731", "--reason", "no").err
    assert run("approve", "NO-SUCH").code == 2
    assert run("approve", "AX-7731", "--vendor", "nobody").code == 2
    assert run("disapprove", "AX-7731", "--reason", " ").code == 2


def test_an_order_by_the_stem_is_taken_back_in_every_form_its_vendor_has(
    run: Run, site: Path
) -> None:
    ships = datetime.now(UTC) + timedelta(days=3)
    (site / "inbox" / "bloom" / "stems.edi").write_text(STEMS.format(ships=ships), "ascii")
    run("run", "--once")
    before = answers(site, "florsol")
    assert any(name.startswith("order-ED-1-") for name in before)
    run("disapprove", "ED-1", "--reason", "too dear")
    told = answers(site, "florsol") - before
    assert sorted(name.rsplit("-", 1)[0] for name in told) == ["850-ED-1", "order-ED-1"]
    (csv,) = (name for name in told if name.endswith(".csv"))
    assert b",CANCEL\n" in (site / "outbox" / "florsol" / csv).read_bytes().replace(b"\r", b"")
