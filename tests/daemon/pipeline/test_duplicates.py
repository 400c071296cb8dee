"""What comes again changes nothing and is answered like the first time (P4)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from formats.x12.reader import read
from tests.daemon.network import NETWORK
from tests.daemon.partner_files import availability, interchange, order_set, purchase_order
from tests.daemon.sites import Desktop, kinds, only

LINE = ("BLM-100", "1", "BX")


@pytest.fixture(autouse=True)
def _stock(site: Desktop) -> None:
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 3000, "Stem")))


def sold(site: Desktop) -> int:
    return site.lots()["ROS-EXP-60"][1] // 300


def order(number: int, control: int | None = None, boxes: str = "1") -> bytes:
    return purchase_order(str(number), ("BLM-100", boxes, "BX"), control=control or number)


def bodies(files: dict[str, bytes]) -> list[bytes]:
    return sorted(files.values())


def answers(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return what went to bloom, without its availability."""
    return {n: b for n, b in files.items() if n.startswith("bloom/") and "/846" not in n}


def test_the_same_bytes_are_answered_with_the_same_bytes(site: Desktop) -> None:
    first = site.send("bloom", "a.edi", order(1))
    again = site.send("bloom", "b.edi", order(1))
    assert bodies(again) == bodies(answers(first))
    assert (sold(site), site.states()[1:]) == (1, ["posted", "duplicate"])
    assert site.arrivals()[-1].original_id == 2


def test_a_partner_that_wants_no_855_gets_the_997_alone_and_gets_it_again(site: Desktop) -> None:
    bloom = 'name = "bloom"\n'
    site.reconfigure(NETWORK.replace(bloom, bloom + 'answers_orders = "none"\n'))
    first = answers(site.send("bloom", "a.edi", order(1)))
    again = site.send("bloom", "b.edi", order(1))
    assert kinds(first) == kinds(again) == ["bloom/997-000000001"]
    assert (sold(site), site.states()[1:]) == (1, ["posted", "duplicate"])


def test_the_same_bytes_twice_in_one_pass_are_one_order(site: Desktop) -> None:
    for name in ("a.edi", "b.edi", "c.edi"):
        site.drop("bloom", name, order(1))
    site.run()
    assert (sold(site), site.states()[1:]) == (1, ["posted", "duplicate", "duplicate"])


def test_the_same_bytes_from_another_partner_are_no_copy(site: Desktop) -> None:
    site.send("bloom", "a.edi", order(1))
    site.send("tulipan", "a.edi", order(1))
    assert site.states()[-1] != "duplicate" or site.arrivals()[-1].original_id is None


def test_other_bytes_under_a_control_number_wait_and_are_told_so(site: Desktop) -> None:
    site.send("bloom", "a.edi", order(1))
    files = site.send("bloom", "b.edi", order(2, control=1))
    assert kinds(files) == ["bloom/TA1-000000001"]
    assert b"TA1*000000001*" in only(files, "bloom/TA1")
    assert b"*R*025~" in only(files, "bloom/TA1")
    (hold,) = site.holds()
    assert (hold.kind, sold(site), site.states()[-1]) == (HoldKind.CONTROL_NUMBER, 1, "held")
    site.release(hold.id)
    files = site.run()
    assert kinds(answers(files)) == ["bloom/855-2", "bloom/997-000000001"]
    assert (sold(site), site.states()[-1], site.holds()) == (2, "posted", [])


def test_a_rejected_conflict_is_quarantined_and_answered(site: Desktop) -> None:
    site.send("bloom", "a.edi", order(1))
    site.send("bloom", "b.edi", order(2, control=1))
    site.reject(site.holds()[0].id, "our numbers began anew by mistake")
    files = site.run()
    assert b"our numbers began anew" in only(files, "bloom/advice")
    assert (sold(site), site.states()[-1], site.holds()) == (1, "quarantined", [])


def test_a_test_and_a_production_interchange_may_share_a_number(site: Desktop) -> None:
    site.send("bloom", "a.edi", order(1))
    test = purchase_order("2", LINE, control=1, usage="T")
    files = site.send("bloom", "b.edi", test)
    assert kinds(files) == ["bloom/855-2", "bloom/997-000000001"]


