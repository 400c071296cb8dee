"""The onboarding pack of a partner: its page as PDF and Markdown, its samples, our host key.

Everything in the folder may be sent to the partner; nothing in it is secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from daemon.config import Configuration, Partner
from daemon.mapping.tables import Tables
from daemon.onboarding.door import Door
from daemon.onboarding.instruction import instruction
from daemon.onboarding.markdown import markdown
from daemon.onboarding.place import Owner, make_folder, put
from daemon.onboarding.samples import Maker
from daemon.onboarding.trouble import trouble

FOLDER = "onboarding"
READABLE = 0o644


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a pack; `name` is its path inside."""

    name: str
    content: bytes


def pack(
    site: Configuration, tables: Tables, partner: Partner, door: Door, at: datetime
) -> list[PackFile]:
    """Return the files of the pack as of `at`, which names the site's zone.

    Raises UsageError for a partner whose role exchanges no files by this page (a carrier).
    """
    from daemon.onboarding.sheet import sheet  # noqa: PLC0415  (reportlab: a fifth of a second)

    samples = Maker(site, tables, partner, at).samples()
    page = instruction(
        site,
        partner,
        door,
        samples,
        trouble=trouble(partner, samples, at),
        made_on=at.date().isoformat(),
    )
    is_american = site.site.time_zone.startswith(("America/", "US/"))
    files = [
        PackFile("instructions.pdf", sheet(page, is_american=is_american)),
        PackFile("instructions.md", markdown(page).encode()),
        *(PackFile(f"samples/{each.name}", each.content) for each in samples),
    ]
    if door.known_hosts:
        files.append(PackFile("known_hosts", door.known_hosts.encode()))
    return files


def write_pack(files: list[PackFile], folder: Path, owner: Owner | None) -> None:
    """Write the pack into `folder`; files of an earlier pack are replaced. Raises FileFault."""
    for file in files:
        path = folder / file.name
        make_folder(path.parent, owner)
        put(path, file.content, mode=READABLE)
