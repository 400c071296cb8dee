"""May anything go over this connection yet? Every precondition that is unmet, with what ends it.

The preconditions are K-01 to K-10 (domain 4.1) and the set-up of procurement (domain 5.1). A
network of files has no screens and modules, so each is read as what stands in `k2kd.toml`, in a
mapping table or in the ledger; decision 5 says why.

| rule | is met when | for |
|---|---|---|
| K-01 | `vendor_code` and `customer_code` are set | both |
| K-02 | the connection or a location that takes part has a schedule, or the buyer a port's | both |
| K-03 | `truck_per_cube` is set in the pricing terms of the connection or the buyer | both |
| K-04 | the buyer is sent availability: its `receives_availability` isn't `none` | sales |
| K-05 | no product of the vendor's waits for a row of `products.csv` | sales |
| K-06 | no box type waits for a row of `box_types.csv` | both |
| K-07 | both currencies are known, and `rates.csv` has a rate where they differ | both |
| K-08 | the vendor is sent orders (`receives_orders`), and `days_of_service` is set | both |
| K-09 | both sides agreed on a day that has come, and `is_on` isn't false | both |
| K-10 | a vendor with several locations has `vendor_locations`, if only as `[]` | both |

K-05 and K-06 keep only what they name off the connection; each other one stops it for its modality.
An unmapped product doesn't stop procurement, where it arrives as unknown (domain 5.2 step 5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from daemon.config import Connection, Partner
from daemon.terms.connection import Modality
from daemon.terms.pricing import agreed
from daemon.trade.calendar.plan import schedules

SITE_FILE = "k2kd.toml"
RATES = "rates.csv"
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """What tables and ledger say of a connection; the caller fills it."""

    today: date
    """The site's calendar day."""
    unmapped_products: tuple[str, ...] = ()
    """The vendor's codes or descriptions that no row maps."""
    unmapped_box_types: tuple[str, ...] = ()
    currencies: frozenset[str] = frozenset()
    """Of the vendor's stock, where a file names another than the partner's own."""
    rates: frozenset[tuple[str, str]] = frozenset()
    """Pairs (from, to) that have an exchange rate today."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One unmet precondition of a connection in one modality.

    `sentence` says what is missing and what to do; `place` is the key or the table alone. `items`
    are the things that alone are stopped; without any, the whole connection is.
    """

    code: str
    modality: Modality
    sentence: str
    place: str
    items: tuple[str, ...] = ()

    @property
    def stops_connection(self) -> bool:
        return not self.items


@dataclass(frozen=True, slots=True)
class _Lack:
    """What is missing, before the modalities that need it are told apart."""

    code: str
    sentence: str
    place: str
    items: tuple[str, ...] = ()


SALES_ONLY = frozenset({"K-04", "K-05"})


def missing(
    connection: Connection, vendor: Partner, buyer: Partner, facts: Facts
) -> tuple[Missing, ...]:
    """Return every unmet precondition, by modality and rule; nothing where all is ready."""
    lacks = sorted(_lacks(connection, vendor, buyer, facts), key=lambda lack: lack.code)
    return tuple(
        Missing(lack.code, modality, lack.sentence, lack.place, lack.items)
        for modality in dict.fromkeys(connection.modality)
        for lack in lacks
        if modality is Modality.SALES or lack.code not in SALES_ONLY
    )


def in_the_way_of_orders(unmet: Iterable[Missing]) -> tuple[Missing, ...]:
    """Return what keeps orders from going over the connection, whatever it is for, each once.

    An order needs no availability file (K-04); all else that stops a modality stops orders.
    """
    found = {each.sentence: each for each in unmet if each.stops_connection}
    return tuple(each for each in found.values() if each.code not in SALES_ONLY)


def is_stopped(unmet: Iterable[Missing], modality: Modality) -> bool:
    """Whether the connection may not be used for `modality` at all."""
    return any(each.stops_connection and each.modality is modality for each in unmet)


def _lacks(link: Connection, vendor: Partner, buyer: Partner, facts: Facts) -> Iterator[_Lack]:
    yield from _names(link)
    yield from _calendar(link, buyer)
    yield from _channels(link, vendor, buyer)
    yield from _unmapped(link, facts)
    yield from _currency(vendor, buyer, facts)
    yield from _agreement(link, facts.today)
    if len(vendor.locations) > 1 and link.vendor_locations is None:
        known = ", ".join(vendor.locations)
        what = f"{vendor.name} has the locations {known}; list those that publish, or [] for all"
        yield _in_connection("K-10", link, "vendor_locations", what)


