"""Hints that something happened in a folder, so that a look comes at once instead of on the clock.

A hint is never trusted: events get lost (overflow, dead emitters, network volumes), so whoever
waits here also looks on a timer. This module's duty is to be fast, to notice when it has gone
blind, to say so once, and to come back by itself. It reads nothing and decides nothing.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from daemon.clock import Clock
from daemon.eventlog import Say
from daemon.intake.looks import Spoken
from daemon.intake.mounts import is_remote
from daemon.intake.settle import Word
from daemon.safefile import Directory

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, EventEmitter, ObservedWatch

MAPPINGS = "mappings:"
"""Key of the folder of mapping tables; no partner's name has a colon."""

_INOTIFY_LOGGER = "watchdog.observers.inotify_c"
_EVENTS: list[type[FileSystemEvent]] = [FileClosedEvent, FileMovedEvent, FileCreatedEvent]
_STOP_S = 5.0


class Watch(Protocol):
    """What intake asks of a watch. Keys name folders: a partner's name, or any other word."""

    def attend(self, key: str, folder: Directory) -> None:
        """See to it that `folder` is watched; called at every look, cheap when all is well."""

    def is_blind(self, key: str) -> bool:
        """Say whether no hints can come for `key`, so that looks on the clock must do."""

    def is_remote(self, key: str) -> bool:
        """Say whether the folder lies on a network volume."""

    def words(self, key: str) -> Mapping[bytes, Spoken]:
        """Return the last word about each name, as heard so far."""

    def forget(self, key: str, words: Mapping[bytes, Spoken]) -> None:
        """Drop `words`, whose files are gone, unless a later word about that name was heard."""

    def wait(self, timeout_s: float) -> set[str]:
        """Sleep until a hint comes or the time is over; return the keys hinted at since."""


@dataclass(slots=True)
class _Folder:
    identity: tuple[int, int]
    is_remote: bool
    watch: ObservedWatch | None
    emitter: EventEmitter | None

    @property
    def is_served(self) -> bool:
        """Whether nothing better can be had: hints flow, or never will."""
        return self.is_remote or (self.emitter is not None and self.emitter.is_alive())


class FolderWatch:
    """One watchdog observer for all folders; safe to use from several threads."""

    def __init__(self, clock: Clock, say: Say) -> None:
        self._clock = clock
        self._say = say
        self._observer: BaseObserver | None = None
        self._folders: dict[str, _Folder] = {}
        self._words: dict[str, dict[bytes, Spoken]] = {}
        self._hinted: set[str] = set()
        self._changed = threading.Condition()
        self._scheduling = threading.Lock()
        self._overflow = _Overflow(self._wake_all)
        self._said: set[tuple[str, str]] = set()

    def start(self) -> None:
        """Start watching; where the system refuses (instance limit), stay blind and say so."""
        logging.getLogger(_INOTIFY_LOGGER).addHandler(self._overflow)
        try:
            self._observer = _observer()
            self._observer.start()
        except OSError as error:
            self._observer = None
            self._say_once("", "watch_failed", reason=error.strerror, instead="polling")

    def stop(self) -> None:
        """Stop watching and wake whoever waits."""
        logging.getLogger(_INOTIFY_LOGGER).removeHandler(self._overflow)
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(_STOP_S)
            self._observer = None
        self.wake()

    def wake(self, *keys: str) -> None:
        """Hint at `keys`; with none, only end a wait."""
        with self._changed:
            self._hinted |= set(keys) or {""}
            self._changed.notify_all()

    def wait(self, timeout_s: float) -> set[str]:
        with self._changed:
            if not self._hinted:
                self._changed.wait(timeout_s)
            hinted, self._hinted = self._hinted, set()
        return hinted - {""}

    def attend(self, key: str, folder: Directory) -> None:
        identity = (folder.dev, folder.ino)
        with self._scheduling:
            known = self._folders.get(key)
            if known is not None and known.identity == identity and known.is_served:
                return
            if known is not None:
                # Removed and made again, or mounted over: the old watch follows the old folder,
                # and its thread may have ended without a word.
                self._unschedule(known)
            self._folders[key] = self._schedule(key, folder.path, identity)

    def is_blind(self, key: str) -> bool:
        known = self._folders.get(key)
        return known is None or known.emitter is None

    def is_remote(self, key: str) -> bool:
        known = self._folders.get(key)
        return known is not None and known.is_remote

    def words(self, key: str) -> Mapping[bytes, Spoken]:
        with self._changed:
            return dict(self._words.get(key, {}))

    def forget(self, key: str, words: Mapping[bytes, Spoken]) -> None:
        with self._changed:
            kept = self._words.get(key, {})
            for name, spoken in words.items():
                if kept.get(name) is spoken:
                    del kept[name]

    def heard(self, key: str, name: bytes, word: Word) -> None:
        """Take a word from the observer's thread; nothing else happens there."""
        at = self._clock.monotonic()
        with self._changed:
            self._words.setdefault(key, {})[name] = Spoken(word, at)
            self._hinted.add(key)
            self._changed.notify_all()

    def _wake_all(self) -> None:
        self._say("watch_overflowed", instead="rescan")
        self.wake(*list(self._folders))

    def _schedule(self, key: str, path: Path, identity: tuple[int, int]) -> _Folder:
        if is_remote(path):
            self._say_once(key, "watch_remote", folder=str(path), instead="polling")
            return _Folder(identity, is_remote=True, watch=None, emitter=None)
        watch: ObservedWatch | None = None
        emitter: EventEmitter | None = None
        if self._observer is not None:
            try:
                watch = self._observer.schedule(
                    _Ear(self, key), _watchable(path), event_filter=_EVENTS
                )
                emitter = next(e for e in self._observer.emitters if e.watch == watch)
                self._said -= {(key, "watch_failed")}
            except OSError as error:
                self._say_once(
                    key,
                    "watch_failed",
                    folder=str(path),
                    reason=error.strerror,
                    instead="polling; raise fs.inotify.max_user_watches",
                )
        return _Folder(identity, is_remote=False, watch=watch, emitter=emitter)

    def _unschedule(self, known: _Folder) -> None:
        if self._observer is not None and known.watch is not None:
            self._observer.unschedule(known.watch)

    def _say_once(self, key: str, event: str, **fields: str | None) -> None:
        if (key, event) not in self._said:
            self._said.add((key, event))
            self._say(event, level=None, **fields)


