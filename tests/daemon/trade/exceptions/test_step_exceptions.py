"""What a rule refused of a step is held up to the operator, too (domain 14: E-16, E-19)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.ledger.holds import Hold, HoldKind, open_holds
from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, desktop
from tests.daemon.today import day
from tests.daemon.trade.goods_files import SHIPS, confirmed, notice, ship, swaps

VENDOR = "receives_labels = true\n"
BOUND = NETWORK.replace(VENDOR, f"{VENDOR}selling = {{ ships_on_order_date = true }}\n", 1)


def exceptions(site: Desktop) -> list[Hold]:
    with site.p.ledger.read() as conn:
        return open_holds(conn, [HoldKind.EXCEPTION])


def unknown_code(site: Desktop) -> dict[str, bytes]:
    return site.send("florsol", "codes.csv", swaps(("KS5704495", "PT1"), ("KD0000001", "PT2")))


def unknown_box(site: Desktop) -> dict[str, bytes]:
    return site.send("florsol", "n.edi", notice("1", ("1", "KD0000077")))


def another_day(site: Desktop) -> dict[str, bytes]:
    return ship(site, {"boxes": 2, "ship_date": (day(SHIPS) + timedelta(days=1)).isoformat()})


@dataclass(frozen=True, slots=True)
class Case:
    """A step of which a rule refuses something, and what is said of that here."""

    rule: str
    act: Callable[[Desktop], dict[str, bytes]]
    what: str
    advice: str


CASES = (
    Case("E-16", unknown_code, "box code change", "k2kd goods --box"),
    Case("E-16", unknown_box, "ship notice", "k2kd goods --box"),
    Case("E-19", another_day, "ship notice", "ships_on_order_date"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.what}")
def test_sender_is_answered_and_the_operator_has_an_exception(tmp_path: Path, case: Case) -> None:
    with desktop(tmp_path / "site", network=BOUND) as site:
        confirmed(site, 2)
        told = b"".join(body for name, body in case.act(site).items() if "florsol/" in name)
        (exception,) = exceptions(site)
        assert case.rule.encode() in told
        assert exception.partner == "florsol" and exception.place.startswith(case.what)
        assert f"{case.rule} " in exception.message and case.advice in exception.message
        # It stops nothing, and one word ends it.
        assert (site.states()[-1], site.holds()) == ("posted", [])
        site.release(exception.id)
        assert exceptions(site) == []
