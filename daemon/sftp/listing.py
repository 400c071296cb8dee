"""A folder on a partner's server, listed as intake lists an inbox; unfinished names stand apart."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from daemon.config import CompleteWhen, SftpPull
from daemon.intake.looks import Spoken
from daemon.intake.names import done_keys, is_hidden, is_temporary
from daemon.intake.scan import Listing, Seen
from daemon.intake.settle import Terms, Word
from daemon.safefile import Identity
from daemon.sftp import protocol
from daemon.sftp.crew import Flow
from daemon.sftp.faults import RemoteRefusal
from daemon.sftp.fetch import NS
from daemon.sftp.protocol import Attributes, Entry
from daemon.sftp.remote_names import inside, is_plain, is_wanted
from daemon.sftp.wire import Wire


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder holds for us."""

    files: list[Seen]
    temporary: list[bytes]
    odd: set[bytes]
    """Names of links and special files, which are never fetched."""

    def without(self, names: Iterable[bytes]) -> Listing:
        """Return the listing but for `names` and their done-files."""
        left_out = set(names)
        done = {key for name in left_out for key in done_keys(name)}
        files = [s for s in self.files if s.name not in left_out and s.name.lower() not in done]
        return Listing(files, self.temporary)


def listed(wire: Wire, settings: SftpPull, entries: Sequence[Entry]) -> Folder:
    """Sort out the entries of a folder: names that aren't for us go, folders go."""
    temporary = [e.name for e in entries if is_temporary(e.name) and not is_hidden(e.name)]
    wanted = [
        entry
        for entry in entries
        if is_plain(entry.name)
        and is_wanted(entry.name, settings.patterns, done_files=settings.done_file)
    ]
    bare = [e for e in wanted if e.attributes.size is None]
    if bare:
        # Some servers list names alone.
        found = wire.run(_attributes(inside(settings.folder, e.name)) for e in bare)
        known = dict(zip((e.name for e in bare), found, strict=True))
        filled = [(e.name, known.get(e.name, e.attributes)) for e in wanted]
        wanted = [Entry(name, a) for name, a in filled if a is not None]
    files: list[Seen] = []
    odd: set[bytes] = set()
    for entry in wanted:
        # A server that doesn't tell the kind is believed to mean a file.
        mode = entry.attributes.mode or stat.S_IFREG
        kind = stat.S_IFMT(mode) or stat.S_IFREG
        if kind == stat.S_IFREG:
            files.append(_seen(entry, mode))
        elif kind != stat.S_IFDIR:
            odd.add(entry.name)
    return Folder(files, temporary, odd)


def _attributes(path: bytes) -> Flow[Attributes | None]:
    try:
        return protocol.attributes((yield [protocol.lstat(path)])[0])
    except RemoteRefusal:
        return None


def _seen(entry: Entry, mode: int) -> Seen:
    mtime_ns = (entry.attributes.mtime or 0) * NS
    # There is no inode and no change time; the time of the content stands in for the latter.
    identity = Identity(0, 0, entry.attributes.size or 0, mtime_ns, mtime_ns)
    return Seen(entry.name, identity, stat.S_IFREG | stat.S_IMODE(mode), 1)


def words(terms: Terms, listing: Listing, now: float) -> Mapping[bytes, Spoken]:
    """Return what may be said of every file: SFTP can't tell whether somebody writes it.

    So a final name counts as renamed where that is agreed, and elsewhere as let go; what this
    leaves open the waiting times close.
    """
    is_renamed = terms.complete_when is CompleteWhen.RENAMED
    word = Spoken(Word.MOVED if is_renamed else Word.CLOSED, now)
    return {seen.name: word for seen in listing.files}
