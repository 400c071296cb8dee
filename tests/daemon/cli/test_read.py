"""`k2kd read`: files without a site."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import daemon
from daemon.samples import samples
from tests.daemon.cli.conftest import Run
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import purchase_order
from tests.formats.edifact.samples import message as edifact_message
from tests.formats.edifact.samples import written as edifact_file

TODAY = date(2026, 11, 21)
TEMPLATES = sorted(Path(daemon.__file__).parent.glob("sample/inbox/*/*"))


@pytest.fixture
def dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sample files, and no site."""
    for sample in samples(TODAY):
        (tmp_path / sample.name).write_bytes(sample.content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_records_come_as_one_object_a_file(run: Run, dropped: Path) -> None:
    said = run("read", "--json", "order-10045.edi", "availability.csv", "order-7731.json")
    assert (said.code, said.err) == (0, "")
    found: list[Any] = [json.loads(line) for line in said.out.splitlines()]
    assert [(one["file"], one["format"]) for one in found] == [
        ("order-10045.edi", "x12"),
        ("availability.csv", "delimited"),
        ("order-7731.json", "json"),
    ]
    assert all(set(one) == {"file", "format", "documents", "findings"} for one in found)
    order, advice, axerrio = (one["documents"][0] for one in found)
    assert (order["kind"], order["number"], len(order["lines"])) == ("purchase_order", "10045", 3)
    assert order["lines"][0]["quantity"] == "8"
    assert (advice["kind"], len(advice["lines"])) == ("inventory_advice", 8)
    assert (axerrio["kind"], axerrio["message_id"]) == ("axerrio_order", "sample-7731")


def test_findings_are_located_and_the_code_is_1(run: Run, dropped: Path) -> None:
    said = run("read", "--json", "order-10046-broken.edi")
    assert said.code == 1
    found: Any = said.json()
    assert found["documents"] == []
    assert [f["code"] for f in found["findings"]] == [
        "x12.SE01",
        "x12.DTM02.date",
        "x12.PO102.character",
    ]
    assert all(set(f) == {"code", "severity", "where", "message"} for f in found["findings"])
    assert found["findings"][1]["where"] == "DTM02 (segment 3), byte 199"


def test_acknowledgement_of_a_broken_order_names_segment_and_element(
    run: Run, dropped: Path
) -> None:
    said = run("read", "--ack", "order-10046-broken.edi")
    assert said.code == 1
    segments = said.out.replace("\n", "").split("~")
    for segment in ("AK3*DTM*3**8", "AK4*2*373*8*20261332", "AK3*PO1*6**8", "AK5*R*4*5"):
        assert segment in segments
    assert segments[0].startswith("ISA*00*          *00*          *ZZ*FLORSOL ")


def test_acknowledgements_speak_the_sender_s_format(run: Run, dropped: Path) -> None:
    assert "AK9*A*1*1*1" in run("read", "--ack", "order-10045.edi").out
    axerrio: Any = run("read", "--ack", "order-7731.json").json()
    assert (axerrio["contract"], axerrio["result"]) == ("floral.ack/1", "accepted")
    assert "file,,,accepted,8,,,availability.csv" in run("read", "--ack", "availability.csv").out


def test_answers_for_programs_stand_beside_the_findings(run: Run, dropped: Path) -> None:
    found: Any = run("read", "--ack", "--json", "order-10045.edi").json()
    assert [answer["kind"] for answer in found["answers"]] == ["997"]
    assert found["answers"][0]["body"].startswith("ISA*")


def test_interchange_that_wants_it_gets_a_ta1(run: Run, dropped: Path) -> None:
    asks = (dropped / "order-10045.edi").read_bytes().replace(b"*0*P*>", b"*1*P*>")
    (dropped / "asks.edi").write_bytes(asks)
    found: Any = run("read", "--ack", "--json", "asks.edi").json()
    assert [answer["kind"] for answer in found["answers"]] == ["TA1", "997"]


def test_edifact_is_read_and_answered(run: Run, tmp_path: Path) -> None:
    order = (
        "UNB+UNOC:3+5412345000013:14+7701234000011:14+261121:0900+1'UNH+1+ORDERS:D:96A:UN'"
        "BGM+220+PO-9+9'DTM+137:20261121:102'LIN+1++ROS-60:SA'QTY+21:5:BX'UNS+S'UNT+7+1'UNZ+1+1'"
    )
    (tmp_path / "order.edi").write_text(order, "ascii")
    said = run("read", "--ack", "--json", tmp_path / "order.edi")
    found: Any = said.json()
    assert (said.code, found["documents"][0]["number"]) == (0, "PO-9")
    assert [answer["kind"] for answer in found["answers"]] == ["CONTRL"]


def test_page_for_people_names_record_lines_and_findings(run: Run, dropped: Path) -> None:
    said = run("read", "order-10045.edi", "order-10046-broken.edi", "inventory.edi")
    assert said.code == 1
    assert "order-10045.edi   x12, 1 document, no error" in said.out
    assert "ROSE EXPLORER 60CM" in said.out
    assert "order-10046-broken.edi   x12, 0 documents, 3 errors" in said.out
    assert "Clavel Rojo Select" in said.out


@pytest.mark.parametrize(
    ("content", "form", "code"),
    [
        (b"", "empty", "empty"),
        (b"%PDF-1.7 and so on", "pdf", "pdf"),
        (b"<html><body>404</body></html>", "html", "html"),
        (b"<?xml version='1.0'?><order/>", "xml", "xml.unsupported"),
        (b"UNA:+.? 'UNB+UNOA:2+A+B+261121:0900+1'UNZ+0+1'", "edifact", "edifact.UNB"),
        (bytes(range(256)), "binary", "binary"),
    ],
)
def test_what_is_not_read_is_refused_by_name(
    run: Run, tmp_path: Path, content: bytes, form: str, code: str
) -> None:
    (tmp_path / "file").write_bytes(content)
    said = run("read", "--json", tmp_path / "file")
    found: Any = said.json()
    assert (said.code, found["format"]) == (1, form)
    assert [finding["code"] for finding in found["findings"]] == [code]


def test_bad_row_of_a_partner_is_counted_in_its_advice(run: Run, dropped: Path) -> None:
    rows = (dropped / "availability.csv").read_bytes().replace(b",1800,", b",many,")
    (dropped / "bad.csv").write_bytes(rows)
    said = run("read", "--ack", "bad.csv")
    assert said.code == 1
    assert "count,,,received,8" in said.out
    assert "count,,,accepted,7" in said.out
    assert "count,,,rejected,1" in said.out


def test_file_is_read_as_a_partner_of_the_site_would_write_it(run: Run, site: Path) -> None:
    (site / "decimal.csv").write_text(
        "111;Rosa Explorer 60cm;2026-11-21;1800;Stem;;Roses;Red;0,34\n", "utf-8"
    )
    file = site / "k2kd.toml"
    text = file.read_text("utf-8").replace('currency = "USD"', "decimal_comma = true", 1)
    file.write_text(text, "utf-8")
    assert run("read", "--json", "decimal.csv").code == 1
    found: Any = run("read", "--json", "--as", "florsol", "decimal.csv").json()
    assert found["documents"][0]["lines"][0]["unit_cost"] == "0.34"
    assert found["documents"][0]["vendor"]["code"] == "florsol"
    wrong = run("read", "--as", "flor", "decimal.csv")
    assert (wrong.code, "did you mean florsol?" in wrong.err) == (2, True)


def test_file_that_is_not_there_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    said = run("read", tmp_path / "nope.edi")
    assert said.code == 2
    assert "there is no file" in said.err
    assert run("read", tmp_path).code == 2
    assert run("read").code == 2


def test_latin_1_name_can_not_break_the_page(run: Run, tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.edi")
    Path(name).write_bytes(b"")
    for words in (("read", name), ("read", "--json", name), ("read", "--ack", name)):
        said = run(*words)
        assert said.code == 1
        assert "xe9.edi" in said.out


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("po_number,line,status,confirmed_boxes\n10045,1,accepted,8\n", "order_confirmation"),
        ("po_number,decision\n10045,approve\n", "approval"),
        ("po_number,line,awb,boxes\n10045,1,176-12345675,8\n", "ship_notice"),
        ("current_box_code,new_box_code\nKS1,PT1\n", "box_code_change"),
        ("temporary_awb,awb\nT-1,176-12345675\n", "air_waybill_notice"),
        ("box_code,rack\nKS1,A12\n", "receiving_scan"),
        ("po_number,line,boxes,action\n10045,1,6,CHANGE\n", "order_change"),
        ('{"contract":"k2k.steps/1","kind":"approval",'
         '"verdicts":[{"number":"10045","decision":"approve"}]}', "approval"),
    ],
)  # fmt: skip
def test_steps_after_an_order_are_told_by_what_is_in_the_file(
    run: Run, tmp_path: Path, content: str, kind: str
) -> None:
    (tmp_path / "file").write_text(content)
    said = run("read", "--json", "--ack", tmp_path / "file")
    found: Any = said.json()
    assert said.code == 0
    assert [document["kind"] for document in found["documents"]] == [kind]
    assert found["findings"] == []
    assert len(found["answers"]) == 1


