"""The line that a change is about, where it names a line of a prebook."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from daemon.trade.changes.at_work import ChangeAtWork
from daemon.trade.changes.lines import _made_of


def line(prebook_line_id: int | None, prebook_item: str | None) -> SimpleNamespace:
    said = SimpleNamespace(prebook_item=prebook_item)
    return SimpleNamespace(prebook_line_id=prebook_line_id, line=said)


PLAIN, OURS, THEIRS = line(None, None), line(7, None), line(None, "P-7")


@pytest.mark.parametrize(
    ("named", "found"),
    [(None, []), ("", []), ("None", []), ("7", [OURS]), ("P-7", [THEIRS]), ("8", [])],
)
def test_only_a_line_of_that_prebook_is_meant(
    named: str | None, found: list[SimpleNamespace]
) -> None:
    order = SimpleNamespace(lines=[PLAIN, OURS, THEIRS])
    work = cast(ChangeAtWork, SimpleNamespace(order=order))
    assert cast(list[SimpleNamespace], _made_of(work, named)) == found
