"""What a file could not say in known words is completed later, and nothing waits for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, interchange, inventory, purchase_order
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day

EXPLORER = "Rosa Explorer 60cm"


@pytest.fixture
def replacing(tmp_path: Path) -> Iterator[Desktop]:
    """A site whose florsol sends its whole stock anew each time."""
    network = NETWORK.replace('availability_mode = "overwrite"', 'availability_mode = "replace"')
    with desktop(tmp_path / "site", network=network) as opened:
        yield opened


def advice(*item: str, ids: str = "VN*AND-CR-SEL", day: str = "20261101") -> bytes:
    """Return an 846 of andes with one line of 500 stems and the segments `item` in it."""
    body = [f"BIA*00*PS*R*{day}*0600", "N1*SE*ANDESBLM*92*ANDESBLM", f"LIN*1*{ids}"]
    return interchange(
        [[*body, *item, "QTY*33*500*EA", "CTT*1"]],
        control=1,
        sender="ANDESBLM",
        receiver="K2KNET",
        group="IB",
        kind="846",
    )


def lot(site: Desktop) -> Any:
    (row,) = site.rows(select(schema.stock_lots))
    return row


def without(site: Desktop, table: str, *starts: str) -> None:
    """Take rows out of a mapping table."""
    file = site.root / "mappings" / f"{table}.csv"
    kept = [row for row in file.read_text().splitlines(keepends=True) if not row.startswith(starts)]
    file.write_text("".join(kept))
    reloaded = site.p.tables.refresh(is_whole=True)
    assert reloaded is not None and reloaded.is_good, reloaded


def test_a_box_type_that_is_mapped_later_reaches_the_lot(site: Desktop) -> None:
    without(site, "box_types", "*,,EB", "florsol,,OCTAVO")
    site.send("andes", "1.edi", advice(ids="VN*AND-CR-SEL*ZZ*EB"))
    assert (lot(site).product, lot(site).box_type) == ("CAR-RED-SEL", None)
    assert [hold.mapping_kind for hold in site.holds()] == ["box_types"]
    site.map_row("box_types", "*,,EB,Eighth box,EB,,yes,,,,0.125,,,,")
    site.run()
    assert (lot(site).box_type, site.holds(), site.states()) == ("EB", [], ["posted"])


def test_what_a_cost_is_per_is_not_guessed_and_reaches_the_lot_once_mapped(site: Desktop) -> None:
    files = site.send("andes", "1.edi", advice("CTP*WS*UCP*3.60*1*DZ"))
    assert lot(site).cost_unit == "?DZ"
    told = only(files, "bloom/846")
    assert b"QTY*33*500*EA" in told
    assert b"CTP" not in told, "a price for nobody knows what is none"
    site.map_row("units", "andes,,DZ,Dozen,Bunch,,yes,,,")
    files = site.run()
    assert (lot(site).cost_unit, site.holds()) == ("Bunch", [])
    assert b"CTP**UCP*3.6*1*" in only(files, "bloom/846")


def test_a_vendors_row_frees_an_order_that_cites_its_code(site: Desktop) -> None:
    site.send("florsol", "stock.csv", availability((EXPLORER, "3000", "Stem")))
    order = purchase_order("1", ("THEIRS", "2", "BX")).decode()
    order = order.replace("**BP*THEIRS", "**BP*THEIRS*VN*FS-9999")
    site.send("bloom", "o.edi", order.encode())
    assert site.states()[-1] == "held"
    # As it would be mapped had the row been there at first.
    site.map_row("products", "florsol,,FS-9999,,ROS-EXP-60,,yes,,,")
    files = site.run()
    assert only(files, "florsol/850")
    assert (site.holds(), site.states()[-1]) == ([], "posted")


def test_a_buyers_own_row_that_says_nothing_still_holds_the_order(site: Desktop) -> None:
    site.send("florsol", "stock.csv", availability((EXPLORER, "3000", "Stem")))
    order = purchase_order("1", ("THEIRS", "2", "BX")).decode()
    site.send("bloom", "o.edi", order.replace("BP*THEIRS", "BP*THEIRS*VN*FS-9999").encode())
    site.map_row("products", "florsol,,FS-9998,,ROS-EXP-60,,yes,,,")
    site.run()
    assert [hold.source_code for hold in site.holds()] == ["THEIRS"]


def test_codes_that_a_whole_stock_no_longer_names_wait_no_more(replacing: Desktop) -> None:
    site = replacing
    new = ("Rosa Nueva", "300", "Stem")
    site.send("florsol", "1.csv", availability((EXPLORER, "600", "Stem"), new))
    site.send("florsol", "2.csv", availability((EXPLORER, "900", "Stem"), new))
    assert [hold.arrival_id for hold in site.holds()] == [2]
    site.send("florsol", "3.csv", availability((EXPLORER, "300", "Stem")))
    assert (site.holds(), site.states()) == ([], ["posted"] * 3)


def test_products_of_which_too_little_is_offered_are_named(site: Desktop) -> None:
    site.send("florsol", "stock.csv", availability((EXPLORER, "3000", "Stem")))
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "2", "BX")))
    files = site.send("florsol", "stock.csv", availability((EXPLORER, "300", "Stem")))
    assert (
        f"less is offered than is sold of: {EXPLORER}. Nothing"
        in only(files, "florsol/advice").decode()
    )
    assert [hold.kind for hold in site.holds()] == [HoldKind.OVERSOLD]


# --- dates to come -------------------------------------------------------------------------------


def quantity(site: Desktop) -> int:
    return site.lots()["CAR-RED-SEL"][0]


def test_a_count_dated_ahead_is_taken_and_supersedes_nothing_to_come(site: Desktop) -> None:
    site.send("andes", "1.edi", inventory(("AND-CR-SEL", "500", "EA"), on=-2))
    ahead = inventory(("AND-CR-SEL", "700", "EA"), on=400, control=2)
    files = site.send("andes", "2.edi", ahead)
    assert quantity(site) == 700
    assert kinds(files)[:2] == ["andes/997-000000002", "andes/advice-2"]
    told = only(files, "andes/advice").decode()
    assert "stock.ahead" in told
    assert "still to come; it is taken all the same" in told
    found = site.rows(select(schema.findings.c.code, schema.findings.c.place))
    assert [(row.code, row.place) for row in found] == [("stock.ahead", "BIA")]
    # The same with its date put right, and what follows.
    site.send("andes", "3.edi", inventory(("AND-CR-SEL", "700", "EA"), on=-1, control=3))
    site.send("andes", "4.edi", inventory(("AND-CR-SEL", "400", "EA"), on=0, control=4, at="0000"))
    assert quantity(site) == 400
    site.send("andes", "5.edi", inventory(("AND-CR-SEL", "900", "EA"), on=-3, control=5))
    assert quantity(site) == 400, "an older count is still an older count"


def test_a_day_ahead_that_was_taken_at_its_word_before_supersedes_no_more(site: Desktop) -> None:
    site.send("andes", "1.edi", inventory(("AND-CR-SEL", "500", "EA"), on=-2))
    with site.p.ledger.write() as conn:
        conn.execute(schema.stock_lots.update().values(as_of=datetime(2999, 1, 1, tzinfo=UTC)))
    site.send("andes", "2.edi", inventory(("AND-CR-SEL", "400", "EA"), on=-1, control=2))
    assert quantity(site) == 400


def test_a_vendor_in_the_far_east_keeps_the_order_of_its_files(site: Desktop) -> None:
    """Its clock is hours ahead of the site's, and the file names no zone."""
    there = site.clock.now().astimezone(timezone(timedelta(hours=13)))
    days = (there.date() - day()).days
    body = inventory(("AND-CR-SEL", "500", "EA"), on=days, at=f"{there:%H%M}")
    files = site.send("andes", "1.edi", body)
    assert "andes/advice-1" not in kinds(files)
    earlier = there - timedelta(minutes=30)
    body = inventory(
        ("AND-CR-SEL", "900", "EA"),
        on=(earlier.date() - day()).days,
        at=f"{earlier:%H%M}",
        control=2,
    )
    site.send("andes", "2.edi", body)
    assert quantity(site) == 500
