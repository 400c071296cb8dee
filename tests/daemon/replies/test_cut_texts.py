"""What is cut, replaced or left out in a file for a partner is noted beside its cause."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daemon import cli
from daemon.ledger import schema
from daemon.pipeline.resend import resend
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import interchange, order_set
from tests.daemon.pipeline import edifact_orders as edifact
from tests.daemon.pipeline import test_edifact_steps as edifact_steps
from tests.daemon.scenarios.test_16_truck_line import LINE
from tests.daemon.sites import Desktop, desktop, only
from tests.daemon.today import day
from tests.daemon.trade.answering import change_set, confirmation, publish
from tests.daemon.trade.direct import DIRECT, HOME, order_csv
from tests.daemon.trade.direct import publish as direct
from tests.daemon.trade.goods_files import coded, confirmed, ship
from tests.daemon.trade.invoices.invoice_files import CODES, SHARED, bill

LONG = {"ship_to_name": "Rose Lane Florist of Atlanta and All of the Southern States"}
SHOP, FARM = "Peñón Flores", "Fincas Ñandú"
REPLACED, REPLACED_IN_EDIFACT = "sent.x12.out.replaced", "sent.edifact.out.replaced"


def named(network: str) -> str:
    """Return a network whose vendor has a name that not every character set can say."""
    return network.replace('title = "Florsol Farms"', f'title = "{FARM}"')


IN_X12 = named(SHARED).replace(
    'receives_availability = "x12"', 'receives_availability = "x12"\nreceives_invoices = "x12"'
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, in which nobody was agreed to take more than ASCII."""
    with desktop(tmp_path / "site", network=IN_X12) as opened:
        yield opened


def order(number: str = "1", *, shop: str = SHOP, boxes: int = 5, control: int = 7) -> bytes:
    """Return bloom's order for a shop."""
    body = order_set(number, ("BLM-100", f"{boxes}", "BX"))
    body.insert(-2, f"N1*ST*{shop}*92*SHOP1")
    return interchange([body], control=control)


def notes(site: Desktop) -> list[Any]:
    """Return what was noted of files that we wrote, oldest first."""
    table = schema.findings.c
    query = select(table.arrival_id, table.document_id, table.code, table.place, table.message)
    found = query.where(table.code.startswith("sent.")).order_by(table.id)
    return site.rows(found)


def kinds_noted(site: Desktop, arrival: int | None = None) -> dict[str, set[str]]:
    """Return, by partner and kind of file, at which elements something was noted."""
    found: dict[str, set[str]] = {}
    for note in notes(site):
        if arrival is None or note.arrival_id == arrival:
            file, _, place = note.place.partition(": ")
            found.setdefault(file.partition("-")[0], set()).add(place.split(" ")[0])
    return found


def told(site: Desktop) -> list[dict[str, Any]]:
    """Return what the event log says of cut texts."""
    lines = (json.loads(line) for line in site.log.getvalue().splitlines())
    return [line for line in lines if line["event"] == "text_cut"]


def last(site: Desktop) -> int:
    return int(site.arrivals()[-1].id)


# --- whose files, and where ----------------------------------------------------------------------


def test_an_order_has_what_was_replaced_for_its_buyer_and_for_its_vendor(site: Desktop) -> None:
    publish(site, 50)
    files = site.send("bloom", "order.edi", order())
    assert b"N1*ST*Penon Flores*" in only(files, "florsol/850")
    (name,) = (name for name in files if name.startswith("florsol/850"))
    (ours,) = (note for note in notes(site) if note.place == f"{name}: N102 (segment 5)")
    assert (ours.arrival_id, ours.code) == (last(site), REPLACED)
    assert ours.document_id is not None
    assert "can't be sent were replaced" in ours.message
    assert SHOP not in ours.message
    assert kinds_noted(site) == {"bloom/855": {"N102"}, "florsol/850": {"N102"}}


def test_nothing_is_noted_where_all_of_it_was_said(site: Desktop) -> None:
    site.reconfigure(SHARED)
    publish(site, 50)
    site.send("bloom", "order.edi", order(shop="Penon Flores"))
    assert (notes(site), told(site)) == ([], [])


def test_characters_that_were_agreed_need_no_note(site: Desktop) -> None:
    agreed = ', characters = "latin-1"'
    site.reconfigure(IN_X12.replace('id = "FLORSOL"', f'id = "FLORSOL"{agreed}'))
    publish(site, 50)
    site.send("bloom", "order.edi", order())
    assert kinds_noted(site) == {"bloom/855": {"N102"}}


