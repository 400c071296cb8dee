"""A new partner as text for k2kd.toml: what was asked for, checked, and its commented sections."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from daemon.config import CompleteWhen, Configuration, Partner, Role
from daemon.errors import UsageError
from daemon.mapping.problems import nearest
from daemon.sections import LAYOUT_PREFIX

_COMMENT_COLUMN = 40
ROLES = (Role.VENDOR, Role.BUYER, Role.AXERRIO)
_ORDERS = ("x12", "edifact", "csv", "florecom")
_RECEIVES = {
    Role.VENDOR: (*_ORDERS, "labels"),
    Role.BUYER: ("x12", "edifact", "csv", "none"),
}
"""What a partner of a role may be sent, beside a layout of its own."""
_WRITTEN = f"what its orders are written as: {', '.join(_ORDERS)}, {LAYOUT_PREFIX}NAME"
_OFFERED = f"x12 (846), edifact (INVRPT), csv, none, {LAYOUT_PREFIX}NAME"
_WHEN = {
    CompleteWhen.RENAMED: "uploads get their name last; else done-file, or quiet",
    CompleteWhen.DONE_FILE: "NAME.done or STEM.ok follows each file; else renamed, or quiet",
    CompleteWhen.QUIET: "whole once unchanged for [intake] quiet_s; better renamed, or done-file",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What the admin asked for."""

    name: str
    role: Role
    title: str = ""
    x12_id: str = ""
    """`ID`, or `QUALIFIER/ID`."""
    edifact_id: str = ""
    edifact_qualifier: str | None = None
    """0007; None where it is that of a GLN."""
    connect: tuple[str, ...] = ()
    complete_when: CompleteWhen = CompleteWhen.RENAMED
    currency: str = ""
    receives: tuple[str, ...] = ()


def block(request: Request, site: Configuration, today: date, keys: tuple[str, ...] = ()) -> str:
    """Return the sections for k2kd.toml; a UsageError for what can't be meant.

    `keys` are public keys for the embedded server. What the configuration refuses by itself, as an
    X12 id that another partner has, is found when the outcome is loaded.
    """
    _check(request, site)
    lines = [
        f"# --- {request.name}, added {today.isoformat()} by `k2kd partner add` ---",
        "",
        "[[partner]]",
        *(_setting(*each) for each in _settings(request)),
    ]
    if keys:
        entries = [f"    {_quoted(key)}," for key in keys]
        lines += ["", "[partner.login]", "keys = [", *entries, "]"]
    for vendor, buyer in _connections(request, site):
        lines += [
            "",
            _noted("[[connection]]", f"{vendor}'s stock is shown to {buyer}"),
            f"vendor = {_quoted(vendor)}",
            f"buyer = {_quoted(buyer)}",
        ]
    return "\n".join(lines) + "\n"


def _check(request: Request, site: Configuration) -> None:
    if site.partner_named(request.name):
        raise UsageError(
            f"{request.name} is a partner already; change its section of k2kd.toml, or see"
            f" k2kd partner pack {request.name}"
        )
    if request.role not in ROLES:
        known = ", ".join(ROLES)
        raise UsageError(f"{request.role} is not set up by this command; use one of {known}")
    if not request.title.isprintable():
        raise UsageError("the title holds control characters; write it in plain letters")
    currency = request.currency
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise UsageError(f"{currency[:10]!r} is no currency; write three letters such as USD")
    allowed = _RECEIVES.get(request.role, ())
    for each in request.receives:
        if each not in allowed and not (allowed and each.startswith(LAYOUT_PREFIX)):
            known = f"use {', '.join(allowed)} or {LAYOUT_PREFIX}NAME"
            what = known if allowed else "leave --receives out"
            raise UsageError(
                f"a partner with role {request.role} can't receive {each[:20]}; {what}"
            )
    if "edifact" in request.receives and not request.edifact_id:
        raise UsageError("EDIFACT needs its id there; give --edifact-id, as its GLN")
    if request.edifact_qualifier is not None and not request.edifact_id:
        raise UsageError("--edifact-qualifier tells what kind of id it is; give --edifact-id too")
    if request.role is Role.AXERRIO and len(request.connect) != 1:
        raise UsageError("say which vendor runs this Axerrio system: --connect VENDOR, once")


