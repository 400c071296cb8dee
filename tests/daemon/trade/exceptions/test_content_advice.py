"""824 to partners who want it: what of their X12 could be read and not used, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement
from formats.x12.reader import read
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import interchange, inventory, purchase_order
from tests.daemon.sites import Desktop, desktop, kinds, only

AGREED = NETWORK.replace(
    'title = "Andes Blooms"', 'title = "Andes Blooms"\ncontent_advice = "824"'
).replace('title = "Bloom Wholesale"', 'title = "Bloom Wholesale"\ncontent_advice = "824"')
KNOWN, UNKNOWN = ("AND-CR-SEL", "900", "X2"), ("AND-NEW", "10", "X2")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    with desktop(tmp_path / "site", network=AGREED) as opened:
        yield opened


def said(body: bytes) -> Acknowledged:
    """Return the one thing that an 824 speaks of."""
    reading = read(body)
    assert reading.envelope_findings() == ()
    (document,) = reading.documents()
    assert document.findings == ()
    assert isinstance(document.record, Acknowledgement)
    assert document.record.form == "824"
    (item,) = document.record.items
    return item


def test_lines_that_wait_are_told_by_the_numbers_of_their_set(site: Desktop) -> None:
    files = site.send("andes", "a.edi", inventory(KNOWN, UNKNOWN, control=31))
    assert "andes/advice-a" not in kinds(files)
    item = said(only(files, "andes/824"))
    assert (item.group, item.control, item.kind) == ("31", "0001", "846")
    assert (item.acceptance, item.reference) == (Acceptance.PARTLY, "REF-31")
    (fault,) = item.faults
    assert fault.message.startswith("line 2: AND-NEW ")


def test_availability_of_which_nothing_is_used_is_rejected(site: Desktop) -> None:
    files = site.send("andes", "a.edi", inventory(UNKNOWN, control=31))
    assert said(only(files, "andes/824")).acceptance is Acceptance.REJECTED


def test_availability_that_is_simply_on_sale_has_its_997_alone(site: Desktop) -> None:
    files = site.send("andes", "a.edi", inventory(KNOWN))
    assert [each for each in kinds(files) if each.startswith("andes/")] == ["andes/997-000000001"]


def test_nobody_gets_one_who_did_not_ask(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        files = site.send("andes", "a.edi", inventory(UNKNOWN))
        assert "andes/advice-a" in kinds(files)


def test_set_that_is_sound_and_of_no_use_is_told_in_rows_where_nothing_is_agreed(
    tmp_path: Path,
) -> None:
    """Its 997 accepts it, and says of what it means nothing."""
    order = purchase_order("10045", ("BLM-100", "2", "BX"), purpose="22")
    with desktop(tmp_path / "site") as site:
        files = site.send("bloom", "o.edi", order)
        assert kinds(files) == ["bloom/997-000000001", "bloom/advice-o"]
        row = only(files, "bloom/advice").decode().splitlines()
        assert row[1].startswith("file,,,rejected,1,")
        assert any(each.startswith("finding,,,error") and "BEG01" in each for each in row)
        again = site.send("bloom", "again.edi", order)
        assert only(again, "bloom/advice") == only(files, "bloom/advice")


def test_a_step_that_waits_is_told(site: Desktop) -> None:
    body = ["BAK*00*AD*77*20261121", "PO1*1*5*BX*0.30**BP*BLM-100", "ACK*IA*5*BX", "CTT*1"]
    answer = interchange(
        [body], control=8, sender="ANDESBLM", receiver="K2KNET", group="PR", kind="855"
    )
    files = site.send("andes", "c.edi", answer)
    item = said(only(files, "andes/824"))
    assert (item.kind, item.reference, item.group) == ("855", "77", "8")
    assert item.acceptance is Acceptance.PARTLY
    (fault,) = item.faults
    assert "held: order 77 has not come" in fault.message


def test_an_answer_to_a_change_is_called_an_865(site: Desktop) -> None:
    body = ["BCA*00*AD*77***20261121", "POC*1*AI*5**BX*0.30**BP*BLM-100", "ACK*IA*5*BX", "CTT*1"]
    answer = interchange(
        [body], control=8, sender="ANDESBLM", receiver="K2KNET", group="CA", kind="865"
    )
    item = said(only(site.send("andes", "c.edi", answer), "andes/824"))
    assert (item.kind, item.reference) == ("865", "77")


def test_set_that_is_sound_and_of_no_use_is_told(site: Desktop) -> None:
    order = purchase_order("10045", ("BLM-100", "2", "BX"), purpose="22")
    files = site.send("bloom", "o.edi", order)
    assert kinds(files) == ["bloom/824-0001", "bloom/997-000000001"]
    assert b"~\nAK5*A~" in only(files, "bloom/997")
    item = said(only(files, "bloom/824"))
    assert (item.acceptance, item.kind, item.control) == (Acceptance.REJECTED, "850", "0001")
    (fault,) = item.faults
    assert (fault.segment, fault.position, fault.element, fault.value) == ("BEG", 2, 1, "22")


HALF_READ = purchase_order("10045", ("BLM-100", "2", "BX"), ("BLM-110", "-2", "BX"))
"""An order whose second line breaks no standard and orders nothing."""


def test_lines_of_an_order_that_are_of_no_use_are_told(site: Desktop) -> None:
    """The 855 answers those alone that could be read (L-08)."""
    files = site.send("bloom", "o.edi", HALF_READ)
    assert only(files, "bloom/855").count(b"~\nPO1*") == 1
    item = said(only(files, "bloom/824"))
    assert (item.acceptance, item.kind, item.reference) == (Acceptance.PARTLY, "850", "10045")
    (fault,) = item.faults
    assert (fault.segment, fault.element) == ("PO1", 2) and "it was left out" in fault.message


def test_lines_of_an_order_that_are_of_no_use_are_told_in_rows(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        body = only(site.send("bloom", "o.edi", HALF_READ), "bloom/advice").decode()
        assert body.splitlines()[1].startswith("file,,,accepted-with-exceptions,1,")
        assert "PO102 (segment " in body and "it was left out" in body


def test_set_that_the_997_refuses_has_its_reasons_there(site: Desktop) -> None:
    order = purchase_order("10045", ("BLM-100", "TWO", "BX"))
    files = site.send("bloom", "o.edi", order)
    assert kinds(files) == ["bloom/997-000000001"]
    assert b"AK5*R" in only(files, "bloom/997")


def test_nothing_is_advised_of_an_acknowledgement(site: Desktop) -> None:
    body = interchange([["AK1*PO*"]], control=5, group="FA", kind="997")
    assert site.send("bloom", "997.edi", body) == {}


def test_the_same_file_again_is_advised_the_same(site: Desktop) -> None:
    first = site.send("andes", "a.edi", inventory(UNKNOWN, control=31))
    again = site.send("andes", "b.edi", inventory(UNKNOWN, control=31))
    assert only(first, "andes/824") == only(again, "andes/824")
