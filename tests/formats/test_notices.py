"""Notices: who should read what, in a file that a mailer can take."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from formats.notices import Notice, NoticeLine, Reader, write_notice

LINE = NoticeLine("1", "BLM-111", None, Decimal("2"), "Box")
NOTICE = Notice(
    subject="Order 7: the cart has ended",
    text="Gone.",
    reader=Reader.CUSTOMER,
    to=("shop@roselane.example",),
    order="7",
    at=datetime(2026, 11, 23, 10, 0, 5, tzinfo=ZoneInfo("America/New_York")),
    lines=[LINE],
)


def test_what_is_not_known_is_left_out() -> None:
    assert json.loads(write_notice(NOTICE)) == {
        "contract": "k2k.notice/1",
        "for": "customer",
        "to": ["shop@roselane.example"],
        "subject": "Order 7: the cart has ended",
        "text": "Gone.",
        "order": "7",
        "at": "2026-11-23T15:00:05Z",
        "lines": [{"line": "1", "product": "BLM-111", "quantity": "2", "unit": "Box"}],
    }


def test_everything_known_is_said() -> None:
    line = replace(LINE, description="Rose", reason="not in time")
    whole = replace(NOTICE, code="E-11", ship_date=date(2026, 11, 24), lines=[line], to=())
    said = json.loads(write_notice(whole))
    assert (said["code"], said["shipDate"], said["to"]) == ("E-11", "2026-11-24", [])
    assert said["lines"][0]["reason"] == "not in time"


def test_text_that_is_no_utf8_is_written_all_the_same() -> None:
    broken = replace(NOTICE, customer="Ros\udce9lane")
    assert b"Ros\\udce9lane" in write_notice(broken)
