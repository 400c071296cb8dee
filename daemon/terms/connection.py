"""A `[[connection]]` of `k2kd.toml`: whose stock is shown to whom, and on what terms (domain 2.1).

Every setting may be left out. None means that nothing was said, which is not the same as "no";
`daemon.trade.views.activation` names what a connection lacks before anything goes over it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from daemon.terms.asking import AskingTerms
from daemon.terms.base import Addresses, Code, Name, Section
from daemon.terms.company import (
    AgeDays,
    Buying,
    LabelCompany,
    ServiceDays,
    ShowVendor,
    name_with_terms,
    said_for,
)
from daemon.terms.pricing import EVERY_OTHER, Agreed, PricingTerms, agreed
from daemon.terms.week import Schedule
from formats.values import normalised

LONGEST_ORDER_DAYS = 365
DEFAULT_CART_MINUTES = 60


class Modality(StrEnum):
    """What a connection is for (domain 2.1); a pair of companies may use both."""

    SALES = "sales"
    PROCUREMENT = "procurement"


def _day(value: object) -> object:
    """Refuse a time of day, which pydantic would take for a date at midnight."""
    if isinstance(value, datetime):
        raise ValueError("a day such as 2026-11-01 is expected, without a time")
    return value


Day = Annotated[date, BeforeValidator(_day)]


ShareOfStock = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
"""In per cent."""


def _shares(given: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    """Return shares by normalised name, so that case and blanks decide nothing."""
    keyed: dict[str, Decimal] = {}
    for name, share in given.items():
        if normalised(name) in keyed:
            raise ValueError(f"{name} stands twice; keep one")
        keyed[normalised(name)] = share
    return keyed


class Agreement(Section):
    """Since when each side agrees to the connection (K-09)."""

    vendor: Day | None = None
    buyer: Day | None = None


class InvoiceSync(Section):
    """Whether the vendor's invoices go to the buyer; both must want it (domain 4.4 step 9)."""

    vendor: bool = False
    buyer: bool = False

    @property
    def is_on(self) -> bool:
        return self.vendor and self.buyer


