"""What every section of `k2kd.toml` is made of: refused unknown keys, names, codes, addresses."""

from __future__ import annotations

import difflib
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

NAME_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
Name = Annotated[str, Field(pattern=NAME_PATTERN)]
"""A partner's name: also the name of its folders."""
_NOT_ZONES = ("posix/", "right/", "posixrules")


class Section(BaseModel):
    """Base of every section: unknown keys are refused, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _plain_code(value: str) -> str:
    if value != value.strip() or not value.isprintable():
        raise ValueError("a code has no blank around it and no control character; write it plainly")
    return value


Code = Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_plain_code)]
"""A code in a company's own books: at most 20 characters (domain 2.1)."""


OwnLayout = Annotated[str, Field(pattern=r"^layout:[^\s].*$", max_length=80)]
"""`layout:NAME`: a layout of `layouts.csv`."""


def _split_addresses(value: object) -> object:
    """Take `a@x.example; b@y.example` for a list of two (domain 2.1)."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    return value


def _is_address(value: str) -> str:
    local, at, host = value.rpartition("@")
    if not (at and local and "." in host.strip(".")) or not value.isprintable() or " " in value:
        raise ValueError("an e-mail address such as orders@farm.example is expected")
    return value


Address = Annotated[str, Field(max_length=254), AfterValidator(_is_address)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(_split_addresses)]
"""E-mail addresses: a list, or one text with semicolons between."""


def _known_zone(value: str) -> str:
    if _is_zone(value):
        return value
    near = difflib.get_close_matches(value, available_timezones(), 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"no time zone is called {value}{hint}")


def _is_zone(value: str) -> bool:
    """Tell whether the database has a zone, without a look at the six hundred others."""
    # The same zones once more, counted with leap seconds or without, lie in folders of their own.
    if value.startswith(_NOT_ZONES):
        return False
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        # Not there, no path inside of the database, or a folder of it.
        return False
    return True


TimeZone = Annotated[str, AfterValidator(_known_zone)]
"""A zone of the IANA database, such as America/New_York."""
