"""VBN lists are taken where a site has them, and needed nowhere."""

from __future__ import annotations

from decimal import Decimal

import pytest

from daemon.errors import SiteError
from daemon.mapping.apply import map_inventory, map_order
from daemon.mapping.suggest import suggest
from formats.records import InventoryAdvice, InventoryLine, OrderLine, PurchaseOrder
from formats.vbn import Vbn
from tests.daemon.mapping.samples import HEAD, TODAY, small

PRODUCTS = "code,description\n16207,Rose Explorer red\n"
FEATURES = "type,value,description\nS20,,length\nS20,060,60 cm\n"
ROSE = Vbn("16207", features=(("S20", "060"), ("X99", "ABC")), package="997")


def test_site_without_lists_takes_every_code() -> None:
    line = InventoryLine(1, Decimal(1), "Stem", vbn=ROSE)
    rows = HEAD + "florsol,,VBN 16207,,R60,,,,,\n"
    mapped = map_inventory(
        InventoryAdvice(lines=(line,)),
        small({"products.csv": rows}),
        partner="florsol",
        vendor="florsol",
        on=TODAY,
    )
    assert mapped.document.lines[0].product == "R60"
    assert mapped.document.lines[0].vbn == ROSE


def test_row_with_the_length_goes_before_one_without() -> None:
    rows = HEAD + "bloom,,VBN 16207,,R50,,,,,\nbloom,,VBN 16207 S20 060,,R60,,,,,\n"
    line = OrderLine(1, "1", Decimal(1), "Box", vbn=ROSE)
    order = PurchaseOrder(number="P", lines=(line,))
    tables = small({"products.csv": rows})
    mapped = map_order(order, tables, partner="bloom", vendor=None, on=TODAY)
    assert mapped.document.lines[0].product == "R60"


def test_own_code_goes_before_a_vbn_code() -> None:
    rows = HEAD + "bloom,,MINE,,R50,,,,,\nbloom,,VBN 16207,,R60,,,,,\n"
    line = OrderLine(1, "1", Decimal(1), "Box", buyer_item="MINE", vbn=ROSE)
    tables = small({"products.csv": rows})
    order = PurchaseOrder(number="P", lines=(line,))
    mapped = map_order(order, tables, partner="bloom", vendor=None, on=TODAY)
    assert mapped.document.lines[0].product == "R50"


@pytest.mark.parametrize(("row", "box_type"), [("*,,VBN 997,,HB,,,,,,\n", "HB"), ("", None)])
def test_packaging_counts_where_a_row_has_it_and_holds_nothing(
    row: str, box_type: str | None
) -> None:
    own = "*,,HB,Half box,HB,,,,,,0.5\n"
    tables = small({"box_types.csv": HEAD.replace("comment", "comment,fbe") + own + row})
    line = InventoryLine(1, Decimal(1), "Stem", vbn=ROSE)
    advice = InventoryAdvice(lines=(line,))
    mapped = map_inventory(advice, tables, partner="florsol", vendor="florsol", on=TODAY)
    assert mapped.document.lines[0].box_type == box_type
    assert "box type" not in {each.where.rpartition(", ")[2] for each in mapped.unmapped}


def test_lists_help_to_find_the_product_of_a_code() -> None:
    plain = small({})
    assert not suggest(plain, None, "VBN 16207 S20 060")
    tables = small({"vbn_products.csv": PRODUCTS, "vbn_features.csv": FEATURES})
    assert tables.vbn.words(ROSE) == "Rose Explorer red, length 60 cm"
    assert suggest(tables, None, "VBN 16207 S20 060")[0].code == "R60"


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("vbn_products.csv", "code,description\nrose,Rosa\n", "row 2"),
        ("vbn_features.csv", "type,value,description\n20,060,60 cm\n", "type"),
        ("vbn_features.csv", "type,value,description\nS20,0-60,60 cm\n", "value"),
    ],
)
def test_cell_that_is_no_code_is_refused_with_its_place(file: str, text: str, place: str) -> None:
    with pytest.raises(SiteError, match=file) as refused:
        small({file: text})
    assert place in str(refused.value)
