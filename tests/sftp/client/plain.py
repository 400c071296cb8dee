"""An SFTP server that is not OpenSSH: passwords, few extensions, short replies, a plain rename.

Built on paramiko's server half, over one folder. Each oddity is a switch.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import paramiko
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED
from paramiko.sftp import SFTP_FAILURE, SFTP_OK

PASSWORD = "tulips and roses"


@dataclass
class Oddities:
    """What this server does differently."""

    most_read: int = 1 << 20
    lists_bare: bool = False
    """Listings hold names only."""
    is_interactive: bool = False
    """Takes the password as the answer to a question."""


class Door(paramiko.ServerInterface):
    def __init__(self, odd: Oddities) -> None:
        self._odd = odd

    def get_allowed_auths(self, username: str) -> str:
        return "keyboard-interactive" if self._odd.is_interactive else "password"

    def check_auth_password(self, username: str, password: str) -> int:
        is_right = password == PASSWORD and not self._odd.is_interactive
        return AUTH_SUCCESSFUL if is_right else AUTH_FAILED

    def check_auth_interactive(self, username: str, submethods: str) -> Any:
        return paramiko.server.InteractiveQuery("", "", ("Password:", False))

    def check_auth_interactive_response(self, responses: Any) -> int:
        is_right = list(responses) == [PASSWORD]
        return AUTH_SUCCESSFUL if is_right else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED


class Shelf(SFTPServerInterface):
    """One folder."""

    def __init__(self, server: Any, root: Path, odd: Oddities) -> None:
        super().__init__(server)
        self._root = root
        self._odd = odd

    def _at(self, path: str) -> str:
        return str(self._root) + self.canonicalize(path)

    def list_folder(self, path: str) -> Any:
        try:
            found = []
            for entry in os.scandir(self._at(path)):
                attributes = SFTPAttributes.from_stat(entry.stat())
                if self._odd.lists_bare:
                    attributes = SFTPAttributes()
                attributes.filename = entry.name
                found.append(attributes)
            return found
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)

    def stat(self, path: str) -> Any:
        try:
            return SFTPAttributes.from_stat(os.stat(self._at(path)))
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> Any:
        try:
            fd = os.open(self._at(path), flags, 0o644)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)
        mode = "r+b" if flags & (os.O_WRONLY | os.O_RDWR) else "rb"
        if flags & os.O_WRONLY:
            mode = "wb"
        return Handle(flags, self._odd, os.fdopen(fd, mode))

    def remove(self, path: str) -> int:
        return self._tried(os.remove, self._at(path))

    def rename(self, oldpath: str, newpath: str) -> int:
        if os.path.exists(self._at(newpath)):
            return SFTP_FAILURE
        return self._tried(os.rename, self._at(oldpath), self._at(newpath))

    def mkdir(self, path: str, attr: SFTPAttributes) -> int:
        return self._tried(os.mkdir, self._at(path))

    @staticmethod
    def _tried(verb: Any, *paths: str) -> int:
        try:
            verb(*paths)
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)
        return SFTP_OK


class Handle(SFTPHandle):
    def __init__(self, flags: int, odd: Oddities, file: IO[bytes]) -> None:
        super().__init__(flags)
        self._odd = odd
        self.readfile = self.writefile = file

    def read(self, offset: int, length: int) -> Any:
        return super().read(offset, min(length, self._odd.most_read))


@contextmanager
def plain_server(root: Path, key: Path, odd: Oddities) -> Iterator[int]:
    """Serve `root` on loopback with the host key `key`; yield the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                sock, _ = listener.accept()
                transport = paramiko.Transport(sock)
                transport.add_server_key(paramiko.Ed25519Key.from_private_key_file(str(key)))
                transport.set_subsystem_handler("sftp", SFTPServer, Shelf, root, odd)
                transports.append(transport)
                with suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=Door(odd))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for transport in transports:
            transport.close()
        thread.join()
