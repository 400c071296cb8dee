"""Public keys that partners send, judged before they open a door, and key pairs made for partners.

Takes OpenSSH lines and the RFC 4716 files that PuTTY and WinSCP save. Refuses private keys, options
before a key, DSA, and RSA below 3072 bits (reliability G). Kept is `TYPE BASE64 COMMENT`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_public_key,
)

from daemon.errors import DataError

LEAST_RSA_BITS = 3072
MOST_BYTES = 64 << 10
_TYPES = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
EMBEDDED_TYPES = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384")
"""What the embedded server knows."""
_HARDWARE = "sk-"
_BLOCK_BEGIN, _BLOCK_END = "---- BEGIN SSH2 PUBLIC KEY ----", "---- END SSH2 PUBLIC KEY ----"
_COMMENT_LENGTH = 60


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that was judged good. `body` is its base64 part, `comment` for people."""

    kind: str
    body: str
    comment: str

    @property
    def line(self) -> str:
        """The key as authorized_keys has it."""
        return f"{self.kind} {self.body} {self.comment}".rstrip()

    @property
    def fingerprint(self) -> str:
        """`SHA256:...` as ssh-keygen -l shows it."""
        digest = hashlib.sha256(base64.b64decode(self.body)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A new key: `private` is an OpenSSH private key file without a passphrase."""

    private: bytes
    public: PublicKey

    def __repr__(self) -> str:
        return f"KeyPair({self.public.fingerprint})"


def make_key_pair(comment: str) -> KeyPair:
    """Return a new Ed25519 key pair."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    kind, body = line.split()
    return KeyPair(private, PublicKey(kind, body, _comment(comment)))


def read_keys(content: bytes, where: str) -> list[PublicKey]:
    """Return the keys of a file; a DataError says what is wrong with it. `where` is its name."""
    if b"PRIVATE KEY" in content or content.startswith(b"PuTTY-User-Key-File"):
        message = (
            f"{where} is a private key, which must stay with its owner; ask for the public one"
        )
        raise DataError("key.private", message)
    if len(content) > MOST_BYTES:
        raise DataError("key.size", f"{where} is too large for public keys; name the right file")
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\r", "\n")
    lines = _unwrapped(text) if _BLOCK_BEGIN in text else text.split("\n")
    found = [
        parse_key(line, f"{where}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not found:
        message = f"{where} has no public key; it should hold one line such as ssh-ed25519 AAAA..."
        raise DataError("key.none", message)
    return list({key.body: key for key in found}.values())


def parse_key(line: str, where: str) -> PublicKey:
    """Return the key of one `TYPE BASE64 COMMENT` line; a DataError where it is not good."""
    words = line.split(maxsplit=2)
    kind = words[0] if words else ""
    if kind not in _TYPES or len(words) < 2:
        known = any(word in _TYPES for word in words)
        what = "options stand before the key; leave them out" if known else _unknown(kind)
        raise DataError("key.kind", f"{where}: {what}")
    try:
        raw = base64.b64decode(words[1], validate=True)
    except binascii.Error:
        message = f"{where}: the key is not whole; copy the line again, without line breaks"
        raise DataError("key.cut", message) from None
    if not raw.startswith(len(kind).to_bytes(4, "big") + kind.encode()):
        raise DataError("key.cut", f"{where}: the key is no {kind}; copy the whole line again")
    _check_strength(kind, words[1], where)
    return PublicKey(kind, words[1], _comment(words[2] if len(words) > 2 else ""))


def _check_strength(kind: str, body: str, where: str) -> None:
    if kind.startswith(_HARDWARE):
        return  # Keys on a hardware token are never weak, and not every library reads them.
    try:
        key = load_ssh_public_key(f"{kind} {body}".encode())
    except (ValueError, UnsupportedAlgorithm):
        message = f"{where}: the key can't be read; copy the whole line again"
        raise DataError("key.cut", message) from None
    if isinstance(key, RSAPublicKey) and key.key_size < LEAST_RSA_BITS:
        message = (
            f"{where}: an RSA key of {key.key_size} bits is too weak; ask for ssh-ed25519, or"
            f" RSA of {LEAST_RSA_BITS} bits"
        )
        raise DataError("key.weak", message)


def _unknown(kind: str) -> str:
    if kind == "ssh-dss":
        return "DSA keys are too weak and taken nowhere any more; ask for ssh-ed25519"
    return "no public key stands here; a line begins with ssh-ed25519, ecdsa-sha2-... or ssh-rsa"


def _unwrapped(text: str) -> list[str]:
    """Return RFC 4716 blocks as OpenSSH lines."""
    lines: list[str] = []
    for block in text.split(_BLOCK_BEGIN)[1:]:
        inside = block.split(_BLOCK_END)[0].replace("\\\n", "")
        comment = re.search(r"^Comment:[ \t]*\"?([^\"\n]*)", inside, re.MULTILINE)
        body = "".join(x.strip() for x in inside.split("\n") if ":" not in x)
        try:
            raw = base64.b64decode(body, validate=True)
        except binascii.Error:
            raw = b""
        kind = raw[4 : 4 + int.from_bytes(raw[:4], "big")][:64].decode("ascii", "replace")
        lines.append(f"{kind or '?'} {body} {comment[1] if comment else ''}")
    return lines


def _comment(text: str) -> str:
    """Return a comment that is safe in authorized_keys, TOML and on a screen."""
    kept = "".join(c for c in text if c.isascii() and c.isprintable() and c not in "\"'\\")
    return " ".join(kept.split())[:_COMMENT_LENGTH].rstrip()
