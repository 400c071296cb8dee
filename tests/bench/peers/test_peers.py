"""Other libraries are asked fairly, and their absence is no failure."""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from formats import read
from tests.bench.material import big_order_file
from tests.bench.peers.material import big_orders_message
from tests.bench.peers.run import PEERS, AbsentError, Peer, answer_of
from tests.bench.peers.script import PEERS as SCRIPTS

TODAY = date(2026, 12, 4)


def test_every_peer_has_its_script() -> None:
    assert set(PEERS) == set(SCRIPTS)


@pytest.mark.parametrize("data", [big_order_file(4_000, TODAY), big_orders_message(4_000, TODAY)])
def test_material_is_sound(data: bytes) -> None:
    documents = list(read(data).documents())
    assert len(documents) > 1
    assert not any(each.record is None or each.findings for each in documents)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pyx12", big_order_file(4_000, TODAY)),
        ("pydifact", big_orders_message(4_000, TODAY)),
    ],
)
def test_peer_sees_as_many_documents_as_we_do(name: str, data: bytes, tmp_path: Path) -> None:
    if find_spec(PEERS[name].module) is None:
        pytest.skip(f"{name} isn't installed")
    path = tmp_path / "orders.edi"
    path.write_bytes(data)
    count = len(list(read(data).documents()))
    assert answer_of(PEERS[name], "look", path) == [{"documents": count, "complaints": []}]
    timed = answer_of(PEERS[name], "speed", path)
    assert isinstance(timed, dict)
    assert timed["mb_per_s"] > 0


def test_peer_that_refuses_the_file_is_not_timed(tmp_path: Path) -> None:
    if find_spec("pyx12") is None:
        pytest.skip("pyx12 isn't installed")
    path = tmp_path / "orders.edi"
    path.write_bytes(big_order_file(4_000, TODAY).replace(b"SE*", b"SE*9"))
    with pytest.raises(AbsentError, match="pyx12 read"):
        answer_of(PEERS["pyx12"], "speed", path)


def test_peer_that_is_not_installed_says_so(tmp_path: Path) -> None:
    with pytest.raises(AbsentError, match="isn't installed"):
        answer_of(Peer("pyx12", "no_such_library"), "look", tmp_path)
