"""How files are exchanged over SFTP: with a partner's own server, or at the embedded one.

The first stands in a `[[partner]]` section, below `[partner.sftp]`, with its login here below
`[partner.login]`; the second is `[sftp_server]`. Times are in seconds.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from daemon.terms.base import Section


class SftpPull(Section):
    """Files are fetched from a folder of the partner's server (reliability R1 to R4)."""

    folder: str = "."
    patterns: tuple[str, ...] = ("*",)
    """Shell patterns of names; the rules for temporary names hold besides."""
    receipt: Literal["remove", "rename", "keep"] = "remove"
    """What tells the partner that we have a file; `keep` remembers what was fetched."""
    rename_to: str = "fetched/{name}"
    done_file: bool = False
    """Whether `NAME.done` or `STEM.ok` says that a file is whole."""
    every_s: Annotated[float, Field(ge=1)] = 60.0


class SftpPush(Section):
    """Answers are put into a folder of the partner's server (reliability R5 to R7)."""

    folder: str = "."
    mode: Annotated[str, Field(pattern=r"^0[0-7]{3}$")] | None = None
    may_replace: bool = False
    """Whether a file of the partner's that has our name is replaced; else it blocks and is said."""
    overdue_s: Annotated[float, Field(ge=1)] = 3600.0
    """An answer that waits longer is an alarm."""


class SftpRemote(Section):
    """The partner's own SFTP server: one session, for fetching and putting."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    user: str
    host_keys: Annotated[tuple[str, ...], Field(min_length=1)]
    """Pinned keys as in known_hosts (`ssh-ed25519 AAAA...`); several while the partner rotates."""
    key: str | None = None
    """Name of the credential with our private key."""
    certificate: str | None = None
    """Name of the credential with the certificate of that key."""
    password: str | None = None
    """Name of the credential with the password, where the server takes no key."""
    timeout_s: Annotated[float, Field(gt=0)] = 30.0
    pull: SftpPull | None = None
    push: SftpPush | None = None

    @model_validator(mode="after")
    def _can_log_in(self) -> SftpRemote:
        if not (self.key or self.password):
            raise ValueError("name a credential: key, or password")
        if self.certificate and not self.key:
            raise ValueError("a certificate needs its key")
        if not (self.pull or self.push):
            raise ValueError("say what for: pull, push or both")
        return self


class SftpLogin(Section):
    """How a partner logs in to the embedded SFTP server, under its own name."""

    keys: tuple[str, ...] = ()
    """Public keys, as in authorized_keys."""
    password: str | None = None
    """A hash made by `k2kd partner password`, never the password itself."""

    @model_validator(mode="after")
    def _can_log_in(self) -> SftpLogin:
        if not (self.keys or self.password):
            raise ValueError("give keys, or a password hash")
        return self


class SftpServer(Section):
    """The embedded SFTP server, for trying out and small sites; OpenSSH is the hardened door."""

    is_enabled: bool = False
    address: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 2222
    sessions: Annotated[int, Field(ge=1)] = 64
    sessions_per_partner: Annotated[int, Field(ge=1)] = 8
    idle_s: Annotated[float, Field(gt=0)] = 300.0
    login_s: Annotated[float, Field(gt=0)] = 20.0
    """Time for the handshake and the login together."""
    tries: Annotated[int, Field(ge=1)] = 5
    """Failed logins from one address before it is locked out for `lockout_s`."""
    lockout_s: Annotated[float, Field(gt=0)] = 600.0
    quota_bytes: Annotated[int, Field(ge=1)] = 1 << 30
    """What one partner's inbox may hold."""
    quota_files: Annotated[int, Field(ge=1)] = 10_000
