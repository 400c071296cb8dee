"""The site's configuration: `k2kd.toml`, checked as a whole.

An unknown key is an error that names the nearest known one, and every problem is listed at once.
Environment variables override (`K2KD_LEDGER__URL`), and the ledger's address may come from a
systemd credential (`db-url`), so that no password stands in the file.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from daemon.errors import SiteError

FILE_NAME = "k2kd.toml"
NAME_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]


class Section(BaseModel):
    """Base of every section: unknown keys are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class X12Identity(Section):
    """How a party is named in X12 envelopes."""

    qualifier: Annotated[str, Field(min_length=2, max_length=2)] = "ZZ"
    id: Annotated[str, Field(min_length=1, max_length=15)]
    version: Literal["004010", "005010"] = "004010"
    usage: Literal["P", "T"] = "P"


class Site(Section):
    """The operator's own company and where the site keeps its things."""

    name: Name = "site"
    title: str = "K2K site"
    time_zone: str = "America/New_York"
    """Zone of dates and cut-offs (domain T-04)."""
    x12: X12Identity = X12Identity(id="K2KNET")
    state: Path = Path("state")
    mappings: Path = Path("mappings")
    inbox: str = "inbox/{partner}"
    outbox: str = "outbox/{partner}"

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            near = difflib.get_close_matches(value, available_timezones(), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"no time zone is called {value}{hint}")
        return value

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
    rows: Annotated[int, Field(ge=1)] = 1_000_000


class Labels(Section):
    """Label files and the box codes allotted by us (domain L-03, L-04)."""

    box_code_prefix: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,8}$")] = "KD"
    stock: Literal["4x6", "4x4", "4x3", "4x2"] = "4x6"
    dpi: Literal[203, 300] = 203


class Retention(Section):
    """How long things are kept, in days."""

    bytes_days: Annotated[int, Field(ge=1)] = 90
    hashes_days: Annotated[int, Field(ge=1)] = 400


class Partner(Section):
    """One company, system or truck line that exchanges files with the site."""

    name: Name
    title: str = ""
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    x12: X12Identity | None = None
    vendor: Name | None = None
    """For an Axerrio system: the vendor that runs it."""
    complete_when: CompleteWhen = CompleteWhen.QUIET
    availability_mode: Literal["overwrite", "increase", "replace"] = "overwrite"
    """What its availability does to the same key: K-43, K-44, or the whole stock anew."""
    code_page: str | None = None
    decimal_comma: bool = False
    receives_orders: tuple[Literal["x12", "csv"], ...] = ()
    receives_availability: Literal["x12", "csv", "none"] = "none"
    receives_labels: bool = False
    currency: str | None = None

    def has(self, role: Role) -> bool:
        return role in self.roles


class Connection(Section):
    """A directed link: the vendor's stock is shown to the buyer (domain 2.1)."""

    vendor: Name
    buyer: Name
    modality: tuple[Literal["sales", "procurement"], ...] = ("sales",)
    when_short: Literal["cut", "refuse"] = "cut"
    """What happens to a line that asks for more than is left (scenario 1)."""


class Configuration(BaseSettings):
    """The whole of `k2kd.toml`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="K2KD_", env_nested_delimiter="__"
    )

    site: Site = Site()
    ledger: Ledger = Ledger()
    intake: Intake = Intake()
    limits: LimitsSection = LimitsSection()
    labels: Labels = Labels()
    retention: Retention = Retention()
    partner: tuple[Partner, ...] = ()
    connection: tuple[Connection, ...] = ()
    root: Path = Path()
    """Folder of the file; relative paths start here."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings

    @model_validator(mode="after")
    def _links_hold(self) -> Configuration:
        problems = _link_problems(self.partner, self.connection)
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def partner_named(self, name: str) -> Partner | None:
        return next((p for p in self.partner if p.name == name), None)

    def path(self, path: Path | str) -> Path:
        return self.root / path

    @property
    def state(self) -> Path:
        return self.path(self.site.state)

    @property
    def mappings(self) -> Path:
        return self.path(self.site.mappings)

    def inbox(self, partner: str) -> Path:
        return self.path(self.site.inbox.format(partner=partner))

    def outbox(self, partner: str) -> Path:
        return self.path(self.site.outbox.format(partner=partner))

    @property
    def ledger_url(self) -> str:
        return self.ledger.url or f"sqlite:///{self.state / 'ledger.db'}"


