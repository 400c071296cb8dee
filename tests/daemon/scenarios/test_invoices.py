"""A vendor bills what it shipped: both sides see the same invoice, as far as it is (K-93, K-90)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.goods_files import coded, confirmed, rows, ship
from tests.daemon.trade.invoices.invoice_files import (
    CODES,
    SHARED,
    bill,
    decide,
    extra,
    invoice,
    invoices,
    moves,
    read_csv,
    shipped,
    states,
    told,
)


@pytest.fixture
def site(tmp_path: Path, ledger_url: str) -> Iterator[Desktop]:
    """The sample network, where florsol and bloom share invoices, on each database."""
    with desktop(tmp_path / "site", network=SHARED, ledger_url=ledger_url) as opened:
        yield opened


def test_an_invoice_goes_its_whole_way_and_both_sides_see_it(site: Desktop) -> None:
    shipped(site)
    files = bill(
        site,
        {"box_codes": "|".join(CODES)},
        extra("charge", "2.00", code="D240", description="Freight"),
        total="3.50",
    )
    assert [row[0] for row in rows(only(files, "florsol/advice"))] == ["done"]
    sent = read_csv(only(files, "bloom/invoice"))
    assert sent.order_numbers == ("1",)
    (line,) = sent.lines
    assert (line.buyer_item, line.order_line, line.box_codes) == ("BLM-100", "1", CODES)
    assert (sent.total, sent.vendor.code) == (Decimal("3.50"), "V1")
    assert states(site) == ["pending approval"]

    files = decide(site, "approved", by="ana")
    assert read_csv(only(files, "florsol/invoice-state")).verdicts[0].decision == "approve"
    decide(site, "sent")
    files = decide(site, "failed", reason="No such account")
    verdict = read_csv(only(files, "florsol/invoice-state")).verdicts[0]
    assert (verdict.decision, verdict.reason) == ("failed", "No such account")
    decide(site, "synchronized")
    (row,) = invoices(site)
    assert (row.state, row.approved_by, row.reason) == ("synchronized", "ana", None)
    pending, out = "pending approval", "sent to external system"
    assert moves(site) == [
        (None, pending),
        (pending, "approved"),
        ("approved", out),
        (out, "failed"),
        ("failed", out),
        (out, "synchronized"),
    ]


def test_the_same_invoice_again_changes_nothing(site: Desktop) -> None:
    shipped(site)
    bill(site)
    decide(site, "approve")
    files = bill(site, total="1.500", comments="")
    assert told(files) == ["florsol/advice"]
    assert rows(only(files, "florsol/advice"))[0][0] == "unchanged"
    assert states(site) == ["approved"]


def test_a_changed_invoice_warns_the_buyer_and_is_reviewed_again(site: Desktop) -> None:
    shipped(site)
    bill(site)
    decide(site, "approve")
    decide(site, "synchronized")
    files = bill(site, {}, extra("charge", "9.00"), total="10.50")
    assert "was synchronized and is changed: Bloom Wholesale is warned" in (
        only(files, "florsol/advice").decode()
    )
    notice = json.loads(only(files, "bloom/notice"))
    assert (notice["code"], notice["for"]) == ("K-93", "accounts-payable")
    assert "comes to 10.50 USD now" in notice["text"]
    assert read_csv(only(files, "bloom/invoice")).purpose == "replace"
    (row,) = invoices(site)
    assert (row.state, row.revision, row.approved_by) == ("pending approval", 1, None)


def test_an_approval_of_what_was_changed_since_is_not_taken(site: Desktop) -> None:
    shipped(site)
    bill(site)
    bill(site, {}, extra("charge", "9.00"), total="10.50")
    files = decide(site, "approve", total="1.50")
    assert "its vendor changed it" in only(files, "bloom/advice").decode()
    assert states(site) == ["pending approval"]


def test_an_invoice_that_is_taken_back_frees_what_it_billed(site: Desktop) -> None:
    shipped(site)
    bill(site)
    decide(site, "approve")
    files = bill(site, purpose="void")
    assert json.loads(only(files, "bloom/notice"))["code"] == "K-90"
    assert read_csv(only(files, "bloom/invoice")).purpose == "cancel"
    assert states(site) == ["void"]
    bill(site, invoice_number="F-2")
    assert states(site) == ["void", "pending approval"]


def test_more_than_was_shipped_is_refused_to_the_box(site: Desktop) -> None:
    shipped(site)
    bill(site, quantity=3, total="0.90")
    files = bill(site, invoice_number="F-2", quantity=3, total="0.90")
    assert rows(only(files, "florsol/advice")) == [
        (
            "refused",
            "",
            "line 1: it bills 3 Box of line 1 of order 1; 5 Box are shipped, and 3 of them are"
            " billed. It can be at most 2",
        )
    ]
    assert told(files) == ["florsol/advice"]
    assert len(invoices(site)) == 1


def test_an_invoice_waits_for_its_shipment(site: Desktop) -> None:
    confirmed(site, 5)
    files = bill(site)
    assert rows(only(files, "florsol/advice"))[0][0] == "held"
    files = ship(site, *coded(*CODES))
    assert "bloom/invoice" in told(files)
    assert (states(site), site.holds()) == (["pending approval"], [])


def test_two_in_one_batch_bill_no_box_twice(site: Desktop) -> None:
    shipped(site)
    site.drop("florsol", "a.csv", invoice())
    site.drop("florsol", "b.csv", invoice(invoice_number="F-2"))
    site.run()
    assert [row.number for row in invoices(site)] == ["F-1"]
