"""Who gets an invoice, who decides on it, and what notes make of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from formats.limits import DEFAULT_LIMITS
from formats.records import Party
from formats.steps_json import read_steps
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.trade.goods_files import axerrio_step, result, rows
from tests.daemon.trade.invoices.invoice_files import (
    SHARED,
    SYNC,
    bill,
    decide,
    extra,
    invoices,
    moves,
    read_csv,
    refusal,
    shipped,
    states,
    told,
)


@pytest.mark.parametrize(
    ("vendor", "buyer", "who"),
    [
        ("true", "false", "Bloom Wholesale has not enabled it"),
        ("false", "true", "you have not enabled it"),
        ("false", "false", "you and Bloom Wholesale have not enabled it"),
    ],
)
def test_an_invoice_that_one_side_does_not_want_stays_with_its_vendor(
    tmp_path: Path, vendor: str, buyer: str, who: str
) -> None:
    wanted = f"invoice_sync = {{ vendor = {vendor}, buyer = {buyer} }}"
    network = SHARED.replace(SYNC, wanted)
    with desktop(tmp_path / "site", network=network) as site:
        shipped(site)
        files = bill(site)
        assert told(files) == ["florsol/advice"]
        assert who in only(files, "florsol/advice").decode()
        assert states(site) == ["not shared"]
        # To its buyer there is no such invoice.
        assert "has no invoice F-1" in only(decide(site, "approve"), "bloom/advice").decode()

        # Once both want it, it is shared when it comes again, or on a person's word.
        site.reconfigure(SHARED)
        assert "bloom/invoice" in told(bill(site, comments="again"))
        assert states(site) == ["pending approval"]


def test_a_buyer_may_get_json_and_a_vendor_hear_nothing(tmp_path: Path) -> None:
    network = SHARED.replace(
        'receives_availability = "x12"', 'receives_availability = "x12"\nreceives_invoices = "json"'
    ).replace("receives_labels = true", 'receives_labels = true\nreceives_invoices = "none"')
    with desktop(tmp_path / "site", network=network) as site:
        shipped(site)
        body = only(bill(site), "bloom/invoice")
        (document,) = read_steps(body, DEFAULT_LIMITS, vendor=Party())
        assert document.findings == ()
        assert json.loads(body)["lines"][0]["buyerItem"] == "BLM-100"
        assert told(decide(site, "approve")) == ["bloom/advice"]


def test_an_axerrio_system_bills_for_its_vendor(site: Desktop) -> None:
    line = {"quantity": "5", "unit": "Box", "unitPrice": "0.30", "orderNumber": "1",
            "orderLine": "1"}  # fmt: skip
    said = {"number": "F-1", "invoiceDate": "2026-11-21", "total": "1.50", "lines": [line]}
    files = site.send("axerrio-florsol", "f.json", axerrio_step("invoice", "M-1", **said))
    assert json.loads(only(files, "axerrio-florsol/ack"))["result"] == "accepted"
    assert [row.vendor for row in invoices(site)] == ["florsol"]


def test_a_test_invoice_is_judged_and_leaves_nothing(site: Desktop) -> None:
    said = {"number": "F-1", "invoiceDate": "2026-11-21", "total": "0", "isTest": True, "lines": []}
    files = site.send("florsol", "f.json", axerrio_step("invoice", "M-1", **said))
    assert (told(files), invoices(site)) == (["florsol/advice"], [])


def test_what_can_not_follow_is_refused_with_what_can(site: Desktop) -> None:
    bill(site)
    assert (
        "is pending approval; approve it first"
        in only(decide(site, "sent"), "bloom/advice").decode()
    )
    decide(site, "approve")
    assert result(only(decide(site, "approved"), "bloom/advice")) == "accepted"
    decide(site, "synchronized")
    assert "is synchronized; it is in the buyer's own system" in (
        only(decide(site, "failed"), "bloom/advice").decode()
    )
    assert states(site) == ["synchronized"]


def test_an_approved_invoice_goes_out_for_the_buyers_own_system(tmp_path: Path) -> None:
    network = SHARED.replace(
        'receives_availability = "x12"',
        'receives_availability = "x12"\nbuying = { exports_invoices = "csv" }',
    )
    with desktop(tmp_path / "site", network=network) as site:
        shipped(site)
        bill(site)
        files = decide(site, "approve")
        assert read_csv(only(files, "bloom/invoice-export")).number == "F-1"
        assert states(site) == ["sent to external system"]
        decide(site, "failed", reason="closed period")
        # The word to send it again is another approval.
        assert "bloom/invoice" in told(decide(site, "approve", by="bea"))
        decide(site, "synchronized")
        assert moves(site)[-3:] == [
            ("sent to external system", "failed"),
            ("failed", "sent to external system"),
            ("sent to external system", "synchronized"),
        ]


def test_another_buyer_decides_nothing(site: Desktop) -> None:
    bill(site)
    body = b"invoice_number,decision\nF-1,approve\n"
    files = site.send("tulipan", "ap.csv", body)
    assert "Tulipan Import has no invoice F-1" in only(files, "tulipan/advice").decode()
    assert states(site) == ["pending approval"]


def test_a_credit_note_gives_back_what_its_invoice_billed_and_no_more(site: Desktop) -> None:
    bill(site)
    credit = {"invoice_type": "credit", "refers_to": "F-1", "quantity": 3, "total": "0.90"}
    assert "bloom/invoice" in told(bill(site, invoice_number="C-1", **credit))
    files = bill(site, invoice_number="C-2", **credit)
    assert [message for _, _, message in rows(only(files, "florsol/advice"))] == [
        "line 1: it gives back 3 Box of line 1 of order 1; 5 Box are billed by invoice F-1, and 3"
        " of them are given back. It can be at most 2",
        "it gives back 0.9, and of invoice F-1 at most 0.6 is left to give back",
    ]
    assert [row.type for row in invoices(site)] == ["invoice", "credit"]


def test_a_note_names_the_invoice_that_it_is_about(site: Desktop) -> None:
    files = bill(site, invoice_number="C-1", invoice_type="credit", refers_to="F-9")
    assert refusal(files) == "there is no invoice F-9; name the one that it is about"
    files = bill(site, invoice_number="C-1", invoice_type="credit")
    assert refusal(files) == "a credit note names the invoice that it is about, in refers_to"


def test_a_debit_note_asks_for_freight_afterwards(site: Desktop) -> None:
    bill(site)
    freight = extra("charge", "12.00", description="Freight")
    bill(site, freight, invoice_number="D-1", invoice_type="debit", refers_to="F-1", total="12")
    assert states(site) == ["pending approval", "pending approval"]


def test_money_is_not_given_back_twice(site: Desktop) -> None:
    bill(site)
    note = {"invoice_type": "credit", "refers_to": "F-1", "total": "1.00"}
    bill(site, extra("charge", "1.00"), invoice_number="C-1", **note)
    files = bill(site, extra("charge", "1.00"), invoice_number="C-2", **note)
    assert refusal(files) == "it gives back 1, and of invoice F-1 at most 0.5 is left to give back"