def _link_problems(partners: tuple[Partner, ...], links: tuple[Connection, ...]) -> list[str]:
    problems: list[str] = []
    names = [p.name for p in partners]
    by_name = {p.name: p for p in partners}
    problems += [f"partner {n} stands twice; keep one" for n in set(names) if names.count(n) > 1]
    envelopes = [(p.x12.qualifier, p.x12.id) for p in partners if p.x12]
    problems += [
        f"two partners share the X12 identity {q}/{i}; give each its own"
        for q, i in sorted({e for e in envelopes if envelopes.count(e) > 1})
    ]
    for link in links:
        for side, role in ((link.vendor, Role.VENDOR), (link.buyer, Role.BUYER)):
            if side not in by_name:
                near = difflib.get_close_matches(side, names, 1)
                hint = f"; did you mean {near[0]}?" if near else ""
                problems.append(f"a connection names {side}, which is no partner{hint}")
            elif not by_name[side].has(role):
                problems.append(f"a connection needs {side} as {role}; add the role to it")
    for partner in partners:
        if partner.has(Role.AXERRIO) and partner.vendor not in by_name:
            problems.append(f"partner {partner.name} is an Axerrio system: set vendor to its owner")
    return problems


def load(root: Path) -> Configuration:
    """Return the configuration of the site in `root`; a SiteError lists every problem at once."""
    file = root / FILE_NAME
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise SiteError(
            [f"{file}: there is no site here; make one with: k2kd init {root}"]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError([f"{file}: {error}; mend the line and try again"]) from None
    return from_values(values, root)


def from_values(values: dict[str, Any], root: Path) -> Configuration:
    """Return the configuration for the parsed `values` of a site file."""
    values = {**values, "root": root}
    url = _credential("db-url")
    if url:
        values["ledger"] = {**values.get("ledger", {}), "url": url}
    try:
        return Configuration(**values)
    except ValidationError as error:
        raise SiteError(
            [f"{root / FILE_NAME}: {_explain(e, values)}" for e in error.errors()]
        ) from None


def _credential(name: str) -> str | None:
    """Return a systemd credential's text (`LoadCredential=`), or None where there is none."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    file = Path(folder) / name if folder else None
    return file.read_text("utf-8").strip() if file and file.is_file() else None


def _explain(error: Any, values: dict[str, Any]) -> str:
    """Say where a value stands, what is wrong with it, and the nearest known key."""
    place = ".".join(_step(step, error["loc"], values) for step in error["loc"])
    if error["type"] == "extra_forbidden":
        known = _keys_beside(error["loc"])
        near = difflib.get_close_matches(str(error["loc"][-1]), known, 1)
        hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(sorted(known))}"
        return f"{place} is not a setting; {hint}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _step(step: str | int, loc: tuple[str | int, ...], values: dict[str, Any]) -> str:
    """Name a list entry by its partner rather than by its index."""
    if isinstance(step, int) and loc[0] in ("partner", "connection") and loc[1] == step:
        entry = values[str(loc[0])][step]
        name = entry.get("name") or f"{entry.get('vendor')} -> {entry.get('buyer')}"
        return f"[{name}]"
    return str(step)


def _keys_beside(loc: tuple[str | int, ...]) -> list[str]:
    model: Any = Configuration
    for step in loc[:-1]:
        if isinstance(step, int):
            continue
        annotation = model.model_fields[step].annotation
        arguments = getattr(annotation, "__args__", ())
        model = next((a for a in (annotation, *arguments) if hasattr(a, "model_fields")), model)
    return [k for k in model.model_fields if k != "root"]
