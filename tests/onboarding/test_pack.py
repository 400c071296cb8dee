"""The page and the samples: true, readable by our own readers, one page, safe to send."""

from __future__ import annotations

import dataclasses
import io
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest

from daemon import config
from daemon.cli.reading import ReadFile, read_file
from daemon.config import Partner
from daemon.mapping.load import load as load_tables
from daemon.onboarding.door import Door, door
from daemon.onboarding.keys import make_key_pair
from daemon.onboarding.markdown import plain
from daemon.onboarding.pack import PackFile, pack
from daemon.onboarding.samples import Maker, Sample
from daemon.onboarding.trouble import trouble
from formats.records import AxerrioOrder, InventoryAdvice, PurchaseOrder
from tests.daemon.network import SAMPLE_SITE
from tests.daemon.sites import desktop
from tests.onboarding.conftest import Run

SITE = config.load(SAMPLE_SITE)
AT = datetime.now(SITE.site.zone)
TABLES = load_tables(SITE.mappings, partners=[p.name for p in SITE.partner], today=AT.date())
NAMES = [partner.name for partner in SITE.partner]


def partner(name: str, **changes: object) -> Partner:
    found = SITE.partner_named(name)
    assert found is not None
    return found.model_copy(update=changes)


def samples(one: Partner) -> list[Sample]:
    return Maker(SITE, TABLES, one, AT).samples()


def read(one: Partner, sample: Sample) -> ReadFile:
    return read_file(sample.name, sample.content, one, AT)


@pytest.mark.parametrize("name", NAMES)
def test_samples_pass_our_readers_without_a_word(name: str) -> None:
    one = partner(name)
    for sample in samples(one):
        found = read(one, sample)
        assert found.findings == (), (sample.name, found.findings)
        assert len(found.documents) == 1


@pytest.mark.parametrize("name", ["florsol", "tulipan"])
@pytest.mark.parametrize("changes", [{"decimal_comma": True}, {"code_page": "windows-1252"}])
def test_samples_follow_the_habits_of_the_partner(name: str, changes: dict[str, object]) -> None:
    one = partner(name, **changes)
    (csv,) = [sample for sample in samples(one) if sample.name.endswith(".csv")]
    found = read(one, csv)
    assert not found.has_errors, found.findings
    (document,) = found.documents
    if isinstance(document, InventoryAdvice):
        assert str(document.lines[0].unit_cost) == "0.34"
    else:
        assert isinstance(document, PurchaseOrder)
        assert str(document.lines[0].unit_price) == "0.34"


def test_samples_carry_the_ids_and_codes_of_the_partner() -> None:
    stock, inventory = samples(partner("florsol"))
    assert b"Rosa Explorer 60cm" in stock.content
    assert b"*ZZ*FLORSOL        *ZZ*K2KNET         *" in inventory.content
    assert b"LIN*1*VP*FS-1060~" in inventory.content
    order, _ = samples(partner("bloom"))
    assert b"*ZZ*BLOOMWHSL      *ZZ*FLORSOL        *" in order.content
    assert b"*BP*BLM-100~" in order.content


def test_samples_are_dated_to_come_and_x12_is_marked_as_test() -> None:
    one = partner("bloom")
    for sample in samples(one):
        (document,) = read(one, sample).documents
        assert isinstance(document, PurchaseOrder)
        assert document.ship_date is not None and document.ship_date > AT.date()
        assert document.is_test == sample.name.endswith(".edi")
    (ax,) = samples(partner("axerrio-florsol"))
    (order,) = read(partner("axerrio-florsol"), ax).documents
    assert isinstance(order, AxerrioOrder) and order.is_test


def test_samples_of_a_site_without_products_still_read() -> None:
    empty = dataclasses.replace(TABLES, catalogue={})
    for name in NAMES:
        one = partner(name)
        for sample in Maker(SITE, empty, one, AT).samples():
            assert not read(one, sample).has_errors


