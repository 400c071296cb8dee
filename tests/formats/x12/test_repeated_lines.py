"""Lines that are remembered are those that would have been read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.findings import Finding
from formats.grammar.check import SEPARATOR
from formats.records import OrderLine, PurchaseOrder
from formats.x12 import parts
from formats.x12.check import checker
from formats.x12.order_lines import check_totals, only_store, order_lines
from formats.x12.parts import Problems
from formats.x12.purchase_order_draft import OrderDraft, handlers
from formats.x12.reader import read
from formats.x12.repeated_lines import MOST_LINES, Filler
from formats.x12.segments import Places, segments_of
from formats.x12.separators import Separators
from tests.formats.x12.samples import (
    ORDER,
    group,
    interchange,
    order_file,
    transaction_set,
    written,
)

HEADING = ORDER[:13]
HEADS = ("PO1*{}*10*BX*36.5*PE*VP*ROS", "PO1**4*BX*28*UM*BP*ALS*ZZ*HB", "PO1*{}***1**VP*ROS")
REST = (
    *("PID*F*08***ROSE RED", "PID*F****ROSES", "PO4*10***QB**********25", "REF*BX*MARK"),
    *("CTP**CON*0.36*1*PE", "CTP**CON*0.36*1*PE>EA", "SDQ*BX*92*01*5*02*5", "SDQ*BX*92*01*4"),
    *("SLN*1**I*12*X2*1.5*PE**VP*WHI", "SLN*2**I*8*EA*1.5*PE**VP*PNK"),
)
Result = tuple[list[OrderLine], list[Finding], list[str]]


@st.composite
def orders(draw: st.DrawFn) -> tuple[str, ...]:
    """An order of a few lines, of which many are alike."""
    body = list(HEADING)
    for number in range(1, draw(st.integers(1, 4)) + 1):
        body.append(draw(st.sampled_from(HEADS)).format(number))
        body += sorted(draw(st.lists(st.sampled_from(REST), max_size=3)), key=REST.index)
    if draw(st.booleans()):
        body.append(f"CTT*{draw(st.integers(1, 4))}*14")
    return tuple(body)


def drafted(body: Sequence[str], filler: Filler | None, component: bytes = b">") -> Result:
    """Return the lines of an order, what was found, and who is named; None reads plainly."""
    raw = written(transaction_set(body))
    separators = Separators(component=component)
    segments = segments_of(raw, separators)
    checked = checker("850", "4010").check(segments, component.decode())
    draft = OrderDraft(Problems(Places(raw, 0, separators)), parts.elements_of(""))
    if filler is None:
        parts.fill(draft, handlers("4010"), segments, checked.nodes)
    else:
        filler.fill(draft, segments, checked.nodes)
    check_totals(draft)
    lines = list(order_lines(draft, only_store(draft)))
    return lines, draft.problems.found, list(draft.parties)


@settings(max_examples=150)
@given(st.lists(st.tuples(orders(), st.sampled_from([b">", b":"])), min_size=1, max_size=4))
def test_what_is_remembered_changes_no_order(found: list[tuple[tuple[str, ...], bytes]]) -> None:
    used = Filler("4010")
    for body, component in [*found, *found, *found]:
        assert drafted(body, used, component) == drafted(body, None, component)


@given(st.permutations(["PO1*1*1*BX*1*PE*BP*A", "PID*F****ROSE", "CTT*1", "DTM*010*20261208"]))
def test_segments_between_lines_are_taken_where_they_stand(some: list[str]) -> None:
    body = (*HEADING, "PO1*1*1*BX*1*PE*BP*B", *some)
    used = Filler("4010")
    for _ in range(3):
        assert drafted(body, used) == drafted(body, None)


def test_line_that_came_twice_is_the_same_in_both_orders() -> None:
    used = Filler("4010")
    one, two, three = (drafted(ORDER, used)[0] for _ in range(3))
    assert one == two == three
    assert two[0] is three[0]
    # An assorted box has contents, whose findings name their segments.
    assert two[1] is not three[1]


@pytest.mark.parametrize(
    "line",
    [
        "PO1*1**BX*1*PE*BP*A",
        "PO1*1*-4*BX*1*PE*BP*A",
        "PO1*1*5*BX~SDQ*BX*92*01*5",
        "PO1*1*5*BX~CTP**CON*1",
    ],
)
def test_line_of_which_more_has_to_be_said_is_read_every_time(line: str) -> None:
    used = Filler("4010")
    body = (*HEADING, *line.split("~"))
    results = [drafted(body, used) for _ in range(3)]
    assert results == [drafted(body, None)] * 3
    assert not used.known


def test_line_is_numbered_by_its_place_in_the_order() -> None:
    line = "PO1**1*BX*1*PE*BP*A"
    used = Filler("4010")
    for count in (1, 2, 3, 3, 2, 1):
        lines = drafted((*HEADING, *[line] * count), used)[0]
        assert [(each.line, each.reference) for each in lines] == [
            (number, str(number)) for number in range(1, count + 1)
        ]


def test_lines_that_are_remembered_stay_few() -> None:
    used = Filler("4010")
    for number in range(MOST_LINES + 10):
        body = (*HEADING, f"PO1*1*1*BX*1*PE*BP*A{number}")
        drafted(body, used)
        drafted(body, used)
        assert len(used.known) <= MOST_LINES
    assert used.known


def test_orders_of_a_file_share_their_lines() -> None:
    sets = [transaction_set(control=f"{number:04}") for number in range(1, 5)]
    documents = list(read(written(interchange(group(*sets)))).documents())
    (alone,) = read(order_file()).documents()
    for each in documents:
        assert isinstance(each.record, PurchaseOrder)
        assert each.record == alone.record
    assert SEPARATOR not in str(documents[-1].record)


@pytest.mark.parametrize(
    ("rest", "is_kept"),
    [
        (["REF*BX*MARK"] * 31, True),
        (["REF*BX*MARK"] * 32, False),
        ([f"PID*F*08***{'R' * 80}"] * 30, True),
        ([f"REF*BX**{'R' * 3000}", f"REF*BX**{'S' * 3000}"], False),
    ],
)
def test_line_that_is_long_is_not_remembered(rest: list[str], *, is_kept: bool) -> None:
    used = Filler("4010")
    body = (*HEADING, "PO1*1*10*BX*1*PE*BP*A", *rest)
    results = [drafted(body, used) for _ in range(3)]
    assert results == [drafted(body, None)] * 3
    assert bool(used.known) is is_kept