class Polling:
    """No watch at all: every look comes on the clock."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self._remote: dict[str, tuple[tuple[int, int], bool]] = {}

    def attend(self, key: str, folder: Directory) -> None:
        identity = (folder.dev, folder.ino)
        if key not in self._remote or self._remote[key][0] != identity:
            self._remote[key] = (identity, is_remote(folder.path))

    def is_blind(self, key: str) -> bool:
        return True

    def is_remote(self, key: str) -> bool:
        return key in self._remote and self._remote[key][1]

    def words(self, key: str) -> Mapping[bytes, Spoken]:
        return {}

    def forget(self, key: str, words: Mapping[bytes, Spoken]) -> None:
        """Know nothing to forget."""

    def wait(self, timeout_s: float) -> set[str]:
        self._woken.wait(timeout_s)
        self._woken.clear()
        return set()

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()


class _Ear(FileSystemEventHandler):
    """Takes words about one folder."""

    def __init__(self, watch: FolderWatch, key: str) -> None:
        self._watch = watch
        self._key = key

    def on_created(self, event: FileSystemEvent) -> None:
        if sys.platform == "linux":
            self._heard(event.src_path, Word.CREATED)
            return
        # macOS says of a file that was renamed into place that it was created, too, in either
        # order. Nothing follows from it, and a wait of ten minutes must not.
        self._watch.wake(self._key)

    def on_closed(self, event: FileSystemEvent) -> None:
        self._heard(event.src_path, Word.CLOSED)

    def on_moved(self, event: FileSystemEvent) -> None:
        if event.dest_path:
            self._heard(event.dest_path, Word.MOVED)

    def _heard(self, path: bytes | str, word: Word) -> None:
        self._watch.heard(self._key, os.path.basename(os.fsencode(path)), word)


class _Overflow(logging.Handler):
    """Turns watchdog's only trace of lost events, a line in its log, into a rescan."""

    def __init__(self, wake_all: _WakeAll) -> None:
        super().__init__(logging.WARNING)
        self._wake_all = wake_all

    def emit(self, record: logging.LogRecord) -> None:
        if "overflow" in record.getMessage():
            self._wake_all()


class _WakeAll(Protocol):
    def __call__(self) -> None: ...


def _observer() -> BaseObserver:
    if sys.platform == "linux":
        from watchdog.observers.inotify import InotifyObserver  # noqa: PLC0415 - Linux only

        # Full events tell a file moved in from elsewhere, which is whole, from one just begun.
        return InotifyObserver(generate_full_events=True)
    return Observer()


def _watchable(path: Path) -> str:
    """Return the path as watchdog is to take it: bytes on Linux, so that names come as bytes.

    Its annotations know only str, although inotify emitters give back what they were given.
    """
    return cast(str, os.fsencode(path)) if sys.platform == "linux" else str(path)
