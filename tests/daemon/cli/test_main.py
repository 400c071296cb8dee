"""The door of the command line: help, exit codes, speed, colour."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from daemon import VERSION
from daemon.cli.commands import SECTIONS
from tests.daemon.cli.conftest import START, Run

COMMANDS = [command.name for _, group in SECTIONS for command in group]


def program(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `k2kd` as a program of its own."""
    return subprocess.run(
        [sys.executable, "-c", START, *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", **environment},
        cwd=Path(__file__).resolve().parents[3],
    )


def test_help_lists_every_command_in_its_section(run: Run) -> None:
    said = run("--help")
    assert said.code == 0
    listed = [line.split()[0] for line in said.out.splitlines() if line.startswith("  ")]
    assert listed == COMMANDS
    for title, _ in SECTIONS:
        assert title in said.out


def test_no_command_at_all_shows_help(run: Run) -> None:
    assert run().out == run("--help").out == run("help").out


def test_help_is_plain_text_where_nobody_sees_colour(run: Run) -> None:
    assert "\x1b" not in run("--help").out


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from daemon.cli import main; main(['--help'])\n"
        "heavy = {'typer', 'rich', 'pandas', 'sqlalchemy', 'pydantic', 'lxml'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
    )
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(run: Run, name: str) -> None:
    said = run(name, "--help")
    assert said.code == 0
    assert f"Usage: k2kd {name}" in said.out
    if "COMMAND" not in said.out:
        assert f"  k2kd {name}" in said.out


@pytest.mark.parametrize(
    ("group", "name"),
    [
        *(("quarantine", name) for name in ("list", "show", "release", "reject")),
        *(("control-numbers", name) for name in ("list", "reset")),
        *(("db", name) for name in ("upgrade", "version", "restored")),
        *(("partner", name) for name in ("add", "list", "remove")),
    ],
)
def test_every_subcommand_has_help_with_an_example(run: Run, group: str, name: str) -> None:
    said = run(group, name, "--help")
    assert said.code == 0
    assert f"  k2kd {group} {name}" in said.out


def test_help_of_a_command_may_be_asked_both_ways(run: Run) -> None:
    assert run("help", "files").out == run("files", "-h").out


def test_version_is_told(run: Run) -> None:
    assert run("--version").out == f"k2kd {VERSION}\n"


def test_unknown_command_names_the_nearest(run: Run) -> None:
    said = run("chekc")
    assert (said.code, said.out) == (2, "")
    assert said.err == "k2kd: there is no command 'chekc'; did you mean check?\n"


def test_unknown_option_is_a_usage_error(run: Run) -> None:
    said = run("files", "--stat", "held")
    assert said.code == 2
    assert "--state" in said.err


def test_folder_without_a_site_is_an_environment_error_that_says_what_to_do(
    run: Run, tmp_path: Path
) -> None:
    said = run("status", "--site", tmp_path)
    assert said.code == 3
    assert f"make one with: k2kd init {tmp_path}" in said.err
    assert "Traceback" not in said.err


def test_every_problem_of_a_site_has_its_own_line(run: Run, site: Path) -> None:
    file = site / "k2kd.toml"
    file.write_text(file.read_text("utf-8").replace("rol", "rool") + "\n[sitte]\n", "utf-8")
    said = run("files")
    assert said.code == 3
    lines = said.err.splitlines()
    assert len(lines) > 2
    assert all(line.startswith("k2kd: ") for line in lines)


def test_site_comes_from_the_environment(site: Path, tmp_path: Path) -> None:
    said = program("files", "--json", K2KD_SITE=str(site))
    assert said.returncode == 0, said.stderr
    assert '"order-10045.edi"' in said.stdout


def test_program_ends_with_the_exit_codes_of_the_contract(site: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.edi"
    broken.write_text("ISA*nonsense~\n")
    assert program("check", "--site", str(site), K2KD_INTAKE__FREE_BYTES="0").returncode == 0
    assert program("read", str(broken)).returncode == 1
    assert program("show", "999", "--site", str(site)).returncode == 2
    assert program("status", "--site", str(tmp_path)).returncode == 3


def test_output_for_a_pipe_has_no_colour(site: Path) -> None:
    said = program("orders", "--site", str(site))
    assert "UNMAPPED" in said.stdout
    assert "\x1b" not in said.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_documentation(checkout: Path, name: str) -> None:
    page = (checkout / "docs" / "command-line.md").read_text("utf-8")
    assert f"| `{name}" in page or f", `{name} " in page
