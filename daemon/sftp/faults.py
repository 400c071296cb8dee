"""What can go wrong with a partner's server: ours to retry, never the fault of a file.

EnvironmentFault
|-- RemoteFault        the connection: dropped, made anew after a pause
|   |-- HostKeyFault   the server isn't the one we know: the feed stops, tried again slowly
|   `-- LoginFault     it doesn't let us in, or our credential is unusable: the same
|-- FolderFault        a folder of the server can't be used; the connection goes on
`-- RemoteRefusal      one request was answered with an error; the connection goes on
"""

from __future__ import annotations

from daemon.errors import EnvironmentFault
from daemon.eventlog import safe


class RemoteFault(EnvironmentFault):
    """The partner's server can't be reached, or the connection to it broke."""


class HostKeyFault(RemoteFault):
    """The server shows a host key that is not pinned: nothing is sent to it, no name, no login."""


class LoginFault(RemoteFault):
    """The server refuses our login, or the credential for it is missing or unusable."""


class FolderFault(EnvironmentFault):
    """A configured folder isn't there, or closed to us."""


class RemoteRefusal(EnvironmentFault):
    """The server answered one request with an error status; `code` as in SFTP version 3."""

    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    UNSUPPORTED = 8

    def __init__(self, code: int, text: bytes = b"") -> None:
        said = _WORDS.get(code) or f"it failed (code {code}, {safe(text, 80) or 'no reason'})"
        super().__init__(said)
        self.code = code

    @property
    def is_missing(self) -> bool:
        """Whether the file or folder isn't there."""
        return self.code == self.NO_SUCH_FILE


_WORDS = {
    RemoteRefusal.EOF: "there is no more",
    RemoteRefusal.NO_SUCH_FILE: "there is no such file",
    RemoteRefusal.PERMISSION_DENIED: "permission denied",
    RemoteRefusal.UNSUPPORTED: "it doesn't know this request",
}
