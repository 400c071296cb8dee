"""A vendor confirms part of an order, the buyer changes the rest, the vendor takes a box back.

Domain P-21, P-27, P-28 and K-90 in one story, on each database.
"""

from __future__ import annotations

from tests.daemon.sites import Desktop, only
from tests.daemon.trade.answering import (
    acks,
    boxes,
    change_set,
    confirmation,
    head,
    order,
    progress,
    publish,
    states,
    stock_of,
)


def test_an_order_is_confirmed_in_part_changed_and_short_again(site: Desktop) -> None:
    publish(site, 20)
    order(site, 5, 4, 3)

    files = site.send("florsol", "1.csv", confirmation("1,changed,3,,,,hail"))
    assert acks(only(files, "bloom/855")) == [("IQ", "3"), ("IR", "2"), ("IH", "4"), ("IH", "3")]
    assert (states(site), stock_of(site)) == (["approved"], (18, 10))

    change = change_set(
        "1", "POC*1*QI*5*5*BX", "POC*2*QD*2*2*BX", "POC*3*DI", control=2, sequence="1"
    )
    files = site.send("bloom", "2.edi", change)
    assert acks(only(files, "bloom/865")) == [("IR", "5"), ("IA", "2"), ("IA", "")]
    assert head(only(files, "florsol/860"))[1] == "04"
    assert stock_of(site) == (18, 5)

    files = site.send("florsol", "3.csv", confirmation("2,accepted,2"))
    assert head(only(files, "bloom/855"))[1] == "06"
    assert states(site) == ["confirmed"]
    assert progress(site) == [("partially confirmed", 3), ("confirmed", 2), ("cancelled", None)]

    files = site.send("florsol", "4.csv", confirmation("1,changed,2,,,,truck"))
    assert head(only(files, "bloom/855"))[1] == "05"
    (row,) = only(files, "bloom/cancel-notice").decode().splitlines()[1:]
    assert row.split(",")[:2] == ["1", "1"] and ",truck," in row
    assert (stock_of(site), boxes(site).count("allotted")) == ((17, 4), 4)

    again = change_set("1", purpose="01", control=3, sequence="2")
    files = site.send("bloom", "5.edi", again)
    assert head(only(files, "bloom/865"))[2] == "RJ"
    assert (states(site), site.holds(), set(site.states())) == (["confirmed"], [], {"posted"})


def test_a_confirmation_and_a_change_that_overtake_their_order_follow_it(site: Desktop) -> None:
    publish(site, 20)
    site.drop("florsol", "c.csv", confirmation("1,accepted,4"))
    site.drop("bloom", "a.edi", change_set("1", "POC*2*QD*1*1*BX", control=2, sequence="1"))
    site.run()
    assert len(site.holds()) == 2
    order(site, 4, 3)
    assert progress(site) == [("confirmed", 4), ("pending", None)]
    assert (stock_of(site), site.holds()) == ((20, 5), [])
