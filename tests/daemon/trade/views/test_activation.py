"""Every precondition of a connection is said with what ends it (K-01 to K-10)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from daemon.config import Connection, Partner
from daemon.terms.connection import Modality
from daemon.trade.views.activation import Facts, Missing, is_stopped, missing

TODAY = date(2026, 11, 23)
READY: dict[str, Any] = {
    "vendor": "farm",
    "buyer": "shop",
    "modality": ["sales", "procurement"],
    "vendor_code": "FARM",
    "customer_code": "SHOP",
    "agreed": {"vendor": date(2026, 11, 1), "buyer": TODAY},
    "schedule": {"mon": 1},
    "days_of_service": ["tue"],
    "pricing": {"truck_per_cube": "1.10"},
}
FARM: dict[str, Any] = {
    "name": "farm",
    "roles": ["vendor"],
    "currency": "USD",
    "receives_orders": ["csv"],
}
SHOP: dict[str, Any] = {
    "name": "shop",
    "roles": ["buyer"],
    "currency": "USD",
    "receives_availability": "csv",
}


def unmet(
    link: dict[str, Any] | None = None,
    *,
    vendor: dict[str, Any] | None = None,
    buyer: dict[str, Any] | None = None,
    **facts: Any,
) -> tuple[Missing, ...]:
    """Return what is missing where settings differ from a connection that is ready; None unsets."""
    settings = {k: v for k, v in {**READY, **(link or {})}.items() if v is not None}
    return missing(
        Connection.model_validate(settings),
        Partner.model_validate({**FARM, **(vendor or {})}),
        Partner.model_validate({**SHOP, **(buyer or {})}),
        Facts(**{"today": TODAY, **facts}),
    )


def codes(found: tuple[Missing, ...], modality: Modality) -> list[str]:
    return [each.code for each in found if each.modality is modality]


def test_a_connection_that_has_everything_lacks_nothing() -> None:
    assert unmet() == ()


@pytest.mark.parametrize(
    ("code", "changes", "place"),
    [
        ("K-01", {"link": {"vendor_code": None}}, "vendor_code of [[connection]] farm -> shop"),
        ("K-01", {"link": {"customer_code": None}}, "customer_code of [[connection]] farm -> shop"),
        ("K-02", {"link": {"schedule": None}}, "schedule of [[connection]] farm -> shop"),
        ("K-02", {"link": {"schedule": {}}}, "schedule of [[connection]] farm -> shop"),
        (
            "K-03",
            {"link": {"pricing": None}},
            "pricing.truck_per_cube of [[connection]] farm -> shop",
        ),
        ("K-07", {"vendor": {"currency": None}}, "currency of [[partner]] farm"),
        ("K-07", {"buyer": {"currency": None}}, "currency of [[partner]] shop"),
        ("K-07", {"vendor": {"currency": "EUR"}}, "rates.csv"),
        ("K-07", {"currencies": frozenset({"USD", "EUR"})}, "rates.csv"),
        (
            "K-08",
            {"link": {"days_of_service": None}},
            "days_of_service of [[connection]] farm -> shop",
        ),
        ("K-08", {"vendor": {"receives_orders": []}}, "receives_orders of [[partner]] farm"),
        (
            "K-09",
            {"link": {"agreed": {"vendor": TODAY}}},
            "agreed.buyer of [[connection]] farm -> shop",
        ),
        (
            "K-09",
            {"link": {"agreed": {"vendor": date(2026, 11, 24), "buyer": TODAY}}},
            "agreed.vendor of [[connection]] farm -> shop",
        ),
        ("K-09", {"link": {"is_on": False}}, "is_on of [[connection]] farm -> shop"),
        (
            "K-10",
            {"vendor": {"locations": ["UIO", "BOG"]}},
            "vendor_locations of [[connection]] farm -> shop",
        ),
    ],
)
def test_each_unmet_precondition_stops_both_modalities_and_names_its_key(
    code: str, changes: dict[str, Any], place: str
) -> None:
    found = unmet(**changes)
    assert [(each.code, each.modality, each.place) for each in found] == [
        (code, Modality.SALES, place),
        (code, Modality.PROCUREMENT, place),
    ]
    assert all(place in each.sentence and each.stops_connection for each in found)
    assert is_stopped(found, Modality.SALES)
    assert is_stopped(found, Modality.PROCUREMENT)


def test_a_buyer_that_is_sent_no_availability_can_still_procure() -> None:
    found = unmet(buyer={"receives_availability": "none"})
    assert codes(found, Modality.SALES) == ["K-04"]
    assert codes(found, Modality.PROCUREMENT) == []
    assert (is_stopped(found, Modality.SALES), is_stopped(found, Modality.PROCUREMENT)) == (
        True,
        False,
    )


def test_unmapped_products_stop_only_themselves_and_only_sales() -> None:
    found = unmet(unmapped_products=("FS-1", "FS-2"))
    assert [(each.code, each.modality, each.items) for each in found] == [
        ("K-05", Modality.SALES, ("FS-1", "FS-2"))
    ]
    assert found[0].sentence == "products of farm have no row: add FS-1, FS-2 to products.csv"
    assert not is_stopped(found, Modality.SALES)


def test_unmapped_box_types_stop_only_themselves() -> None:
    found = unmet(unmapped_box_types=("XB",))
    assert [(each.code, each.modality, each.place) for each in found] == [
        ("K-06", Modality.SALES, "box_types.csv"),
        ("K-06", Modality.PROCUREMENT, "box_types.csv"),
    ]
    assert not is_stopped(found, Modality.PROCUREMENT)


def test_of_many_unmapped_products_the_sentence_names_a_few() -> None:
    (found,) = unmet(unmapped_products=tuple(f"P{n}" for n in range(7)))
    assert "P0, P1, P2, P3, P4 and 2 more" in found.sentence
    assert len(found.items) == 7


@pytest.mark.parametrize(
    "changes",
    [
        {
            "link": {"schedule": None, "location_schedules": {"MIA": {"mon": 1}}},
            "buyer": {"locations": ["MIA", "BOS"]},
        },
        {
            "link": {"schedule": None, "pricing": {"truck_per_cube": 0, "port_of_origin": "UIO"}},
            "buyer": {"buying": {"port_days": {"UIO": {"mon": 1}}}},
        },
        {
            "link": {"pricing": None},
            "buyer": {"buying": {"pricing": {"truck_per_cube": "0"}}},
        },
        {"vendor": {"currency": "EUR"}, "rates": frozenset({("EUR", "USD")})},
        {"vendor": {"locations": ["UIO", "BOG"]}, "link": {"vendor_locations": []}},
        {"vendor": {"locations": ["UIO"]}},
    ],
)
def test_each_other_way_to_meet_a_precondition_counts(changes: dict[str, Any]) -> None:
    assert unmet(**changes) == ()


def test_a_rate_of_the_way_back_does_not_count() -> None:
    found = unmet(vendor={"currency": "EUR"}, rates=frozenset({("USD", "EUR")}))
    assert codes(found, Modality.SALES) == ["K-07"]
    assert "add EUR to USD to rates.csv" in found[0].sentence


def test_a_connection_of_nothing_but_its_sides_lacks_everything_in_order() -> None:
    bare = {key: None for key in READY if key not in ("vendor", "buyer")}
    found = unmet(
        bare,
        vendor={"receives_orders": [], "locations": ["UIO", "BOG"]},
        buyer={"receives_availability": "none"},
        unmapped_products=("A",),
        unmapped_box_types=("B",),
    )
    said = list(dict.fromkeys(codes(found, Modality.SALES)))
    assert said == ["K-01", "K-02", "K-03", "K-04", "K-05", "K-06", "K-08", "K-09", "K-10"]
    assert codes(found, Modality.PROCUREMENT) == []
