"""What is agreed on about acknowledgements and loads: how long one may take, who is offered one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from daemon.sections import Partner, Role
from daemon.terms.hauling import Hauling


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("off", None),
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(days=1)),
        ("2d", timedelta(days=2)),
    ],
)
def test_time_for_an_acknowledgement(said: str, meant: timedelta | None) -> None:
    partner = Partner(name="andes", roles=(Role.VENDOR,), expects_acknowledgement=said)
    assert partner.acknowledges_within == meant


@pytest.mark.parametrize("said", ["", "0h", "24", "1w", "h", "1000h", "-1h", "24 h", "OFF"])
def test_time_that_means_nothing_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="expects_acknowledgement"):
        Partner(name="andes", roles=(Role.VENDOR,), expects_acknowledgement=said)


def test_nothing_is_waited_for_unless_it_is_agreed() -> None:
    assert Partner(name="andes", roles=(Role.VENDOR,)).acknowledges_within is None


def test_loads_are_offered_to_a_truck_line_with_a_code_only() -> None:
    with pytest.raises(ValidationError, match="scac"):
        Hauling(tenders="204")
    assert Hauling(tenders="204", scac="ARML").scac == "ARML"
