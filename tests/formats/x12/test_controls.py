"""The numbers by which our own files are acknowledged, and new ones in their place."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.x12.controls import Controls, controls_of, renumbered
from formats.x12.reader import read
from formats.x12.technical import ControlNumbers as Numbers
from formats.x12.technical import functional_acknowledgement
from formats.x12.write import ControlNumbers, Envelope, Separators, interchange
from tests.formats.x12.samples import order_file

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
numbers = st.integers(1, 999_999_999)
envelopes = st.builds(
    Envelope,
    st.just("ZZ"),
    st.sampled_from(["K2KNET", "FLOR SOL 1"]),
    st.just("01"),
    st.just("BLOOMWHSL"),
    version=st.sampled_from(["00401", "00501"]),
    separators=st.sampled_from([Separators(), Separators("|", ":", "\n", "^")]),
    after_segment=st.sampled_from(["", "\n", "\r\n"]),
)


def written(envelope: Envelope, control: ControlNumbers) -> bytes:
    body = [("BEG", "00", "SA", "GE", "", "20261204"), ("PO1", "1", "5", "BX"), ("CTT", "1")]
    return interchange(envelope, "PO", "850", [body], control=control, at=AT)


@given(envelope=envelopes, first=numbers, group=numbers)
def test_numbers_are_those_that_were_written(envelope: Envelope, first: int, group: int) -> None:
    body = written(envelope, ControlNumbers(first, group))
    assert controls_of(body) == Controls(f"ZZ/{envelope.sender}", first, "PO", group)


@given(envelope=envelopes, old=numbers, new=numbers, group=numbers)
def test_other_numbers_make_the_file_that_would_have_been_written(
    envelope: Envelope, old: int, new: int, group: int
) -> None:
    body = written(envelope, ControlNumbers(old, old))
    assert renumbered(body, new, group) == written(envelope, ControlNumbers(new, group))


@pytest.mark.parametrize(
    "body",
    [b"", b"ISA", b"po_number,line\n", b'{"contract": "floral.ack/1"}', b"UNB+UNOA:3+A+B'"],
)
def test_other_files_have_none_and_keep_what_they_have(body: bytes) -> None:
    assert controls_of(body) is None
    with pytest.raises(ValueError, match="can't be changed"):
        renumbered(body, 1, 1)


def test_what_acknowledges_is_never_acknowledged() -> None:
    reading = read(order_file())
    list(reading.documents())
    (outcome,) = reading.outcomes
    body = functional_acknowledgement(outcome.interchange, outcome, control=Numbers(1, 1), at=AT)
    assert body is not None
    assert controls_of(body) is None