def test_a_repeated_interchange_beside_a_new_one_draws_only_its_own_answers(site: Desktop) -> None:
    first = site.send("bloom", "a.edi", order(1) + order(2))
    files = answers(site.send("bloom", "b.edi", order(2) + order(3)))
    assert kinds(files) == [
        "bloom/855-2", "bloom/855-3", "bloom/997-000000002", "bloom/997-000000003",
    ]  # fmt: skip
    assert only(files, "bloom/855-2") == only(first, "bloom/855-2")
    assert sold(site) == 3


def test_all_answers_of_a_file_of_interchanges_are_given_again(site: Desktop) -> None:
    first = site.send("bloom", "a.edi", order(1) + order(2))
    again = site.send("bloom", "b.edi", order(1) + order(2))
    assert bodies(again) == bodies(answers(first))


def test_an_interchange_twice_in_one_file_is_taken_once(site: Desktop) -> None:
    files = answers(site.send("bloom", "a.edi", order(1) * 2))
    assert (sold(site), kinds(files)) == (1, ["bloom/855-1", "bloom/997-000000001"])


def test_two_interchanges_of_one_number_in_one_file_need_a_person(site: Desktop) -> None:
    files = site.send("bloom", "a.edi", order(1) + order(2, control=1))
    assert kinds(answers(files)) == ["bloom/855-1", "bloom/997-000000001", "bloom/TA1-000000001"]
    site.release(site.holds()[0].id)
    files = site.run()
    assert kinds(answers(files)) == ["bloom/855-2", "bloom/997-000000001"]
    assert (sold(site), set(site.states())) == (2, {"posted"})


def test_a_control_number_of_a_set_twice_in_its_group_is_refused(site: Desktop) -> None:
    body = interchange([order_set("1", LINE), order_set("2", LINE)], control=1)
    twice = body.replace(b"*0002~", b"*0001~")
    files = site.send("bloom", "a.edi", twice)
    # 4010 has no code for a number that is used twice; 7 is the nearest.
    assert b"AK5*A~\nAK2*850*0001~\nAK5*R*7~" in only(files, "bloom/997")


def test_a_replay_answers_again_and_changes_nothing_however_often(site: Desktop) -> None:
    first = answers(site.send("bloom", "a.edi", order(1)))
    for _ in range(3):
        site.replay(2)
        assert bodies(site.run()) == bodies(first)
    assert (sold(site), site.states()[-1]) == (1, "posted")


def test_a_replay_of_a_held_file_leaves_it_held(site: Desktop) -> None:
    site.send("bloom", "a.edi", purchase_order("1", ("NEW-1", "1", "BX")))
    site.replay(2)
    assert kinds(site.run()) == ["bloom/855-1", "bloom/997-000000001"]
    assert (site.states()[-1], len(site.holds())) == ("held", 1)


def test_a_replay_of_a_quarantined_file_reads_it_anew(site: Desktop) -> None:
    broken = order(1).replace(b"PO1*1*1*BX", b"PO1*1*one*BX")
    first = site.send("bloom", "a.edi", broken)
    site.replay(2)
    files = site.run()
    assert (kinds(files), kinds(first)) == (["bloom/997-000000001"],) * 2
    assert site.states()[-1] == "quarantined"


def test_a_corrected_file_is_taken_though_the_broken_one_had_its_number(site: Desktop) -> None:
    broken = order(1).replace(b"PO1*1*1*BX", b"PO1*1*one*BX")
    site.send("bloom", "a.edi", broken)
    files = site.send("bloom", "a.edi", order(1, control=2))
    assert (sold(site), read(only(files, "bloom/855")).interchanges[0].status) == (1, "A")


def test_a_copy_of_a_quarantined_file_is_read_anew(site: Desktop) -> None:
    for _ in range(2):
        files = site.send("bloom", "x.bin", b"\x80\x81 nothing that anybody reads")
        assert kinds(files) == ["bloom/advice-x"]
    assert site.states()[1:] == ["quarantined", "quarantined"]


def test_what_comes_again_after_its_answers_were_purged_is_told_that_it_came(
    site: Desktop,
) -> None:
    site.send("bloom", "a.edi", order(1))
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    with site.p.ledger.write() as conn:
        conn.execute(delete(schema.outgoing_bodies))
        conn.execute(update(schema.arrivals).values(created_at=long_ago))
    again = answers(site.send("bloom", "b.edi", order(1)))
    renumbered = answers(site.send("bloom", "c.edi", order(1, control=9)))
    assert kinds(again) == ["bloom/advice-000000001"]
    assert b"answered then" in only(again, "bloom/advice")
    assert kinds(renumbered) == ["bloom/997-000000009", "bloom/advice-1"]
    assert sold(site) == 1
