"""A vendor's system changes its pending order line by line in 860 and ORDCHG (domain 8.2)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from tests.daemon.partner_files import interchange
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.systems.system_bodies import (
    BODIES,
    BODIES_NETWORK,
    EXPLORER,
    SITE_GLN,
    SYSTEM,
    SYSTEM_GLN,
    SystemBody,
    sale,
)
from tests.formats.edifact.samples import header, message, written

APPROVE = b"po_number,decision,by,reason\nAX-1,approve,ana,\n"
PENDING = [("1", "pending", 2), ("2", "pending", 1), ("3", "pending", 3)]


def x12(*segments: str, purpose: str = "04") -> bytes:
    """Return an 860 of order AX-1, as florsol's system sends it."""
    body = [f"BCH*{purpose}*SA*AX-1***{day():%Y%m%d}", *segments]
    return interchange(
        [body], control=2, sender="AXFLORSOL", receiver="K2KNET", group="PC", kind="860"
    )


def edifact(*segments: str, function: str = "4") -> bytes:
    """Return an ORDCHG of order AX-1, as florsol's system sends it."""
    head = (f"BGM+230+C-2+{function}", f"DTM+137:{day():%Y%m%d}:102", "RFF+ON:AX-1")
    unb = header("UNOC:3", f"{SYSTEM_GLN}:14", f"{SITE_GLN}:14", "2")
    body = message((*head, *segments, "UNS+S"), "ORDCHG:D:96A:UN:EAN008")
    return written(*body, unb=unb, unz="2")


@dataclass(frozen=True, slots=True)
class Change:
    """How a system that orders in `body` says what it changes, and what it is answered."""

    body: SystemBody
    five_boxes_and_one_line_less: bytes
    all_lines_end: bytes
    whole_order_ends: bytes
    unknown_line: bytes
    read: str
    """Kind of the file that says that the change could be read."""


CHANGES = (
    Change(
        BODIES[5],
        x12("POC*1*QI*5*3*BX", "POC*2*DI"),
        x12("POC*1*DI", "POC*2*DI", "POC*3*DI"),
        x12(purpose="01"),
        x12("POC*9*QI*5*3*BX"),
        "997",
    ),
    Change(
        BODIES[6],
        edifact("LIN+1+3", "QTY+21:5:BX", "LIN+2+2"),
        edifact("LIN+1+2", "LIN+2+2", "LIN+3+2"),
        edifact(function="1"),
        edifact("LIN+9+3", "QTY+21:5:BX"),
        "CONTRL",
    ),
)


@pytest.fixture(params=CHANGES, ids=["860", "ORDCHG"])
def change(request: pytest.FixtureRequest) -> Change:
    found: Change = request.param
    return found


@pytest.fixture
def site(tmp_path: Path, change: Change) -> Iterator[Desktop]:
    """A site where order AX-1 of florsol's system waits for its buyer."""
    with desktop(tmp_path / "site", network=BODIES_NETWORK) as opened:
        opened.map_row("products", EXPLORER)
        opened.send(SYSTEM, "o.edi", change.body.write(sale(), 1))
        assert lines(opened) == PENDING
        yield opened


def lines(site: Desktop) -> list[tuple[str, str, int]]:
    """Return reference, state and boxes of each line of order AX-1."""
    (order,) = site.orders()
    table = schema.order_lines.c
    query = select(schema.order_lines).where(table.order_id == order.id).order_by(table.line)
    return [(row.reference, row.state, int(row.quantity)) for row in site.rows(query)]


def asked(files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return line and boxes of what the buyer is asked to approve."""
    rows = csv.DictReader(StringIO(only(files, "bloom/to-approve-AX-1").decode()))
    return [(row["line"], row["boxes"]) for row in rows]


def state(site: Desktop) -> str:
    (order,) = site.orders()
    return str(order.state)


def test_a_line_changes_and_another_ends_and_the_buyer_is_asked_anew(
    site: Desktop, change: Change
) -> None:
    files = site.send(SYSTEM, "c.edi", change.five_boxes_and_one_line_less)
    assert lines(site) == [("1", "pending", 5), ("2", "cancelled", 1), ("3", "pending", 3)]
    assert (state(site), site.holds(), site.states()[-1]) == ("pending approval", [], "posted")
    assert asked(files) == [("1", "5"), ("3", "3")]
    assert any(kind.startswith(f"{SYSTEM}/{change.read}") for kind in kinds(files))
    assert not [name for name in files if name.startswith("florsol/")]


def test_what_its_buyer_approves_then_is_the_changed_order(site: Desktop, change: Change) -> None:
    site.send(SYSTEM, "c.edi", change.five_boxes_and_one_line_less)
    files = site.send("bloom", "yes.csv", APPROVE)
    assert lines(site) == [("1", "accepted", 5), ("2", "cancelled", 1), ("3", "accepted", 3)]
    back = only(files, f"{SYSTEM}/{change.body.back}").decode()
    assert "EXPLORER" not in back.upper()
    assert len(site.rows(select(schema.boxes.c.id))) == 8


@pytest.mark.parametrize("is_whole", [False, True], ids=["by line", "as a whole"])
def test_an_order_of_which_nothing_is_left_is_cancelled(
    site: Desktop, change: Change, *, is_whole: bool
) -> None:
    body = change.whole_order_ends if is_whole else change.all_lines_end
    site.send(SYSTEM, "c.edi", body)
    assert {state for _, state, _ in lines(site)} == {"cancelled"}
    assert (state(site), site.holds()) == ("cancelled", [])
    assert [each.state for each in site.orders("prebook")] == ["cancelled"]


def test_a_line_that_the_order_has_not_is_refused_by_name(site: Desktop, change: Change) -> None:
    files = site.send(SYSTEM, "c.edi", change.unknown_line)
    assert (lines(site), state(site)) == (PENDING, "pending approval")
    told = b"".join(body for name, body in files.items() if name.startswith(SYSTEM)).decode()
    assert "line 9" in told.replace("~\nMSG*", "")
    assert not [name for name in files if "to-approve" in name]


def test_to_whom_it_is_not_sold_the_order_has_not_come(site: Desktop, change: Change) -> None:
    files = site.send("tulipan", "c.edi", change.five_boxes_and_one_line_less)
    assert (lines(site), state(site)) == (PENDING, "pending approval")
    assert [hold.kind for hold in site.holds()] == [HoldKind.UNKNOWN_ORDER]
    assert not [name for name in files if not name.startswith("tulipan/")]
