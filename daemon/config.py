"""The site's configuration: `k2kd.toml`, checked as a whole.

An unknown key is an error that names the nearest known one, and every problem is listed at once.
Environment variables override (`K2KD_LEDGER__URL`), and the ledger's address may come from a
systemd credential (`db-url`), so that no password stands in the file.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from daemon.errors import SiteError
from daemon.links import link_problems, receives_edifact
from daemon.sections import (
    CompleteWhen,
    Intake,
    Labels,
    Ledger,
    LimitsSection,
    Partner,
    Retention,
    Role,
    Site,
)
from daemon.terms.connection import Connection
from daemon.terms.envelopes import EdifactIdentity, X12Identity, X12Partner
from daemon.terms.sftp import SftpLogin, SftpPull, SftpPush, SftpRemote, SftpServer

FILE_NAME = "k2kd.toml"

__all__ = [
    "CompleteWhen",
    "Configuration",
    "Connection",
    "EdifactIdentity",
    "Intake",
    "Partner",
    "Role",
    "SftpLogin",
    "SftpPull",
    "SftpPush",
    "SftpRemote",
    "SftpServer",
    "X12Identity",
    "X12Partner",
    "credential",
    "from_values",
    "load",
]


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
    sftp_server: SftpServer = SftpServer()
    partner: tuple[Partner, ...] = ()
    connection: tuple[Connection, ...] = ()
    root: Path = Path()
    """Folder of the file; relative paths start here."""
    # Both are looked up many times an order. They are made at once, not when first asked for: the
    # posting process is sent a configuration that other threads are reading.
    _partners: dict[str, Partner] = PrivateAttr(default_factory=dict)
    _connections: dict[tuple[str, str], Connection] = PrivateAttr(default_factory=dict)

    def model_post_init(self, _context: Any, /) -> None:
        self._partners.update((each.name, each) for each in self.partner)
        self._connections.update(((each.vendor, each.buyer), each) for each in self.connection)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        if isinstance(env_settings, EnvSettingsSource):
            # K2KD_SITE says which site a command means; it is no setting of one.
            env_settings.env_vars = {
                name: value
                for name, value in env_settings.env_vars.items()
                if name.lower() != "k2kd_site"
            }
        return env_settings, init_settings

    @model_validator(mode="after")
    def _links_hold(self) -> Configuration:
        problems = link_problems(self.partner, self.connection)
        if self.site.edifact is None:
            problems += [
                f"{p.name} receives files as EDIFACT, so [site] needs an edifact section"
                for p in self.partner
                if receives_edifact(p)
            ]
        known = {partner.name for partner in self.partner}
        problems += [
            f"[site] serves {name}, which is no partner here"
            for name in self.site.serves
            if name not in known
        ]
        if self.site.serves and not self.ledger.url.startswith("postgresql"):
            problems.append(
                "[site] serves is for hosts that share a ledger on PostgreSQL; name one in [ledger]"
                " url, or serve all partners here"
            )
        if Path(self.site.inbox) == Path(self.site.outbox):
            problems.append("[site] inbox and outbox are one folder; give each its own")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def here(self) -> tuple[Partner, ...]:
        """The partners that this host serves."""
        serves = self.site.serves
        return tuple(p for p in self.partner if p.name in serves) if serves else self.partner

    @property
    def host(self) -> str:
        """What tells this host from the others over its ledger: a digest of whom it serves.

        Empty where it serves all partners. No two daemons serve one partner at a time.
        """
        names = "\n".join(sorted(set(self.site.serves)))
        return hashlib.sha256(names.encode()).hexdigest() if names else ""

    def serves(self, partner: str) -> bool:
        """Tell whether this host serves a partner."""
        return not self.site.serves or partner in self.site.serves

    def acknowledges_within(self, partner: str) -> timedelta | None:
        """Return how long a partner's acknowledgements may take; None where none is waited for."""
        found = self.partner_named(partner)
        return found.acknowledges_within if found else None

    def in_workbooks(self, partner: str) -> bool:
        """Tell whether a partner gets as a workbook what others get as CSV."""
        found = self.partner_named(partner)
        return found is not None and found.tables == "xlsx"

    def partner_named(self, name: str) -> Partner | None:
        return self._partners.get(name)

    def connection_of(self, vendor: str, buyer: str) -> Connection | None:
        """Return the link that shows `vendor`'s stock to `buyer`, if they have one."""
        return self._connections.get((vendor, buyer))

    def path(self, path: Path | str) -> Path:
        return self.root / path

    @property
    def state(self) -> Path:
        return self.path(self.site.state)

    @property
    def mappings(self) -> Path:
        return self.path(self.site.mappings)

    def inbox(self, partner: str) -> Path:
        return self.path(self.site.inbox.replace("{partner}", partner))

    def outbox(self, partner: str) -> Path:
        return self.path(self.site.outbox.replace("{partner}", partner))

    @property
    def ledger_url(self) -> str:
        return self.ledger.url or f"sqlite:///{self.state / 'ledger.db'}"