def _settings(request: Request) -> Iterator[tuple[str, str, str]]:
    """Yield key, TOML value and comment of each setting."""
    yield "name", _quoted(request.name), "folder name, and the partner column of the tables"
    if request.title:
        yield "title", _quoted(request.title), ""
    yield "roles", f"[{_quoted(request.role)}]", ""
    if request.x12_id:
        qualifier, slash, identity = request.x12_id.partition("/")
        identity = identity if slash else qualifier
        ours = f"qualifier = {_quoted(qualifier)}, " if slash else ""
        yield "x12", f"{{ {ours}id = {_quoted(identity)} }}", "its name in X12 envelopes (ISA06)"
    if request.edifact_id:
        kind = request.edifact_qualifier
        ours = f", qualifier = {_quoted(kind)}" if kind is not None else ""
        named = f"{{ id = {_quoted(request.edifact_id)}{ours} }}"
        yield "edifact", named, "its name in EDIFACT envelopes (UNB)"
    if request.role is Role.AXERRIO:
        yield "vendor", _quoted(request.connect[0]), "who runs it: orders come in that name"
    when = request.complete_when
    yield "complete_when", _quoted(when), _WHEN[when]
    yield from _received(request)
    if request.currency:
        yield "currency", _quoted(request.currency.upper()), "of amounts whose file names none"


def _received(request: Request) -> Iterator[tuple[str, str, str]]:
    usual = "x12" if request.x12_id else "edifact" if request.edifact_id else "csv"
    if request.role is Role.VENDOR:
        chosen = request.receives or (usual, "labels")
        own = [each for each in chosen if each.startswith(LAYOUT_PREFIX)]
        orders = [each for each in _ORDERS if each in chosen] + own
        text = ", ".join(_quoted(each) for each in orders)
        yield "receives_orders", f"[{text}]", _WRITTEN
        yield "receives_labels", "true" if "labels" in chosen else "false", "ZPL and PDF"
    elif request.role is Role.BUYER:
        chosen = request.receives or (usual,)
        if len(chosen) > 1:
            raise UsageError("a buyer receives availability in one format; give --receives once")
        yield "receives_availability", _quoted(chosen[0]), _OFFERED


def _connections(request: Request, site: Configuration) -> Iterator[tuple[str, str]]:
    """Yield (vendor, buyer) of each connection asked for."""
    for other in request.connect:
        partner = _known(other, site)
        if request.role is Role.VENDOR:
            _needs(partner, Role.BUYER, request)
            yield request.name, other
        elif request.role is Role.BUYER:
            _needs(partner, Role.VENDOR, request)
            yield other, request.name
        else:
            _needs(partner, Role.VENDOR, request)


def _known(name: str, site: Configuration) -> Partner:
    found = site.partner_named(name)
    if found is None:
        names = [partner.name for partner in site.partner]
        hint = nearest(name, names, f"partners: {', '.join(names) or 'none yet'}")
        raise UsageError(f"no partner is called {name[:40]}; {hint}")
    return found


def _needs(partner: Partner, role: Role, request: Request) -> None:
    if not partner.has(role):
        raise UsageError(
            f"{request.name} is {request.role} and can be connected with a {role}, but"
            f" {partner.name} is {', '.join(partner.roles)}; name another"
        )


def _setting(key: str, value: str, comment: str) -> str:
    return _noted(f"{key} = {value}", comment)


def _noted(text: str, comment: str) -> str:
    return f"{text:<{_COMMENT_COLUMN}}# {comment}" if comment else text


def _quoted(text: str) -> str:
    """Return a TOML basic string; JSON's are the same but for DEL, which is not printable."""
    return json.dumps(str(text), ensure_ascii=False)
