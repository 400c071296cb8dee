"""Draw docs/states.md from the tables of `daemon.ledger.states`: `make docs`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from daemon.ledger import states

PAGE = Path(__file__).resolve().parents[3] / "docs" / "states.md"

HEAD = """# States

Everything that the ledger tracks has a state, and a table says which may follow which. A step that
asks for another change is refused with the states that are allowed, as `order 10045 line 2 is
shipped and can't become cancelled; it can become nothing: it is over`. Changes of orders, lines,
boxes, transfers, air waybills, charges and invoices are kept with their cause in the table `moves`.

This page is drawn from `daemon/ledger/states.py` by `make docs`; a test compares them.
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One machine as the page shows it."""

    title: str
    words: str
    table: Mapping[StrEnum, frozenset[StrEnum]]
    begins: tuple[StrEnum, ...]
    """States that a new thing may have."""


def _drawn(
    title: str,
    words: str,
    table: Mapping[states.S, frozenset[states.S]],
    *begins: states.S,
) -> Drawn:
    return Drawn(title, words, {key: frozenset(after) for key, after in table.items()}, begins)


MACHINES: tuple[Drawn, ...] = (
    _drawn(
        "Arrival",
        "A dropped file. Whatever it ended in, a replay or a release from quarantine works on it"
        " again.",
        states.ARRIVAL,
        states.ArrivalState.CLAIMED,
    ),
    _drawn(
        "Document",
        "What was read in a file, after its posting. Only a held one changes later.",
        states.DOCUMENT,
        *states.DocumentState,
    ),
    _drawn(
        "Hold",
        "What waits for a person, for a row in a table, or for another file.",
        states.HOLD,
        states.HoldState.OPEN,
    ),
    _drawn(
        "Outgoing file",
        "An answer or another file for a partner. `blocked` is tried again, and never written"
        " over what stands at its name.",
        states.OUTGOING,
        states.OutgoingState.PENDING,
    ),
    _drawn(
        "Acknowledgement",
        "What a partner has said of an X12 file that it was sent; nothing is waited for where none"
        " was agreed. `overdue` and `rejected` are holds.",
        states.ACKNOWLEDGEMENT,
        states.AcknowledgementState.EXPECTED,
        states.AcknowledgementState.ACCEPTED,
        states.AcknowledgementState.WITH_ERRORS,
        states.AcknowledgementState.REJECTED,
    ),
    _drawn(
        "Purchase order",
        "Header of an order, and of the prebook that it was made with. `held` and `rejected` are"
        " ours, the others as in the trade. A `draft` is a cart; where purchases are put together"
        " it waits for approval once it is checked out.",
        states.ORDER,
        states.OrderState.HELD,
        states.OrderState.DRAFT,
        states.OrderState.PENDING_APPROVAL,
        states.OrderState.APPROVED,
        states.OrderState.REJECTED,
        states.OrderState.CANCELLED,
    ),
    _drawn(
        "Order line",
        "How far its vendor has come with a line.",
        states.LINE,
        states.LineProgress.PENDING,
    ),
    _drawn(
        "Offer",
        "A line of a vendor's availability, once its file is posted. What is sold of is never"
        " staged again. Read off the row, not kept beside it"
        " ([decision 12](decisions/0012-machines-of-the-trade.md)).",
        states.OFFER,
        states.OfferState.STAGED,
        states.OfferState.ON_SALE,
        states.OfferState.WITHDRAWN,
        states.OfferState.EXPIRED,
    ),
    _drawn(
        "Transfer",
        "Whether an order has reached its vendor: `queued` while its file is on the way, `failed`"
        " while it can't be delivered, or is refused or not acknowledged.",
        states.TRANSFER,
        states.TransferState.NOT_TRANSFERRED,
    ),
    _drawn(
        "Box",
        "Where a box is. Goods in staging can't be sold yet; what is `sold` its buyer has invoiced"
        " in books of its own.",
        states.GOODS,
        states.GoodsState.ALLOTTED,
    ),
    _drawn(
        "Air waybill",
        "Closed two days after its ship date.",
        states.WAYBILL,
        states.WaybillState.OPEN,
    ),
    _drawn(
        "Invoice",
        "A vendor's invoice in its buyer's books; one that its vendor changes is reviewed again."
        " It is `not shared` while one of the two doesn't want it to be.",
        states.INVOICE,
        states.InvoiceState.NOT_SHARED,
        states.InvoiceState.PENDING_APPROVAL,
    ),
    _drawn(
        "Charge of an air waybill",
        "What its buyer really paid for the way of its goods (W-05). A corrected amount is approved"
        " anew; one that is void lets the estimate count again.",
        states.CHARGE,
        states.ChargeState.PENDING_APPROVAL,
    ),
)


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(machine) for machine in MACHINES)])


def section(machine: Drawn) -> str:
    """Return a machine as heading, sentence and diagram; states in the order of their enum."""
    lines = [f"## {machine.title}", "", machine.words, "", "```mermaid", "stateDiagram-v2"]
    for state in machine.table:
        if _key(state) != state.value:
            lines.append(f"    state {quoted(state)} as {_key(state)}")
    lines += [f"    [*] --> {_key(state)}" for state in machine.begins]
    for before, allowed in machine.table.items():
        lines += [
            f"    {_key(before)} --> {_key(after)}" for after in type(before) if after in allowed
        ]
        if not allowed:
            lines.append(f"    {_key(before)} --> [*]")
    return "\n".join([*lines, "```", ""])


def _key(state: StrEnum) -> str:
    return state.value.replace(" ", "_")


def quoted(state: StrEnum) -> str:
    """Return a state's name as a diagram shows it."""
    return f'"{state.value}"'


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
