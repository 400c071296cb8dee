"""Charges of air waybills: how they are divided, what waits, what becomes of each (K-69, W-05)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from daemon.trade.landing.shares import Carried, NoShareError, shares
from daemon.trade.prices.box_types import BoxType
from formats.waybill_charges import ChargeBasis
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, desktop, kinds
from tests.daemon.today import day
from tests.daemon.trade.answering import confirmation, publish
from tests.daemon.trade.goods_files import GOOD, OTHER, coded, ship, waybill
from tests.daemon.trade.landing.charge_files import (
    PRICED,
    answered,
    charges,
    costs,
    freight,
    landed,
    ordered,
    read_rows,
    state,
    travelling,
)

DUTIES = {"charge": "duties"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=PRICED) as opened:
        yield opened


def states(site: Desktop) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in charges(site)]


def moves(site: Desktop) -> list[tuple[str | None, str]]:
    table = schema.moves.c
    query = select(table.before, table.after).where(table.entity == "charge").order_by(table.id)
    return [(row.before, row.after) for row in site.rows(query)]


# --- what goods cost


def test_every_part_that_is_really_known_takes_the_place_of_its_estimate(site: Desktop) -> None:
    travelling(site, 2)
    files = state(site, freight(60), freight(10, charge="handling"), freight(0, **DUTIES))
    (first, second) = landed(files)
    assert (first["freight"], first["handling"], first["duties"]) == ("30", "5", "0")
    assert (first["truck"], first["real"]) == ("3.1319", "freight|handling|duties")
    # 90 of flowers, 30, 5 and 3.1319 of the truck; a stem is the 300th part of it.
    assert (first["box_landed_cost"], first["unit_landed_cost"]) == ("128.1319", "0.427106")
    assert (first["unit_cost"], first["units_per_box"], first["currency"]) == ("0.3", "300", "USD")
    assert (second["box_code"], first["product_code"], first["missing"]) == ("PT2", "BLM-100", "")


def test_goods_that_turn_out_to_travel_elsewhere_give_their_share_back(site: Desktop) -> None:
    for number, code in (("1", "PT1"), ("2", "PT2")):
        ordered(site, 1, number=number)
        ship(site, *coded(code, po_number=number, house_awb=f"H{number}"))
    shared = landed(state(site, freight(90)))
    assert {row["box_code"]: row["freight"] for row in shared} == {"PT1": "45", "PT2": "45"}
    files = site.send("bloom", "awb.csv", waybill(po_number="2", awb=OTHER))
    told = [row for name in files if "landed-cost" in name for row in read_rows(files[name])]
    # The one bears all of it, and the other what was estimated.
    assert {row["box_code"]: row["freight"] for row in told} == {"PT1": "90", "PT2": "24"}


def test_charge_without_a_basis_is_divided_as_it_was_estimated(tmp_path: Path) -> None:
    network = PRICED.replace("freight = 48", 'freight = { amount = 9, basis = "box" }')
    with desktop(tmp_path / "site", network=network) as site:
        travelling(site, 2)
        assert {row["freight"] for row in landed(state(site, freight(60)))} == {"30"}


def test_duties_go_by_the_value_of_the_flowers(site: Desktop) -> None:
    ordered(site, 1, 1)
    # The second line is confirmed at twice the price.
    ship(site, *coded("PT1"), *coded("PT2", line=2))
    assert {row["duties"] for row in landed(state(site, freight(11, **DUTIES)))} == {"5.5"}


def test_basis_of_the_file_decides(site: Desktop) -> None:
    travelling(site, 2)
    files = state(site, freight(5, basis="cube"))
    assert {row["freight"] for row in landed(files)} == {"2.5"}


def test_goods_of_all_vendors_under_the_number_share_the_charge(site: Desktop) -> None:
    travelling(site, 2)
    ordered(site, 2, number="2")
    files = ship(site, *coded("PX1", "PX2"), po_number="2")
    assert not any(name.startswith("bloom/landed-cost") for name in files)
    assert {row["freight"] for row in landed(state(site, freight(100)))} == {"25"}


def test_goods_that_join_the_air_waybill_later_share_what_was_charged(site: Desktop) -> None:
    travelling(site, 2)
    state(site, freight(100))
    ordered(site, 2, number="2")
    files = ship(site, *coded("PX1", "PX2"), po_number="2")
    assert {(row["po_number"], row["freight"]) for row in landed(files)} == {
        ("1", "25"),
        ("2", "25"),
    }


def test_charges_follow_goods_whose_number_is_corrected(site: Desktop) -> None:
    travelling(site, 1)
    state(site, freight(100))
    site.send("bloom", "awb.csv", waybill(po_number="1", awb=OTHER))
    files = state(site, freight(50, awb=OTHER))
    assert [(row["awb"], row["freight"]) for row in landed(files)] == [(OTHER, "50")]
    assert len(charges(site)) == 1


def test_a_house_is_charged_alone(site: Desktop) -> None:
    ordered(site, 1, 1)
    ship(site, *coded("PT1", house_awb="H1"), *coded("PT2", line=2, house_awb="H2"))
    told = {
        row["box_code"]: row["freight"] for row in landed(state(site, freight(50, house_awb="H2")))
    }
    assert told == {"PT1": "24", "PT2": "50"}
    ((status, _, message),) = answered(state(site, freight(90)))
    assert (status, "stated for single houses" in message) == ("refused", True)


def test_estimate_stays_what_it_was_when_the_first_charge_came(site: Desktop) -> None:
    travelling(site, 1)
    state(site, freight(100))
    site.reconfigure(PRICED.replace("handling = 6", "handling = 60"))
    (box,) = landed(state(site, freight(101)))
    assert (box["handling"], box["box_estimated"]) == ("3", "125.9819")


def test_missing_part_is_named_and_nothing_is_taken_for_nothing(tmp_path: Path) -> None:
    network = PRICED.replace("handling = 6, ", "")
    with desktop(tmp_path / "site", network=network) as site:
        travelling(site, 1)
        (box,) = landed(state(site, freight(100)))
        assert (box["freight"], box["handling"], box["box_landed_cost"]) == ("100", "", "")
        assert box["missing"].startswith("handling: not set; write handling")
        (box,) = landed(state(site, freight(3, charge="handling")))
        assert (box["box_landed_cost"], box["missing"]) == ("201.9819", "")


def test_box_without_a_measure_leaves_the_charge_undivided_and_says_what_to_write(
    site: Desktop,
) -> None:
    travelling(site, 2)
    text = site.root / "mappings" / "box_types.csv"
    text.write_text(text.read_text().replace("yes,,,,0.5,41,10,12,", "yes,,,,,41,10,12,"))
    assert site.p.tables.refresh(is_whole=True) is not None
    boxes = landed(state(site, freight(100)))
    assert {box["real"] for box in boxes} == {""}
    assert "write fbe of box type HB" in boxes[0]["missing"]


def test_order_without_a_box_type_travels_as_its_vendor_packs_it(site: Desktop) -> None:
    """As in an 850, which has no place for it; packs.csv says HB."""
    publish(site, 9)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "2", "BX")))
    site.send("florsol", "c.csv", confirmation(",accepted"))
    ship(site, *coded("PT1", "PT2"))
    (first, _) = landed(state(site, freight(50)))
    assert (first["freight"], first["box_type"], first["missing"]) == ("25", "HB", "")


# --- which goods


def test_four_digits_name_the_air_waybill_of_a_buyer(site: Desktop) -> None:
    """W-03."""
    travelling(site, 1)
    assert len(landed(state(site, freight(100, awb="0743")))) == 1


def test_four_digits_that_fit_two_are_refused_with_both(site: Desktop) -> None:
    ordered(site, 1, 1)
    ship(site, *coded("PT1"), *coded("PT2", line=2, awb="176-99990743"))
    ((status, code, message),) = answered(state(site, freight(100, awb="0743")))
    assert (status, code) == ("refused", "W-03")
    assert GOOD in message and "176-99990743" in message


def test_charge_that_comes_before_the_goods_waits_for_them(site: Desktop) -> None:
    ordered(site, 2)
    ((status, _, message),) = answered(state(site, freight(100)))
    assert (status, "waits for their shipment" in message) == ("held", True)
    (hold,) = site.holds()
    assert hold.kind is HoldKind.UNCLEAR_WAYBILL
    files = ship(site, *coded("PT1", "PT2"))
    assert {row["freight"] for row in landed(files)} == {"50"}
    assert site.holds() == []


def test_what_waited_does_not_undo_what_is_newer(site: Desktop) -> None:
    travelling(site, 1)
    state(site, freight(100), freight(7, awb=OTHER))
    state(site, freight(120))
    ordered(site, 1, number="2")
    ship(site, *coded("PX1"), po_number="2", awb=OTHER)
    assert [row.amount for row in charges(site)] == [Decimal(120), Decimal(7)]


def test_goods_direct_from_the_grower_bear_no_charge(site: Desktop) -> None:
    """K-63, D-01."""
    columns = "po_number,line,vendor_code,ship_date,product_code,boxes,unit_type,unit_cost,ship_via"
    columns += ",customer_code,ship_to_name,ship_to_street,ship_to_city"
    row = f"1,1,FLORSOL,{day(2)},BLM-100,1,Stem,0.30,grower,RL,Rose,1 Way,Boston"
    ordered(site, 1, number="9")
    site.send("bloom", "direct.csv", f"{columns}\n{row}\n".encode())
    site.send("florsol", "c.csv", b"po_number,line,status\n1,,accepted\n")
    ship(site, *coded("PT1"))
    ((status, code, message),) = answered(state(site, freight(100)))
    assert (status, code) == ("refused", "K-63")
    assert "direct from the grower" in message


def test_only_the_buyer_of_goods_states_their_charges(site: Desktop) -> None:
    travelling(site, 1)
    ((status, _, message),) = answered(state(site, freight(1), partner="florsol"), "florsol")
    assert (status, "is no buyer here" in message) == ("refused", True)
    ((status, _, _),) = answered(state(site, freight(1), partner="tulipan"), "tulipan")
    assert status == "held"
    assert charges(site) == []


# --- what becomes of a charge


def test_the_same_charge_again_changes_nothing_and_tells_nothing(site: Desktop) -> None:
    travelling(site, 1)
    state(site, freight(100))
    before = charges(site)
    files = state(site, freight("100.00"))
    assert kinds(files) == [f"bloom/advice-charges-{len(site.arrivals()) - 1}"]
    assert answered(files) == [("unchanged", "", "")]
    assert charges(site) == before


def test_charge_goes_from_approval_to_the_buyers_own_system(site: Desktop) -> None:
    travelling(site, 1)
    state(site, freight(100))
    files = state(site, {"charge": "freight", "decision": "approved", "by": "Ana"})
    assert answered(files) == [("done", "", "")]
    assert not any(name.startswith("bloom/landed-cost") for name in files)
    assert charges(site)[0].approved_by == "Ana"
    state(site, {"charge": "freight", "decision": "failed", "reason": "no such account"})
    assert (states(site), charges(site)[0].reason) == ([("freight", "failed")], "no such account")
    state(site, {"charge": "freight", "decision": "synchronized"})
    assert moves(site) == [
        (None, "pending approval"),
        ("pending approval", "approved"),
        ("approved", "sent to external system"),
        ("sent to external system", "failed"),
        ("failed", "sent to external system"),
        ("sent to external system", "synchronized"),
    ]


def test_charge_that_was_not_approved_is_not_sent(site: Desktop) -> None:
    travelling(site, 1)
    state(site, freight(100))
    ((status, _, message),) = answered(state(site, {"charge": "freight", "decision": "sent"}))
    assert status == "refused"
    assert "is pending approval and can't become sent to external system" in message


def test_a_corrected_amount_is_approved_anew(site: Desktop) -> None:
    travelling(site, 1)
    state(site, freight(100, decision="approve"))
    assert states(site) == [("freight", "approved")]
    files = state(site, freight(90))
    assert (states(site), landed(files)[0]["freight"]) == ([("freight", "pending approval")], "90")
    assert charges(site)[0].approved_by is None


def test_void_lets_the_estimate_count_again(site: Desktop) -> None:
    travelling(site, 1)
    state(site, freight(100))
    files = state(site, {"charge": "freight", "decision": "void"})
    assert costs(files) == [("PT1", "staging", "125.9819", "0.41994")]
    assert landed(files)[0]["real"] == ""
    assert landed(state(site, freight(80)))[0]["freight"] == "80"


def test_completed_air_waybill_takes_no_other_amount_until_it_is_not(site: Desktop) -> None:
    travelling(site, 1)
    state(site, freight(100, completed="yes"))
    ((status, code, message),) = answered(state(site, freight(90)))
    assert (status, code, "not completed first" in message) == ("refused", "W-05", True)
    assert answered(state(site, {"completed": "yes"})) == [("unchanged", "", "")]
    assert answered(state(site, {"charge": "freight", "decision": "approve"}))[0][0] == "done"
    files = state(site, freight(90, completed="not completed"))
    assert landed(files)[0]["freight"] == "90"


def test_charge_in_another_currency_keeps_the_rate_of_its_day(site: Desktop) -> None:
    travelling(site, 1)
    files = state(site, freight(100, currency="CHF"))
    ((status, code, _),) = answered(files)
    assert (status, code) == ("held", "E-29")
    site.map_row("rates", "CHF,USD,1.10,2020-01-01,,")
    files = site.run()
    assert landed(files)[0]["freight"] == "110"
    site.map_row("rates", f"CHF,USD,1.20,{day()},,")
    state(site, freight(100, currency="CHF", reference="INV-7"))
    assert [(row.said, row.amount) for row in charges(site)] == [(Decimal(100), Decimal(110))]


def test_row_that_says_no_charge_is_left_out_and_the_others_are_taken(site: Desktop) -> None:
    travelling(site, 1)
    files = state(site, freight(100), {"charge": "", "amount": "5"})
    assert len(landed(files)) == 1
    assert (
        b"one of freight, handling and duties is expected"
        in files[next(name for name in files if name.startswith("bloom/advice"))].lower()
    )


# --- what people see


def test_charges_are_listed_with_what_they_are_for(
    site: Desktop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    travelling(site, 3)
    state(site, freight(100), freight(9, charge="handling", completed="yes"))
    assert cli.main(["charges", "--awb", "0743", "--json", "--site", str(site.root)]) == 0
    (waybill_cost,) = json.loads(capsys.readouterr().out)
    assert (waybill_cost["awb"], waybill_cost["buyer"], waybill_cost["boxes"]) == (GOOD, "bloom", 3)
    assert (waybill_cost["total"], waybill_cost["fbe"]) == ("109", "1.5")
    assert waybill_cost["is_completed"]
    assert cli.main(["charges", "--site", str(site.root)]) == 0
    shown = capsys.readouterr().out
    assert "freight" in shown and "109" in shown


# --- shares


def test_shares_come_to_the_charge_whatever_the_boxes() -> None:
    half, quarter = BoxType("HB", fbe=Decimal("0.5")), BoxType("QB", fbe=Decimal("0.25"))
    goods = [Carried(3, half, None, "a"), Carried(2, quarter, None, "b")]
    parts = shares(Decimal(100), ChargeBasis.FBE, goods)
    assert parts == [Decimal(25), Decimal("12.5")]
    assert sum(part * each.count for part, each in zip(parts, goods, strict=True)) == 100


def test_nothing_is_divided_by_a_measure_that_one_box_has_not() -> None:
    goods = [Carried(1, BoxType("HB", fbe=Decimal(1)), None, "a"), Carried(1, None, None, "b")]
    with pytest.raises(NoShareError, match="b has a box type that nobody knows"):
        shares(Decimal(1), ChargeBasis.FBE, goods)
    with pytest.raises(NoShareError, match="a has no cost"):
        shares(Decimal(1), ChargeBasis.VALUE, goods)
    with pytest.raises(NoShareError, match="come to no value"):
        shares(Decimal(1), ChargeBasis.VALUE, [Carried(1, None, Decimal(0), "a")])
