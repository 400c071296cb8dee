"""Every list narrows to one partner: what it is in, all of that, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.cli.conftest import Run

LISTS: tuple[tuple[tuple[str, ...], str, Callable[[dict[str, Any]], set[Any]]], ...] = (
    (("connections",), "andes", lambda row: {row["vendor"], row["buyer"]}),
    (("connections",), "tulipan", lambda row: {row["vendor"], row["buyer"]}),
    (("goods",), "bloom", lambda row: {row["vendor"], row["buyer"]}),
    (("goods",), "florsol", lambda row: {row["vendor"], row["buyer"]}),
    (("quarantine", "list"), "bloom", lambda row: {row["partner"]}),
    (("control-numbers", "list"), "andes", lambda row: {row["receiver"]}),
    (("control-numbers", "list"), "bloom", lambda row: {row["receiver"]}),
)
RECEIVERS = {"andes": "ZZ/ANDESBLM", "bloom": "ZZ/BLOOMWHSL"}


@pytest.mark.parametrize(
    ("words", "partner", "of"), LISTS, ids=[f"{' '.join(w)} {p}" for w, p, _ in LISTS]
)
def test_a_list_shows_all_of_a_partner_and_nothing_else(
    run: Run,
    site: Path,
    words: tuple[str, ...],
    partner: str,
    of: Callable[[dict[str, Any]], set[Any]],
) -> None:
    everything = run(*words, "--json").json()
    named = {partner, RECEIVERS.get(partner)}
    theirs = [row for row in everything if of(row) & named]
    assert theirs
    assert run(*words, "--partner", partner, "--json").json() == theirs


@pytest.mark.parametrize(
    ("words", "partner"),
    [
        (("connections",), "axerrio-florsol"),
        (("goods",), "andes"),
        (("quarantine", "list"), "florsol"),
        (("control-numbers", "list"), "tulipan"),
    ],
)
def test_a_partner_without_any_sees_none(
    run: Run, site: Path, words: tuple[str, ...], partner: str
) -> None:
    assert run(*words, "--partner", partner, "--json").json() == []
