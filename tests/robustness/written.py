"""The documents that we write, as files that other libraries look at."""

from __future__ import annotations

from collections.abc import Iterable

from formats.identify import Format
from tests.golden.written.edifact import edifact
from tests.golden.written.shared import Written
from tests.golden.written.x12 import x12
from tests.robustness.probes import Probe


def _probes(documents: Iterable[Written], family: Format) -> tuple[Probe, ...]:
    # Libraries count sets and messages, of which a TA1 is none.
    return tuple(
        Probe(f"{each.name.replace('_', ' ')}", each.write([]), is_wrong=False, family=family)
        for each in documents
        if not each.name.startswith("TA1")
    )


X12_WRITTEN = _probes(x12(), Format.X12)
EDIFACT_WRITTEN = _probes(edifact(), Format.EDIFACT)