def load(root: Path) -> Configuration:
    """Return the configuration of the site in `root`; a SiteError lists every problem at once."""
    file = root / FILE_NAME
    try:
        values = tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise SiteError(
            [f"{file}: there is no site here; make one with: k2kd init {root}"]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError([f"{file}: {error}; mend the line and try again"]) from None
    except OSError as error:
        raise SiteError(
            [
                f"{file} can't be read: {error.strerror}; give the account that runs k2kd the right"
                f" to it, as with: chgrp -R k2kd {root}"
            ]
        ) from None
    return from_values(values, root)


def from_values(values: dict[str, Any], root: Path) -> Configuration:
    """Return the configuration for the parsed `values` of a site file."""
    if wrong := _unknown_variables():
        raise SiteError(wrong)
    values = {**values, "root": root}
    try:
        url = credential("db-url")
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(
            [
                f"credential db-url can't be read ({type(error).__name__}); name a file in"
                " LoadCredential= that holds the ledger's address as UTF-8 text"
            ]
        ) from None
    if url and isinstance(values.get("ledger", {}), dict):
        values["ledger"] = {**values.get("ledger", {}), "url": url}
    try:
        return Configuration(**values)
    except ValidationError as error:
        found = _told(error)
        raise SiteError([f"{root / FILE_NAME}: {_explain(e, values)}" for e in found]) from None
    except SettingsError as error:
        raise SiteError([f"environment (K2KD_...): {error}; a JSON value is expected"]) from None


def _unknown_variables() -> list[str]:
    """Say which variables name no section, since a setting that is not heeded misleads."""
    prefix, mark = "K2KD_", "__"
    known = [name for name in Configuration.model_fields if name != "root"]
    problems = []
    for name in sorted(os.environ):
        section, _, key = name.upper().removeprefix(prefix).partition(mark)
        if name.upper().startswith(prefix) and key and section.lower() not in known:
            near = difflib.get_close_matches(section.lower(), known, 1)
            meant = f"{prefix}{near[0].upper()}{mark}{key}" if near else ""
            hint = f"did you mean {meant}?" if near else f"sections: {', '.join(known)}"
            problems.append(f"environment: {name} is no setting; {hint}")
    return problems


def credential(name: str, root: Path | None = None) -> str | None:
    """Return the text of a credential, or None where there is none.

    It is a file that systemd hands over (`LoadCredential=`), or one in the site's `credentials`
    folder, which only the service may read.
    """
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    files = [Path(folder) / name] if folder else []
    files += [root / "credentials" / name] if root is not None else []
    found = next((file for file in files if file.is_file()), None)
    return found.read_text("utf-8").strip() if found else None


def _told(error: ValidationError) -> list[Any]:
    """Return the problems, but for lists that are only empty because their entries are wrong."""
    found = error.errors()
    above = {each["loc"][:depth] for each in found for depth in range(len(each["loc"]))}
    return [each for each in found if each["type"] != "too_short" or each["loc"] not in above]


def _explain(error: Any, values: dict[str, Any]) -> str:
    """Say where a value stands, what is wrong with it, and the nearest known key."""
    place = ".".join(_step(at, error["loc"], values) for at in range(len(error["loc"])))
    if error["type"] == "extra_forbidden":
        known = _keys_beside(error["loc"])
        near = difflib.get_close_matches(str(error["loc"][-1]), known, 1)
        hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(sorted(known))}"
        return f"{place} is not a setting; {hint}"
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] in ("enum", "literal_error"):
        choices = re.findall(r"'([^']+)'", error["ctx"]["expected"])
        near = difflib.get_close_matches(str(error["input"]), choices, 1)
        message += f"; did you mean {near[0]}?" if near else ""
    return f"{place}: {message}" if place else message


def _step(at: int, loc: tuple[str | int, ...], values: dict[str, Any]) -> str:
    """Name a list entry by its partner, or by its place from 1, rather than by its index."""
    step = loc[at]
    if isinstance(step, int) and at == 1 and loc[0] in ("partner", "connection"):
        entries = values.get(str(loc[0]))
        entry = entries[step] if isinstance(entries, list) and step < len(entries) else None
        if not isinstance(entry, dict):
            return f"entry {step + 1}"
        name = entry.get("name") or f"{entry.get('vendor')} -> {entry.get('buyer')}"
        return f"[{name}]"
    return f"entry {step + 1}" if isinstance(step, int) else step


def _keys_beside(loc: tuple[str | int, ...]) -> list[str]:
    model: Any = Configuration
    for step in loc[:-1]:
        if isinstance(step, int) or step not in model.model_fields:
            continue  # an entry of a list, or the admin's own key of a table
        annotation = model.model_fields[step].annotation
        arguments = getattr(annotation, "__args__", ())
        model = next((a for a in (annotation, *arguments) if hasattr(a, "model_fields")), model)
    return [k for k in model.model_fields if k != "root"]
