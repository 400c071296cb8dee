"""The configuration says every problem it has, where it stands, and what would be right."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from daemon import config
from daemon.errors import SiteError
from daemon.terms.base import Section
from tests.daemon.network import NETWORK, SAMPLE_SITE


def problems(root: Path, text: str) -> list[str]:
    """Return what is wrong with a configuration; nothing where it is right."""
    (root / config.FILE_NAME).write_text(text)
    try:
        config.load(root)
    except SiteError as error:
        return error.problems
    return []


def test_the_sample_network_is_right() -> None:
    site = config.load(SAMPLE_SITE)
    assert [p.name for p in site.partner if p.has(config.Role.VENDOR)] == ["florsol", "andes"]


def test_no_section_changes_after_it_was_read() -> None:
    """Threads share it, and the posting process is sent it, while others look things up in it."""
    sections = [config.Configuration, *heirs(Section)]
    lazy = [each for each in sections for of in vars(each).values() if type(of) is cached_property]
    assert len(sections) > 20
    assert lazy == []


def heirs(of: type[Section]) -> Iterator[type[Section]]:
    for heir in of.__subclasses__():
        yield heir
        yield from heirs(heir)


def test_an_empty_file_is_a_site_without_partners(tmp_path: Path) -> None:
    assert problems(tmp_path, "") == []
    assert config.load(tmp_path).partner == ()


def test_every_problem_is_said_at_once_with_its_place_and_the_nearest_key(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """
[sit]
name = "x"
[intake]
quite_s = 3
rescan_s = "often"
[[partner]]
name = "Big Farm"
roles = ["vender"]
recieves_labels = true
""",
    )
    said = "\n".join(found)
    for words in (
        "sit is not a setting; did you mean site?",
        "intake.quite_s is not a setting; did you mean quiet_s?",
        "intake.rescan_s: ",
        "partner.[Big Farm].name: ",
        "'vendor', 'buyer', 'carrier' or 'axerrio'",
        "partner.[Big Farm].recieves_labels is not a setting; did you mean receives_labels?",
    ):
        assert words in said
    assert all(str(tmp_path / "k2kd.toml") in problem for problem in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[site]\ntime_zone = 'America/New_Yorck'\n", "did you mean America/New_York?"),
        ("[site]\ntime_zone = 'America'\n", "no time zone is called America"),
        ("[site]\ntime_zone = '../zoneinfo/UTC'\n", "no time zone is called ../zoneinfo/UTC"),
        ("[site]\ntime_zone = 'right/America/New_York'\n", "no time zone is called right/"),
        ("[site]\ntime_zone = ''\n", "no time zone is called"),
        ("[site]\ninbox = 'inbox'\n", "must contain {partner}"),
        ("[site]\ninbox = 'x/{partner}'\noutbox = './x/{partner}'\n", "one folder"),
        ("partner = 'a'\n", "partner: "),
        ("partner = ['a']\n", "entry 1"),
        ("connection = [1]\n", "entry 1"),
        ("[partner]\nname = 'a'\n", "partner: "),
        ("site = 'a'\n", "site: "),
        ("ledger = 'a'\n", "ledger: "),
        ("\x00", "line 1"),
        ("[[partner]]\nname = 'a'\nroles = []\n", "at least 1 item"),
        ("[[partner]]\nname = '../a'\nroles = ['buyer']\n", "partner.[../a].name"),
        ("[[partner]]\nname = 'a'\nroles = ['buyer']\nx12 = { id = 'A*B' }\n", "x12.id"),
        ("[[partner]]\nname = 'a'\nroles = ['buyer']\ncode_page = 'latin-99'\n", "latin-99"),
        ("[[partner]]\nname = 'a'\nroles = ['buyer']\ncurrency = 'dollars'\n", "currency"),
        ("[limits]\nfile_bytes = 0\n", "limits.file_bytes"),
        ("[intake]\nbatch = 1001\n", "intake.batch"),
    ],
)
def test_what_can_not_be_meant_is_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    found = problems(tmp_path, text)
    assert words in "\n".join(found)
    assert "Traceback" not in "\n".join(found)


TWO = """
[[partner]]
name = "farm"
roles = ["vendor"]
x12 = { id = "SAME" }
[[partner]]
name = "shop"
roles = ["buyer"]
x12 = { id = "SAME" }
"""


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("", "two partners share the X12 identity ZZ/SAME"),
        ("[[partner]]\nname = 'shop'\nroles = ['buyer']\n", "partner shop stands twice"),
        ("[[connection]]\nvendor = 'fram'\nbuyer = 'shop'\n", "did you mean farm?"),
        ("[[connection]]\nvendor = 'shop'\nbuyer = 'farm'\n", "needs shop as vendor"),
        ("[[connection]]\nvendor = 'farm'\nbuyer = 'shop'\n" * 2, "farm -> shop stands twice"),
        ("[[partner]]\nname = 'ax'\nroles = ['axerrio']\n", "ax is an Axerrio system"),
        ("[[partner]]\nname = 'ax'\nroles = ['axerrio']\nvendor = 'shop'\n", "ax is an Axerrio"),
    ],
)
def test_links_that_do_not_hold_are_named(tmp_path: Path, more: str, words: str) -> None:
    assert words in "\n".join(problems(tmp_path, TWO + more))


def test_two_usages_of_one_folder_pattern_stay_as_written(tmp_path: Path) -> None:
    (tmp_path / config.FILE_NAME).write_text("[site]\ninbox = 'in/{partner}/{x}'\n")
    assert config.load(tmp_path).inbox("bloom") == tmp_path / "in/bloom/{x}"


def test_a_folder_without_a_site_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=f"no site here.*k2kd init {tmp_path}"):
        config.load(tmp_path)


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / config.FILE_NAME).mkdir()
    with pytest.raises(SiteError, match="can't be read"):
        config.load(tmp_path)


def test_an_entry_that_is_wrong_is_one_problem_with_the_nearest_word(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, "[[partner]]\nname = 'a'\nroles = ['vndor']\n")
    assert "partner.[a].roles.entry 1" in said
    assert said.endswith("did you mean vendor?")


def test_a_list_that_is_empty_by_itself_is_said(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, "[[partner]]\nname = 'a'\nroles = []\n")
    assert "partner.[a].roles" in said


def test_a_byte_order_mark_of_an_editor_is_no_part_of_the_file(tmp_path: Path) -> None:
    (tmp_path / config.FILE_NAME).write_text(NETWORK, "utf-8-sig")
    assert config.load(tmp_path).partner


def test_the_environment_overrides_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / config.FILE_NAME).write_text(NETWORK + "[intake]\nquiet_s = 7\n")
    monkeypatch.setenv("K2KD_INTAKE__QUIET_S", "11")
    monkeypatch.setenv("K2KD_LEDGER__URL", "postgresql://db/k2kd")
    # The folder that a command is for is no setting of the site.
    monkeypatch.setenv("K2KD_SITE", str(tmp_path))
    site = config.load(tmp_path)
    assert (site.intake.quiet_s, site.ledger_url) == (11, "postgresql://db/k2kd")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("K2KD_INTAKE__QUIET_S", "long", "intake.quiet_s"),
        ("K2KD_INTAKE__QIET_S", "3", "did you mean quiet_s?"),
        ("K2KD_LEDGR__URL", "x", "did you mean K2KD_LEDGER__URL?"),
        ("K2KD_COLOURS__RED", "x", "environment: K2KD_COLOURS__RED is no setting; sections: site,"),
        ("K2KD_PARTNER", "bloom", "environment"),
    ],
)
def test_a_wrong_variable_is_said_like_a_wrong_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    assert words in "\n".join(problems(tmp_path, NETWORK))


def test_a_systemd_credential_gives_the_address_of_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / config.FILE_NAME).write_text(NETWORK)
    assert config.load(tmp_path).ledger_url == f"sqlite:///{tmp_path}/state/ledger.db"
    secrets = tmp_path / "credentials.d"
    secrets.mkdir()
    (secrets / "db-url").write_text("postgresql://k2kd:secret@db/k2kd\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secrets))
    assert config.load(tmp_path).ledger_url == "postgresql://k2kd:secret@db/k2kd"
    assert "secret" not in "\n".join(problems(tmp_path, NETWORK + "[intake]\nbatch = 0\n"))


def test_a_systemd_credential_that_can_not_be_read_is_a_problem_of_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon that reads its configuration again then keeps the one that it has."""
    (tmp_path / config.FILE_NAME).write_text(NETWORK)
    secrets = tmp_path / "credentials.d"
    secrets.mkdir()
    (secrets / "db-url").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(secrets))
    with pytest.raises(SiteError, match="credential db-url can't be read"):
        config.load(tmp_path)
