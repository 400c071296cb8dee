"""Rules A-01 to A-08 hold for an order of a vendor's system in whatever body it came (domain 8)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from formats.records import Party, Purpose
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.systems.system_bodies import (
    BODIES,
    BODIES_NETWORK,
    EXPLORER,
    SYSTEM,
    SystemBody,
    id_of,
    sale,
)
from tests.formats.edifact.samples import header, message, written

APPROVE = b"po_number,decision,by,reason\nAX-1,approve,ana,\n"
ITEM: dict[str, Any] = {
    "productDescription": "Rose Explorer 60",
    "boxes": 2,
    "boxTypeCode": "HALF",
    "unitType": "stem",
    "cost": "0.36",
}
IN_BODIES = pytest.mark.parametrize("body", BODIES, ids=id_of)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, where florsol's system may send any body and knows its products."""
    with desktop(tmp_path / "site", network=BODIES_NETWORK) as opened:
        opened.map_row("products", EXPLORER)
        yield opened


def states(site: Desktop) -> list[tuple[str, str]]:
    return [(each.number, each.state) for each in site.orders()]


def progress(site: Desktop, number: str = "AX-1") -> list[tuple[str, str]]:
    """Return reference and state of an order's lines."""
    (order,) = (each for each in site.orders() if each.number == number)
    lines = schema.order_lines.c
    query = select(lines.reference, lines.state).where(lines.order_id == order.id)
    return [(row.reference, row.state) for row in site.rows(query.order_by(lines.line))]


def sent(site: Desktop, body: SystemBody, control: int = 1, **more: Any) -> dict[str, bytes]:
    return site.send(SYSTEM, f"{control}-{body.name}", body.write(sale(**more), control))


def prebook(items: list[dict[str, Any]] | None = None, **header: Any) -> bytes:
    """Return a prebook.create of florsol's system."""
    body = {
        "prebookNumber": "PB-1",
        "customerCode": "BLM",
        "carrierCode": "AAC",
        "shipDate": str(day(3)),
        "customerPO": "C-77",
    }
    return json.dumps(body | header | {"prebookItems": items or [ITEM]}).encode()


def created(**header: Any) -> bytes:
    """Return a purchase.order.create of florsol's system."""
    body = {"purchaseOrderNumber": "AX-1", "shipDate": str(day(3)), "carrierCode": "AAC"}
    return json.dumps(body | header | {"purchaseOrderItems": [ITEM]}).encode()


@IN_BODIES
def test_the_same_order_again_changes_nothing(site: Desktop, body: SystemBody) -> None:
    """A-05: whatever message or envelope it comes in."""
    first = sent(site, body)
    again = sent(site, body, 2)
    answer = f"{SYSTEM}/{body.answer}"
    assert only(again, answer) == only(first, answer)
    assert "bloom/to-approve-AX-1" not in kinds(again)
    assert (states(site), site.holds()) == ([("AX-1", "pending approval")], [])


@IN_BODIES
def test_other_content_under_its_number_waits_for_a_person(site: Desktop, body: SystemBody) -> None:
    sent(site, body)
    if id_of(body) == "contract":
        changed = json.loads(body.write(sale(), 2))
        changed["order"]["lines"][0]["boxes"] = 9
        site.send(SYSTEM, "2.json", json.dumps(changed).encode())
    else:
        sent(site, body, 2, carrier="ARM")
    assert [each.kind for each in site.holds()] == [HoldKind.ORDER_EXISTS]
    assert states(site) == [("AX-1", "pending approval")]


@IN_BODIES
def test_its_system_is_told_that_the_buyer_will_not_have_it(
    site: Desktop, body: SystemBody
) -> None:
    sent(site, body)
    files = site.send(
        "bloom", "no.csv", b"po_number,decision,by,reason\nAX-1,cancel,ana,too dear\n"
    )
    told = b"".join(text for name, text in files.items() if name.startswith(SYSTEM))
    assert f"{SYSTEM}/{body.back}" in kinds(files)
    assert b"too dear" in told or id_of(body) in ("api",)
    assert states(site) == [("AX-1", "cancelled")]


