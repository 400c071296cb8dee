"""The terms that a company has with everybody: when it ships, what age it sells, what it shows.

They stand in its `[[partner]]` section, below `[partner.selling]` and `[partner.buying]`; what two
companies agreed on stands in their `[[connection]]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from daemon.terms.base import Addresses, Code, OwnLayout, Section
from daemon.terms.pricing import PricingTerms
from daemon.terms.week import CutOffs, Schedule, Weekday, weekday_of
from formats.values import normalised

T = TypeVar("T")

OLDEST_DAYS = 365
AgeInDays = Annotated[int, Field(ge=0, le=OLDEST_DAYS)]


def _by_key(given: Mapping[str, T]) -> Mapping[str, T]:
    """Return what is set by normalised name, so that case and blanks decide nothing."""
    keyed: dict[str, T] = {}
    for name, said in given.items():
        if normalised(name) in keyed:
            raise ValueError(f"{name} stands twice; keep one")
        keyed[normalised(name)] = said
    return keyed


ByName = AfterValidator(_by_key)


def name_with_terms(by_name: Mapping[str, object], *names: str | None) -> str | None:
    """Return the first of `names` that anything is set for, None for none."""
    return next((name for name in names if name and normalised(name) in by_name), None)


def said_for(by_name: Mapping[str, T], *names: str | None) -> T | None:
    """Return what is set for the first of `names` that anything is set for, None for none."""
    keys = (normalised(name) for name in names if name)
    return next((by_name[key] for key in keys if key in by_name), None)


ServiceDays = Annotated[tuple[Weekday, ...], Field(min_length=1)]


class CustomerService(Section):
    """Who takes a customer's goods on a weekday (domain 2.1)."""

    carrier: Code | None = None
    """Our code; not said is any."""
    account: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    """The customer's with that carrier, for this weekday (E-08)."""


class ShowVendor(StrEnum):
    """What a buyer's own customer is told of the vendor (domain H-03)."""

    NAME = "name"
    CODE = "code"
    HIDDEN = "hidden"


class LabelCompany(StrEnum):
    """Whose name stands at the top of labels that growers print (domain 11.4)."""

    BUYER = "buyer"
    CUSTOMER = "customer"
    NONE = "none"


BoxCodePrefix = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,8}$")]


class AgeDays(Section):
    """The age in days that goods may have; None where a bound is not said."""

    min: AgeInDays | None = None
    max: AgeInDays | None = None

    @model_validator(mode="after")
    def _is_a_window(self) -> AgeDays:
        if self.min is not None and self.max is not None and self.max < self.min:
            raise ValueError(f"nothing is both {self.min} days old and at most {self.max}")
        return self


class Selling(Section):
    """A vendor's terms with every buyer."""

    carrier_cut_off: CutOffs = CutOffs()
    """Latest time for an order that ships on the same day (K-27)."""
    carrier_cut_offs: Mapping[Code, CutOffs] = Field(default_factory=dict)
    """By our code of a carrier, its own times, for orders that go with it (K-27, domain 2.1); on a
    weekday of which it says nothing `carrier_cut_off` holds."""
    ecommerce_cut_off: CutOffs = CutOffs()
    """The shop's own; the earlier of both holds, and a blank falls back to the carrier's (K-28)."""
    age_days: AgeDays = AgeDays()
    """Age of the goods that are published (K-20)."""
    local_after: Annotated[Mapping[str, AgeInDays], ByName] = Field(default_factory=dict)
    """By category or catalogue code, the age after which goods stay in the vendor's own market,
    whatever `age_days` says (K-21); a code decides before a category."""
    ships_on_order_date: bool = False
    """Whether its boxes must travel on the ship date of their order (P-24, E-19)."""
    box_code_prefixes: tuple[BoxCodePrefix, ...] = ()
    """How its own box codes begin, as `PT`: they give it away where it is hidden (H-04, L-11)."""
    ships_as_sold: bool = False
    """Whether what its own system sold travels as soon as the order is approved, under a temporary
    air waybill where the system names none (A-07)."""
    ships_as_confirmed: bool = False
    """Whether what it confirms travels with that, under a temporary air waybill, without a ship
    notice (domain 4.4 step 6, 5.2 step 8)."""
    bills_before_shipment: bool = False
    """Whether it may bill what it has confirmed; else an invoice waits for the ship notice."""
    confirms_stock: Literal["auto", "hand"] = "auto"
    """Whether an offer whose product, unit and pack are known is on sale by itself (M-13), or waits
    for a person's word: `k2kd staged`."""
    publishes_future_sales: bool = True
    """Whether goods that are there from a later day on are shown, and sold, before it (K-32)."""
    sells_without_pack: bool = False
    """Whether an offer needs no pack to be on sale (M-12); nobody can order it by the box then."""
    label_company: LabelCompany | None = None
    """Whose name is on the labels it prints; not said is the buyer's (domain 11.4, H-05)."""

    def local_after_days(self, product: str | None, category: str | None) -> int | None:
        """Return the age after which a product is kept for the vendor's own market, or None."""
        said = self.local_after
        names = (normalised(name) for name in (product, category) if name and said)
        return next((said[name] for name in names if name in said), None)


