"""What this machine can do at all: the figures that ours are held against."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import time
from pathlib import Path

BODY = b"x" * 700


def publish_rate(folder: Path, files: int, prefix: str) -> float:
    """Return files per second of durable publishing: write, fsync, rename, fsync the folder.

    The files stay in `folder`: to remove many makes the next ones dearer on some file systems.
    """
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    started = time.perf_counter()
    for number in range(files):
        draft, name = f".{number}.tmp", f"{prefix}-{number}.edi"
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640, dir_fd=directory)
        os.write(fd, BODY)
        os.fsync(fd)
        os.close(fd)
        os.rename(draft, name, src_dir_fd=directory, dst_dir_fd=directory)
        os.fsync(directory)
    spent = time.perf_counter() - started
    os.close(directory)
    return files / spent


def fsync_ms(folder: Path, times: int = 50) -> float:
    """Return the milliseconds that one flush of 4 KiB fresh bytes takes, in the middle."""
    path, spent = folder / "fsync.probe", []
    with path.open("wb", buffering=0) as probe:
        for _ in range(times):
            probe.write(b"x" * 4096)
            started = time.perf_counter()
            os.fsync(probe.fileno())
            spent.append(time.perf_counter() - started)
    path.unlink()
    return sorted(spent)[times // 2] * 1e3


def commit_rate(folder: Path, commits: int) -> float:
    """Return SQLite commits per second, one row each, with WAL and synchronous=FULL."""
    folder.mkdir()
    book = sqlite3.connect(folder / "probe.db", isolation_level=None)
    book.execute("PRAGMA journal_mode=WAL")
    book.execute("PRAGMA synchronous=FULL")
    book.execute("CREATE TABLE arrivals (id INTEGER PRIMARY KEY, body BLOB)")
    started = time.perf_counter()
    for _ in range(commits):
        book.execute("INSERT INTO arrivals (body) VALUES (?)", (BODY,))
    spent = time.perf_counter() - started
    book.close()
    shutil.rmtree(folder)
    return commits / spent


def split_rate(path: Path) -> float:
    """Return MB per second of splitting a file into segments and elements, everything kept."""
    started = time.perf_counter()
    kept = [segment.split(b"*") for segment in path.read_bytes().split(b"~")]
    spent = time.perf_counter() - started
    del kept
    gc.collect()
    return path.stat().st_size / 1e6 / spent


def segment_rate(path: Path) -> float:
    """Return MB per second of splitting a file into segments only."""
    started = time.perf_counter()
    kept = path.read_bytes().split(b"~")
    spent = time.perf_counter() - started
    del kept
    return path.stat().st_size / 1e6 / spent