@pytest.mark.parametrize("body", [each for each in BODIES if id_of(each) in ("csv", "florecom")])
def test_an_order_that_names_somebody_unknown_as_its_buyer_waits(
    site: Desktop, body: SystemBody
) -> None:
    sent(site, body, buyer=Party(code="roselane", qualifier="92"))
    (hold,) = site.holds()
    assert (hold.kind, "roselane" in hold.message) == (HoldKind.NO_PARTNER, True)


def test_orders_of_one_florecom_message_are_taken_and_its_id_is_not_used_twice(
    site: Desktop,
) -> None:
    florecom = BODIES[2]
    one, other = (etree.fromstring(florecom.write(sale(number), 1)) for number in ("AX-1", "AX-2"))
    holder, more = (next(root.iter("{*}Order")) for root in (one, other))
    holder.extend(list(more))
    both = etree.tostring(one)
    site.send(SYSTEM, "both.xml", both)
    assert [number for number, _ in states(site)] == ["AX-1", "AX-2"]
    site.send(SYSTEM, "third.xml", florecom.write(sale("AX-3"), 1))
    assert [each.kind for each in site.holds()] == [HoldKind.MESSAGE_EXISTS]


def test_stems_that_fill_no_whole_boxes_are_refused(site: Desktop) -> None:
    lines = [line for line in sale().lines if line.reference != "1"]
    lines[0].quantity, lines[0].unit = lines[0].quantity * 7, "Stem"
    body = BODIES[2]
    files = sent(site, body, lines=tuple(lines))
    assert b"aren't whole boxes" in only(files, f"{SYSTEM}/{body.answer}")
    assert progress(site) == [("2", "refused"), ("3", "pending")]


# --- changes and cancellations by line