class Buying(Section):
    """A buyer's terms with every vendor, and with its own customers."""

    carrier_cut_off: CutOffs = CutOffs()
    """Latest time for an order that leaves the buyer on the same day (K-28)."""
    ecommerce_cut_off: CutOffs = CutOffs()
    port_days: Mapping[Code, Schedule] = Field(default_factory=dict)
    """Shipping schedules by port of origin, where a connection has none (K-02, K-23)."""
    customer_days: Annotated[Mapping[Code, ServiceDays], ByName] = Field(default_factory=dict)
    """Days of service of the buyer's own customers, by customer code (K-24)."""
    customer_services: Annotated[
        Mapping[Code, Annotated[Mapping[Weekday, CustomerService], Field(min_length=1)]], ByName
    ] = Field(default_factory=dict)
    """By customer code and weekday of the truck date, who takes its goods to it, and its account
    there: its days of service, where `customer_days` says none (domain 2.1, K-24)."""
    show_vendor: ShowVendor = ShowVendor.NAME
    show_vendor_to: Annotated[Mapping[Code, ShowVendor], ByName] = Field(default_factory=dict)
    """By customer code, where it differs (H-03)."""
    label_company_to: Annotated[Mapping[Code, LabelCompany], ByName] = Field(default_factory=dict)
    """By customer code, whose name is on the labels of what goes to it direct (domain 11.4)."""
    shows_k2k_stock: bool = True
    """Whether it is sent what vendors have; stock that it hides can be ordered all the same (K-31).
    """
    approves_orders: Literal["hand", "asked", "auto"] = "asked"
    """Whether orders that a vendor's own system makes wait for this buyer's approval, or are
    approved as they come, where every cost is known: all of them, or with `asked` those alone whose
    file asks for it as the network's API can (A-06)."""
    answers_to_prebooks: Literal["pending", "approved", "confirmed"] = "pending"
    """What becomes of an order that a vendor makes of this buyer's prebook (P-23)."""
    salespeople: Annotated[Mapping[Code, Addresses], ByName] = Field(default_factory=dict)
    """By customer code, who of the buyer serves it and is told of its carts; `*` is every other."""
    customer_addresses: Annotated[Mapping[Code, Addresses], ByName] = Field(default_factory=dict)
    """By customer code, where its own notices go; `*` is every other."""
    notify_cancel_to: Addresses = ()
    """Who is told of goods that a vendor had confirmed and that won't come, so that they are bought
    elsewhere (K-91); not said is who serves the customer."""
    accounts_payable: Addresses = ()
    """Who pays its invoices, and is warned where one is changed or taken back (K-93, K-90)."""
    invoice_pdf: bool = False
    """Whether each invoice comes as a PDF, too, for the people who check it (domain 4.4 step 9);
    with `receives_invoices = "none"` as that alone."""
    exports_invoices: Literal["csv", "json", "x12", "x12-880", "edifact"] | OwnLayout | None = None
    """Whether an approved invoice goes out once more for the buyer's own system, which answers
    `synchronized` or `failed` (domain 13); not said, the buyer sends it there and says so."""
    orders_prebooks: bool = True
    """Whether a prebook of what its vendor publishes takes the goods and joins the order that waits
    for this buyer's approval (domain 4.4 step 3). A vendor's own system orders what it sees."""
    vendors_set_prices: bool = False
    """Whether a vendor's price holds for a prebook, or only for its order (A-02)."""
    pricing: PricingTerms = PricingTerms()
    """What goods cost and earn, where a connection doesn't say otherwise (domain 4.5)."""
    _customers_with_days: dict[str, object] = PrivateAttr(default_factory=dict)

    def model_post_init(self, _context: Any, /) -> None:
        self._customers_with_days.update({**self.customer_services, **self.customer_days})

    @property
    def customers_with_days(self) -> Mapping[str, object]:
        """The customers of which anything is said by weekday, by normalised name."""
        return self._customers_with_days

    def service_days(self, customer: str | None, brings: str | None = None) -> frozenset[Weekday]:
        """Return the weekdays on which goods leave for a customer (K-24); none where nothing says.

        `brings` is our code of a carrier that is to take them there.
        """
        days = said_for(self.customer_days, customer)
        services = said_for(self.customer_services, customer) or {}
        served = {
            day
            for day, each in services.items()
            if brings is None or each.carrier in (None, brings)
        }
        return frozenset(served & {*days} if days and services else days or served)

    def service_on(self, day: date | None, *customer: str | None) -> CustomerService | None:
        """Return who takes a customer's goods on a truck date; None where nothing is said."""
        if day is None or not self.customer_services:
            return None
        return (said_for(self.customer_services, *customer) or {}).get(weekday_of(day))
