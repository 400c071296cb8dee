"""A partner's login to the embedded server, as text in k2kd.toml: keys and a password hash.

The text is found by lines and brackets, not by a parser that would write the file anew; whether it
was found rightly is proved afterwards, by parsing the outcome (`sitefile.changed`).
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import UsageError
from daemon.onboarding.parts import HEADER, end_of_settings
from daemon.onboarding.sitefile import Draft, Values, changed

_PARTNER = re.compile(r"^[ \t]*\[\[[ \t]*partner[ \t]*\]\]")
_LOGIN = re.compile(r"^[ \t]*\[[ \t]*partner[ \t]*\.[ \t]*login[ \t]*\]")
_INLINE = re.compile(r"^[ \t]*login[ \t]*=[ \t]*\{", re.MULTILINE)
_KEYS = re.compile(r"\bkeys[ \t]*=[ \t]*\[")
_PASSWORD = re.compile(r"\bpassword[ \t]*=[ \t]*(\"[^\"\n]*\"|'[^'\n]*')")

Login = dict[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """What a login becomes: `text` does it in the file, `values` says what it comes to."""

    text: Callable[[str, str], str]
    """From a partner's part of the file and the file's line end, to the changed part."""
    values: Callable[[Login], Login]


def change_login(root: Path, partner: str, change: Change) -> Draft:
    """Return k2kd.toml with `partner`'s login changed; a UsageError where a person must do it."""

    def meant(values: Values) -> Values:
        wanted = copy.deepcopy(values)
        entry = _entry(wanted, partner)
        login = entry.get("login")
        after = change.values(login if isinstance(login, dict) else {})
        entry.pop("login", None)
        if after:
            entry["login"] = after
        return wanted

    def edit(text: str) -> str:
        start, end = _part(text, partner)
        line_end = "\r\n" if "\r\n" in text else "\n"
        return text[:start] + change.text(text[start:end], line_end) + text[end:]

    draft = changed(root, edit, meant)
    if draft is None:
        raise UsageError(
            f"the login of {partner} stands in k2kd.toml in a way that is not changed by itself;"
            " edit [partner.login] there by hand, then run: k2kd check"
        )
    return draft


def with_keys(lines: tuple[str, ...]) -> Change:
    """Add public keys (`TYPE BASE64 COMMENT`) before those that are there."""

    def text(part: str, end: str) -> str:
        entries = "".join(f"{end}    {_quoted(line)}," for line in lines)
        found = _in_login(_KEYS, part)
        if found is None:
            return _with_setting(
                part, end, f"keys = [{entries}{end}]", f"keys = [{entries}{end}], "
            )
        before, after = part[: found.end()], part[found.end() :]
        if after.lstrip(" \t").startswith(("\r", "\n", "#")):
            return before + entries + after
        return before + "".join(f"{_quoted(line)}, " for line in lines) + after.lstrip(" \t")

    def values(login: Login) -> Login:
        known = login.get("keys")
        return login | {"keys": [*lines, *(known if isinstance(known, list) else [])]}

    return Change(text, values)


def without_keys(bodies: tuple[str, ...]) -> Change:
    """Take out the keys whose base64 part is in `bodies`; a login without anything goes too."""

    def text(part: str, end: str) -> str:
        for body in bodies:
            inside = re.escape(body)
            literal = rf"(?:\"[^\"\n]*{inside}[^\"\n]*\"|'[^'\n]*{inside}[^'\n]*')"
            line = re.compile(rf"^[ \t]*{literal}[ \t]*,?[ \t]*(?:#[^\n]*)?\r?\n", re.MULTILINE)
            part, count = line.subn("", part)
            if not count:
                part = re.sub(rf"{literal}[ \t]*,?[ \t]*", "", part)
        return _without_empty_login(part)

    def values(login: Login) -> Login:
        known = login.get("keys")
        kept = [
            key
            for key in (known if isinstance(known, list) else [])
            if not any(body in str(key).split() for body in bodies)
        ]
        rest = {name: value for name, value in login.items() if name != "keys"}
        return rest | {"keys": kept} if kept or rest else {}

    return Change(text, values)


def with_password(password_hash: str) -> Change:
    """Set the password's hash, or replace it."""

    def text(part: str, end: str) -> str:
        setting = f"password = {_quoted(password_hash)}"
        found = _in_login(_PASSWORD, part)
        if found is not None:
            return part[: found.start()] + setting + part[found.end() :]
        return _with_setting(part, end, setting, f"{setting}, ")

    return Change(text, lambda login: login | {"password": password_hash})


def _with_setting(part: str, end: str, setting: str, inline: str) -> str:
    """Put a setting first into the login of a partner's part; make the login where none is."""
    for header in HEADER.finditer(part):
        if _LOGIN.match(header[0]):
            at = header.end() - (1 if header[0].endswith("\r") else 0)
            return f"{part[:at]}{end}{setting}{part[at:]}"
    found = _INLINE.search(part)
    if found is not None:
        return f"{part[: found.end()]} {inline}{part[found.end() :].lstrip(' ')}"
    at = end_of_settings(part)
    body = part[:at] if part[:at].endswith("\n") else part[:at] + end
    return f"{body}{end}[partner.login]{end}{setting}{end}{part[at:]}"


def _without_empty_login(part: str) -> str:
    """Take out a login that has neither key nor password left."""
    empty_section = re.compile(
        r"(?:\r?\n)?^[ \t]*\[[ \t]*partner[ \t]*\.[ \t]*login[ \t]*\][^\n]*\n"
        r"[ \t]*keys[ \t]*=[ \t]*\[\s{0,200}\][ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)(?![ \t]*password)",
        re.MULTILINE,
    )
    empty_inline = re.compile(
        r"^[ \t]*login[ \t]*=[ \t]*\{[ \t]*keys[ \t]*=[ \t]*\[\s{0,200}\][ \t,]*\}[^\n]*"
        r"(?:\n|\Z)",
        re.MULTILINE,
    )
    return empty_inline.sub("", empty_section.sub("", part))


def _in_login(pattern: re.Pattern[str], part: str) -> re.Match[str] | None:
    """Return the first match inside the login of a partner's part."""
    headers = list(HEADER.finditer(part))
    for header, following in zip(headers, [*headers[1:], None], strict=True):
        if _LOGIN.match(header[0]):
            return pattern.search(part, header.end(), following.start() if following else len(part))
    inline = _INLINE.search(part)
    return pattern.search(part, inline.end()) if inline else None


def _part(text: str, partner: str) -> tuple[int, int]:
    """Return where the part of `partner` begins and ends, with its own sub-tables."""
    starts = [m.start() for m in HEADER.finditer(text) if _PARTNER.match(m[0])]
    name = re.compile(rf"^[ \t]*name[ \t]*=[ \t]*[\"']{re.escape(partner)}[\"']", re.MULTILINE)
    for start in starts:
        later = (m.start() for m in HEADER.finditer(text, start + 1) if not _is_inside(m[0]))
        end = next(later, len(text))
        if name.search(text, start, end):
            return start, end
    raise UsageError(f"k2kd.toml has no [[partner]] section of {partner} that can be changed")


def _is_inside(header: str) -> bool:
    return bool(re.match(r"^[ \t]*\[[ \t]*partner[ \t]*\.|^[ \t]*\[[ \t]*[\"']", header))


def _entry(values: Values, partner: str) -> Login:
    entries = values.get("partner")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("name") == partner:
            return entry
    raise UsageError(f"k2kd.toml has no partner {partner}")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
