"""The sample network's day: what comes in, what goes out, and what one mapping row completes."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select

from daemon import VERSION, service
from daemon.ledger import schema
from daemon.samples import samples
from formats.limits import DEFAULT_LIMITS
from formats.records import InventoryAdvice, PurchaseOrder
from formats.tabular.dialect import Dialect
from formats.tabular.purchase_order import read_purchase_orders
from formats.x12.reader import Policy, read
from tests.daemon.network import make_site
from tests.daemon.sites import Desktop, drop, kinds, only, open_desktop, outboxes
from tests.daemon.today import day

EXPECTED = [
    "andes/997-000000301",
    "andes/notice-andes-bloom",
    "axerrio-florsol/ack-AX-7731",
    "bloom/846-andes-1",
    "bloom/846-florsol-1",
    "bloom/855-10045",
    "bloom/997-000000101",
    "bloom/997-000000102",
    "bloom/notice-andes-bloom",
    "bloom/notice-florsol-bloom",
    "florsol/850-10045",
    "florsol/advice-availability",
    "florsol/labels-10045",
    "florsol/labels-10045",
    "florsol/notice-florsol-bloom",
    "florsol/notice-florsol-tulipan",
    "florsol/order-10045",
    "tulipan/availability-florsol-1",
    "tulipan/notice-florsol-tulipan",
]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that has drained the sample files, stock first, as `k2kd run --once` does."""
    root = make_site(tmp_path_factory.mktemp("story") / "site")
    (root / "inbox").mkdir()
    found = list(samples(day()))
    for wave in dict.fromkeys(sample.wave for sample in found):
        for sample in found:
            if sample.wave is wave:
                (root / "inbox" / sample.partner).mkdir(exist_ok=True)
                drop(root, sample.partner, sample.name, sample.content)
        assert service.run(root, once=True, pretty=False) == 0
    return root


def segments(body: bytes, tag: str) -> list[list[str]]:
    """Return the elements of every segment with `tag`."""
    rows = (segment.strip().split("*") for segment in body.decode().split("~"))
    return [row for row in rows if row[0] == tag]


