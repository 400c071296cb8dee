"""How a partner is told whether its X12 could be read: 997, 999, TA1 or nothing, as agreed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from daemon import config
from daemon.errors import SiteError
from formats.acknowledgements import Acceptance, Acknowledgement
from formats.steps import LineAnswer, OrderConfirmation
from formats.x12.reader import read
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, inventory, purchase_order
from tests.daemon.sites import desktop, kinds, only


def agreed(form: str) -> str:
    return NETWORK.replace(
        'title = "Andes Blooms"', f'title = "Andes Blooms"\ntechnical_ack = "{form}"'
    )


def as_5010(body: bytes) -> bytes:
    return body.replace(b"*U*00401*", b"*^*00501*").replace(b"*X*004010", b"*X*005010")


STOCK = inventory(("AND-CR-SEL", "900", "X2"), control=4)


@pytest.mark.parametrize(
    ("form", "body", "told"),
    [
        ("997", STOCK, ["997"]),
        ("997", as_5010(STOCK), ["997"]),
        ("999", as_5010(STOCK), ["999"]),
        ("999", STOCK, ["997"]),
        ("none", STOCK, []),
    ],
)
def test_partner_is_told_in_the_form_it_asked_for(
    tmp_path: Path, form: str, body: bytes, told: list[str]
) -> None:
    with desktop(tmp_path / "site", network=agreed(form)) as site:
        files = site.send("andes", "a.edi", body)
        ours = [each for each in kinds(files) if each.startswith("andes/")]
        assert ours == [f"andes/{kind}-000000004" for kind in told]
        for kind in told:
            (document,) = read(only(files, f"andes/{kind}")).documents()
            assert document.findings == ()
            assert isinstance(document.record, Acknowledgement)
            assert document.record.form == kind
        assert site.lots() != {}


def test_ta1_is_sent_where_it_is_asked_for_even_without_a_997(tmp_path: Path) -> None:
    asks = STOCK.replace(b"*000000004*0*P*", b"*000000004*1*P*")
    with desktop(tmp_path / "site", network=agreed("none")) as site:
        files = site.send("andes", "a.edi", asks)
        assert [each for each in kinds(files) if each.startswith("andes/")] == [
            "andes/TA1-000000004"
        ]


@pytest.mark.parametrize("kind", ["997", "TA1"])
def test_nothing_is_answered_to_an_acknowledgement_that_asks_for_it(
    tmp_path: Path, kind: str
) -> None:
    head = STOCK.split(b"~\n")[0].replace(b"*000000004*0*P*", b"*000000004*1*P*")
    inside = [b"TA1*000000001*261121*0931*A*000"]
    groups = b"0"
    if kind == "997":
        inside = [
            b"GS*FA*ANDESBLM*K2KNET*20261121*0931*4*X*004010",
            *(b"ST*997*0001", b"AK1*PO*1", b"AK9*A*1*1*1", b"SE*4*0001", b"GE*1*4"),
        ]
        groups = b"1"
    body = b"~\n".join([head, *inside, b"IEA*" + groups + b"*000000004", b""])
    with desktop(tmp_path / "site") as site:
        assert site.send("andes", "a.edi", body) == {}
        assert len(site.arrivals()) == 1


def tolerant(*warns: str) -> str:
    said = ", ".join(f'"{each}"' for each in warns)
    return NETWORK.replace('id = "ANDESBLM"', f'id = "ANDESBLM", warns = [{said}]')


def test_what_was_agreed_is_used_and_told_as_it_is(tmp_path: Path) -> None:
    wrong = re.sub(rb"SE\*[0-9]+\*", b"SE*99*", STOCK)
    with desktop(tmp_path / "site", network=tolerant("AK5 4")) as site:
        files = site.send("andes", "a.edi", wrong)
        (document,) = read(only(files, "andes/997")).documents()
        assert isinstance(document.record, Acknowledgement)
        found = {each.acceptance for each in document.record.items}
        assert found == {Acceptance.WITH_ERRORS}
        assert site.lots() != {}
        assert site.states() == ["posted"]
    with desktop(tmp_path / "strict", network=tolerant()) as site:
        site.send("andes", "a.edi", wrong)
        assert site.lots() == {}
        assert site.states() == ["quarantined"]


def test_an_error_that_nobody_can_agree_to_is_refused_with_the_site(tmp_path: Path) -> None:
    (tmp_path / config.FILE_NAME).write_text(tolerant("AK5 7"), "utf-8")
    with pytest.raises(SiteError, match="AK5 3, 4, 6 and 18"):
        config.load(tmp_path)


def test_unit_that_was_agreed_to_be_odd_is_answered_in_one_that_x12_has(tmp_path: Path) -> None:
    """What we write our own reader takes without a finding, whatever it answers."""
    network = NETWORK.replace('id = "BLOOMWHSL"', 'id = "BLOOMWHSL", warns = ["AK4 7 PO103"]')
    with desktop(tmp_path / "site", network=network) as site:
        site.send("florsol", "s.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))
        files = site.send("bloom", "o.edi", purchase_order("PO-1", ("BLM-100", "1", "bx")))
        assert b"AK4*3*355*7*bx~" in only(files, "bloom/997").replace(b"\n", b"")
        (document,) = read(only(files, "bloom/855")).documents()
        assert isinstance(document.record, OrderConfirmation)
        assert document.findings == ()
        assert [(each.unit, each.answer) for each in document.record.lines] == [
            ("BX", LineAnswer.ACCEPTED)
        ]
        (sent,) = read(only(files, "florsol/850")).documents()
        assert sent.findings == ()


def test_type_of_an_order_that_is_on_no_list_is_not_sent_on(tmp_path: Path) -> None:
    network = NETWORK.replace('id = "BLOOMWHSL"', 'id = "BLOOMWHSL", warns = ["AK4 7"]')
    with desktop(tmp_path / "site", network=network) as site:
        site.send("florsol", "s.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))
        asked = purchase_order("PO-1", ("BLM-100", "1", "BX")).replace(b"*SA*PO-1*", b"*XX*PO-1*")
        files = site.send("bloom", "o.edi", asked)
        assert b"AK4*2*92*7*XX~" in only(files, "bloom/997").replace(b"\n", b"")
        (document,) = read(only(files, "bloom/855")).documents()
        assert document.findings == ()
        assert b"BEG*00*SA*PO-1*" in only(files, "florsol/850")


def test_reference_of_80_characters_is_answered_and_sent_on(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as site:
        site.send("florsol", "s.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))
        asked = purchase_order("PO-1", ("BLM-100", "1", "BX"))
        said = b"REF*CO**" + b"W" * 80 + b"~"
        at = asked.index(b"DTM*010")
        count = re.search(rb"SE\*([0-9]+)\*", asked)
        assert count is not None
        more = b"SE*%d*" % (int(count[1]) + 1)
        asked = (asked[:at] + said + asked[at:]).replace(count[0], more)
        files = site.send("bloom", "o.edi", asked)
        assert said in only(files, "bloom/855")
        assert said in only(files, "florsol/850")
        assert site.states() == ["posted", "posted"]
