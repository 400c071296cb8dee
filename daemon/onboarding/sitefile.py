"""Changes k2kd.toml without touching what an admin wrote, and never writes a file that won't load.

A change is text put between lines; the outcome is parsed, compared with what was meant, and loaded
as the daemon would load it. Only then the file is replaced, in one step.
"""

from __future__ import annotations

import fcntl
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from daemon import config, safefile
from daemon.config import FILE_NAME, Configuration
from daemon.errors import EnvironmentFault, SiteError
from daemon.onboarding.place import put

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Draft:
    """k2kd.toml with a change: checked, not written. `first_line` is where the new text begins."""

    root: Path
    before: bytes
    after: bytes
    site: Configuration
    first_line: int = 0


def appended(root: Path, block: str) -> Draft:
    """Return the site with `block` (whole TOML sections, LF) after what is there.

    Raises SiteError with every problem the site would have.
    """
    before = _bytes(root)
    text = _text(root, before)
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith(("\n", "\r")) else end
    gap += end
    first_line = (text + gap).count("\n") + 1
    after = text + gap + block.replace("\n", end)
    return _draft(root, before, after, first_line)


def changed(
    root: Path, change: Callable[[str], str], meant: Callable[[Values], Values]
) -> Draft | None:
    """Return the site after `change` of its text; None where the text can't be changed safely.

    `meant` says of the parsed file what the change is for. If the changed text doesn't parse to
    just that, the place was not understood, and the caller must ask a person.
    """
    before = _bytes(root)
    text = _text(root, before)
    wanted = meant(_values(root, text))
    after = change(text)
    try:
        if _parsed(after) != wanted:
            return None
    except tomllib.TOMLDecodeError:
        return None
    return _draft(root, before, after, 0)


def write(draft: Draft) -> None:
    """Replace k2kd.toml by `draft`; an EnvironmentFault where it was saved by somebody else."""
    with _alone(draft.root):
        if _bytes(draft.root) != draft.before:
            file = draft.root / FILE_NAME
            raise EnvironmentFault(f"{file} was saved by somebody else just now; try again")
        if draft.after != draft.before:
            put(draft.root / FILE_NAME, draft.after)


def _draft(root: Path, before: bytes, after: str, first_line: int) -> Draft:
    site = config.from_values(_values(root, after), root)
    return Draft(root, before, after.encode(), site, first_line)


def _bytes(root: Path) -> bytes:
    file = root / FILE_NAME
    try:
        return file.read_bytes()
    except FileNotFoundError:
        problem = f"{file}: there is no site here; make one with: k2kd init {root}"
        raise SiteError([problem]) from None
    except OSError as error:
        raise safefile.fault("read", str(file), error) from error


def _text(root: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SiteError([f"{root / FILE_NAME}: {error}; save it as UTF-8"]) from None


def _values(root: Path, text: str) -> Values:
    try:
        return _parsed(text)
    except tomllib.TOMLDecodeError as error:
        raise SiteError([f"{root / FILE_NAME}: {error}; mend the line and try again"]) from None


def _parsed(text: str) -> Values:
    # Some editors put a byte order mark first, which stays where it is.
    return tomllib.loads(text.removeprefix("\ufeff"))


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the site's folder against another command of ours."""
    with safefile.open_directory(root) as directory:
        try:
            fcntl.flock(directory.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"somebody else is changing {root / FILE_NAME} just now; try again"
            raise EnvironmentFault(text) from None
        yield
