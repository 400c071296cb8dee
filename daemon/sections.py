"""The sections of `k2kd.toml`: what can be set, what it means, and what is refused."""

from __future__ import annotations

import codecs
import re
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator, model_validator

from daemon.terms.base import Code, Name, Section, TimeZone
from daemon.terms.company import Buying, Selling
from daemon.terms.hauling import Hauling
from formats.edifact.policy import Policy as EdifactPolicy
from formats.x12.policy import WARN_PATTERN
from formats.x12.policy import Policy as X12Policy

X12_ID_PATTERN = r"^[^\s*~>|^:](?:[^*~>|^:\n]*[^\s*~>|^:])?$"
EDIFACT_ID_PATTERN = r"^[!-~](?:[ -~]*[!-~])?$"
"""No separator of ours inside, no blank around."""

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def _known_code_page(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"no code page is called {name}; windows-1252 is one") from None
    return name


def _error_of_a_997(text: str) -> str:
    if re.fullmatch(WARN_PATTERN, text) is None:
        raise ValueError(
            f"{text} is no error that can be warned of; these are AK3 1 to 7 and AK4 1 to 13, each"
            " at all places or at one (AK4 7 PO103), AK5 3, 4, 6 and 18, AK9 2, 4 and 5"
        )
    return text


LAYOUT_PREFIX = "layout:"
OwnLayout = Annotated[str, Field(pattern=r"^layout:[^\s].*$", max_length=80)]
"""`layout:NAME`: a layout of `layouts.csv`."""


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


Unsendable = Literal["replace", "refuse"]
"""What becomes of characters in a text that a file can't have: the nearest ones stand there, or the
file isn't written and its document waits for a person. In a code they are always refused."""


class X12Identity(Section):
    """How a party is named in X12 envelopes."""

    qualifier: Annotated[str, Field(min_length=2, max_length=2)] = "ZZ"
    id: Annotated[str, Field(min_length=1, max_length=15, pattern=X12_ID_PATTERN)]
    version: Literal["004010", "005010"] = "004010"
    usage: Literal["P", "T"] = "P"


class X12Partner(X12Identity):
    """What was agreed with a partner about the X12 it sends."""

    warns: tuple[Annotated[str, AfterValidator(_error_of_a_997)], ...] = ()
    """Errors of a 997 that are warned of where others refuse: `AK5 4` for wrong counts, `AK4 7`
    for codes of no list, `AK4 7 PO103` for those of one element, `AK3 7 ISS` for one segment."""
    characters: Literal["ascii", "latin-1", "utf-8"] = "ascii"
    """What the files that it gets may be written in."""
    unsendable: Unsendable = "replace"

    def policy(self) -> X12Policy:
        """Return how its files are read, whoever they are addressed to."""
        return X12Policy(warns=frozenset(self.warns))


class EdifactIdentity(Section):
    """How a party is named in EDIFACT envelopes, and in what it is written to."""

    id: Annotated[str, Field(min_length=1, max_length=35, pattern=EDIFACT_ID_PATTERN)]
    qualifier: Annotated[str, Field(max_length=4, pattern=r"^[0-9A-Z]*$")] = "14"
    """0007: 14 for a GLN, ZZZ for an id of its own; empty where it sends none."""
    syntax: Literal["UNOA", "UNOB", "UNOC", "UNOD", "UNOE", "UNOL", "UNOW"] = "UNOC"
    syntax_version: Literal["1", "2", "3", "4"] = "3"
    release: Literal["96A", "01B"] = "96A"
    association: Annotated[str, Field(max_length=6, pattern=r"^[0-9A-Z.]*$")] = ""
    """0057, as `EAN008`."""
    usage: Literal["P", "T"] = "P"


class EdifactPartner(EdifactIdentity):
    """What was agreed with a partner about the EDIFACT it sends."""

    contrl: Literal["always", "asked", "none"] = "always"
    """When it is sent a CONTRL; `asked`: when its UNB asks (0031), or something is refused."""
    warns: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,2}$")], ...] = ()
    """Codes of 0085 that are warned of where others refuse: `29` for wrong counts."""
    any_release: bool = False
    """Read messages of any UN directory as those of D.96A or D.01B."""
    ignores_qualifiers: bool = False
    """Tell parties by their ids alone."""
    unsendable: Unsendable = "replace"

    def policy(self) -> EdifactPolicy:
        """Return how its files are read, whoever they are addressed to."""
        return EdifactPolicy(
            ignores_qualifiers=self.ignores_qualifiers,
            accepts_other_releases=self.any_release,
            warns=frozenset(self.warns),
        )


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
    batch: Annotated[int, Field(ge=1, le=1000)] = 100
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