def test_every_x12_file_about_an_order_leaves_its_note_at_what_caused_it(site: Desktop) -> None:
    publish(site, 50)
    site.send("bloom", "order.edi", order(boxes=6))
    change = change_set("1", f"N1*ST*{SHOP}*92*SHOP1", "POC*1*QD*5*1*BX", control=8)
    site.send("bloom", "change.edi", change)
    assert kinds_noted(site, last(site)) == {"bloom/865": {"N102"}, "florsol/860": {"N102"}}
    site.send("florsol", "confirm.csv", confirmation(",accepted"))
    assert kinds_noted(site, last(site)) == {"bloom/855": {"N102"}}
    ship(site, *coded(*CODES))
    assert kinds_noted(site, last(site)) == {"bloom/856": {"N102"}}
    bill(site)
    assert kinds_noted(site, last(site)) == {"bloom/810": {"N102"}}


def test_every_edifact_file_does_so_too(tmp_path: Path) -> None:
    basic = ', syntax = "UNOB"'
    text = named(edifact.network(bloom=basic, florsol=basic)).replace(
        'name = "bloom"\n',
        'name = "bloom"\nanswers_orders = "edifact"\nreceives_shipments = "edifact"\n',
    )
    text = text.replace('receives_orders = ["x12", "csv"]', 'receives_orders = ["edifact"]')
    with desktop(tmp_path / "site", network=text) as site:
        publish(site, 50)
        place = f"NAD+SU+{edifact.FLORSOL}::9"
        said = edifact.order(boxes=6).decode().replace(place, f"{place}++{FARM}")
        site.send("bloom", "order.edi", said.encode("latin-1"))
        assert kinds_noted(site, last(site)) == {
            "bloom/ORDRSP": {"NAD04"},
            "florsol/ORDERS": {"NAD04"},
        }
        assert {note.code for note in notes(site)} == {REPLACED_IN_EDIFACT}
        lines = ("LIN+1+3", "QTY+21:5:BX")
        site.send("bloom", "c.edi", edifact_steps.change(*lines, vendor=edifact.FLORSOL))
        assert "florsol/ORDCHG" in kinds_noted(site, last(site))
        site.send("florsol", "confirm.csv", confirmation(",accepted", number="PO-1"))
        ship(site, *coded(*CODES), po_number="PO-1")
        assert [*kinds_noted(site, last(site))] == ["bloom/DESADV"]


def test_labels_say_what_has_no_room_once_for_all_boxes(site: Desktop) -> None:
    publish(site, 50)
    files = site.send(
        "bloom", "order.csv", order_csv("L-1", boxes=3, **{**HOME, **LONG}, mark_code="R7")
    )
    zpl = next(name for name in files if name.endswith(".zpl"))
    (note,) = (note for note in notes(site) if "/labels-" in note.place)
    assert (note.code, note.place) == ("sent.label.cut", f"{zpl}: labels[0].ship-to")
    assert note.message.endswith("(and at 2 more places)")
    assert LONG["ship_to_name"].encode() not in files[zpl]


def test_packing_lists_say_which_columns_were_cut(tmp_path: Path) -> None:
    form = 'receives_availability = "csv"\nreceives_shipments = "packing-list"'
    made = NETWORK.replace("Florsol Farms", "Florsol Farms " * 3)
    made = made.replace('receives_availability = "x12"', form, 1)
    with desktop(tmp_path / "site", network=made) as site:
        confirmed(site, 2)
        files = ship(site, *coded(*CODES[:2]))
        assert b",Florsol Farms Florsol Farms Flor,".upper() in only(files, "bloom/pack").upper()
        (note,) = notes(site)
        assert (note.arrival_id, note.code) == (last(site), "sent.packing.out.cut")
        assert note.place.endswith(": FarmName")


@pytest.mark.parametrize("layout", ["fixed", "local-delivery"])
def test_whoever_makes_a_truck_lines_file_is_told_what_was_cut_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], layout: str
) -> None:
    said = f'shipper_account = "77120"\nlayout = "{layout}"'
    line = LINE.replace('shipper_account = "77120"', said)
    network = DIRECT.replace("[[connection]]", line + "\n[[connection]]", 1)
    with desktop(tmp_path / "site", network=network) as site:
        direct(site)
        site.send("bloom", "order.csv", order_csv("T-1", boxes=2, **{**HOME, **LONG}))
        words = ["manifest", "sunline", "--site", str(site.root), "--date", f"{day(2)}"]
        assert cli.main(words) == 0
        written = only(site.run(), "sunline/manifest").decode()
        assert LONG["ship_to_name"][:32] in written and LONG["ship_to_name"] not in written
        place = "ship_to_name" if layout == "fixed" else "Consignee"
        assert f"left out: {place}: packing.out.cut" in capsys.readouterr().err


