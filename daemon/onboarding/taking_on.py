"""The order of taking a partner on: everything that may fail first, the site file last.

The section in k2kd.toml is what makes a partner real. Until it is written, whatever else was made
is harmless and is found and used again when the command is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from daemon.config import FILE_NAME, Configuration, Partner
from daemon.mapping.load import load as load_tables
from daemon.mapping.tables import Tables
from daemon.onboarding.door import Door
from daemon.onboarding.keys import KeyPair, make_key_pair, read_keys
from daemon.onboarding.pack import FOLDER, pack, write_pack
from daemon.onboarding.place import daemon_owner, make_folder, put
from daemon.onboarding.templates import Template, templates

SECRET = 0o600
KEY_FILE = "id_ed25519"
_GUIDE = "README.md"
_IGNORED = b"*\n"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What lies in a partner's onboarding folder: paths in the order they matter."""

    folder: Path
    pack: Path
    key: Path | None
    templates: tuple[Path, ...]


def folder_of(site: Configuration, partner: str) -> Path:
    """Return the folder with what an operator prepares for a partner."""
    return site.path(FOLDER) / partner


def open_tables(site: Configuration, at: datetime) -> Tables:
    """Return the mapping tables for the site with its new partner; a SiteError for spoilt ones."""
    return load_tables(site.mappings, partners=[p.name for p in site.partner], today=at.date())


def make_folders(site: Configuration, partner: str) -> None:
    """Make inbox and outbox for the daemon's account. Raises FileFault."""
    owner = daemon_owner(site)
    make_folder(site.inbox(partner), owner)
    make_folder(site.outbox(partner), owner)


def prepare(
    site: Configuration,
    partner: Partner,
    door: Door,
    at: datetime,
    *,
    pair: KeyPair | None = None,
    undo: Sequence[str] = (),
) -> Prepared:
    """Write key pair, templates, pack and the operator's guide. Raises FileFault, SiteError.

    `undo` are the commands that take the partner back, for the guide.
    """
    folder = folder_of(site, partner.name)
    # A folder of root's, readable by nobody else, may hold private keys; the daemon needs none.
    make_folder(folder, None)
    put(folder.parent / ".gitignore", _IGNORED)
    key = _write_key(folder, pair) if pair else None
    tables = open_tables(site, at)
    made: list[Template] = []
    for role in partner.roles:
        made += templates(site.mappings, tables, partner.name, role)
    for each in made:
        make_folder(folder / "mappings", None)
        put(folder / "mappings" / each.file, each.content)
    write_pack(pack(site, tables, partner, door, at), folder / "pack", None)
    guide = _guide(site, partner, made, key, undo)
    put(folder / _GUIDE, guide.encode())
    paths = tuple(folder / "mappings" / each.file for each in made)
    return Prepared(folder, folder / "pack", key, paths)


def key_pair(site: Configuration, partner: str) -> KeyPair:
    """Return the pair that an earlier try left in the partner's folder, else a new one.

    Nothing is written yet.
    """
    folder = folder_of(site, partner)
    private, public = folder / KEY_FILE, folder / f"{KEY_FILE}.pub"
    if private.exists() and public.exists():
        (known,) = read_keys(public.read_bytes(), str(public))
        return KeyPair(private.read_bytes(), known)
    return make_key_pair(f"{partner}@{site.site.name}")


def _write_key(folder: Path, pair: KeyPair) -> Path:
    path = folder / KEY_FILE
    put(path, pair.private, mode=SECRET)
    put(folder / f"{KEY_FILE}.pub", f"{pair.public.line}\n".encode())
    return path


def _guide(
    site: Configuration,
    partner: Partner,
    made: Sequence[Template],
    key: Path | None,
    undo: Sequence[str],
) -> str:
    lines = [f"# {partner.name}: what is left to do", ""]
    lines += [f"{at}. {text}" for at, text in enumerate(_steps(site, partner, made, key), 1)]
    lines += ["", "## Take it back", ""]
    lines += [
        f"- `k2kd partner remove {partner.name}` says what goes; with `--yes` it takes its sections"
        f" out of `{FILE_NAME}` and its rows out of `{site.site.mappings}/`, and tells the daemon.",
        *(f"- As root: `{command}`" for command in undo),
        f"- Its folders are left ({site.inbox(partner.name)}, {site.outbox(partner.name)}); remove"
        " them when they are empty. What it sent stays in the ledger.",
    ]
    return "\n".join(lines) + "\n"


def _steps(
    site: Configuration, partner: Partner, made: Sequence[Template], key: Path | None
) -> list[str]:
    steps: list[str] = []
    if made:
        files = ", ".join(f"`{each.file}`" for each in made)
        steps.append(
            f"Fill in `mappings/` ({files}): write the partner's code or description into each row,"
            " remove the rows it does not trade, and paste the rest, without the header, under the"
            f" table of the same name in `{site.mappings}/`. A row without a code or a description"
            " is refused. What is left out is held when it comes, or told on as it was written"
            " (words of orders), and can be mapped then."
        )
    links = [c for c in site.connection if partner.name in (c.vendor, c.buyer)]
    if not links and partner.vendor is None:
        steps.append(
            f"Connect it: add a `[[connection]]` with vendor and buyer to `{FILE_NAME}`. Without"
            " one nobody sees its stock, and it sees nobody's."
        )
    if partner.vendor is None:
        steps.append(
            f"Set what its connections lack: `k2kd connections --partner {partner.name}` names each"
            " setting (codes, ship days, currency, who agreed). Until then nothing is shown over"
            " them, and orders wait."
        )
    if key is not None:
        steps.append(
            f"Give it `{key.name}`, its private key, in person or over a channel you both trust;"
            " then remove it here. Better still, it makes a key itself and sends the public half."
        )
    steps += [
        "Send it `pack/`: one page of instructions and samples in its own format. Write the"
        " contacts on the page first.",
        "Let it send a first file, and read along: `k2kd status`, `k2kd files`.",
    ]
    return steps