class SftpPull(Section):
    """Files are fetched from a folder of the partner's server (reliability R1 to R4)."""

    folder: str = "."
    patterns: tuple[str, ...] = ("*",)
    """Shell patterns of names; the rules for temporary names hold besides."""
    receipt: Literal["remove", "rename", "keep"] = "remove"
    """What tells the partner that we have a file; `keep` remembers what was fetched."""
    rename_to: str = "fetched/{name}"
    done_file: bool = False
    """Whether `NAME.done` or `STEM.ok` says that a file is whole."""
    every_s: Annotated[float, Field(ge=1)] = 60.0


class SftpPush(Section):
    """Answers are put into a folder of the partner's server (reliability R5 to R7)."""

    folder: str = "."
    mode: Annotated[str, Field(pattern=r"^0[0-7]{3}$")] | None = None
    may_replace: bool = False
    """Whether a file of the partner's that has our name is replaced; else it blocks and is said."""
    overdue_s: Annotated[float, Field(ge=1)] = 3600.0
    """An answer that waits longer is an alarm."""


class SftpRemote(Section):
    """The partner's own SFTP server: one session, for fetching and putting."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: str
    host_keys: Annotated[tuple[str, ...], Field(min_length=1)]
    """Pinned keys as in known_hosts (`ssh-ed25519 AAAA...`); several while the partner rotates."""
    key: str | None = None
    """Name of the credential with our private key."""
    certificate: str | None = None
    """Name of the credential with the certificate of that key."""
    password: str | None = None
    """Name of the credential with the password, where the server takes no key."""
    timeout_s: Annotated[float, Field(gt=0)] = 30.0
    pull: SftpPull | None = None
    push: SftpPush | None = None

    @model_validator(mode="after")
    def _can_log_in(self) -> SftpRemote:
        if not (self.key or self.password):
            raise ValueError("name a credential: key, or password")
        if self.certificate and not self.key:
            raise ValueError("a certificate needs its key")
        if not (self.pull or self.push):
            raise ValueError("say what for: pull, push or both")
        return self


class SftpLogin(Section):
    """How a partner logs in to the embedded SFTP server, under its own name."""

    keys: tuple[str, ...] = ()
    """Public keys, as in authorized_keys."""
    password: str | None = None
    """A hash made by `k2kd partner password`, never the password itself."""

    @model_validator(mode="after")
    def _can_log_in(self) -> SftpLogin:
        if not (self.keys or self.password):
            raise ValueError("give keys, or a password hash")
        return self


class SftpServer(Section):
    """The embedded SFTP server, for trying out and small sites; OpenSSH is the hardened door."""

    is_enabled: bool = False
    address: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 2222
    sessions: Annotated[int, Field(ge=1)] = 64
    sessions_per_partner: Annotated[int, Field(ge=1)] = 8
    idle_s: Annotated[float, Field(gt=0)] = 300.0
    login_s: Annotated[float, Field(gt=0)] = 20.0
    """Time for the handshake and the login together."""
    tries: Annotated[int, Field(ge=1)] = 5
    """Failed logins from one address before it is locked out for `lockout_s`."""
    lockout_s: Annotated[float, Field(gt=0)] = 600.0
    quota_bytes: Annotated[int, Field(ge=1)] = 1 << 30
    """What one partner's inbox may hold."""
    quota_files: Annotated[int, Field(ge=1)] = 10_000


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
    receives_shipments: Literal["x12", "edifact", "csv", "packing-list", "none"] | None = None
    """How a buyer is told what was shipped, and of new box codes and air waybills (always CSV);
    not said is as its own orders come."""
    receives_invoices: Literal["csv", "json", "x12", "x12-880", "edifact", "none"] = "csv"
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
