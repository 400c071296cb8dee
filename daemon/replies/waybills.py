"""What a buyer is told of the air waybills that its vendor sent."""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.replies.shipments import labels_again
from daemon.trade.desk import Desk
from daemon.trade.goods.waybills import ChangedWaybill, WaybillOutcome
from daemon.trade.outcome import StepOutcome
from formats.steps import AirWaybill, AirWaybillNotice
from formats.tabular.steps_out import write_step


def tell(desk: Desk, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return an air waybill file for every buyer whose goods travel under another number now.

    A vendor that changed the number prints its labels again (P-26). It is not told what its buyer
    wrote down on arrival: the goods have left its hands.
    """
    if not isinstance(outcome, WaybillOutcome):
        return []
    by_buyer: dict[str, list[ChangedWaybill]] = {}
    for change in outcome.changed:
        if change.after.buyer != outcome.origin.name:
            by_buyer.setdefault(change.after.buyer, []).append(change)
    files: list[OutgoingFile] = []
    for name, changes in by_buyer.items():
        buyer = desk.partner(name)
        if buyer is not None and buyer.receives_shipments != "none":
            files.append(_file(buyer, changes))
    for order in outcome.relabelled:
        files += labels_again(desk, order, outcome)
    return files


def _file(buyer: Partner, changes: list[ChangedWaybill]) -> OutgoingFile:
    waybills = tuple(
        AirWaybill(
            line=at,
            awb=change.after.awb,
            temporary=change.before.awb,
            house_awb=change.after.house_awb or None,
            ship_date=change.after.ship_date,
            arrival_date=change.after.arrival_date,
        )
        for at, change in enumerate(changes, 1)
    )
    body = write_step(AirWaybillNotice(waybills=waybills))
    reference = changes[0].after.awb
    return OutgoingFile(buyer.name, "air-waybills", reference, "csv", body, is_answer=False)
