"""One arrival in hand: at which desk, from whom, in which format, and what came of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from daemon.config import Partner
from daemon.ledger.arrivals import Arrival
from daemon.ledger.posting import OutgoingFile
from daemon.pipeline.documents import Taken, Tally, take
from daemon.pipeline.words import let_words_follow
from daemon.trade.desk import Desk
from daemon.trade.orders.systems import of_system
from formats.documents import ReadDocument
from formats.identify import Format


@dataclass(frozen=True, slots=True)
class Handling:
    """An arrival while its documents are taken and answered."""

    desk: Desk
    partner: Partner
    arrival: Arrival
    form: Format
    tally: Tally = field(default_factory=Tally)

    def take(self, document: ReadDocument, position: int, *, addressee: str | None = None) -> Taken:
        """Take one document into the books and count it; `position` is its place in the file."""
        document = of_system(self.partner, document, self.form, at=self.desk.post.at)
        taken = take(
            self.desk,
            self.partner,
            self.arrival,
            document,
            position=position,
            form=self.form,
            addressee=addressee,
        )
        self.tally.add(taken, document.findings)
        if taken.taught is not None:
            self.tally.files += let_words_follow(self.desk, taken.taught)
        return taken

    def answer(self, file: OutgoingFile, document_id: int | None = None) -> None:
        """Send a file that follows from the arrival, or from one of its documents."""
        self.desk.post.send(file, arrival_id=self.arrival.id, document_id=document_id)
        self.tally.files += 1
