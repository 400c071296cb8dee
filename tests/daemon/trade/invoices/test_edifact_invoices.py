"""Invoices as INVOIC: from vendors who bill in EDIFACT, and to buyers who are billed in it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from daemon import config
from daemon.errors import SiteError
from formats.edifact.reader import read
from formats.invoices import Invoice
from tests.daemon.pipeline.edifact_orders import BLOOM, FLORSOL, SITE, sent
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.goods_files import rows
from tests.daemon.trade.invoices.invoice_files import (
    CODES,
    SHARED,
    bill,
    five_shipped,
    shipped,
    states,
    told,
)


def _known(text: str, name: str, number: str, more: str = "") -> str:
    mark = f'name = "{name}"\n'
    return text.replace(mark, f'{mark}edifact = {{ id = "{number}" }}\n{more}')


def network(*, bloom: str = 'receives_invoices = "edifact"\n', florsol: str = "") -> str:
    """Return the network that shares invoices, with EDIFACT identities and more settings."""
    text = SHARED.replace("[site]\n", f'[site]\nedifact = {{ id = "{SITE}" }}\n')
    return _known(_known(text, "bloom", BLOOM, bloom), "florsol", FLORSOL, florsol)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, where bloom gets INVOIC; five boxes of order 1 are shipped."""
    with five_shipped(tmp_path / "site", network()) as opened:
        yield opened


BOXES = ("PAC", "PCI+33E", f"GIN+BN+{'+'.join(CODES)}")


def invoic(
    *more: str, total: str = "1.50", quantity: int = 5, code: str = "380", control: str = "7201"
) -> bytes:
    """Return an INVOIC of florsol for line 1 of order 1, at 0.30 a box."""
    body = [
        f"BGM+{code}+F-1+9",
        f"DTM+137:{day():%Y%m%d}:102",
        "RFF+ON:1",
        f"NAD+SU+{FLORSOL}::9",
        "CUX+2:USD:4",
        "LIN+1",
        f"QTY+47:{quantity}:BX",
        "PRI+AAA:0.30:::1:BX",
        "RFF+ON:1:1",
        *more,
        "UNS+S",
        f"MOA+77:{total}",
    ]
    return sent("INVOIC:D:96A:UN:EAN008", *body, control=control)


def invoice_in(body: bytes) -> Invoice:
    (document,) = read(body).documents()
    assert document.findings == ()
    assert isinstance(document.record, Invoice)
    return document.record


def test_invoice_in_edifact_is_shared_in_edifact_and_has_its_contrl_alone(site: Desktop) -> None:
    files = site.send("florsol", "f.edi", invoic(*BOXES))
    assert kinds(files) == ["bloom/INVOIC-F-1", "florsol/CONTRL-7201"]
    assert states(site) == ["pending approval"]
    said = invoice_in(only(files, "bloom/INVOIC"))
    (line,) = said.lines
    assert (said.number, said.order_number, said.total) == ("F-1", "1", Decimal("1.5"))
    assert (said.buyer.code, said.currency) == (BLOOM, "USD")
    assert (line.buyer_item, line.unit, line.quantity, line.amount) == (
        *("BLM-100", "BX", Decimal(5), Decimal("1.5")),
    )
    assert (line.order_number, line.order_line, line.box_codes) == ("1", "1", CODES)


def test_invoice_of_a_file_as_csv_goes_out_as_invoic_too(site: Desktop) -> None:
    files = bill(site, unit_price="0.001", price_unit="Stem", bunches=12, stems_bunch=25)
    said = invoice_in(only(files, "bloom/INVOIC"))
    assert (said.lines[0].price_unit, said.lines[0].unit) == ("PCE", "BX")


def test_difference_is_answered_as_csv(site: Desktop) -> None:
    files = site.send("florsol", "f.edi", invoic(quantity=9, total="2.70"))
    assert told(files) == ["florsol/CONTRL", "florsol/advice"]
    ((status, _, message),) = rows(only(files, "florsol/advice"))
    assert status == "refused"
    assert message.startswith("line 1: it bills 9 Box of line 1 of order 1; 5 Box are shipped.")
    assert states(site) == []


def test_difference_is_answered_as_aperak_where_that_is_agreed(tmp_path: Path) -> None:
    text = network(florsol='content_advice = "aperak"\n')
    with desktop(tmp_path / "site", network=text) as site:
        shipped(site)
        files = site.send("florsol", "f.edi", invoic(total="1.51"))
        assert told(files) == ["florsol/APERAK", "florsol/CONTRL"]
        body = only(files, "florsol/APERAK").decode()
        assert "RFF+IV:F-1'" in body
        assert "the total is 1.51" in body


@pytest.mark.parametrize("setting", [
    'receives_invoices = "edifact"\n', 'answers_orders = "edifact"\n',
    'content_advice = "aperak"\n',
])  # fmt: skip
def test_edifact_goes_only_to_partners_that_have_a_name_in_it(tmp_path: Path, setting: str) -> None:
    text = network(bloom=setting).replace(f'edifact = {{ id = "{BLOOM}" }}\n', "")
    (tmp_path / "k2kd.toml").write_text(text)
    with pytest.raises(SiteError, match="bloom receives files as EDIFACT, so it needs an"):
        config.load(tmp_path)
