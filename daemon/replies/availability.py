"""A vendor's open market as each connected buyer reads it: everything, or what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from daemon.config import Configuration, Partner
from daemon.ledger.posting import OutgoingFile, Posting
from daemon.replies import edifact
from daemon.replies.envelopes import identity, numbers, to_partner
from daemon.replies.layouts import Layouts, availability_file, is_layout
from formats.edifact.inventory_out import InventoryWriter as InvrptWriter
from formats.findings import Finding
from formats.offers import OfferRow
from formats.records import Party, Purpose
from formats.tabular.availability_out import AvailabilityWriter
from formats.x12.inventory_out import InventoryWriter

_X12_UNITS = {"Box": "BX", "Bunch": "X2", "Stem": "EA"}
_EDIFACT_UNITS = {unit.value: code for unit, code in edifact.UNITS.items()}


@dataclass(slots=True)
class StockWriter:
    """Writes the views of one vendor's stock; kept while its buyers are told one after another."""

    site: Configuration
    vendor: Partner
    layouts: Layouts = field(default_factory=dict)
    """Buyers' own layouts by name."""
    _csv: AvailabilityWriter = field(default_factory=AvailabilityWriter)
    _x12: InventoryWriter = field(default_factory=lambda: InventoryWriter(_X12_UNITS))
    _edifact: InvrptWriter = field(default_factory=lambda: InvrptWriter(_EDIFACT_UNITS))

    def file(
        self, post: Posting, buyer: Partner, rows: Sequence[OfferRow], *, is_full: bool
    ) -> OutgoingFile:
        """Return the buyer's file; its name, BIA01 and 1225 tell a change from a whole stock."""
        number = post.count(f"availability:{self.vendor.name}:{buyer.name}")
        reference = f"{self.vendor.name}-{number}"
        if buyer.receives_availability == "csv":
            body = self._csv.write(rows)
            kind = "availability" if is_full else "availability-change"
            return OutgoingFile(buyer.name, kind, reference, "csv", body, is_answer=False)
        if is_layout(buyer.receives_availability):
            return availability_file(self.layouts, buyer, rows, reference, is_full=is_full)
        if buyer.receives_availability == "edifact":
            return self._invrpt(post, buyer, rows, reference, is_full=is_full)
        envelope = to_partner(self.site, buyer)
        cuts: list[Finding] = []
        body = self._x12.write(
            rows,
            reference=reference,
            as_of=post.at.astimezone(self.site.site.zone),
            vendor=_party(self.vendor),
            buyer=_party(buyer),
            envelope=envelope,
            control=numbers(post, envelope),
            purpose="00" if is_full else "04",
            warnings=cuts,
        )
        kind = "846" if is_full else "846-change"
        return OutgoingFile(
            *(buyer.name, kind, reference, "edi", body), is_answer=False, notes=tuple(cuts)
        )

    def _invrpt(
        self, post: Posting, buyer: Partner, rows: Sequence[OfferRow], number: str, *, is_full: bool
    ) -> OutgoingFile:
        envelope = edifact.envelope_of(self.site, buyer)
        cuts: list[Finding] = []
        body = self._edifact.write(
            rows,
            number_of=number,
            as_of=post.at.astimezone(self.site.site.zone),
            vendor=edifact.named(_party(self.vendor), self.vendor.edifact),
            buyer=edifact.named(_party(buyer), buyer.edifact),
            envelope=envelope,
            message=edifact.message_to(buyer, "INVRPT"),
            reference=edifact.reference_of(post, envelope),
            purpose=Purpose.NEW if is_full else Purpose.CHANGE,
            warnings=cuts,
        )
        kind = "INVRPT" if is_full else "INVRPT-change"
        return OutgoingFile(
            *(buyer.name, kind, number, "edi", body), is_answer=False, notes=tuple(cuts)
        )


def _party(partner: Partner) -> Party:
    code = identity(partner).id
    return Party(code=code, qualifier="92", name=partner.title or partner.name)
