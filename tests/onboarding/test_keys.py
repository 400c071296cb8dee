"""What opens a partner's door: keys judged, k2kd.toml changed line by line, passwords hashed."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
from pathlib import Path

import pytest

from daemon import config
from daemon.config import FILE_NAME
from daemon.errors import DataError, UsageError
from daemon.onboarding import sitefile
from daemon.onboarding.keys import make_key_pair, parse_key, read_keys
from daemon.onboarding.logins import change_login, with_keys, with_password, without_keys
from daemon.sftp.passwords import verify
from tests.onboarding.conftest import Run

KEY = make_key_pair("one@farm").public
OTHER = make_key_pair("two@farm").public


def generated(folder: Path, *options: str) -> Path:
    path = folder / f"key-{len(list(folder.iterdir()))}"
    subprocess.run(
        ["ssh-keygen", "-q", "-N", "", "-C", "me", *options, "-f", str(path)], check=True
    )
    return path


@pytest.mark.parametrize(
    "options", [("-t", "ed25519"), ("-t", "ecdsa", "-b", "384"), ("-t", "rsa", "-b", "3072")]
)
def test_good_keys_are_read_as_ssh_keygen_shows_them(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    public = Path(f"{generated(tmp_path, *options)}.pub")
    (key,) = read_keys(public.read_bytes(), "k")
    assert key.line == public.read_text().strip()
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(public)], check=True, capture_output=True, text=True
    ).stdout
    assert key.fingerprint in shown
    exported = subprocess.run(
        ["ssh-keygen", "-e", "-f", str(public)], check=True, capture_output=True
    ).stdout
    (again,) = read_keys(exported.replace(b"\n", b"\r\n"), "exported")
    assert again.body == key.body


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "key.none"),
        (b"# nothing\n\n", "key.none"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\n", "key.private"),
        (b"PuTTY-User-Key-File-3: ssh-ed25519\n", "key.private"),
        (f'command="sh" {KEY.line}\n'.encode(), "key.kind"),
        (b"ssh-dss AAAAB3NzaC1kc3MAAACB\n", "key.kind"),
        (KEY.line[:40].encode(), "key.cut"),
        (KEY.line.replace("ssh-ed25519 ", "ssh-rsa ").encode(), "key.cut"),
        (b"x" * 70_000, "key.size"),
    ],
    # Named, because the keys are other ones in every process that collects the tests.
    ids=["empty", "comment", "private", "putty", "options", "dss", "cut", "other kind", "long"],
)
def test_what_is_no_public_key_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(DataError) as refused:
        read_keys(content, "k.pub")
    assert refused.value.code == code


def test_weak_rsa_is_refused(tmp_path: Path) -> None:
    public = Path(f"{generated(tmp_path, '-t', 'rsa', '-b', '2048')}.pub")
    with pytest.raises(DataError, match="2048 bits is too weak"):
        read_keys(public.read_bytes(), "weak")


def test_comment_can_not_break_out_of_its_line() -> None:
    key = parse_key(f'{KEY.kind} {KEY.body} a"b\\c\x1bd é', "k")
    assert key.comment == "abcd"


def test_key_pair_does_not_show_its_private_half() -> None:
    pair = make_key_pair("x")
    assert "PRIVATE" not in repr(pair)
    assert base64.b64decode(pair.public.body).startswith(b"\x00\x00\x00\x0bssh-ed25519")


LAYOUTS = {
    "none": '[[partner]]\nname = "a"\nroles = ["vendor"]\n# kept = true\n',
    "section": (
        '[[partner]]\nname = "a"\nroles = ["vendor"]\n\n[partner.login]\n'
        f'keys = [\n  "{OTHER.line}", # office\n]\n'
    ),
    "one line": (
        f'[[partner]]\nname = "a"\nroles = ["vendor"]\n[partner.login]\nkeys = ["{OTHER.line}"]\n'
    ),
    "inline": (
        f'[[partner]]\nname = "a"\nlogin = {{ keys = ["{OTHER.line}"] }}\nroles = ["vendor"]\n'
    ),
    "password": (
        '[[partner]]\nname = "a"\nroles = ["vendor"]\n[partner.login]\npassword = "x" # old\n'
    ),
    "dos": '[[partner]]\r\nname = "a"\r\nroles = ["vendor"]\r\n',
}
AROUND = (
    '# [[partner]]\n[[partner]]\nname = "aa"\nroles = ["buyer"]\n\n# above\n',
    '\n# --- below ---\n\n[[partner]]\nname = "b"\nroles = ["buyer"]\n'
    f'[partner.login]\nkeys = ["{OTHER.line}"]\n\n[[connection]]\nvendor = "a"\nbuyer = "b"\n',
)


def written(root: Path, layout: str) -> str:
    above, below = AROUND
    text = above + LAYOUTS[layout] + below
    if layout == "dos":
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    (root / FILE_NAME).write_bytes(text.encode())
    return text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_key_is_added_and_taken_out_and_the_file_is_as_before(tmp_path: Path, layout: str) -> None:
    before = written(tmp_path, layout)
    had = config.load(tmp_path).partner_named("a")
    sitefile.write(change_login(tmp_path, "a", with_keys((KEY.line,))))
    login = logged(tmp_path, "a")
    assert login is not None and KEY.line in login.keys
    other = logged(tmp_path, "b")
    assert other is not None and other.keys == (OTHER.line,)
    after = (tmp_path / FILE_NAME).read_bytes().decode()
    assert after.startswith(AROUND[0].replace("\n", "\r\n") if layout == "dos" else AROUND[0])
    sitefile.write(change_login(tmp_path, "a", without_keys((KEY.body,))))
    assert config.load(tmp_path).partner_named("a") == had or layout == "password"
    restored = (tmp_path / FILE_NAME).read_bytes().decode()
    kept = [line.strip() for line in before.splitlines() if line.strip()]
    assert [x for x in kept if x not in restored] == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_password_is_set_and_replaced(tmp_path: Path, layout: str) -> None:
    written(tmp_path, layout)
    for text in ("scrypt$1", "scrypt$2"):
        sitefile.write(change_login(tmp_path, "a", with_password(text)))
        login = logged(tmp_path, "a")
        assert login is not None and login.password == text
    other = logged(tmp_path, "b")
    assert other is not None and other.password is None


def logged(root: Path, name: str) -> config.SftpLogin | None:
    partner = config.load(root).partner_named(name)
    assert partner is not None
    return partner.login


@pytest.mark.parametrize(
    "text",
    [
        'partner = [{ name = "a", roles = ["vendor"] }]\n',
        "[[partner]]\nname = '''a'''\nroles = [\"vendor\"]\n",
        'x = """\n"""\n[[partner]]\n"name" = "a"\nroles = ["vendor"]\n',
    ],
)
def test_place_that_is_not_understood_is_left_to_a_person(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(UsageError):
        change_login(tmp_path, "a", with_keys((KEY.line,)))
    assert (tmp_path / FILE_NAME).read_text() == text


def test_commands_add_list_and_remove_keys(site: Path, run: Run, tmp_path: Path) -> None:
    file = site / FILE_NAME
    file.write_text(file.read_text().replace("is_enabled = true", "is_enabled = false"))
    before = (site / FILE_NAME).read_text()
    public = f"{generated(tmp_path, '-t', 'ed25519')}.pub"
    added = run("partner", "keys", "florsol", "add", public)
    assert added.code == 0, added.err
    assert "is_enabled = true" in added.out
    assert "there already" in run("partner", "keys", "florsol", "add", public).out
    listed = run("partner", "keys", "florsol", "list", "--json").json()
    (key,) = listed["k2kd.toml"]
    assert run("partner", "keys", "florsol", "remove", "SHA256:nothing").code == 2
    removed = run("partner", "keys", "florsol", "remove", key["fingerprint"])
    assert removed.code == 0, removed.err
    assert (site / FILE_NAME).read_text() == before
    assert run("partner", "keys", "florsol", "add").code == 2
    assert run("partner", "keys", "florsol", "add", str(tmp_path / "absent")).code == 2
    assert run("partner", "keys", "nobody", "list").code == 2


def test_key_that_the_embedded_server_does_not_know_is_refused(
    site: Path, run: Run, tmp_path: Path
) -> None:
    public = f"{generated(tmp_path, '-t', 'ecdsa', '-b', '521')}.pub"
    refused = run("partner", "keys", "florsol", "add", public)
    assert refused.code == 1
    assert "use OpenSSH" in refused.err


def test_password_comes_from_stdin_and_only_its_hash_is_kept(
    site: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "correct horse battery staple é"
    for line in (secret.encode() + b"\n", secret.encode() + b"\r\n"):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line), "utf-8"))
        said = run("partner", "password", "florsol")
        assert said.code == 0, said.err
        partner = config.load(site).partner_named("florsol")
        assert partner is not None and partner.login is not None
        assert verify(secret, partner.login.password)
        assert "horse" not in said.out + said.err + (site / FILE_NAME).read_text()


def test_password_can_be_printed_instead_of_written(
    site: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (site / FILE_NAME).read_bytes()
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(b"long enough for it\n"), "utf-8")
    )
    said = run("partner", "password", "florsol", "--print")
    assert said.code == 0 and said.out.startswith('password = "scrypt$')
    assert (site / FILE_NAME).read_bytes() == before


def test_short_password_is_refused(site: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"short\n"), "utf-8"))
    assert run("partner", "password", "florsol").code == 2
