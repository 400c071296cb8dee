"""Sets that are taken as a whole are those that would have been found step by step."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import product
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.x12.envelope import scan
from formats.x12.groups import OpenGroup
from formats.x12.separators import Separators
from formats.x12.tags import Tags
from formats.x12.walk import _Walk
from tests.formats.x12.samples import group, interchange, transaction_set, written

CONTROLS = ("0001", "0002", "0002", "123456789", "0003", "A B4", "0004")
FAULTS = (
    *(b"", b"~", b"*", b"\n", b" ", b"~~", b"SE*5*0001~", b"ST*850*0009~", b"ST*850*0009*X~"),
    *(b"GS*", b"GE*1*7~", b"IEA*1*000000042~", b"TA1*1~", b"\xff", b"SE*3*0001", b"12", b"850"),
)
BODY = ("BEG*00*SA*1**20261204", "PO1*1*1*BX*1*PE*BP*A")


def file_of(end: str) -> bytes:
    sets = [transaction_set(BODY, control=each) for each in CONTROLS]
    return written(interchange(group(*sets), group(*sets[:2], control="8")), end=end)


def test_every_tag_of_an_envelope_is_found_and_no_other() -> None:
    letters = [bytes([each]) for each in b"AEGIST1"]
    words = [b"".join(each) for size in (2, 3) for each in product(letters, repeat=size)]
    data = b"~".join([b"", *words, b""])
    tags = Tags(data, Separators(), len(data))
    found = [
        pair for each in tags.after(1) for pair in (each if isinstance(each, tuple) else [each])
    ]
    assert {tags.tagged(each).tag for each in found} == {
        "GS",
        "ST",
        "SE",
        "GE",
        "IEA",
        "TA1",
        "ISA",
    }
    assert len(found) == 7


def told(data: bytes) -> list[object]:
    """Return everything that a scan says."""
    found = scan(data)
    groups = [
        (replace(each, groups=()), [(replace(g, sets=()), list(g.sets)) for g in each.groups])
        for each in found.interchanges
    ]
    return [*groups, *found.findings]


def step_by_step(data: bytes) -> list[object]:
    with patch.object(_Walk, "take_set", return_value=False):
        return told(data)


@pytest.mark.parametrize("end", ["~", "~\n", "\n", "\r\n", "'\r\n", "…"])
def test_sound_sets_are_taken_as_a_whole(end: str) -> None:
    data = file_of(end)
    assert told(data) == step_by_step(data)
    with patch.object(OpenGroup, "end_set", autospec=True) as one_by_one:
        told(data)
    # Only the set that repeats a number needs a second look.
    assert [each.args[1].elements for each in one_by_one.mock_calls] == [["850", "0002"]]


@given(st.integers(), st.integers(1, 8), st.sampled_from(["~", "~\r\n", "\n"]))
def test_faulty_files_have_the_same_faults(seed: int, faults: int, end: str) -> None:
    chance = random.Random(seed)
    data = bytearray(file_of(end))
    for _ in range(faults):
        at = chance.randrange(106, len(data))
        data[at : at + chance.choice([0, 1, 4])] = chance.choice(FAULTS)
    assert told(bytes(data)) == step_by_step(bytes(data))


@pytest.mark.parametrize(
    "fault",
    ["ST*850*001", "ST*850*0001*", "ST*8*0001", "ST*850*0001*005010X", "ST*850", "ST*850*\x010001"],
)
def test_set_with_a_header_that_is_not_plain_is_looked_at_closely(fault: str) -> None:
    data = file_of("~").replace(b"ST*850*0001", fault.encode())
    assert told(data) == step_by_step(data)


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_a_run_of_line_ends_that_end_segments_is_looked_at_once(end: str) -> None:
    data = file_of(end).replace(f"{end}GS".encode(), end.encode() * 100_000 + b"GS", 1)
    before = time.process_time()
    found = scan(data).interchanges[0]
    assert time.process_time() - before < 2
    assert [len(each.sets) for each in found.groups] == [7, 2]


@pytest.mark.parametrize("end", ["~", "~\n", "\n", "\r\n"])
def test_blanks_behind_a_control_number_are_no_part_of_it_where_lines_end_segments(
    end: str,
) -> None:
    data = file_of(end)
    mark = end.encode()
    for tag in (b"ST*850*0001", b"SE*4*0001"):
        assert tag + mark in data
        data = data.replace(tag + mark, tag + b" " + mark, 1)
    assert told(data) == step_by_step(data)
