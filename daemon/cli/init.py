"""`k2kd init`: a new site with the sample network, ready to run."""

from __future__ import annotations

import shlex
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from daemon import config, safefile
from daemon.cli import options, screen
from daemon.config import FILE_NAME, Configuration
from daemon.errors import UsageError
from daemon.samples import sample_site

app = options.app()
IGNORED = b"/state/\n/inbox/*/*\n/outbox/*/*\n/onboarding/\n/credentials/\n"
"""What a site in git must not keep: books, partners' files, their passwords and keys."""


@app.command(epilog=options.example("k2kd init my-site", "k2kd run --samples --site my-site"))
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Create a site with the sample network: k2kd.toml, mapping tables, inboxes and outboxes."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a new or empty folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; name a new or empty folder")
    site = create(folder)
    screen.console().print(_done(folder, site))


def create(folder: Path) -> Configuration:
    """Write the sample site into `folder` and return its configuration."""
    source = sample_site()
    safefile.make_directories(folder)
    _copy_tables(source / "mappings", folder / "mappings")
    with safefile.open_directory(folder) as directory:
        safefile.replace(directory, ".gitignore", IGNORED)
        # The file that makes a folder a site comes last, when the rest is there.
        safefile.replace(directory, FILE_NAME, (source / FILE_NAME).read_bytes())
    site = config.load(folder)
    for partner in site.partner:
        safefile.make_directories(site.inbox(partner.name))
        safefile.make_directories(site.outbox(partner.name))
    return site


def _copy_tables(source: Traversable, target: Path) -> None:
    safefile.make_directories(target)
    with safefile.open_directory(target) as directory:
        for file in sorted(source.iterdir(), key=lambda one: one.name):
            if file.is_file() and not file.name.startswith("."):
                safefile.replace(directory, file.name, file.read_bytes())


def _done(folder: Path, site: Configuration) -> Text:
    names = ", ".join(partner.name for partner in site.partner)
    at = shlex.quote(str(folder))
    text = Text.assemble(
        (f"{folder} is a site now", "bold green"), f", with the sample network: {names}\n\n"
    )
    for command, why in (
        (f"k2kd run --samples --site {at}", "start it, with a few files dropped"),
        (f"k2kd status --site {at}", "see what came of them"),
        (f"k2kd check --site {at}", "after every change of k2kd.toml"),
    ):
        text.append(f"  {command}", "cyan").append(f"   {why}\n")
    text.rstrip()
    return text