def ids_of(site: Desktop, files: dict[str, bytes]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(only(files, f"{SYSTEM}/order"))["purchaseOrderItems"]
    return items


def test_a_line_ends_in_rows(site: Desktop) -> None:
    sent(site, BODIES[3])
    files = site.send(SYSTEM, "c.csv", b"po_number,line,boxes,action\nAX-1,2,,CANCEL\n")
    assert progress(site)[1] == ("2", "cancelled")
    assert only(files, f"{SYSTEM}/advice")


def test_a_line_changes_and_ends_in_florecom(site: Desktop) -> None:
    body = BODIES[2]
    sent(site, body)
    gone = sale(lines=sale().lines[1:2]).model_copy(update={"purpose": Purpose.CANCEL})
    site.send(SYSTEM, "gone.xml", body.write(gone, 2))
    assert progress(site) == [("1", "pending"), ("2", "cancelled"), ("3", "pending")]


@pytest.mark.parametrize("name", ["poItemId", "prebookItemId"])
@pytest.mark.parametrize("is_named", [True, False], ids=["with its order", "alone"])
def test_an_item_is_deleted_by_its_id(site: Desktop, name: str, *, is_named: bool) -> None:
    """8.2, x: the row stays, nothing is left of it. The API names no order (8.4)."""
    sent(site, BODIES[1])
    items = ids_of(site, site.send("bloom", "yes.csv", APPROVE))
    order = "purchaseOrderNumber" if name == "poItemId" else "prebookNumber"
    body = {order: "AX-1"} if is_named else {"prebookId": 1}
    body[name] = items[1][name]
    files = site.send(SYSTEM, "delete.json", json.dumps(body).encode())
    assert json.loads(only(files, f"{SYSTEM}/ack"))["result"] == "accepted"
    assert progress(site) == [("1", "accepted"), ("2", "cancelled"), ("3", "accepted")]


@pytest.mark.parametrize("order", [{"purchaseOrderNumber": "AX-1"}, {}], ids=["named", "alone"])
def test_an_item_that_is_not_of_the_order_is_not_deleted(
    site: Desktop, order: dict[str, str]
) -> None:
    sent(site, BODIES[1])
    for name in (999_999, 10**19):
        body = {**order, "poItemId": name}
        files = site.send(SYSTEM, f"{name}.json", json.dumps(body).encode())
        assert json.loads(only(files, f"{SYSTEM}/ack"))["result"] == "rejected"
    assert site.states() == ["posted"] * 3
    assert {state for _, state in progress(site)} == {"pending"}


def shipped(site: Desktop, *items: dict[str, Any]) -> dict[str, Any]:
    """Let the system send a purchase.order.items.awb.add; return what it is answered."""
    day_of = {"awb": "020-81140743", "shipDate": str(day(3))}
    body = json.dumps({"poItems": [{**day_of, **each} for each in items]}).encode()
    name = f"awb-{len(site.arrivals())}.json"
    found: dict[str, Any] = json.loads(only(site.send(SYSTEM, name, body), f"{SYSTEM}/ack"))
    return found


def test_items_are_shipped_by_their_ids_whole_where_no_box_is_named(site: Desktop) -> None:
    """L-04, 8.4: an item of the API has an id and an air waybill; a number is nowhere in it."""
    sent(site, BODIES[1])
    items = ids_of(site, site.send("bloom", "yes.csv", APPROVE))
    first, _, third = (each["poItemId"] for each in items)
    body = shipped(site, {"poItemId": first}, {"poItemId": third, "boxes": 1})
    assert (body["order"], body["counts"]["accepted"]) == ({"number": "AX-1"}, 2)
    boxes = schema.boxes.c
    query = select(boxes.order_line_id, boxes.state).order_by(boxes.id)
    found = [(str(row.order_line_id) == str(first), row.state) for row in site.rows(query)]
    assert found == [
        *[(True, "staging")] * 2,
        (False, "allotted"),
        *[(False, "staging"), *[(False, "allotted")] * 2],
    ]
    before = site.rows(query)
    assert shipped(site, {"poItemId": first})["counts"]["accepted"] == 1
    assert site.rows(query) == before


def test_an_item_that_is_none_of_its_vendors_is_not_shipped(site: Desktop) -> None:
    # What its vendor hasn't got yet is none of its own either.
    rows = b"po_number,line,vendor_code,ship_date,product_code,boxes\nB-1,1,florsol,%s,NEW-1,1\n"
    site.send("bloom", "b.csv", rows % str(day(3)).encode())
    (line,) = site.rows(select(schema.order_lines.c.id))
    assert states(site) == [("B-1", "held")]
    for name in (999_999, 10**19, line.id):
        body = shipped(site, {"poItemId": name})
        assert body["result"] == "rejected"
        assert f"no line {name} of an order of yours is here" in json.dumps(body)


@IN_BODIES
def test_its_system_gets_it_as_its_buyer_changed_it(site: Desktop, body: SystemBody) -> None:
    """Nobody else of its vendor's does: they never had the order (8.2)."""
    sent(site, body)
    site.send("bloom", "yes.csv", APPROVE)
    files = site.send("bloom", "c.csv", b"po_number,line,boxes,action\nAX-1,2,,CANCEL\n")
    assert progress(site)[1] == ("2", "cancelled")
    assert b"Rose Explorer" not in only(files, f"{SYSTEM}/{body.back}")
    assert not [name for name in files if name.startswith(("florsol/860", "florsol/order"))]


def test_a_buyer_is_asked_anew_for_an_order_that_changes_while_it_waits(site: Desktop) -> None:
    sent(site, BODIES[3])
    rows = b"po_number,line,boxes,action\nAX-1,1,5,CHANGE\nAX-1,2,,CANCEL\n"
    files = site.send(SYSTEM, "c.csv", rows)
    asked = csv.DictReader(StringIO(only(files, "bloom/to-approve-AX-1").decode()))
    assert [(row["line"], row["boxes"]) for row in asked] == [("1", "5"), ("3", "3")]


# --- the network's API


def test_a_prebook_of_a_system_is_an_order_that_waits(site: Desktop) -> None:
    site.send(SYSTEM, "p.json", prebook())
    assert states(site) == [("PB-1", "pending approval")]
    assert [each.state for each in site.orders("prebook")] == ["pending approval"]


@pytest.mark.parametrize(
    ("flag", "state"), [(1, "approved"), ("1", "approved"), (0, "pending approval")]
)
def test_a_system_that_asks_for_it_is_approved_at_once(
    site: Desktop, flag: object, state: str
) -> None:
    """A-06."""
    files = site.send(SYSTEM, "p.json", prebook(autoGeneratePOsfromPrebooks=flag))
    assert states(site) == [("PB-1", state)]
    assert (f"{SYSTEM}/order-PB-1" in kinds(files)) is (state == "approved")


def test_but_not_without_a_cost_on_every_line(site: Desktop) -> None:
    """A-06."""
    dear = {name: value for name, value in ITEM.items() if name != "cost"}
    files = site.send(SYSTEM, "p.json", prebook([ITEM, dear], autoGeneratePOsfromPrebooks=1))
    assert states(site) == [("PB-1", "pending approval")]
    assert b"a cost on every line" in only(files, f"{SYSTEM}/ack")


def test_nor_where_its_buyer_decides_by_hand(site: Desktop) -> None:
    own = 'name = "bloom"\ntitle = "Bloom Wholesale"\nroles = ["buyer"]'
    network = BODIES_NETWORK.replace(own, f'{own}\nbuying = {{ approves_orders = "hand" }}')
    site.reconfigure(network)
    site.send(SYSTEM, "p.json", prebook(autoGeneratePOsfromPrebooks=1))
    assert states(site) == [("PB-1", "pending approval")]


@pytest.mark.parametrize(
    ("second", "prebooks"),
    [({"useExisting": 1}, 1), ({"useExisting": "1"}, 1), ({"useExisting": 0}, 2), ({}, 2),
     ({"useExisting": 1, "customerPO": "C-78"}, 2), ({"useExisting": 1, "carrierCode": "ARM"}, 2)],
)  # fmt: skip
def test_an_order_joins_a_prebook_that_goes_with_it_where_it_says_so(
    site: Desktop, second: dict[str, Any], prebooks: int
) -> None:
    """A-05."""
    site.send(SYSTEM, "1.json", prebook())
    site.send(SYSTEM, "2.json", prebook(prebookNumber="PB-2", **second))
    assert [number for number, _ in states(site)] == ["PB-1", "PB-2"]
    assert len(site.orders("prebook")) == prebooks


@pytest.mark.parametrize(("body", "prebooks"), [(BODIES[3], 1), (BODIES[1], 1)], ids=["csv", "api"])
def test_where_a_body_has_no_word_for_it_the_setting_says(
    site: Desktop, body: SystemBody, prebooks: int
) -> None:
    """A-05; purchase.order.create can't say it, prebook.create can."""
    site.reconfigure(
        BODIES_NETWORK.replace(
            'buyer = "bloom"\nedifact', 'buyer = "bloom"\nmerges_prebooks = true\nedifact'
        )
    )
    sent(site, body)
    sent(site, body, 2, number="AX-2")
    assert len(site.orders()) == 2
    assert len(site.orders("prebook")) == prebooks
    site.send(SYSTEM, "p.json", prebook())
    assert len(site.orders("prebook")) == prebooks + 1


def test_whom_a_system_names_as_vendor_does_not_count(site: Desktop) -> None:
    """A-02, A-03: a buyer's order that names its vendor twice is refused."""
    both = created(vendorId=7, vendorCode="andes")
    files = site.send(SYSTEM, "po.json", both)
    assert [(each.number, each.vendor) for each in site.orders()] == [("AX-1", "florsol")]
    assert b"E-22" in b"".join(text for name, text in files.items() if SYSTEM in name)
    site.send("bloom", "po.json", both.replace(b"AX-1", b"B-1"))
    assert [each.number for each in site.orders()] == ["AX-1"]


def test_an_item_of_a_buyers_prebook_that_names_its_vendor_twice_is_left_out(
    site: Desktop,
) -> None:
    """A-03."""
    once = {**ITEM, "productDescription": "Rose Freedom 60", "vendorCode": "florsol"}
    site.send("bloom", "p.json", prebook([once, {**once, "vendorId": 7}]))
    lines = schema.order_lines
    assert len(site.rows(select(lines.c.id))) == 1


@pytest.mark.parametrize("number", ["071-44313311", "3311"])
def test_an_air_waybill_ships_the_order_once_it_is_approved(site: Desktop, number: str) -> None:
    """A-07; the API has room for the last four digits."""
    site.send(SYSTEM, "po.json", created(awbNumber=number))
    assert states(site) == [("AX-1", "pending approval")]
    site.send("bloom", "yes.csv", APPROVE)
    assert states(site) == [("AX-1", "shipped")]


@pytest.mark.parametrize(
    ("field", "most"),
    [("customerCode", 20), ("carrierCode", 20), ("customerPO", 20), ("companyLocationCode", 20),
     ("comments", 200)],
)  # fmt: skip
def test_what_is_too_long_is_answered_and_never_cut(site: Desktop, field: str, most: int) -> None:
    """Field limits of domain 8.4."""
    site.send(SYSTEM, "fits.json", created(**{field: "x" * most}))
    assert [number for number, _ in states(site)] == ["AX-1"]
    files = site.send(
        SYSTEM, "long.json", created(purchaseOrderNumber="AX-2", **{field: "x" * (most + 1)})
    )
    assert [number for number, _ in states(site)] == ["AX-1"]
    told = b"".join(text for name, text in files.items() if SYSTEM in name)
    assert f"at most {most} characters".encode() in told.lower()


# --- EKT


def ekt(*sales: tuple[str, ...], code: str = "493", control: str = "1") -> bytes:
    head = (f"BGM+{code}", f"DTM+97:{day():%Y%m%d}:102", "NAD+BY+bloom", "NAD+FLA+3")
    unb = header("UNOC:3", "8713782537153:14", "8714231208747:14", control, rest="++AX 1")
    body = message((*head, *(line for each in sales for line in each)), "CLOCKT:003:007:EF")
    return written(*body, unb=unb, unz=control)


def sold(vn: str, on: str | None = "AX-1", agj: str | None = None) -> tuple[str, ...]:
    """Return the segments of a sale of two packaging units of Explorer."""
    named = [("ON", on), ("VN", vn), ("AGJ", agj)]
    references = [f"RFF+{kind}:{text}" for kind, text in named if text]
    return (
        "LIN+++103567:VBN",
        *references,
        "QTY+52:250",
        "QTY+66:2",
        "PRI+INV:0.36",
        "IMD++S99+:::Rose Explorer 60",
    )


def test_direct_sales_of_an_ekt_wait_for_their_buyer_and_clock_sales_are_kept(
    site: Desktop,
) -> None:
    site.send(
        SYSTEM, "e.edi", ekt(sold("901"), sold("902"), sold("903", None), sold("904", agj="26"))
    )
    assert states(site) == [("AX-1", "pending approval"), ("903", "pending approval")]
    assert [reference for reference, _ in progress(site)] == ["901", "902"]
    documents = schema.documents.c
    found = [row.kind for row in site.rows(select(documents.kind).order_by(documents.position))]
    assert found == ["market_transactions", "axerrio_order", "axerrio_order"]
    files = site.send("bloom", "yes.csv", APPROVE)
    assert f"{SYSTEM}/ORDERS-AX-1" in kinds(files)


@pytest.mark.parametrize(
    ("partner", "code"), [("bloom", "493"), ("florsol", "493"), (SYSTEM, "323")]
)
def test_of_any_other_ekt_nothing_follows(site: Desktop, partner: str, code: str) -> None:
    files = site.send(partner, "e.edi", ekt(sold("901"), code=code))
    assert (states(site), site.holds()) == ([], [])
    assert not [name for name in files if "to-approve" in name]


def test_the_same_sales_in_another_ekt_are_ordered_once(site: Desktop) -> None:
    site.send(SYSTEM, "1.edi", ekt(sold("901"), control="1"))
    site.send(SYSTEM, "2.edi", ekt(sold("901"), control="2"))
    assert (states(site), site.holds()) == ([("AX-1", "pending approval")], [])


def test_long_message_ids_that_begin_alike_are_two(site: Desktop) -> None:
    """Kept with a digest, and said so: a cut one would stand for another message's."""
    beginning = "M" * 70
    for number, end in (("AX-1", "1"), ("AX-2", "2")):
        xml = BODIES[2].write(sale(number), 1).replace(b">M-1<", f">{beginning}{end}<".encode())
        files = site.send(SYSTEM, f"{number}.xml", xml)
        told = b"".join(text for name, text in files.items() if name.startswith(SYSTEM))
        assert b"At most 64 characters" in told
    assert [number for number, _ in states(site)] == ["AX-1", "AX-2"]
    assert site.holds() == []


def test_a_note_that_is_too_long_is_said_to_be(site: Desktop) -> None:
    files = sent(site, BODIES[2], comments=" ".join(map(str, range(700))))
    told = b"".join(text for name, text in files.items() if name.startswith(SYSTEM))
    assert b"longer than 2000 characters" in told