def test_stock_and_orders_of_the_samples_post(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as desk:
        for name in ("florsol", "bloom", "axerrio-florsol"):
            for sample in Maker(desk.site, TABLES, partner(name), AT).samples():
                desk.send(name, sample.name, sample.content)
        assert desk.states() == ["posted"] * 5, desk.log.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_error_on_the_page_is_what_a_wrong_file_really_gets(name: str) -> None:
    shown = trouble(partner(name), samples(partner(name)), AT)
    text = "\n".join(shown.lines)
    expected = {"florsol": "row 1, column quantityUnits", "axerrio-florsol": "lines[0].boxes"}
    assert expected.get(
        name, "AK4*2*330*6*two~" if "lip" in name or "oom" in name else "row 1"
    ) in (text)


SERVER = Door(
    "server",
    "/inbox",
    "/outbox",
    host="sftp.example.com",
    port=2222,
    user="florsol",
    host_keys=(make_key_pair("host").public,),
)


def made(name: str, way: Door = SERVER, **changes: object) -> dict[str, PackFile]:
    files = pack(SITE, TABLES, partner(name, **changes), way, AT)
    return {file.name: file for file in files}


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        assert len(document) == 1
        page = document[0]
        text = page.get_textpage()
        try:
            return " ".join(str(text.get_text_range()).split())
        finally:
            text.close()
            page.close()
    finally:
        document.close()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("when", list(config.CompleteWhen))
def test_page_is_one_and_says_where_and_how(name: str, when: config.CompleteWhen) -> None:
    files = made(name, complete_when=when)
    for shown in (
        text_of(files["instructions.pdf"].content),
        files["instructions.md"].content.decode(),
    ):
        assert "sftp.example.com" in shown and "2222" in shown and "/inbox" in shown
        assert (".part" in shown) == (when is config.CompleteWhen.RENAMED)
        assert (".done" in shown) == (when is config.CompleteWhen.DONE_FILE)
    assert files["known_hosts"].content.startswith(b"[sftp.example.com]:2222 ssh-ed25519 AAAA")


@pytest.mark.parametrize(
    ("changes", "back"),
    [
        ({}, "in its own form (EDIFACT as CSV)"),
        ({"receives_orders": ("x12",)}, "in the form that we agreed on"),
    ],
)
def test_page_of_a_vendors_system_names_every_body_that_is_taken(
    changes: dict[str, object], back: str
) -> None:
    """Domain 8.2; docs/trade.md has what answers each."""
    files = made("axerrio-florsol", SERVER, **changes)
    for shown in (
        text_of(files["instructions.pdf"].content),
        " ".join(files["instructions.md"].content.decode().split()),
    ):
        for body in (
            *("floral.order/1", "purchase.order.create", "prebook.create", "Florecom XML"),
            *("CSV or XLSX rows", "X12 850", "EDIFACT ORDERS", "EKT", back),
        ):
            assert body in shown


def test_page_of_a_buyer_says_for_whom_it_may_confirm() -> None:
    """Domain 13, PO header; nothing where nobody agreed to it."""
    agreed = tuple(
        link.model_copy(update={"buyer_confirms": link.vendor == "florsol"})
        for link in SITE.connection
    )
    for site, is_said in ((SITE, False), (SITE.model_copy(update={"connection": agreed}), True)):
        shown = text_of(pack(site, TABLES, partner("bloom"), SERVER, AT)[0].content)
        said = "Confirmations of your orders, for Florsol Farms (synthetic): X12 855"
        assert (said in shown) is is_said
        assert "Andes" not in shown.partition("Confirmations")[2].partition("X12 855")[0]


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Amsterdam"])
def test_longest_titles_and_folders_still_fit_one_page(zone: str) -> None:
    long = "Plantación y Comercializadora de Flores <b>Ñandú</b> & Żółw *Hermanos* `x` " * 3
    place = SITE.site.model_copy(update={"title": long, "time_zone": zone})
    site = SITE.model_copy(update={"site": place})
    way = Door("folder", "/srv/" + "very-long-folder/" * 9 + "inbox", "/srv/" + "x" * 120)
    for name in NAMES:
        files = pack(site, TABLES, partner(name, title=long), way, AT)
        assert "<b>" in text_of(files[0].content)


def test_same_partner_and_day_give_the_same_bytes() -> None:
    assert made("florsol") == made("florsol")


def test_folder_partner_is_told_its_folders_and_gets_no_host_key() -> None:
    one = partner("florsol")
    way = door(SITE, one)
    assert way.kind == "folder"
    files = made("florsol", way)
    assert "known_hosts" not in files
    assert str(SITE.inbox("florsol")) in files["instructions.md"].content.decode()


def test_partner_with_its_own_server_reads_of_that_server() -> None:
    remote = config.SftpRemote(
        host="ftp.florsol.example", user="k2k", host_keys=("ssh-ed25519 AAAA",), key="ssh-florsol",
        pull=config.SftpPull(folder="out"), push=config.SftpPush(folder="in"),
    )  # fmt: skip
    one = partner("florsol", sftp=remote)
    text = made("florsol", door(SITE, one), sftp=remote)["instructions.md"].content.decode()
    assert "ftp.florsol.example" in text and "- We fetch from: `out`" in text


def test_marks_in_a_title_are_harmless() -> None:
    assert plain("a|b <script> `x` *y*\n# z") == r"a\|b \<script\> \`x\` \*y\* \# z"


def test_command_writes_the_pack_where_it_is_told(site: Path, run: Run, tmp_path: Path) -> None:
    said = run("partner", "pack", "florsol", "--out", str(tmp_path / "out"), "--json")
    assert said.code == 0, said.err
    names = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.*")}
    papers = {"instructions.pdf", "instructions.md"}
    assert names == papers | {"samples/availability.csv", "samples/availability.edi"}
    assert run("partner", "pack", "florsoll").code == 2
