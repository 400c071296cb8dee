"""The same order again, another under its number, its end and its replacement."""

from __future__ import annotations

import pytest

from daemon.errors import UsageError
from daemon.ledger.holds import HoldKind
from tests.daemon.partner_files import purchase_order
from tests.daemon.sites import Desktop, kinds, only
from tests.daemon.trade.orders.order_answers import acknowledgement, answers, bought, publish


def test_a_cancellation_gives_the_stock_back_and_tells_everybody(site: Desktop) -> None:
    publish(site, 5)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX")))
    cancel = purchase_order("1", ("BLM-100", "3", "BX"), purpose="01", control=2)
    files = site.send("bloom", "c.edi", cancel)
    assert bought(site) == 0
    assert answers(only(files, "bloom/855")) == [("ID", "3")]
    assert b"BEG*01*" in only(files, "florsol/850")
    assert only(files, "florsol/order").rstrip().endswith(b",CANCEL")
    assert b"QTY*33*1500*EA" in only(files, "bloom/846")
    assert b",1500,Stem," in only(files, "tulipan/availability")


def test_a_second_cancellation_is_answered_and_changes_nothing(site: Desktop) -> None:
    publish(site, 5)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX")))
    for control in (2, 3):
        cancel = purchase_order("1", ("BLM-100", "3", "BX"), purpose="01", control=control)
        files = site.send("bloom", "c.edi", cancel)
        assert answers(only(files, "bloom/855")) == [("ID", "3")]
    assert not [name for name in files if name.startswith("florsol/")]
    assert bought(site) == 0


def test_the_same_words_after_a_cancellation_are_a_conflict_not_the_old_order(
    site: Desktop,
) -> None:
    publish(site, 5)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX")))
    cancel = purchase_order("1", ("BLM-100", "3", "BX"), purpose="01", control=2)
    site.send("bloom", "c.edi", cancel)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX"), control=3))
    assert bought(site) == 0
    assert [hold.kind for hold in site.holds()] == [HoldKind.ORDER_EXISTS]


def test_a_replacement_gives_back_and_takes_anew(site: Desktop) -> None:
    publish(site, 5)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "4", "BX")))
    new = purchase_order("1", ("BLM-100", "5", "BX"), purpose="05", control=2)
    files = site.send("bloom", "r.edi", new)
    assert answers(only(files, "bloom/855")) == [("IA", "5")]
    assert bought(site) == 5
    assert only(files, "florsol/order").rstrip().endswith(b",CHANGE")
    assert [order.state for order in site.orders()] == ["cancelled", "approved"]


@pytest.mark.parametrize("is_one_batch", [True, False])
def test_a_replacement_that_overtook_its_original_waits_for_it(
    site: Desktop, *, is_one_batch: bool
) -> None:
    publish(site, 9)
    site.drop("bloom", "a.edi", purchase_order("1", ("BLM-100", "4", "BX"), purpose="05"))
    if not is_one_batch:
        site.run()
        assert [hold.kind for hold in site.holds()] == [HoldKind.NO_ORIGINAL]
    site.drop("bloom", "b.edi", purchase_order("1", ("BLM-100", "8", "BX"), control=2))
    site.run()
    assert bought(site) == 4
    assert site.holds() == []
    assert site.states() == ["posted", "posted", "posted"]


def test_the_same_order_again_is_answered_again_and_changes_nothing(site: Desktop) -> None:
    publish(site, 5)
    first = site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX")))
    again = site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX"), control=2))
    assert kinds(again) == ["bloom/855-1", "bloom/997-000000002"]
    assert only(again, "bloom/855") == only(first, "bloom/855")
    assert bought(site) == 3


def test_other_content_under_a_known_number_waits_for_a_person(site: Desktop) -> None:
    publish(site, 5)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX")))
    files = site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "4", "BX"), control=2))
    assert acknowledgement(only(files, "bloom/855")) == "AH"
    (hold,) = site.holds()
    assert (hold.kind, bought(site)) == (HoldKind.ORDER_EXISTS, 3)
    site.release(hold.id)
    files = site.run()
    assert answers(only(files, "bloom/855")) == [("IA", "4")]
    assert (bought(site), site.holds(), site.states()[-1]) == (4, [], "posted")
    # The vendor has an order of this number already: it must not pack both.
    assert b"BEG*05*" in only(files, "florsol/850")


def test_a_vendor_is_told_when_a_replacement_does_not_reach_it(site: Desktop) -> None:
    publish(site, 5)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX")))
    unknown = purchase_order("1", ("BLM-NEW", "3", "BX"), purpose="05", control=2)
    files = site.send("bloom", "r.edi", unknown)
    assert bought(site) == 0
    assert b"BEG*01*" in only(files, "florsol/850")


def test_what_one_sends_in_anothers_name_stands_in_nobodys_way(site: Desktop) -> None:
    publish(site, 9)
    order = purchase_order("1", ("BLM-100", "1", "BX"))
    site.send("tulipan", "o.edi", order)
    files = site.send("bloom", "o.edi", order)
    assert answers(only(files, "bloom/855")) == [("IA", "1")]
    assert [hold.kind for hold in site.holds()] == [HoldKind.UNMAPPED]


def test_a_rejected_conflict_is_answered_and_the_first_order_stands(site: Desktop) -> None:
    publish(site, 5)
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "3", "BX")))
    site.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "4", "BX"), control=2))
    (hold,) = site.holds()
    site.reject(hold.id, "sent by mistake")
    files = site.run()
    body = only(files, "bloom/855")
    assert answers(body) == [("IR", "4")]
    assert b"sent by mistake" in body
    assert (bought(site), site.states()) == (3, ["posted", "posted", "posted"])
    with pytest.raises(UsageError, match="rejected already"):
        site.release(hold.id)
