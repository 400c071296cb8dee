"""A label refuses box codes and counts that can't be printed, and says its pack in words."""

import pytest

from formats.labels.label import STOCKS, Label, stock_named


@pytest.mark.parametrize("code", ["", "A" * 21, "KÑ1", "A\nB", " A", "A ", "\x7f"])
def test_a_box_code_that_no_scanner_would_give_back_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="change the box code"):
        Label(box_code=code)


@pytest.mark.parametrize("code", ["A", "A" * 20, "KS001001", "A B", "^~_>"])
def test_any_other_box_code_is_kept_as_it_is(code: str) -> None:
    assert Label(box_code=code).box_code == code


@pytest.mark.parametrize(("number", "total"), [(0, 1), (2, 1), (-1, -1)])
def test_a_box_outside_its_count_is_refused(number: int, total: int) -> None:
    with pytest.raises(ValueError, match="count again"):
        Label(box_code="A", box_seq=number, box_total=total)


@pytest.mark.parametrize(
    ("bunches", "stems", "words"),
    [
        (10, 25, "10 bunches x 25 stems"),
        (1, 1, "1 bunch x 1 stem"),
        (12, None, "12 bunches"),
        (None, 25, "25 stems/bunch"),
        (None, None, None),
    ],
)
def test_the_pack_is_said_in_words(
    bunches: int | None, stems: int | None, words: str | None
) -> None:
    assert Label(box_code="A", bunches=bunches, stems_per_bunch=stems).pack == words


def test_a_total_names_its_unit_where_it_is_known() -> None:
    assert Label(box_code="A", total_units=250, unit_type="Stem").total == "250 Stem"
    assert Label(box_code="A", total_units=250).total == "250"
    assert Label(box_code="A", unit_type="Stem").total is None


def test_every_stock_has_the_dots_of_a_label_printer() -> None:
    dots = {stock.name: (stock.dots(203), stock.dots(300)) for stock in STOCKS}
    assert dots == {
        "4x6": ((812, 1218), (1200, 1800)),
        "4x4": ((812, 812), (1200, 1200)),
        "4x3": ((812, 609), (1200, 900)),
        "4x2": ((812, 406), (1200, 600)),
    }


def test_a_stock_is_found_by_its_name() -> None:
    assert [stock_named(stock.name) for stock in STOCKS] == list(STOCKS)
    with pytest.raises(ValueError, match="4x6, 4x4, 4x3, 4x2"):
        stock_named("5x7")
