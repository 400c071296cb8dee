"""The numbers and names of SFTP version 3, as a client and a server of it both have them.

Source: draft-ietf-secsh-filexfer-02, and OpenSSH's PROTOCOL for the three extensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, IntFlag

VERSION = 3
FSYNC = b"fsync@openssh.com"
POSIX_RENAME = b"posix-rename@openssh.com"
LIMITS = b"limits@openssh.com"
EXTENSIONS: Sequence[tuple[bytes, bytes]] = ((POSIX_RENAME, b"1"), (FSYNC, b"1"), (LIMITS, b"1"))
"""Those that we know, each with its version."""


class Op(IntEnum):
    """What a packet is."""

    INIT = 1
    VERSION = 2
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    LSTAT = 7
    FSTAT = 8
    SETSTAT = 9
    FSETSTAT = 10
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    MKDIR = 14
    RMDIR = 15
    REALPATH = 16
    STAT = 17
    RENAME = 18
    READLINK = 19
    SYMLINK = 20
    STATUS = 101
    HANDLE = 102
    DATA = 103
    NAME = 104
    ATTRS = 105
    EXTENDED = 200
    EXTENDED_REPLY = 201


class Code(IntEnum):
    """How a request ended."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    BAD_MESSAGE = 5
    UNSUPPORTED = 8


class OpenFlag(IntFlag):
    """How a file is to be opened."""

    READ = 1
    WRITE = 2
    APPEND = 4
    CREATE = 8
    TRUNCATE = 16
    EXCLUSIVE = 32


class Has(IntFlag):
    """Which attributes of a file are told."""

    SIZE = 1
    OWNER = 2
    PERMISSIONS = 4
    TIMES = 8
    EXTENDED = 1 << 31
