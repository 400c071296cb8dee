"""What a buyer is told when real charges change what its goods have cost: every box of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.mapping.rows import Kind
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Box
from daemon.trade.landing.recount import Landed, Recounted
from formats.tabular.landed_cost_out import LandedBox, write_landed_cost
from formats.waybill_charges import ChargeKind

BOX_STEP, UNIT_STEP = Decimal("0.0001"), Decimal("0.000001")
"""A box has the decimals of converted money; a unit two more, because a stem costs cents."""


def tell(desk: Desk, recounted: Sequence[Recounted]) -> list[OutgoingFile]:
    """Return a file of landed cost for each air waybill that was counted anew."""
    files: list[OutgoingFile] = []
    for each in recounted:
        buyer = desk.partner(each.goods.buyer)
        if buyer is None:
            continue
        body = write_landed_cost(_boxes(desk, buyer, each))
        awb = each.goods.awb
        files.append(OutgoingFile(buyer.name, "landed-cost", awb, "csv", body, is_answer=False))
    return files


def _boxes(desk: Desk, buyer: Partner, of: Recounted) -> Iterator[LandedBox]:
    for landed in of.lines:
        for box in landed.line.boxes:
            yield _box(desk, buyer, landed, box)


def _box(desk: Desk, buyer: Partner, landed: Landed, box: Box) -> LandedBox:
    line, bill = landed.line, landed.line.bill
    link = line.connection
    return LandedBox(
        awb=bill.awb,
        house_awb=bill.house_awb or None,
        ship_date=bill.ship_date,
        arrival_date=bill.arrival_date,
        vendor_code=(link.vendor_code if link else None) or bill.vendor,
        po_number=line.number,
        line=line.reference,
        po_item_id=str(line.key),
        product_code=_word(desk, buyer, Kind.PRODUCTS, line.product, bill.vendor),
        description=line.description,
        box_code=box.code,
        box_type=_word(desk, buyer, Kind.BOX_TYPES, line.box_type, bill.vendor),
        state=box.state.value,
        invoices="|".join(line.invoices),
        unit_type=line.unit.value,
        units_per_box=_to(line.units_per_box, UNIT_STEP),
        unit_cost=_to(line.unit_cost, UNIT_STEP),
        freight=_to(landed.part(ChargeKind.FREIGHT), BOX_STEP),
        handling=_to(landed.part(ChargeKind.HANDLING), BOX_STEP),
        duties=_to(landed.part(ChargeKind.DUTIES), BOX_STEP),
        truck=_to(landed.estimate.truck, BOX_STEP),
        extras=_to(landed.estimate.extras, BOX_STEP),
        box_landed_cost=_to(landed.box, BOX_STEP),
        unit_landed_cost=_to(landed.unit, UNIT_STEP),
        box_estimated=_to(landed.box_estimated, BOX_STEP),
        unit_estimated=_to(landed.unit_estimated, UNIT_STEP),
        currency=buyer.currency,
        real="|".join(kind.value for kind in landed.real),
        missing="; ".join(landed.missing),
    )


def _word(desk: Desk, buyer: Partner, kind: Kind, ours: str | None, vendor: str) -> str | None:
    """Return the buyer's word for a code of ours; ours where it has none."""
    row = desk.tables.partner_code(kind, buyer.name, ours, desk.today, vendor) if ours else None
    return (row.source_code if row else "") or ours


def _to(amount: Decimal | None, step: Decimal) -> Decimal | None:
    """Round an amount half up and leave the zeros at its end out."""
    if amount is None:
        return None
    return amount.quantize(step, ROUND_HALF_UP).normalize()
