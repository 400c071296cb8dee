"""The sections of `k2kd.toml`: what can be set, what it means, and what is refused."""

from __future__ import annotations

import codecs
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator, model_validator

from daemon.terms.base import Code, Name, OwnLayout, Section, TimeZone
from daemon.terms.company import Buying, Selling
from daemon.terms.envelopes import EdifactIdentity, EdifactPartner, X12Identity, X12Partner
from daemon.terms.hauling import Hauling
from daemon.terms.sftp import SftpLogin, SftpRemote

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def _known_code_page(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"no code page is called {name}; windows-1252 is one") from None
    return name


LAYOUT_PREFIX = "layout:"


class Role(StrEnum):
    """What a partner is to the network; a company may be several at once."""

    VENDOR = "vendor"
    BUYER = "buyer"
    CARRIER = "carrier"
    AXERRIO = "axerrio"


class CompleteWhen(StrEnum):
    """The agreement that says when a delimited file of a partner is whole (reliability D)."""

    RENAMED = "renamed"
    """Uploaded under a temporary name, then renamed: a final name is a whole file."""
    DONE_FILE = "done-file"
    """`NAME.done` or `STEM.ok` follows the file."""
    QUIET = "quiet"
    """No agreement: unchanged for `quiet_s`, and recorded as assumed."""


class Site(Section):
    """The operator's own company and where the site keeps its things."""

    name: Name = "site"
    title: str = "K2K site"
    time_zone: TimeZone = "America/New_York"
    """Zone of dates and cut-offs (domain T-04)."""
    x12: X12Identity = X12Identity(id="K2KNET")
    edifact: EdifactIdentity | None = None
    """Who the site is in EDIFACT; without it no EDIFACT is sent."""
    api_fee_percent: Annotated[Decimal, Field(ge=0, lt=100, decimal_places=4)] = Decimal(0)
    """What the network takes of the goods of an order that its API created (A-08); of those of
    internal companies nothing."""
    state: Path = Path("state")
    mappings: Path = Path("mappings")
    inbox: str = "inbox/{partner}"
    outbox: str = "outbox/{partner}"
    serves: tuple[Name, ...] = ()
    """Partners whose inboxes, outboxes and servers are this host's, where several hosts share one
    PostgreSQL; empty is all. The others are known here as well, and served by another host."""

    @field_validator("inbox", "outbox")
    @classmethod
    def _names_partner(cls, value: str) -> str:
        if "{partner}" not in value:
            raise ValueError("the folder must contain {partner}, or partners would share it")
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Ledger(Section):
    """Where the truth is kept."""

    url: str = ""
    """SQLAlchemy URL; empty means SQLite in the state folder."""


class Intake(Section):
    """When inboxes are looked at and when a file counts as complete. Times in seconds."""

    rescan_s: Annotated[float, Field(gt=0)] = 15.0
    settle_s: Annotated[float, Field(ge=0)] = 5.0
    settle_moved_s: Annotated[float, Field(ge=0)] = 2.0
    quiet_s: Annotated[float, Field(ge=0)] = 60.0
    cut_short_s: Annotated[float, Field(ge=0)] = 1800.0
    free_bytes: Annotated[int, Field(ge=0)] = 1 << 30
    """No claims while the disk has less than this (P10)."""
    batch: Annotated[int, Field(ge=1, le=1000)] = 200
    """Arrivals posted in one transaction."""


class LimitsSection(Section):
    """Upper bounds for a partner's file."""

    file_bytes: Annotated[int, Field(ge=1)] = 100 << 20
    segments: Annotated[int, Field(ge=1)] = 4_000_000
    rows: Annotated[int, Field(ge=1)] = 1 << 20


class Labels(Section):
    """Label files, papers, and the box codes allotted by us (domain L-03, L-04)."""

    box_code_prefix: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,8}$")] = "KD"
    stock: Literal["4x6", "4x4", "4x3", "4x2"] = "4x6"
    dpi: Literal[203, 300] = 203
    gs1_prefix: Annotated[str, Field(pattern=r"^[0-9]{6,11}$")] | None = None
    """GS1 company prefix: bills of lading then have numbers of 17 digits, else our own."""


class Retention(Section):
    """How long things are kept, in days."""

    bytes_days: Annotated[int, Field(ge=1)] = 90
    hashes_days: Annotated[int, Field(ge=1)] = 400