class Connection(Section):
    """A directed link: the vendor's stock is shown to the buyer."""

    vendor: Name
    buyer: Name
    modality: Annotated[tuple[Modality, ...], Field(min_length=1)] = (Modality.SALES,)
    when_short: Literal["cut", "refuse"] = "cut"
    """What happens to a line that asks for more than is left (scenario 1)."""

    # Who is who, and since when.
    is_on: bool = True
    """Whether the operator has turned the connection on (K-09)."""
    agreed: Agreement = Agreement()
    vendor_code: Code | None = None
    """What the buyer's books call the vendor (K-01)."""
    customer_code: Code | None = None
    """What the vendor's books call the buyer (K-01)."""
    vendor_locations: tuple[Code, ...] | None = None
    """The vendor's locations that publish; empty is all of them (K-10)."""
    buyer_locations: tuple[Code, ...] | None = None
    """The buyer's locations that take part; empty is all of them."""

    adds_products: bool = False
    """Whether products of the vendor that nobody has mapped are added to the catalogue by
    themselves, for this buyer (M-15)."""

    # The calendar.
    ship_days_offset: Annotated[int, Field(ge=0, le=60)] = 0
    """Days between an order and the vendor's first ship date (K-22)."""
    schedule: Schedule | None = None
    """Vendor ship day, and days until the truck date (K-02, K-23)."""
    location_schedules: Mapping[Code, Schedule] = Field(default_factory=dict)
    """Schedules of buyer locations that have their own."""
    days_of_service: ServiceDays | None = None
    """Weekdays on which goods may leave for the customer: truck dates (K-08, K-24)."""
    max_order_days: Annotated[int, Field(ge=0, le=LONGEST_ORDER_DAYS)] | None = None
    """How many days ahead a truck date may lie (K-25); not said is a year."""
    buyer_age_days: AgeDays | None = None
    """The buyer's own age window on this stock; without it only the vendor's holds (K-26)."""

    shows_k2k_stock: bool | None = None
    """Whether the buyer is sent this vendor's stock; not said is as the buyer set it (K-31)."""
    reserved_percent: Annotated[Mapping[str, ShareOfStock], AfterValidator(_shares)] = Field(
        default_factory=dict
    )
    """By catalogue code, category or `*`, the share of each of the vendor's lots that is kept for
    this buyer and that nobody else sees or buys (K-45)."""

    # What is passed on, and how orders are made.
    transfer_real_aging: bool = False
    """Whether the buyer is told the real age of goods (K-29)."""
    transfer_lot_and_vendor_code: bool = False
    """Whether lot and vendor code stand in the buyer's reference (P-05)."""
    classify_as_open_market: bool = False
    """Sale class `M` instead of `P` (domain 2.1)."""
    separate_po_per_ecommerce_purchase: bool = True
    """Every purchase in a shop is an order of its own, approved by itself (domain 4.4 step 3). Else
    those of one ship date are put together in an order that waits for its buyer's approval."""
    automatic_po: bool = True
    """Whether what is checked out in the shop of this vendor's own system is an order at once
    (P-06); else it waits, with its goods, for the buyer's approval."""
    buyer_confirms: bool = False
    """Whether the buyer's procurement may confirm orders by file in the vendor's name, for one that
    answers none itself (domain 13, PO header)."""
    autoconfirm_staging: bool = False
    """Staged goods of warehouse prebooks confirm by themselves (P-02)."""
    bill_to_final_customer: bool = False
    """Direct shipments are billed to the buyer's customer (P-03)."""
    default_carrier: Code | None = None
    """Our carrier code, where the buyer's carrier can't be used (domain 5.2 step 4)."""
    invoice_sync: InvoiceSync = InvoiceSync()
    cart_minutes: Annotated[int, Field(ge=1, le=1440)] = DEFAULT_CART_MINUTES
    """How long a cart keeps its goods; it can't be switched off (K-41)."""
    show_vendor: ShowVendor | None = None
    """What the buyer's customers are told of this vendor; else as the buyer set it (H-03)."""
    label_company: LabelCompany | None = None
    """Whose name is on the labels the vendor prints; else as the vendor set it (domain 11.4)."""
    notify_cancel_to: Addresses = ()
    """Who of the vendor is told of lines that it confirmed an order without; whom the buyer tells
    of what won't come it sets itself (domain 4.4 step 5, K-91)."""
    notify_checkout_to: Addresses = ()
    """Who of the vendor is told of each checkout, and of lines that were not (4.4 steps 4, 5)."""
    asking: AskingTerms = AskingTerms()
    """What the vendor asks of this buyer, where that isn't what its files say (K-60)."""
    pricing: PricingTerms = PricingTerms()
    """What the buyer pays and earns on this vendor's goods, where it differs (domain 4.5)."""

    @property
    def title(self) -> str:
        """Name the connection for people."""
        return f"{self.vendor} -> {self.buyer}"

    @property
    def warehouse_carrier(self) -> str | None:
        """Return our code of the carrier that takes all that goes to the buyer's warehouse (domain
        5.2 step 4); None where each order names its own."""
        return self.default_carrier if self.serves(Modality.PROCUREMENT) else None

    def serves(self, modality: Modality) -> bool:
        return modality in self.modality

    def publishes_from(self, location: str | None) -> bool:
        """Whether stock of that vendor location is published here (K-10)."""
        if not self.vendor_locations or not location:
            return True
        return normalised(location) in {normalised(each) for each in self.vendor_locations}

    def taking_part(self, locations: Sequence[str]) -> Sequence[str]:
        """Return which of the buyer's `locations` take part: all of them where none is said."""
        return self.buyer_locations or locations

    def schedule_for(self, buying: Buying, location: str | None = None) -> Schedule | None:
        """Return the schedule that holds for a location of the buyer, or None (domain 4.8, 7).

        The location's own decides, then the connection's, then the buyer's for the port of origin
        (`port_of_origin` of the pricing terms).
        """
        if location is not None and self.location_schedules:
            own = {normalised(name): each for name, each in self.location_schedules.items()}
            if normalised(location) in own:
                return own[normalised(location)]
        if self.schedule is not None:
            return self.schedule
        port = self.pricing.port_of_origin or buying.pricing.port_of_origin
        named = {normalised(name): days for name, days in buying.port_days.items()}
        return named.get(normalised(port)) if port else None

    def is_stock_shown(self, buying: Buying) -> bool:
        """Whether the buyer lets itself be shown this vendor's stock (K-31)."""
        own = self.shows_k2k_stock
        return buying.shows_k2k_stock if own is None else own

    def agreed_with(
        self, buying: Buying, *, location: str | None = None, customer: tuple[str, ...] = ()
    ) -> Agreed:
        """Return the terms of price for this vendor's goods: of the company for all its customers,
        or of one location, or for one customer (K-61, K-64).

        `customer` is all that it is called, the name that decides first.
        """
        markups = self.pricing.markup_percent or buying.pricing.markup_percent or {}
        return agreed(
            buying.pricing,
            self.pricing,
            location=location,
            customer=name_with_terms(markups, *customer),
            is_open_market=self.classify_as_open_market,
        )

    def vendor_shown_to(self, buying: Buying, *customer: str | None) -> ShowVendor:
        """Return what a customer of the buyer is told of the vendor (H-03).

        What is set for the customer decides, then for the connection, then for the buyer.
        """
        own = said_for(buying.show_vendor_to, *customer)
        return own or self.show_vendor or buying.show_vendor


def customers_with_terms(buying: Buying, links: Iterable[Connection]) -> set[str]:
    """Return the buyer's customers that a setting names, its own or of its connections, by
    normalised code; `*` is none."""
    markups = [
        terms.markup_percent or {} for terms in (buying.pricing, *(c.pricing for c in links))
    ]
    named: tuple[Mapping[str, object], ...] = (
        *(buying.customers_with_days, buying.show_vendor_to, buying.label_company_to),
        *(buying.salespeople, buying.customer_addresses, *markups),
    )
    return {normalised(code) for each in named for code in each} - {EVERY_OTHER}


def location_problems(
    link: Connection, vendor_locations: tuple[str, ...], buyer_locations: tuple[str, ...]
) -> list[str]:
    """Return a sentence for each location that the connection names and its company lacks."""
    named = (
        ("vendor_locations", link.vendor, link.vendor_locations or (), vendor_locations),
        ("buyer_locations", link.buyer, link.buyer_locations or (), buyer_locations),
        ("location_schedules", link.buyer, tuple(link.location_schedules), buyer_locations),
    )
    problems = []
    for key, company, codes, known in named:
        for code in codes:
            if code not in known:
                near = difflib.get_close_matches(code, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"add it to locations of {company}"
                problems.append(
                    f"the connection {link.title} names {code} in {key}, which is no location of"
                    f" {company}; {hint}"
                )
    return problems
