"""A partner's ways in, changed together: keys and password in k2kd.toml, keys in OpenSSH."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon import config
from daemon.config import Configuration
from daemon.errors import DataError, UsageError
from daemon.onboarding import openssh, sitefile
from daemon.onboarding.keys import EMBEDDED_TYPES, PublicKey, read_keys
from daemon.onboarding.logins import change_login, with_keys, without_keys
from daemon.onboarding.openssh import Jail, Step
from daemon.onboarding.place import put

_GROUP_WRITE = 0o020


@dataclass(frozen=True, slots=True)
class Known:
    """The keys of a partner: `server` in k2kd.toml, `openssh` in authorized_keys.d."""

    server: tuple[PublicKey, ...]
    openssh: tuple[PublicKey, ...]


def known_keys(site: Configuration, partner: str) -> Known:
    """Return the keys that open a partner's doors."""
    found = site.partner_named(partner)
    login = found.login if found else None
    text = "\n".join(login.keys if login else ())
    server = read_keys(text.encode(), f"the login of {partner}") if text else []
    return Known(tuple(server), tuple(openssh_keys(partner)))


def openssh_keys(partner: str) -> list[PublicKey]:
    """Return the keys that OpenSSH has for a partner."""
    file = openssh.KEYS_FOLDER / partner
    try:
        content = file.read_bytes()
    except OSError:
        return []
    return read_keys(content, str(file)) if content.strip() else []


def add_to_site(root: Path, partner: str, keys: Sequence[PublicKey]) -> list[PublicKey]:
    """Give a partner keys for the embedded server; return those that are new."""
    site = config.load(root)
    known = {key.body for key in known_keys(site, partner).server}
    new = [key for key in keys if key.body not in known]
    check_embedded(new)
    if new:
        lines = tuple(key.line for key in new)
        sitefile.write(change_login(root, partner, with_keys(lines)))
    return new


def check_embedded(keys: Sequence[PublicKey]) -> None:
    """Refuse keys that the embedded server does not know."""
    for key in keys:
        if key.kind not in EMBEDDED_TYPES:
            raise DataError(
                "key.kind",
                f"the embedded server does not know {key.kind}; ask for ssh-ed25519, or use OpenSSH"
                " (--ssh)",
            )


def remove_from_site(root: Path, partner: str, keys: Sequence[PublicKey]) -> None:
    """Take keys for the embedded server away."""
    bodies = tuple(key.body for key in keys)
    sitefile.write(change_login(root, partner, without_keys(bodies)))


def steps_for(where: Jail, keys: Sequence[PublicKey], *, may_delete: bool) -> tuple[Step, ...]:
    """Return all steps for a partner with the keys it has and `keys`; what it may is kept."""
    merged = {key.body: key for key in (*openssh_keys(where.partner), *keys)}
    lines = tuple(key.line for key in merged.values())
    return openssh.plan(where, lines, may_delete=may_delete or _deletes_now(where))


def _deletes_now(where: Jail) -> bool:
    try:
        return bool(where.outbox.stat().st_mode & _GROUP_WRITE)
    except OSError:
        return False


def remove_from_openssh(where: Jail, keys: Sequence[PublicKey]) -> None:
    """Take keys for OpenSSH away; without any the partner can't log in. Needs root."""
    gone = {key.body for key in keys}
    kept = [key for key in openssh_keys(where.partner) if key.body not in gone]
    text = "".join(f"{key.line}\n" for key in kept)
    put(openssh.KEYS_FOLDER / where.partner, text.encode(), mode=0o644)


def chosen(named: str, among: Sequence[PublicKey]) -> list[PublicKey]:
    """Return the keys that `named` means: a fingerprint, or a file with public keys."""
    if named.startswith("SHA256:"):
        found = [key for key in among if key.fingerprint == named]
    else:
        bodies = {key.body for key in read_key_file(Path(named))}
        found = [key for key in among if key.body in bodies]
    if not found:
        raise UsageError(f"{named[:80]} opens nothing there; see: k2kd partner keys NAME list")
    return found


def read_key_file(file: Path) -> list[PublicKey]:
    """Return the public keys of a file; a UsageError where there is none."""
    try:
        return read_keys(file.read_bytes(), str(file))
    except OSError as error:
        raise UsageError(f"can't read {file}: {error.strerror}; name the partner's .pub") from None
