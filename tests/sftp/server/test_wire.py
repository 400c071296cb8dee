"""Packets: cut anywhere they are the same, and what lies about its length ends the talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.sftp.server_wire import MAX_PACKET, Fields, Malformed, Packets, text


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=8), st.data())
def test_packets_are_the_same_however_they_arrive(bodies: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(len(body).to_bytes(4, "big") + body for body in bodies)
    packets, at = Packets(), 0
    seen: list[bytes] = []
    while at < len(stream):
        end = data.draw(st.integers(at + 1, len(stream)))
        for fields in packets.feed(stream[at:end]):
            length = len(bodies[len(seen)])
            seen.append(bytes(fields.byte() for _ in range(length)))
        at = end
    assert seen == bodies


@pytest.mark.parametrize("length", [0, MAX_PACKET + 1, 0xFFFFFFFF])
def test_packet_of_impossible_length_is_malformed(length: int) -> None:
    with pytest.raises(Malformed, match="at most"):
        list(Packets().feed(length.to_bytes(4, "big")))


def test_largest_packet_is_taken() -> None:
    stream = MAX_PACKET.to_bytes(4, "big") + bytes(MAX_PACKET)
    assert len(list(Packets().feed(stream))) == 1


@given(st.binary(max_size=64))
def test_fields_are_read_or_malformed_and_nothing_else(packet: bytes) -> None:
    for read in (Fields.text, Fields.u64, Fields.u32, Fields.byte, Fields.size_attribute):
        try:
            read(Fields(packet))
        except Malformed as error:
            assert "ends before" in str(error)


def test_text_that_announces_more_than_there_is_is_malformed() -> None:
    with pytest.raises(Malformed):
        Fields((100).to_bytes(4, "big") + b"short").text()


def test_attributes_are_passed_over_to_what_follows() -> None:
    times_and_size = (9).to_bytes(4, "big") + (77).to_bytes(8, "big") + bytes(8)
    fields = Fields(times_and_size + text(b"next"))
    assert fields.size_attribute() == 77
    assert fields.text() == b"next"