@pytest.mark.parametrize("sample", TEMPLATES, ids=lambda path: path.name)
def test_template_of_the_sample_network_is_read_with_dates_of_today(run: Run, sample: Path) -> None:
    said = run("read", "--json", str(sample))
    found: Any = said.json()
    template, *others = found["findings"]
    assert (template["code"], template["severity"]) == ("template", "warning")
    assert "{today:iso}" in template["message"]
    is_broken = "broken" in sample.name
    assert said.code == int(is_broken)
    assert any(each["severity"] == "error" for each in others) is is_broken
    assert bool(found["documents"]) is not is_broken


def test_file_is_read_as_was_agreed_with_its_partner(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    x12 = 'x12 = { id = "BLOOMWHSL", warns = ["AK4 7 PO103"] }'
    text = NETWORK.replace('x12 = { id = "BLOOMWHSL" }', x12)
    edi = 'edifact = { id = "5412345000013", any_release = true }'
    text = text.replace('name = "bloom"\n', f'name = "bloom"\n{edi}\n')
    (tmp_path / "k2kd.toml").write_text(text)
    (tmp_path / "a.edi").write_bytes(purchase_order("PO-1", ("BLM-100", "1", "bx")))
    (tmp_path / "b.edi").write_bytes(edifact_file(*edifact_message(kind="ORDERS:D:03A:UN")))
    monkeypatch.chdir(tmp_path)
    assert run("read", "a.edi", "b.edi").code == 1
    agreed = run("read", "--as", "bloom", "--json", "a.edi", "b.edi")
    assert agreed.code == 0
    found: list[Any] = [json.loads(line) for line in agreed.out.splitlines()]
    assert [[each["code"] for each in one["findings"]] for one in found] == [
        ["x12.PO103.code"],
        ["edifact.UNH02.release"],
    ]
    assert "AK5*E*5~" in run("read", "--as", "bloom", "--ack", "a.edi").out