# --- once ----------------------------------------------------------------------------------------


def test_what_is_answered_again_is_noted_once(site: Desktop) -> None:
    publish(site, 50)
    site.send("bloom", "order.edi", order())
    first, before = last(site), notes(site)
    site.replay(first)
    assert site.run()
    assert site.send("bloom", "copy.edi", order())
    assert site.send("bloom", "other-file.edi", order(control=9))
    assert site.states()[-2:] == ["duplicate", "posted"]
    assert notes(site) == before


def test_an_order_that_is_sent_again_is_noted_for_what_is_new(site: Desktop) -> None:
    publish(site, 50)
    files = site.send("bloom", "order.edi", order())
    before = notes(site)
    (name,) = (name for name in files if name.startswith("florsol/850"))
    again(site, name)
    assert b"N1*ST*Penon Flores*" in only(site.run(), "florsol/850")
    assert notes(site) == before
    site.unmap_row("products", "florsol,,FS-1060,Rosa Explorer 60cm,ROS-EXP-60,,yes,,,")
    site.map_row("products", "florsol,,FS-1060,Rosa Explorer Ñ,ROS-EXP-60,,yes,,,")
    again(site, name)
    files = site.run()
    assert b"Rosa Explorer N~" in only(files, "florsol/850")
    (new,) = notes(site)[len(before) :]
    assert new.place.startswith(next(n for n in files if n.startswith("florsol/850")))
    assert ": PID05 " in new.place


def again(site: Desktop, name: str) -> None:
    resend(
        *(site.p.ledger, site.site, site.p.tables.current, site.p.today()),
        name=name.partition("/")[2],
    )


def test_one_text_that_stands_in_several_places_is_one_note(site: Desktop) -> None:
    publish(site, 50)
    body = order_set("1", ("BLM-100", "1", "BX"), ("BLM-100", "1", "BX"))
    body[-3:-3] = [f"N1*{role}*{SHOP}*92*SHOP1" for role in ("ST", "BT", "UC")]
    files = site.send("bloom", "order.edi", interchange([body], control=7))
    assert only(files, "florsol/850").count(b"*Penon Flores*") == 2
    shop, farm = (each for each in notes(site) if each.place.startswith("florsol/850"))
    assert shop.message.endswith("(and at 1 more place)")
    assert "more place" not in farm.message


# --- where no arrival caused the file ------------------------------------------------------------


def test_a_view_says_in_the_log_what_it_lost_and_each_text_once(site: Desktop) -> None:
    publish(site, 50)
    (said,) = told(site)
    assert (said["level"], said["partner"], said["texts"]) == ("warning", "bloom", 1)
    assert said["file"].startswith("846-florsol-1-")
    assert said["places"] == ["N102 (segment 5): x12.out.replaced"]
    assert FARM not in json.dumps(said, ensure_ascii=False)
    publish(site, 40)
    assert len(told(site)) == 1
    assert notes(site) == []


def test_every_partner_and_every_text_is_told_of(tmp_path: Path) -> None:
    text = IN_X12.replace('receives_availability = "csv"', 'receives_availability = "x12"')
    with desktop(tmp_path / "site", network=text) as site:
        publish(site, 50)
        assert [each["partner"] for each in told(site)] == ["bloom", "tulipan"]
        catalogue = site.root / "mappings" / "catalogue.csv"
        catalogue.write_text(catalogue.read_text().replace("Rose Explorer", "Rosé Explorer"))
        reloaded = site.p.tables.refresh(is_whole=True)
        assert reloaded is not None and reloaded.is_good
        publish(site, 40)
        new = told(site)[2:]
        assert [(each["partner"], each["texts"]) for each in new] == [("bloom", 1), ("tulipan", 1)]
        assert all(place.startswith("PID05 ") for each in new for place in each["places"])


def test_an_invrpt_says_so_as_well(tmp_path: Path) -> None:
    text = named(edifact.network(bloom=', syntax = "UNOB"')).replace(
        'receives_availability = "x12"', 'receives_availability = "edifact"'
    )
    with desktop(tmp_path / "site", network=text) as site:
        publish(site, 50)
        (said,) = told(site)
        assert said["file"].startswith("INVRPT-florsol-1-")
        (place,) = said["places"]
        assert place.startswith("NAD04 (segment ")