def _in_connection(code: str, link: Connection, key: str, what: str) -> _Lack:
    place = f"{key} of [[connection]] {link.title}"
    return _Lack(code, f"{what}: set {place} in {SITE_FILE}", place)


def _in_partner(code: str, partner: str, key: str, what: str) -> _Lack:
    place = f"{key} of [[partner]] {partner}"
    return _Lack(code, f"{what}: set {place} in {SITE_FILE}", place)


def _names(link: Connection) -> Iterator[_Lack]:
    if link.vendor_code is None:
        what = f"nobody said what the books of {link.buyer} call {link.vendor}"
        yield _in_connection("K-01", link, "vendor_code", what)
    if link.customer_code is None:
        what = f"nobody said what the books of {link.vendor} call {link.buyer}"
        yield _in_connection("K-01", link, "customer_code", what)


def _calendar(link: Connection, buyer: Partner) -> Iterator[_Lack]:
    if not schedules(link, buyer):
        what = f"{link.buyer} has no shipping schedule for {link.vendor}"
        yield _in_connection("K-02", link, "schedule", what)
    if link.days_of_service is None:
        what = f"{link.vendor} has no days of service for {link.buyer}"
        yield _in_connection("K-08", link, "days_of_service", what)


def _channels(link: Connection, vendor: Partner, buyer: Partner) -> Iterator[_Lack]:
    if agreed(buyer.buying.pricing, link.pricing).truck_per_cube is None:
        what = f"the inbound truck freight of {link.buyer} has no rate for a cube; 0 is one"
        yield _in_connection("K-03", link, "pricing.truck_per_cube", what)
    if buyer.receives_availability == "none":
        what = f"{buyer.name} is sent no availability"
        yield _in_partner("K-04", buyer.name, "receives_availability", what)
    if not vendor.receives_orders:
        what = f"{vendor.name} is sent no orders"
        yield _in_partner("K-08", vendor.name, "receives_orders", what)


def _unmapped(link: Connection, facts: Facts) -> Iterator[_Lack]:
    for code, what, items, table in (
        ("K-05", "products", facts.unmapped_products, "products.csv"),
        ("K-06", "box types", facts.unmapped_box_types, "box_types.csv"),
    ):
        if items:
            named = ", ".join(items[:MOST_NAMED])
            more = len(items) - MOST_NAMED
            rest = f" and {more} more" if more > 0 else ""
            sentence = f"{what} of {link.vendor} have no row: add {named}{rest} to {table}"
            yield _Lack(code, sentence, table, items)


def _currency(vendor: Partner, buyer: Partner, facts: Facts) -> Iterator[_Lack]:
    for partner in (vendor, buyer):
        if partner.currency is None:
            what = f"nobody said in what currency {partner.name} reckons"
            yield _in_partner("K-07", partner.name, "currency", what)
    own = {vendor.currency} if vendor.currency else set()
    for currency in sorted(own | facts.currencies):
        pair = currency, buyer.currency
        if buyer.currency and currency != buyer.currency and pair not in facts.rates:
            place = RATES
            sentence = (
                f"{vendor.name} reckons in {currency}, {buyer.name} in {buyer.currency}, and there"
                f" is no rate today: add {currency} to {buyer.currency} to {place}"
            )
            yield _Lack("K-07", sentence, place)


def _agreement(link: Connection, today: date) -> Iterator[_Lack]:
    for side, name, day in (
        ("vendor", link.vendor, link.agreed.vendor),
        ("buyer", link.buyer, link.agreed.buyer),
    ):
        if day is None:
            what = f"{name} has not agreed yet"
            yield _in_connection("K-09", link, f"agreed.{side}", what)
        elif day > today:
            place = f"agreed.{side} of [[connection]] {link.title}"
            yield _Lack("K-09", f"{name} agreed from {day} on ({place}); wait until then", place)
    if not link.is_on:
        place = f"is_on of [[connection]] {link.title}"
        sentence = f"it is switched off: set {place} to true in {SITE_FILE}"
        yield _Lack("K-09", sentence, place)
