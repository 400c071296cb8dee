"""`k2kd partner test` in words: what was found at each step, and what to do."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import Any

import pytest

from daemon.clock import SystemClock
from daemon.errors import UsageError
from daemon.sftp import words
from daemon.sftp.words import Check, Outcome
from tests.sftp.client.conftest import Desk, interchange
from tests.sftp.lab import keygen, public_line


def tried(desk: Desk, **changes: Any) -> list[Check]:
    prefix = desk.lab.prefix
    sftp = desk.remote(
        **{"pull": {"folder": f"{prefix}out"}, "push": {"folder": f"{prefix}in"}, **changes}
    )
    site = desk.site(desk.partner(sftp=sftp))
    return words.test_partner(site, site.partner[0])


def test_a_good_server_passes_every_step_and_keeps_nothing_of_ours(desk: Desk) -> None:
    desk.lab.put("out", "a.edi", interchange(1))
    desk.lab.put("out", "b.part", b"")
    checks = tried(desk)
    assert {c.outcome for c in checks} == {Outcome.OK}, checks
    said = {c.name.split(" ")[0]: c.said for c in checks}
    assert "1 files for us" in said["fetch"] and "1 unfinished" in said["fetch"]
    assert "OpenSSH" in said["greeting"]
    assert "publickey" in said["ways"]
    assert list((desk.lab.home / "in").iterdir()) == []
    assert len(list((desk.lab.home / "out").iterdir())) == 2


def test_another_host_key_shows_both_fingerprints_and_the_line_to_pin(desk: Desk) -> None:
    wrong = public_line(keygen(desk.root / "wrong"))
    checks = tried(desk, host_keys=[wrong])
    assert checks[-1].name == "host key"
    assert checks[-1].outcome is Outcome.FAILED
    assert desk.lab.pins()[0] in checks[-1].advice
    assert "SHA256:" in checks[-1].said
    pinned = next(c for c in checks if c.name == "pinned keys")
    assert "SHA256:" in pinned.said


def test_a_server_can_be_asked_for_its_key_before_one_is_pinned(desk: Desk) -> None:
    checks = tried(desk, host_keys=["ask"])
    assert checks[-1].name == "host key"
    assert desk.lab.pins()[0] in checks[-1].advice


def test_a_refused_login_gives_our_public_key_to_send(desk: Desk) -> None:
    key = keygen(desk.root / "other")
    (desk.root / "credentials" / "key").write_text(key.read_text())
    checks = tried(desk)
    assert (checks[-1].name, checks[-1].outcome) == ("login", Outcome.FAILED)
    assert public_line(key) in checks[-1].advice


def test_a_missing_credential_does_not_keep_the_rest_from_being_tried(desk: Desk) -> None:
    (desk.root / "credentials" / "key").unlink()
    checks = tried(desk)
    assert checks[0].outcome is Outcome.FAILED and "no credential key" in checks[0].said
    assert [c.name for c in checks][-3:] == ["host key", "ways to log in", "login"]


@pytest.mark.parametrize(
    ("changes", "name", "said"),
    [
        ({"host": "nowhere.invalid"}, "address", "has no address"),
        ({"host": "two..dots"}, "address", "has no address"),
        ({"port": 1}, "port", "refuses connections"),
    ],
)
def test_a_server_that_is_not_there_is_told_apart(
    desk: Desk, changes: dict[str, Any], name: str, said: str
) -> None:
    last = tried(desk, **changes)[-1]
    assert (last.name, last.outcome) == (name, Outcome.FAILED)
    assert said in last.said


def test_missing_folders_are_told_with_what_to_mend(desk: Desk) -> None:
    failed = [
        c
        for c in tried(desk, pull={"folder": "nope"}, push={"folder": "nada"})
        if c.outcome is Outcome.FAILED
    ]
    assert [c.name for c in failed] == ["fetch from nope", "put into nada"]
    assert "mend pull.folder" in failed[0].advice
    assert "mend push.folder" in failed[1].advice


def test_folders_that_are_closed_to_writing_are_told(desk: Desk) -> None:
    if not desk.lab.is_jailed:
        pytest.skip("needs a login that is not our own account")
    folders = [desk.lab.home / name for name in ("in", "out")]
    for folder in folders:
        os.chown(folder, 0, 0)
    try:
        failed = [c for c in tried(desk) if c.outcome is Outcome.FAILED]
    finally:
        for folder in folders:
            desk.lab.give(folder)
    assert len(failed) == 2
    assert 'receipt = "keep"' in failed[0].advice
    assert "permission denied" in failed[1].said


def test_a_clock_that_is_wrong_is_told(desk: Desk) -> None:
    class Behind(SystemClock):
        def now(self):  # type: ignore[no-untyped-def]  # as the one it stands for
            return super().now() - timedelta(hours=2)

    sftp = desk.remote(push={"folder": f"{desk.lab.prefix}in"})
    site = desk.site(desk.partner(sftp=sftp))
    clock = words.test_partner(site, site.partner[0], Behind())[-1]
    assert clock.outcome is Outcome.LOOK
    assert re.search(r"7(199|200|201) s ahead", clock.said)


def test_a_partner_without_a_server_is_a_usage_error(desk: Desk) -> None:
    site = desk.site(desk.partner())
    with pytest.raises(UsageError, match="no server of its own"):
        words.test_partner(site, site.partner[0])
