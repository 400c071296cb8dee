"""ZPL of labels: no field reaches the printer as a command, and the bar code has its own room."""

import re
from dataclasses import replace
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.findings import Finding
from formats.labels.label import STOCK_4X2, STOCK_4X3, STOCK_4X6, STOCKS, Label, Stock
from formats.labels.zpl import escaped, write_zpl

FIELD = re.compile(r"\^FH_\^FD([^^~]*)\^FS")
COMMANDS = {
    *("^XA", "^XZ", "^CI", "^PW", "^LL", "^LH", "^PQ", "^FO", "^FR", "^A0", "^FB", "^FH"),
    *("^FD", "^FS", "^GB", "^BY", "^BC"),
}


def _printed(data: bytes) -> list[str]:
    return [
        unquote_to_bytes(text.replace("%", "_25").replace("_", "%")).decode()
        for text in FIELD.findall(data.decode("ascii"))
    ]


@given(st.text(max_size=60))
def test_no_text_can_begin_a_command(text: str) -> None:
    kept = escaped(text)
    assert kept.isascii()
    assert kept.isprintable() or not kept
    assert not set(kept) & set("^~\\")


@given(st.text(st.sampled_from("^~_\\>,;:AZJXñ é\n\r\t\x00\x1b花"), max_size=40))
def test_hostile_texts_leave_only_our_commands(text: str) -> None:
    label = Label(
        box_code="KS1", mark_code=text, customer_name=text, product_description=text,
        ship_to=(text,), company_name=text, lot_number=text,
    )  # fmt: skip
    data = write_zpl([label], STOCK_4X3).decode("ascii")
    assert set(re.findall(r"[\^~]..", data)) <= COMMANDS
    assert data.count("^XA") == data.count("^XZ") == 1


def test_accents_are_utf_8_under_code_page_28(full_label: Label) -> None:
    data = write_zpl([full_label], STOCK_4X6)
    assert data.startswith(b"^XA\n^CI28\n^PW812\n^LL1218\n")
    assert b"^FDFlores del Pe_C3_B1_C3_B3n S.A. _C2_B7 V00731^FS" in data
    assert "Flores del Peñón S.A. · V00731" in _printed(data)


def test_one_label_for_each_box_in_order(full_label: Label) -> None:
    labels = [replace(full_label, box_seq=n, box_code=f"KS{n:06}") for n in range(1, 15)]
    data = write_zpl(labels, STOCK_4X6)
    assert data.count(b"^XA") == data.count(b"^XZ") == data.count(b"^BC") == 14
    assert re.findall(rb"\^FD>:(KS[0-9]+)\^FS", data) == [b"KS%06d" % n for n in range(1, 15)]
    assert [t for t in _printed(data) if t.startswith("Box ")] == [
        f"Box {n} of 14" for n in range(1, 15)
    ]


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("KS001001", ">:KS001001"),
        ("1234567", ">;123456>67"),
        ("A^~_>1", ">:A_5E_7E_5F>01"),
    ],
)
def test_the_bar_code_field_is_escaped_for_both_its_layers(code: str, field: str) -> None:
    data = write_zpl([Label(box_code=code)], STOCK_4X2).decode("ascii")
    assert f"N,N,N,N^FH_^FD{field}^FS" in data


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(
    ("code", "modules", "widest"), [("KS5704493", 134, 0.51), ("W" * 20, 255, 0.36)]
)
def test_the_bar_code_has_its_quiet_zones(
    stock: Stock, dpi: int, code: str, modules: int, widest: float
) -> None:
    data = write_zpl([Label(box_code=code)], stock, 203 if dpi == 203 else 300).decode("ascii")
    found = re.search(r"\^FO(\d+),(\d+)\^BY(\d+)\^BCN,(\d+),", data)
    assert found
    x, y, module, height = (int(part) for part in found.groups())
    across, down = stock.dots(dpi)
    assert 0.25 <= module / dpi * 25.4 <= widest
    assert x >= 10 * module
    assert x + (modules + 10) * module <= across
    assert y + height < down
    assert abs((across - modules * module) / 2 - x) <= 2


def test_texts_that_were_cut_are_reported() -> None:
    report: list[Finding] = []
    labels = [Label(box_code="A"), Label(box_code="B", customer_name="M" * 90)]
    write_zpl(labels, STOCK_4X3, report=report)
    assert [finding.where.path for finding in report] == ["labels[1].customer"]


def test_no_labels_are_no_commands() -> None:
    assert write_zpl([], STOCK_4X3) == b""


def test_an_unknown_density_is_refused() -> None:
    with pytest.raises(ValueError, match="use 203 or 300"):
        write_zpl([Label(box_code="A")], STOCK_4X3, 600)  # type: ignore[arg-type]  # on purpose
