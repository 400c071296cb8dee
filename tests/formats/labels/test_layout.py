"""Everything of a label stands on the paper, nothing overlaps the bar code, cuts are reported."""

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.findings import Finding
from formats.labels import typeset
from formats.labels.items import Bars, Fill, Text
from formats.labels.label import STOCK_4X2, STOCK_4X3, STOCK_4X6, STOCKS, Label, Stock
from formats.labels.layout import compose

TEXTS = st.one_of(st.none(), st.text(max_size=80))
LABELS = st.builds(
    Label,
    box_code=st.text("KS0123456789", min_size=1, max_size=20),
    company_name=TEXTS,
    vendor_name=TEXTS,
    vendor_code=TEXTS,
    customer_name=TEXTS,
    customer_code=TEXTS,
    ship_to=st.lists(st.text(max_size=80), max_size=7).map(tuple),
    carrier_name=TEXTS,
    carrier_account=TEXTS,
    ship_date=st.one_of(st.none(), st.dates()),
    order_number=TEXTS,
    customer_po=TEXTS,
    product_description=st.one_of(st.none(), st.text(max_size=300)),
    variety=TEXTS,
    box_type=TEXTS,
    bunches=st.one_of(st.none(), st.integers(0, 999)),
    stems_per_bunch=st.one_of(st.none(), st.integers(0, 999)),
    mark_code=TEXTS,
    lot_number=TEXTS,
    awb=TEXTS,
    origin=TEXTS,
    is_reprint=st.booleans(),
)


def _texts(label: Label, stock: Stock) -> str:
    return "\n".join(i.text for i in compose(label, stock) if isinstance(i, Text))


@settings(max_examples=150, deadline=None)
@given(LABELS, st.sampled_from(STOCKS))
def test_everything_stands_on_the_paper_and_clear_of_the_bar_code(
    label: Label, stock: Stock
) -> None:
    items = compose(label, stock)
    (bars,) = [item for item in items if isinstance(item, Bars)]
    assert bars.height >= 8
    assert bars.module_dots(203) * 25.4 / 203 >= 0.25
    for item in items:
        height = item.size * 0.72 if isinstance(item, Text) else item.height
        assert item.x >= 2.5
        assert item.x + item.width <= stock.width_mm - 2.5
        assert item.y >= 2.5
        assert item.y + height <= stock.height_mm - 2.5
        if item is not bars:
            assert item.y + height <= bars.y or item.y >= bars.y + bars.height


@pytest.mark.parametrize("stock", STOCKS)
def test_the_fullest_label_leaves_the_bar_code_room(full_label: Label, stock: Stock) -> None:
    fullest = replace(
        full_label,
        ship_to=("W" * 60,) * 9,
        product_description="Wwwww wwwwwww " * 20,
        mark_code="W" * 20,
    )
    (bars,) = [item for item in compose(fullest, stock) if isinstance(item, Bars)]
    assert bars.height >= {"4x6": 30, "4x4": 20, "4x3": 14, "4x2": 10}[stock.name]


@settings(max_examples=150, deadline=None)
@given(LABELS, st.sampled_from(STOCKS))
def test_every_text_fits_the_room_it_has(label: Label, stock: Stock) -> None:
    for item in compose(label, stock):
        if isinstance(item, Text):
            assert typeset.width(item.text, item.size, is_bold=item.is_bold) <= item.width + 1e-6
            item.text.encode("cp1252")


@pytest.mark.parametrize("stock", [STOCK_4X6, STOCK_4X3])
def test_every_field_is_printed_without_a_cut(full_label: Label, stock: Stock) -> None:
    report: list[Finding] = []
    compose(full_label, stock, report=report)
    assert report == []
    printed = _texts(full_label, stock)
    for expected in (
        "Bloom Wholesale Miami",
        "Flores del Peñón S.A. · V00731",
        "Petal & Stem Florist · C2210",
        *full_label.ship_to,
        *("Armellini", "Acct 884-2210", "2026-11-23", "PO-10045", "PS-7781"),
        *("Rose Freedom 60cm Red", "Freedom · Crimson · 60 cm", "HB", "10 bunches x 25 stems"),
        *("250 Stem", "MARK-A12", "100234", "176-1234 5675", "EC"),
        *("Box 3 of 14", "R", "KS5704493"),
    ):
        assert expected in printed.splitlines()


@pytest.mark.parametrize("stock", STOCKS)
def test_a_hidden_vendor_leaves_no_trace(full_label: Label, stock: Stock) -> None:
    hidden = replace(full_label, vendor_name=None, vendor_code=None)
    printed = _texts(hidden, stock)
    assert "Flores" not in printed
    assert "V00731" not in printed
    assert "VENDOR" not in printed.upper()


def test_the_vendor_heads_the_label_where_no_company_does(full_label: Label) -> None:
    printed = _texts(replace(full_label, company_name=None), STOCK_4X2)
    assert "Flores del Peñón S.A. · V00731" in printed


@pytest.mark.parametrize("stock", STOCKS)
def test_a_label_with_nothing_but_a_box_code_is_a_bar_code_and_a_count(stock: Stock) -> None:
    assert _texts(Label(box_code="KS1"), stock).splitlines() == ["Box 1 of 1", "KS1"]


def test_what_is_cut_or_replaced_is_reported_with_its_place() -> None:
    label = Label(
        box_code="KS1",
        customer_name="Very " * 40,
        mark_code="花",
        ship_to=("one", "two", "three", "four", "five", "six", "seven", "eight"),
    )
    report: list[Finding] = []
    compose(label, STOCK_4X3, number=7, report=report)
    assert [(f.code, f.where.path, f.is_error) for f in report] == [
        ("label.cut", "labels[6].customer", False),
        ("label.cut", "labels[6].ship-to", False),
        ("label.replaced", "labels[6].mark code", False),
    ]
    assert report[1].value is not None
    assert report[1].value.startswith("five / six")


def test_a_variety_stands_alone_where_there_is_no_description() -> None:
    assert "Freedom" in _texts(Label(box_code="A", variety="Freedom"), STOCK_4X2)


OTHER = Label(
    box_code="X9",
    box_seq=2,
    box_total=13,
    ship_to=("elsewhere",),
    bunches=9,
    stems_per_bunch=9,
    total_units=9,
    is_reprint=False,
    unit_type="Bunch",
)


@pytest.mark.parametrize("name", [field.name for field in fields(Label)])
def test_every_field_of_a_label_changes_what_is_printed(full_label: Label, name: str) -> None:
    values = {field.name: getattr(full_label, field.name) for field in fields(Label)}
    values[name] = getattr(OTHER, name)
    assert compose(Label(**values), STOCK_4X6) != compose(full_label, STOCK_4X6)


def test_mark_code_is_white_on_black(full_label: Label) -> None:
    items = compose(full_label, STOCK_4X6)
    index = next(i for i, x in enumerate(items) if isinstance(x, Text) and x.text == "MARK-A12")
    mark, ground = items[index], items[index - 1]
    assert isinstance(mark, Text)
    assert mark.is_reversed
    assert isinstance(ground, Fill)
    assert ground.y < mark.y < mark.y + mark.size * 0.72 < ground.y + ground.height
