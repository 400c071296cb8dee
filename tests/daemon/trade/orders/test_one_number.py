"""One number at two vendors: an order is known by buyer, vendor and number (domain 2.4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from tests.daemon.partner_files import availability, interchange, purchase_order
from tests.daemon.sites import Desktop, desktop, kinds, only
from tests.daemon.today import day
from tests.daemon.trade.answering import acks

NUMBER = "4711"
FLORSOL, ANDES, HUB = "FLORSOL", "ANDESBLM", "K2KNET"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Desktop]:
    """The sample network, where bloom buys the same rose of florsol and of andes."""
    with desktop(tmp_path / "site") as opened:
        for vendor in ("florsol", "andes"):
            opened.send(vendor, "stock.csv", availability(("Rosa Freedom 50cm", 3500, "Stem")))
        yield opened


def order(
    to: str,
    boxes: int,
    control: int,
    *,
    purpose: str = "00",
    names: str | None = "",
) -> bytes:
    """Return an 850 of the number; it names whom it is addressed to, or whom `names` says."""
    return purchase_order(
        *(NUMBER, ("BLM-111", f"{boxes}", "BX")),
        control=control,
        receiver=to,
        vendor=to if names == "" else names,
        purpose=purpose,
    )


def change(to: str, boxes: int, control: int, *, names: str | None = None, at: str = "") -> bytes:
    """Return an 860 of the number that makes its line `boxes`, as the sequence number `at`."""
    named = [f"N1*SE*{names}*92*{names}"] if names else []
    body = [f"BCH*04*SA*{NUMBER}**{at}*{day():%Y%m%d}", *named, f"POC*1*QD*{boxes}*{boxes}*BX"]
    return interchange([body], control=control, receiver=to, group="PC", kind="860")


def rows(*cells: str, head: str = "po_number,line,vendor_code,boxes,unit_type,action") -> bytes:
    return "\n".join([head, *cells, ""]).encode()


def at_both(site: Desktop) -> None:
    site.send("bloom", "f.edi", order(FLORSOL, 2, 1))
    site.send("bloom", "a.edi", order(ANDES, 3, 2))


def standing(site: Desktop) -> dict[str | None, tuple[str, int]]:
    """Return how the newest order of the number stands with each vendor, and its boxes."""
    found: dict[str | None, tuple[str, int]] = {}
    for each in site.orders():
        table = schema.order_lines.c
        (line,) = site.rows(select(table.accepted).where(table.order_id == each.id))
        found[each.vendor] = (each.state, int(line.accepted))
    return found


def to_vendors(files: dict[str, bytes]) -> list[str]:
    return [each for each in kinds(files) if each.startswith(("florsol/", "andes/"))]


def one(site: Desktop, kind: HoldKind) -> Any:
    (found,) = site.holds()
    assert found.kind is kind
    return found


def test_each_vendor_gets_its_own_order_of_one_number(site: Desktop) -> None:
    site.send("bloom", "f.edi", order(FLORSOL, 2, 1))
    files = site.send("bloom", "a.edi", order(ANDES, 3, 2))
    assert standing(site) == {"florsol": ("approved", 2), "andes": ("approved", 3)}
    assert to_vendors(files) == ["andes/850-4711"]
    assert acks(only(files, "bloom/855")) == [("IA", "3")]
    assert site.holds() == []


def test_the_order_of_each_vendor_again_changes_nothing(site: Desktop) -> None:
    at_both(site)
    for control, (to, boxes) in enumerate([(FLORSOL, 2), (ANDES, 3)], 3):
        files = site.send("bloom", f"{control}.edi", order(to, boxes, control))
        assert to_vendors(files) == []
        assert acks(only(files, "bloom/855")) == [("IA", f"{boxes}")]
    assert len(site.orders()) == 2


def test_other_content_for_one_of_them_waits_for_a_person(site: Desktop) -> None:
    at_both(site)
    site.send("bloom", "b.edi", order(FLORSOL, 4, 3))
    site.release(one(site, HoldKind.ORDER_EXISTS).id)
    assert standing(site) == {"florsol": ("approved", 4), "andes": ("approved", 3)}


def test_an_850_cancels_the_order_of_the_vendor_that_it_names(site: Desktop) -> None:
    at_both(site)
    files = site.send("bloom", "c.edi", order(ANDES, 3, 3, purpose="01"))
    assert to_vendors(files) == ["andes/850-4711"]
    assert {name: state for name, (state, _) in standing(site).items()} == {
        "florsol": "approved",
        "andes": "cancelled",
    }


def test_an_850_replaces_the_order_of_the_vendor_that_it_names(site: Desktop) -> None:
    at_both(site)
    files = site.send("bloom", "c.edi", order(FLORSOL, 5, 3, purpose="05"))
    assert set(to_vendors(files)) >= {"florsol/850-4711"}
    assert "andes/850-4711" not in kinds(files)
    assert standing(site) == {"florsol": ("approved", 5), "andes": ("approved", 3)}


def test_of_an_850_that_names_nobody_it_is_never_guessed_whom_it_cancels(site: Desktop) -> None:
    at_both(site)
    files = site.send("bloom", "c.edi", order(HUB, 3, 3, purpose="01", names=None))
    said = only(files, "bloom/855").decode()
    assert "orders 4711 of andes and florsol are here" in said
    assert "name its vendor" in said
    assert standing(site) == {"florsol": ("approved", 2), "andes": ("approved", 3)}
    assert site.holds() == []


def test_one_that_names_nobody_means_the_only_one_that_is_not_over(site: Desktop) -> None:
    at_both(site)
    site.send("bloom", "c.edi", order(ANDES, 3, 3, purpose="01"))
    site.send("bloom", "d.edi", order(HUB, 3, 4, purpose="01", names=None))
    assert [state for state, _ in standing(site).values()] == ["cancelled", "cancelled"]


def test_a_replacement_that_names_nobody_is_for_the_vendor_of_the_only_one(site: Desktop) -> None:
    site.send("bloom", "f.edi", order(FLORSOL, 2, 1))
    files = site.send("bloom", "c.edi", order(HUB, 5, 2, purpose="05", names=None))
    assert standing(site) == {"florsol": ("approved", 5)}
    assert b"BEG*05*" in only(files, "florsol/850")


def test_an_850_never_cancels_the_order_of_another_vendor(site: Desktop) -> None:
    site.send("bloom", "f.edi", order(FLORSOL, 2, 1))
    site.send("bloom", "c.edi", order(ANDES, 2, 2, purpose="01"))
    assert one(site, HoldKind.NO_ORIGINAL).vendor == "andes"
    assert standing(site) == {"florsol": ("approved", 2)}


def test_a_replacement_that_came_early_waits_for_the_order_of_its_vendor(site: Desktop) -> None:
    site.send("bloom", "c.edi", order(ANDES, 6, 1, purpose="05"))
    site.send("bloom", "d.edi", order(FLORSOL, 7, 2, purpose="05"))
    assert len(site.holds()) == 2
    site.send("bloom", "f.edi", order(FLORSOL, 2, 3))
    assert one(site, HoldKind.NO_ORIGINAL).vendor == "andes"
    assert standing(site) == {"florsol": ("approved", 7)}
    site.send("bloom", "a.edi", order(ANDES, 3, 4))
    assert standing(site) == {"florsol": ("approved", 7), "andes": ("approved", 6)}
    assert site.holds() == []


@pytest.mark.parametrize(("to", "names"), [(HUB, "andes"), (ANDES, None), (FLORSOL, ANDES)])
def test_an_860_changes_the_order_of_the_vendor_that_it_names_or_addresses(
    site: Desktop, to: str, names: str | None
) -> None:
    at_both(site)
    files = site.send("bloom", "c.edi", change(to, 1, 3, names=names))
    assert "andes/860-4711" in kinds(files)
    assert standing(site) == {"florsol": ("approved", 2), "andes": ("approved", 1)}


def test_changes_of_the_two_orders_are_numbered_apart(site: Desktop) -> None:
    at_both(site)
    site.send("bloom", "c.edi", change(FLORSOL, 1, 3, at="1"))
    files = site.send("bloom", "d.edi", change(ANDES, 1, 4, at="1"))
    assert acks(only(files, "bloom/865")) == [("IA", "1")]
    again = site.send("bloom", "e.edi", change(ANDES, 1, 5, at="1"))
    assert to_vendors(again) == []
    assert standing(site) == {"florsol": ("approved", 1), "andes": ("approved", 1)}


def test_rows_change_the_order_of_the_vendor_that_they_name(site: Desktop) -> None:
    at_both(site)
    said = only(site.send("bloom", "c.csv", rows("4711,1,,1,Box,CHANGE")), "bloom/").decode()
    assert "orders 4711 of florsol and andes are here" in said
    assert "name its vendor" in said
    assert standing(site) == {"florsol": ("approved", 2), "andes": ("approved", 3)}
    site.send("bloom", "d.csv", rows("4711,1,andes,1,Box,CHANGE"))
    assert standing(site) == {"florsol": ("approved", 2), "andes": ("approved", 1)}
    site.send("bloom", "e.csv", rows("4711,,florsol,,,CANCEL"))
    assert {name: state for name, (state, _) in standing(site).items()} == {
        "florsol": "cancelled",
        "andes": "approved",
    }


def test_a_change_for_one_vendor_waits_while_only_another_has_the_number(site: Desktop) -> None:
    site.send("bloom", "f.edi", order(FLORSOL, 2, 1))
    site.send("bloom", "c.csv", rows("4711,1,andes,1,Box,CHANGE"))
    one(site, HoldKind.UNKNOWN_ORDER)
    assert standing(site) == {"florsol": ("approved", 2)}
    site.send("bloom", "a.edi", order(ANDES, 3, 2))
    assert standing(site) == {"florsol": ("approved", 2), "andes": ("approved", 1)}
    assert site.holds() == []


def test_each_vendor_confirms_and_ships_its_own(site: Desktop) -> None:
    at_both(site)
    site.send("andes", "yes.csv", b"po_number,line,status\n4711,1,accepted\n")
    assert {name: state for name, (state, _) in standing(site).items()} == {
        "florsol": "approved",
        "andes": "confirmed",
    }
    shipped = f"po_number,line,awb,ship_date,boxes\n4711,1,,{day()},3\n"
    site.send("andes", "s.csv", shipped.encode())
    assert {name: state for name, (state, _) in standing(site).items()} == {
        "florsol": "approved",
        "andes": "shipped",
    }


def test_an_order_of_which_nobody_knew_the_vendor_is_its_own_once_that_is_known(
    site: Desktop,
) -> None:
    site.send("bloom", "u.edi", order(HUB, 3, 1, names="NOBODY"))
    held = one(site, HoldKind.NO_PARTNER)
    made = (
        (site.root / "k2kd.toml").read_text().replace('title = "Andes Blooms"', 'title = "NOBODY"')
    )
    site.reconfigure(made.partition("\n[intake]")[0])
    site.release(held.id)
    assert standing(site) == {"andes": ("approved", 3)}
    site.send("bloom", "f.edi", order(FLORSOL, 2, 2))
    assert standing(site) == {"florsol": ("approved", 2), "andes": ("approved", 3)}
