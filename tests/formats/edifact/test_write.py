"""What was written before is written again alike, and what had to be changed is told every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from formats.edifact.order_out import write_purchase_order
from formats.edifact.write import Envelope, un_message
from formats.findings import Finding
from formats.records import OrderLine, Party, PurchaseOrder

AT = datetime(2026, 11, 21, 8, 5, tzinfo=UTC)
LATIN = Envelope("8712345000004", "8712345000011")
CAPITALS = Envelope("8712345000004", "8712345000011", syntax="UNOA")


def written(order: PurchaseOrder, envelope: Envelope) -> tuple[bytes, list[Finding]]:
    warnings: list[Finding] = []
    data = write_purchase_order(
        order, envelope, un_message("ORDERS"), reference="7", at=AT, warnings=warnings
    )
    return data, warnings


@pytest.fixture
def order() -> PurchaseOrder:
    return PurchaseOrder(
        number="PO1",
        buyer=Party(code="BLOOM"),
        vendor=Party(name="Rosé & Zn ☂"),
        lines=(OrderLine(1, "1", Decimal(10), "BX", "ROS60", description="R" * 90),),
    )


def test_replaced_character_is_told_of_every_order_that_has_it(order: PurchaseOrder) -> None:
    first, again = written(order, LATIN), written(order, LATIN)
    assert first == again
    assert [(each.code, each.where.segment) for each in first[1]] == [
        ("edifact.out.replaced", "NAD"),
        ("edifact.out.cut", "IMD"),
    ]


def test_text_known_from_one_syntax_is_not_sent_in_another(order: PurchaseOrder) -> None:
    latin = written(order, LATIN)[0]
    capitals = written(order, CAPITALS)[0]
    assert "Rosé & Zn".encode("latin-1") in latin
    assert b"ROSE" in capitals
    assert written(order, LATIN)[0] == latin


def test_character_is_refused_where_nothing_may_be_replaced(order: PurchaseOrder) -> None:
    written(order, LATIN)
    with pytest.raises(ValueError, match="which has a character that UNOC lacks"):
        written(order, replace(LATIN, refuses_characters=True))
    plain = order.model_copy(update={"vendor": Party(name="Rosé & Zn")})
    assert written(plain, replace(LATIN, refuses_characters=True)) == written(plain, LATIN)
