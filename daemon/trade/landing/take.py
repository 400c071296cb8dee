"""A buyer says what the way of its goods really cost, and what becomes of each charge (W-05).

A charge stands in place of the estimate as soon as it is stated; approval, and what the buyer's own
system made of it, are about paying it. A corrected amount is approved anew, as an invoice that was
changed is (K-93). An air waybill that is marked completed takes no other amounts until it isn't.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from daemon.config import Role
from daemon.ledger.holds import HoldKind, NewHold, hold
from daemon.ledger.states import CHARGE, ChargeState
from daemon.mapping.rates import rate
from daemon.trade.desk import Desk
from daemon.trade.goods.books import only_a_test, waybills
from daemon.trade.landing.book import (
    BookedCharge,
    Stated,
    Travelled,
    add,
    charges_of,
    is_marked,
    mark,
    move_charge,
    named,
    save,
    travelled,
)
from daemon.trade.landing.goods import lines_of
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.prices.currency import PLACES, rounded
from daemon.trade.step import StepAtHand, hold_row
from formats.waybill_charges import ChargeDecision, ChargeRow, WaybillCharges

_TARGETS = {
    ChargeDecision.APPROVE: ChargeState.APPROVED,
    ChargeDecision.SENT: ChargeState.SENT,
    ChargeDecision.SYNCHRONIZED: ChargeState.SYNCHRONIZED,
    ChargeDecision.FAILED: ChargeState.FAILED,
    ChargeDecision.VOID: ChargeState.VOID,
}
_SETTLED = (ChargeState.SYNCHRONIZED, ChargeState.FAILED)
_SENDABLE = (ChargeState.APPROVED, ChargeState.FAILED)
_PAST_APPROVAL = (ChargeState.APPROVED, ChargeState.SENT, ChargeState.SYNCHRONIZED)
MOST_NAME = 80


class _RefusedError(ValueError):
    """What a row asks for is not done; `code` is that of a rule."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class _WaitsError(ValueError):
    """What a row is about is not there yet."""


@dataclass(frozen=True, slots=True)
class _NoRateError(Exception):
    """A charge in a currency for which there is no rate (E-29)."""

    source: str
    target: str


def take_charges(desk: Desk, step: StepAtHand[WaybillCharges]) -> StepOutcome:
    """Carry out a file of charges, row by row; `shipments` are those whose cost may be another."""
    record = step.record
    if record.is_test:
        return only_a_test(step, [(row.line, row.awb) for row in record.rows])
    changed: dict[int, None] = {}
    rows = [_row(desk, step, said, changed) for said in record.rows]
    return StepOutcome(
        *(record, step.origin, step.document_id, step.arrival_id, tuple(rows)),
        shipments=tuple(changed),
    )


def _row(
    desk: Desk, step: StepAtHand[WaybillCharges], said: ChargeRow, changed: dict[int, None]
) -> RowOutcome:
    at = (said.line, said.awb)
    try:
        goods = _goods(desk, step, said)
        message = _carry_out(desk, step, said, goods)
    except _WaitsError as error:
        return hold_row(desk, step, HoldKind.UNCLEAR_WAYBILL, at, str(error))
    except _NoRateError as error:
        return _without_rate(desk, step, said, error)
    except _RefusedError as error:
        return RowOutcome(*at, RowStatus.REFUSED, error.code, str(error))
    if message is None:
        return RowOutcome(*at, RowStatus.UNCHANGED)
    changed.update(dict.fromkeys(goods.keys))
    return RowOutcome(*at, RowStatus.DONE, message=message or None)


def _goods(desk: Desk, step: StepAtHand[WaybillCharges], said: ChargeRow) -> Travelled:
    """Return the one air waybill of this buyer that a row means (W-03)."""
    if not step.origin.has(Role.BUYER):
        raise _RefusedError(
            f"{step.origin.name} is no buyer here; what goods cost on their way is for their buyer"
            " to say"
        )
    mine = waybills(desk, buyer=step.origin.name, ship_date=said.ship_date)
    found = travelled(bill for bill in mine if bill.goes_by(said.awb))
    if said.house_awb:
        found = [g for g in found if any(b.house_awb == said.house_awb for b in g.bills)]
    if len(found) == 1:
        return found[0]
    if found:
        raise _RefusedError(
            f"{said.awb} can be {named(found)}; send it in full, with its ship date", "W-03"
        )
    house = f" with house {said.house_awb}" if said.house_awb else ""
    raise _WaitsError(
        f"no goods of yours travel under {said.awb}{house} yet; the charge waits for their shipment"
    )


def _carry_out(
    desk: Desk, step: StepAtHand[WaybillCharges], said: ChargeRow, goods: Travelled
) -> str | None:
    """Do what a row says; return what its sender should know, and None where nothing is new."""
    done: list[str] = []
    if said.is_completed is False:
        done += _mark(desk, goods, is_completed=False)
    if said.charge is not None:
        done += _charge(desk, step, said, goods)
    if said.is_completed:
        done += _mark(desk, goods, is_completed=True)
    return "; ".join(each for each in done if each) if done else None


def _mark(desk: Desk, goods: Travelled, *, is_completed: bool) -> list[str]:
    if is_completed is is_marked(desk, goods):
        return []
    mark(desk, goods, is_completed=is_completed)
    return [""]


