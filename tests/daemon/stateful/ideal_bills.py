"""What becomes of invoices if every rule holds: how far each is, by its number.

Whether a vendor's invoice is taken depends on all that was shipped and billed before; only where
that is certain is it foretold. Otherwise the books say it, and `money` judges them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.daemon.stateful.money import Invoice
from tests.daemon.stateful.world import EXPORTING, UNSHARED

_SENDABLE = ("approved", "failed")
_TARGETS = {"sent": "sent to external system", "synchronized": "synchronized", "failed": "failed"}


@dataclass(slots=True)
class IdealBills:
    """How far each invoice must be; what is not here was refused, or waits."""

    states: dict[str, str] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)
    """Numbers that a vendor spoke of in this step, with an end that is not foretold."""
    _awaited: set[str] = field(default_factory=set)
    """Numbers that were sent, and stand in no books so far."""

    def sent(self, vendor: str, number: str, *, is_certain: bool) -> None:
        """A vendor bills something, for the first time or anew."""
        if is_certain:
            self.states[number] = "not shared" if vendor == UNSHARED else "pending approval"
        else:
            self._open.add(number)
            self._awaited.add(number)

    def taken_back(self, number: str) -> None:
        """K-90: an invoice is void, however far it was."""
        if number in self.states:
            self.states[number] = "void"

    def answered(self, buyer: str, owner: str | None, number: str, decision: str) -> None:
        """Domain 13: accounts payable, and then the buyer's own system, say how it goes on."""
        state = self.states.get(number)
        if buyer != owner or state in (None, "not shared", "void"):
            return
        if decision == "approve":
            if state == "pending approval":
                is_sent = buyer == EXPORTING
                self.states[number] = _TARGETS["sent"] if is_sent else "approved"
            elif state == "failed":
                self.states[number] = _TARGETS["sent"]
        elif state in _SENDABLE or (state == _TARGETS["sent"] and decision != "sent"):
            # The same failure again is no news, and stays one.
            self.states[number] = _TARGETS[decision]

    def compare(self, invoices: Mapping[str, Invoice]) -> list[str]:
        """Return where the books say something else; take over what was not foretold."""
        found = []
        for number in (*self._open, *(self._awaited & invoices.keys())):
            if number in invoices:
                self.states[number] = invoices[number].state
                self._awaited.discard(number)
        self._open.clear()
        for number in self.states.keys() | invoices.keys():
            stands = invoices[number].state if number in invoices else "not in the books"
            if stands != (should := self.states.get(number, "not in the books")):
                found.append(f"invoice {number} is {stands}, and should be {should}")
        return found