class Partner(Section):
    """One company, system or truck line that exchanges files with the site."""

    name: Name
    title: str = ""
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    x12: X12Partner | None = None
    edifact: EdifactPartner | None = None
    vendor: Name | None = None
    """For an Axerrio system: the vendor that runs it."""
    buyer: Name | None = None
    """For an Axerrio system: who buys where its file names nobody, as files in the shape of the
    network's API never do."""
    merges_prebooks: bool = False
    """For an Axerrio system: whether an order joins a prebook of the same customer, customer order,
    place, carrier and day, instead of making one of its own (A-05), where its file doesn't say."""
    complete_when: CompleteWhen = CompleteWhen.QUIET
    availability_mode: Literal["overwrite", "increase", "replace"] = "overwrite"
    """What its availability does to the same key: K-43, K-44, or the whole stock anew."""
    code_page: Annotated[str, AfterValidator(_known_code_page)] | None = None
    decimal_comma: bool = False
    technical_ack: Literal["997", "999", "none"] = "997"
    """How it is told whether its X12 files could be read; a 999 of 5010 groups only, which alone
    have one. A TA1 goes out besides where ISA14 asks for it, or the envelope is wrong."""
    content_advice: Literal["csv", "824", "aperak"] = "csv"
    """How it is told of lines of its availability that can't be used, and of documents that were
    read and have no use: `824` of those in X12, `aperak` of those in EDIFACT, else as CSV."""
    expects_acknowledgement: Annotated[str, Field(pattern=r"^(off|[1-9][0-9]{0,2}[mhd])$")] = "off"
    """Within what time it acknowledges the X12 files that it gets, as `30m`, `24h` or `2d`; what it
    hasn't by then is a hold. What it refuses is one in any case."""
    gln: Annotated[str, Field(pattern=r"^[0-9]{13}$")] | None = None
    """Its global location number, by which Florecom and other files may name it."""
    answers_orders: Literal["855", "florecom", "edifact", "none"] = "855"
    """How its orders are answered in business terms: in X12 with an 855, elsewhere with a CSV.
    `florecom`: Florecom orders with an OrderResponse; `edifact`: those in EDIFACT with an ORDRSP;
    all others as with `855`. `none`: those in X12 and EDIFACT with a 997 or a CONTRL alone."""
    layouts: tuple[str, ...] = ()
    """Layouts of `layouts.csv` that its files may have, the likeliest first: one holds for a file
    whose name fits its pattern and whose header has its columns."""
    tables: Literal["csv", "xlsx"] = "csv"
    """Whether all that comes as CSV comes as a workbook instead: orders, availability, shipments,
    invoices, and answers with a message beside each row (domain 12.3)."""
    receives_orders: tuple[Literal["x12", "csv", "florecom", "edifact"] | OwnLayout, ...] = ()
    receives_availability: Literal["x12", "edifact", "csv", "none"] | OwnLayout = "none"
    receives_shipments: (
        Literal["x12", "edifact", "csv", "packing-list", "none"] | OwnLayout | None
    ) = None
    """How a buyer is told what was shipped, and of new box codes and air waybills (always CSV);
    not said is as its own orders come."""
    receives_invoices: Literal["csv", "json", "x12", "x12-880", "edifact", "none"] | OwnLayout = (
        "csv"
    )
    """How a buyer gets its vendors' invoices, `x12` as 810, `x12-880` as 880 of the grocery trade,
    `edifact` as INVOIC, and a vendor hears what becomes of its own: JSON or CSV, which has a word
    for it."""
    receives_labels: bool = False
    sftp: SftpRemote | None = None
    """The partner's own server; without it the local folders serve."""
    login: SftpLogin | None = None
    """Its way into the embedded server."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    time_zone: TimeZone | None = None
    """Zone of its cut-offs and days, where it isn't the site's (domain T-04)."""
    is_internal: bool = False
    """Whether it is a company of the network's own, which pays no transaction fee (A-08)."""
    locations: tuple[Code, ...] = ()
    """Its locations; a company that has several names one on every order (E-23)."""
    selling: Selling = Selling()
    buying: Buying = Buying()
    hauling: Hauling = Hauling()

    @model_validator(mode="after")
    def _terms_have_their_role(self) -> Partner:
        roles = {"selling": Role.VENDOR, "buying": Role.BUYER, "hauling": Role.CARRIER}
        for key, role in roles.items():
            if key in self.model_fields_set and role not in self.roles:
                raise ValueError(f"{key} is for a {role}; add the role, or remove the section")
        return self

    @property
    def acknowledges_within(self) -> timedelta | None:
        """How long an acknowledgement may take; None where none is waited for."""
        if self.expects_acknowledgement == "off":
            return None
        number, unit = int(self.expects_acknowledgement[:-1]), self.expects_acknowledgement[-1]
        return number * _UNITS[unit]

    def has(self, role: Role) -> bool:
        return role in self.roles

    def hauls(self, carrier: str | None) -> bool:
        """Whether it is the truck line that our code `carrier` means."""
        return carrier is not None and carrier in self.hauling.carriers
