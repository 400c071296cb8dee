"""The plan for OpenSSH, and what it refuses, without an sshd."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from daemon.config import Configuration, from_values
from daemon.errors import EnvironmentFault, SiteError, UsageError
from daemon.onboarding.apply import Done, check, run, settings_problem
from daemon.onboarding.openssh import Jail, jail, plan, script, undo

SHOWN = """\
chrootdirectory /srv/k2kd/%u
subsystem sftp internal-sftp
"""


def site(inbox: str, outbox: str) -> Configuration:
    return from_values({"site": {"inbox": inbox, "outbox": outbox}}, Path("/etc/k2kd"))


def usual(partner: str = "rosales") -> Jail:
    return jail(site("/srv/k2kd/{partner}/inbox", "/srv/k2kd/{partner}/outbox"), partner)


class Scripted:
    """Answers programs as told; all else succeeds and says nothing."""

    def __init__(self, **answers: Done) -> None:
        self.answers = answers
        self.ran: list[str] = []

    def __call__(self, argv: Sequence[str]) -> Done:
        line = " ".join(argv)
        self.ran.append(line)
        return next(
            (
                done
                for name, done in self.answers.items()
                if line.startswith(name.replace("_", " "))
            ),
            Done(0, ""),
        )


def test_jail_is_what_inbox_and_outbox_share() -> None:
    where = usual()
    assert where.root == Path("/srv/k2kd/rosales")
    assert where.pattern == "/srv/k2kd/%u"
    assert (where.inbox_seen, where.outbox_seen) == ("/inbox", "/outbox")


@pytest.mark.parametrize(
    ("inbox", "outbox"),
    [
        ("inbox/{partner}", "outbox/{partner}"),
        ("/srv/in/{partner}/inbox", "/srv/out/{partner}/outbox"),
        ("/srv/k2kd/x-{partner}/inbox", "/srv/k2kd/x-{partner}/outbox"),
        ("/srv/{partner}/{partner}/inbox", "/srv/{partner}/{partner}/outbox"),
        ("/srv/k2kd/{partner}/in box", "/srv/k2kd/{partner}/outbox"),
        ("/srv/100%/{partner}/inbox", "/srv/100%/{partner}/outbox"),
        ("srv/{partner}/inbox", "srv/{partner}/outbox"),
    ],
)
def test_folders_that_make_no_jail_are_refused(inbox: str, outbox: str) -> None:
    with pytest.raises(SiteError, match=r"/srv/k2kd/\{partner\}/inbox"):
        jail(site(inbox, outbox), "rosales")


@pytest.mark.parametrize("name", ["7up", "a" * 33, "a b", "-x", "root;id"])
def test_names_that_are_no_accounts_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="can't be an account"):
        usual(name)


def test_script_is_shell_that_parses_and_holds_every_step(tmp_path: Path) -> None:
    text = script(plan(usual(), ("ssh-ed25519 AAAA it's",)), "rosales")
    done = subprocess.run(["sh", "-n"], check=False, input=text, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    for step in ("groupadd", "useradd", "authorized_keys.d/rosales", "Match Group", "sshd -t"):
        assert step in text
    assert "AllowGroups" not in text
    assert undo(usual()) == ("rm /etc/ssh/authorized_keys.d/rosales", "userdel rosales")


def test_without_a_key_no_keys_are_written_over() -> None:
    text = script(plan(usual(), ()), "rosales")
    assert "authorized_keys.d/rosales" not in text


def test_outbox_may_be_emptied_only_where_agreed() -> None:
    def outbox(*, may_delete: bool) -> str:
        text = script(plan(usual(), (), may_delete=may_delete), "rosales")
        return next(x for x in text.splitlines() if x.endswith("/outbox"))

    assert "2750" in outbox(may_delete=False)
    assert "2770" in outbox(may_delete=True)


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"sshd_-T": Done(0, SHOWN)}, None),
        ({"sshd_-t": Done(255, "line 3: bad")}, "refuses its settings: line 3: bad"),
        ({"sshd_-T": Done(1, "no")}, "can't show"),
        ({"sshd_-T": Done(0, SHOWN.replace("/srv/k2kd/%u", "none"))}, "Include"),
        ({"sshd_-T": Done(0, SHOWN.splitlines()[0])}, "Subsystem sftp internal-sftp"),
        ({"sshd_-T": Done(0, SHOWN + "allowgroups admins\n")}, "add sftppartners to AllowGroups"),
        ({"sshd_-T": Done(0, SHOWN + "allowgroups admins\nallowgroups sftppartners\n")}, None),
    ],
)
def test_settings_are_proved_by_what_sshd_says(
    answers: dict[str, Done], problem: str | None
) -> None:
    found = settings_problem(usual(), Scripted(**answers))
    assert (found is None) == (problem is None)
    assert problem is None or problem in (found or "")


def test_only_root_may_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(UsageError, match="sudo"):
        check(usual(), Scripted())


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"id_-u_k2kd": Done(1, "")}, "useradd --system"),
        ({"sshd_-t": Done(127, "")}, "install openssh-server"),
        ({"id_-Gn": Done(0, "rosales adm")}, "is no partner's"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, Done], problem: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    shell = Scripted(**answers)
    with pytest.raises((UsageError, EnvironmentFault), match=problem):
        check(usual(), shell)
    assert all(line.startswith(("id ", "sshd -t")) for line in shell.ran)


def test_folder_above_the_jail_that_others_may_change_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    above = tmp_path / "pool"
    above.mkdir()
    above.chmod(0o777)
    where = jail(site(f"{above}/p/{{partner}}/inbox", f"{above}/p/{{partner}}/outbox"), "rosales")
    with pytest.raises(EnvironmentFault, match="only root may change"):
        check(where, Scripted(**{"id_-Gn": Done(1, "")}))


def test_program_that_is_not_installed_is_said() -> None:
    assert run(("no-such-program",)) == Done(127, "no-such-program is not installed")
    assert run(("sh", "-c", "echo said; exit 3")) == Done(3, "said")