def _charge(
    desk: Desk, step: StepAtHand[WaybillCharges], said: ChargeRow, goods: Travelled
) -> list[str]:
    house = said.house_awb or ""
    of_kind = [c for c in charges_of(desk, goods) if c.kind is said.charge]
    own = [c for c in of_kind if c.house_awb == house]
    charge = own[-1] if own else None
    if charge is not None and charge.document_id > step.document_id:
        # This file waited for something; what came meanwhile is newer than what it says.
        return []
    done: list[str] = []
    if said.amount is not None:
        others = [c for c in of_kind if c.counts and bool(c.house_awb) is not bool(house)]
        if others:
            raise _RefusedError(
                f"the {said.charge} of {goods.what} is stated for"
                f" {'single houses' if others[0].house_awb else 'all of it'} already; void that"
                " first, or state this one likewise"
            )
        charge, done = _stated(desk, step, said, goods, charge)
    if said.decision is not None:
        if charge is None:
            raise _RefusedError(f"{goods.what} has no {said.charge}; state its amount first")
        done += _decided(desk, step, said, goods, charge)
    return done


def _stated(
    desk: Desk,
    step: StepAtHand[WaybillCharges],
    said: ChargeRow,
    goods: Travelled,
    charge: BookedCharge | None,
) -> tuple[BookedCharge, list[str]]:
    """Write the amount of a charge; an amount that stands in the books is nothing new."""
    stated = _in_books(desk, step, said, charge)
    if charge is not None and charge.counts and _is_alike(charge, stated):
        return charge, []
    if is_marked(desk, goods):
        raise _RefusedError(
            f"{goods.what} is marked completed; say that it is not completed first", "W-05"
        )
    if not lines_of(desk, goods):
        raise _RefusedError(
            f"all goods of {goods.what} ship direct from the grower, and no freight, handling or"
            " duty is counted on them",
            "K-63",
        )
    if charge is None:
        add(desk, goods, stated, (step.arrival_id, step.document_id), step.cause)
    else:
        columns = {"approved_by": None, "approved_at": None, "reason": None}
        save(desk, charge, **stated.columns(), **columns, document_id=step.document_id)
        move_charge(desk, goods, charge, ChargeState.PENDING_APPROVAL, step.cause)
    newest = [c for c in charges_of(desk, goods) if c.kind is said.charge]
    return next(c for c in reversed(newest) if c.house_awb == stated.house_awb), [""]


def _is_alike(charge: BookedCharge, stated: Stated) -> bool:
    said = (charge.said, charge.currency, charge.basis, charge.reference)
    return said == (stated.said, stated.currency, stated.basis, stated.reference)


def _in_books(
    desk: Desk,
    step: StepAtHand[WaybillCharges],
    said: ChargeRow,
    charge: BookedCharge | None,
) -> Stated:
    """Return a charge with its amount in the buyer's currency, at the rate that it keeps (K-82)."""
    amount, own = said.amount, step.origin.currency
    if amount is None or said.charge is None:
        raise _RefusedError("the row states no charge")
    currency = said.currency or own
    factor: Decimal | None = None
    if currency is not None and own is not None and currency != own:
        is_kept = charge is not None and charge.currency == currency
        factor = charge.rate if charge is not None and is_kept else None
        factor = factor or rate(desk.tables.rates, currency, own, desk.today)
        if factor is None:
            raise _NoRateError(currency, own)
    return Stated(
        kind=said.charge,
        house_awb=said.house_awb or "",
        said=amount,
        currency=currency,
        rate=factor,
        amount=amount if factor is None else rounded(amount * factor, PLACES),
        basis=said.basis,
        reference=said.reference,
    )


def _decided(
    desk: Desk,
    step: StepAtHand[WaybillCharges],
    said: ChargeRow,
    goods: Travelled,
    charge: BookedCharge,
) -> list[str]:
    """Move a charge as its buyer says; what can't follow is refused with what can."""
    if said.decision is None:
        return []
    target, before = _TARGETS[said.decision], charge.state
    is_past = target is ChargeState.APPROVED and before in _PAST_APPROVAL
    if before is target or is_past:
        return []
    if target is ChargeState.VOID and is_marked(desk, goods):
        raise _RefusedError(
            f"{goods.what} is marked completed; say that it is not completed first", "W-05"
        )
    way = [ChargeState.SENT, target] if target in _SETTLED and before in _SENDABLE else [target]
    if target is ChargeState.APPROVED and before is ChargeState.FAILED:
        way = [ChargeState.SENT]
    for after in way:
        if after not in CHARGE[charge.state]:
            allowed = " or ".join(sorted(state.value for state in CHARGE[charge.state]))
            raise _RefusedError(
                f"the {charge.kind.value} of {goods.what} is {before.value} and can't become"
                f" {target.value}; it can become {allowed or 'nothing'}"
            )
        charge = move_charge(desk, goods, charge, after, step.cause)
    columns: dict[str, object] = {"reason": said.reason, "document_id": step.document_id}
    if target is ChargeState.APPROVED and before is ChargeState.PENDING_APPROVAL:
        by = (said.by or step.origin.name)[:MOST_NAME]
        columns |= {"approved_by": by, "approved_at": desk.post.at}
    save(desk, charge, **columns)
    return [""]


def _without_rate(
    desk: Desk, step: StepAtHand[WaybillCharges], said: ChargeRow, error: _NoRateError
) -> RowOutcome:
    """Let a charge wait for the row of rates.csv that it needs, which frees it (E-29)."""
    message = (
        f"{said.charge} of air waybill {said.awb} is in {error.source}, and rates.csv has no rate"
        f" into {error.target}; add a row {error.source},{error.target},RATE"
    )
    new = NewHold(
        HoldKind.NO_RATE,
        step.origin.name,
        message,
        source_code=error.source,
        source_description=error.target,
        line=said.line,
        place=said.awb,
    )
    hold(desk.post, new, arrival_id=step.arrival_id, document_id=step.document_id)
    told = f"there is no rate from {error.source} to {error.target} yet; the charge waits for it"
    return RowOutcome(said.line, said.awb, RowStatus.HELD, "E-29", told)