def test_every_file_is_answered_and_nothing_else_goes_out(story: Path) -> None:
    """Every availability but the last is left aside: how many there are is a matter of time."""
    found = [k for k in kinds(outboxes(story)) if not k.endswith(("florsol-2", "florsol-3"))]
    assert found == EXPECTED
    assert [path for path in (story / "inbox").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("beginning", ["florsol/850", "bloom/846-andes", "bloom/846-florsol-1"])
def test_what_goes_out_reads_back_without_a_finding(story: Path, beginning: str) -> None:
    policy = Policy(refuses_trailing_separators=True)
    reading = read(only(outboxes(story), beginning), DEFAULT_LIMITS, policy)
    documents = list(reading.documents())
    assert reading.envelope_findings() == ()
    assert [document.findings for document in documents] == [()]
    assert isinstance(documents[0].record, PurchaseOrder | InventoryAdvice)


@pytest.mark.parametrize("beginning", ["bloom/855", "bloom/997-000000101", "bloom/997-000000102"])
def test_answers_are_sound_interchanges(story: Path, beginning: str) -> None:
    reading = read(only(outboxes(story), beginning))
    list(reading.documents())
    assert reading.envelope_findings() == ()
    (interchange,) = reading.interchanges
    assert (interchange.status, interchange.receiver) == ("A", "BLOOMWHSL")


def test_the_answer_confirms_what_the_stock_has_and_cuts_the_rest(story: Path) -> None:
    body = only(outboxes(story), "bloom/855-10045")
    parts = [(row[1], row[2]) for row in segments(body, "ACK")]
    assert parts == [("IQ", "6"), ("IR", "2"), ("IA", "4"), ("IA", "5")]
    assert segments(body, "BAK")[0][2:4] == ["AC", "10045"]


def test_the_vendor_gets_the_order_in_its_own_codes_in_both_forms(story: Path) -> None:
    files = outboxes(story)
    (document,) = read(only(files, "florsol/850")).documents()
    assert isinstance(document.record, PurchaseOrder)
    lines = [(line.seller_item, int(line.quantity)) for line in document.record.lines]
    assert lines == [("FS-1060", 6), ("FS-1160", 4), ("FS-2001", 5)]
    codes = [row[2] for row in segments(only(files, "florsol/850"), "MAN")]
    assert codes == [f"KD{number:07}" for number in range(1, 16)]
    (same,) = read_purchase_orders(
        only(files, "florsol/order"), dialect=Dialect(), limits=DEFAULT_LIMITS
    )
    assert same.findings == ()
    assert isinstance(same.record, PurchaseOrder)
    assert [(line.buyer_item, int(line.quantity)) for line in same.record.lines] == lines


def test_the_broken_order_is_told_where_it_is_broken(story: Path) -> None:
    body = only(outboxes(story), "bloom/997-000000102")
    assert segments(body, "AK5")[0][1] == "R"
    # The count of segments is wrong, and segments are.
    assert segments(body, "AK5")[0][2:] == ["4", "5"]
    errors = {(row[1], row[2]) for row in segments(body, "AK3")}
    assert {("DTM", "3"), ("PO1", "6")} <= errors
    assert segments(body, "AK9")[0][1:] == ["R", "1", "1", "0"]


def test_the_buyers_see_what_is_left(story: Path) -> None:
    files = outboxes(story)
    told = [name for name in files if name.startswith("tulipan/availability")]
    # A full file, then what changed; the key at the end of a name counts on.
    told.sort(key=lambda name: name.rsplit("-", 1)[1])
    rows: dict[str, dict[str, str]] = {}
    for name in told:
        reader = csv.DictReader(StringIO(files[name].decode()))
        rows |= {row["product_code"]: row for row in reader}
    assert rows["TUL-EXP60"]["quantity_units"] == "0"
    assert rows["TUL-FRE60"]["quantity_units"] == str(3600 - 4 * 300)
    assert rows["TUL-ALSW"]["quantity_units"] == str(320 - 5 * 16)


def test_the_axerrio_order_names_the_unknown_line(story: Path) -> None:
    said = json.loads(only(outboxes(story), "axerrio-florsol/ack"))
    statuses = [line["status"] for line in said["lines"]]
    assert (said["result"], statuses) == (
        "accepted-with-exceptions",
        ["held", "UNKNOWN", "held"],
    )
    assert "Rose Explorer 60" in json.dumps(said["lines"])


def test_one_row_completes_the_order_and_everything_can_be_traced(story: Path) -> None:
    """Scenario 8; and P12: tables, program and bytes of every posting are kept."""
    before = set(outboxes(story))
    with (story / "mappings" / "products.csv").open("a") as table:
        table.write("axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,\n")
    assert service.run(story, once=True, pretty=False) == 0
    fresh = {name: body for name, body in outboxes(story).items() if name not in before}
    assert kinds(fresh) == ["axerrio-florsol/ack-AX-7731", "bloom/to-approve-AX-7731"]
    said = json.loads(only(fresh, "axerrio-florsol/ack"))
    assert said["order"]["status"] == "pending approval"
    assert {line["status"] for line in said["lines"]} == {"pending approval"}
    site = open_desktop(story)
    try:
        _is_complete(site)
    finally:
        site.close()
    assert service.run(story, once=True, pretty=False) == 0
    assert set(outboxes(story)) == before | set(fresh)


def _is_complete(site: Desktop) -> None:
    assert site.lots()["ROS-EXP-60"] == (1800, 1800)
    assert site.lots()["ROS-FRE-60"] == (3600, 1200)
    assert sorted(site.states()) == ["posted"] * 4 + ["quarantined"]
    assert [order.state for order in site.orders("prebook")] == ["pending approval"]
    sets = {row.hash for row in site.rows(select(schema.mapping_sets.c.hash))}
    assert len(sets) == 2
    for arrival in site.arrivals():
        assert arrival.mapping_hash in sets
        assert arrival.version == VERSION
        assert arrival.data
    bodies = site.rows(
        select(
            schema.outgoing.c.partner, schema.outgoing.c.name, schema.outgoing_bodies.c.body
        ).join(schema.outgoing_bodies, schema.outgoing_bodies.c.outgoing_id == schema.outgoing.c.id)
    )
    assert {f"{row.partner}/{row.name}": row.body for row in bodies} == outboxes(site.root)
