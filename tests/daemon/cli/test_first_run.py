"""What a person finds in the outboxes after the first run of the sample network, as README says."""

from __future__ import annotations

import re
from pathlib import Path

from tests.daemon.sites import outboxes

_OWN_NUMBER = re.compile(r"-[0-9]{8}\.")


def test_the_sample_network_trades(worked_site: Path) -> None:
    found = sorted({_OWN_NUMBER.sub(".", name) for name in outboxes(worked_site)})
    assert found == [
        "andes/997-000000301.edi",
        "andes/notice-andes-bloom.json",
        "axerrio-florsol/ack-AX-7731.json",
        "bloom/846-andes-1.edi",
        "bloom/846-change-florsol-2.edi",
        "bloom/846-florsol-1.edi",
        "bloom/855-10045.edi",
        "bloom/997-000000101.edi",
        "bloom/997-000000102.edi",
        "bloom/notice-andes-bloom.json",
        "bloom/notice-florsol-bloom.json",
        "florsol/850-10045.edi",
        "florsol/advice-availability.csv",
        "florsol/labels-10045.pdf",
        "florsol/labels-10045.zpl",
        "florsol/notice-florsol-bloom.json",
        "florsol/notice-florsol-tulipan.json",
        "florsol/order-10045.csv",
        "tulipan/availability-change-florsol-2.csv",
        "tulipan/availability-florsol-1.csv",
        "tulipan/notice-florsol-tulipan.json",
    ]
