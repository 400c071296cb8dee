"""What gets installed, and how a machine that has nothing gets there."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
SET_UP = CHECKOUT / ".ci" / "set-up"
PACKAGES = ("daemon", "formats")
SAMPLE_SITE = CHECKOUT / "daemon" / "sample"

needs_builder = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None,
    reason="hatchling is not in this environment (it belongs to the dev group)",
)


@pytest.fixture(scope="module")
def used_checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources around which somebody runs a site of their own."""
    copy = tmp_path_factory.mktemp("used") / "checkout"
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CHECKOUT / package, copy / package, ignore=ignored)
    for name in (".gitignore", "LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, copy)
    (copy / "k2kd.toml").write_text("[[partner]]\nname = 'ours'\nroles = ['buyer']\n")
    for name, content in (
        ("mappings/products.csv", "our own rows\n"),
        ("inbox/conftest.py", "raise SystemExit('a vendor dropped this')\n"),
        ("inbox/ours/order.edi", "ISA*"),
        ("onboarding/ours/id_ed25519", "a private key\n"),
        ("state/ledger.db", ""),
    ):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text(content)
    return copy


@pytest.fixture(scope="module")
def wheel(used_checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as it would be published."""
    return zipfile.ZipFile(built(used_checkout, "wheel", tmp_path_factory.mktemp("wheel")))


def built(checkout: Path, target: str, folder: Path) -> Path:
    """Build a distribution, without the network, and return its path."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder],
        check=False,
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    (path,) = folder.iterdir()
    return path


@needs_builder
def test_wheel_holds_our_two_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


@needs_builder
def test_wheel_holds_every_module_and_every_data_file(wheel: zipfile.ZipFile) -> None:
    wanted = {
        str(path.relative_to(CHECKOUT))
        for package in PACKAGES
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert "daemon/systemd/k2kd.service" in wanted
    assert not sorted(wanted - set(wheel.namelist()))


@needs_builder
def test_wheel_of_a_checkout_in_use_holds_the_sample_network_as_shipped(
    wheel: zipfile.ZipFile,
) -> None:
    shipped = {
        f"daemon/sample/{path.relative_to(SAMPLE_SITE)}": path.read_bytes()
        for path in SAMPLE_SITE.rglob("*")
        if path.is_file()
    }
    found = [name for name in wheel.namelist() if name.startswith("daemon/sample/")]
    assert {name: wheel.read(name) for name in found} == shipped
    assert {"daemon/sample/k2kd.toml", "daemon/sample/mappings/products.csv"} <= shipped.keys()


@needs_builder
def test_source_distribution_of_a_checkout_in_use_holds_nothing_of_its_site(
    used_checkout: Path, tmp_path: Path
) -> None:
    with tarfile.open(built(used_checkout, "sdist", tmp_path)) as sources:
        names = [name.split("/", 1)[1] for name in sources.getnames()]
    tops = {name.split("/")[0] for name in names}
    assert {*PACKAGES, "pyproject.toml"} <= tops
    assert "daemon/sample/k2kd.toml" in names
    assert not tops & {"k2kd.toml", "mappings", "inbox", "outbox", "onboarding", "state"}


@needs_builder
def test_installed_wheel_is_ours_and_its_command_starts(
    wheel: zipfile.ZipFile, tmp_path: Path
) -> None:
    wheel.extractall(tmp_path)
    # -P keeps the checkout out, and the extracted wheel goes before whatever is installed.
    code = "import daemon, formats; print(daemon.__file__); print(formats.__file__)"
    shown = subprocess.run(
        [sys.executable, "-P", "-c", code],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert shown.stdout.splitlines() == [
        str(tmp_path / package / "__init__.py") for package in PACKAGES
    ]
    (entry,) = tmp_path.glob("*.dist-info/entry_points.txt")
    module, _, function = entry.read_text().rpartition("=")[2].strip().partition(":")
    assert (module, function) == ("daemon.cli", "main")


def test_no_other_distribution_here_brings_a_package_of_our_names() -> None:
    owners = metadata.packages_distributions()
    assert {name for package in PACKAGES for name in owners.get(package, ["k2kd"])} == {"k2kd"}


def test_lock_file_belongs_to_this_project_file() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    lock = tomllib.loads((CHECKOUT / "uv.lock").read_text("utf-8"))
    (ours,) = (package for package in lock["package"] if package["name"] == "k2kd")
    wanted = {name_of(text) for text in project["project"]["dependencies"]}
    assert {dependency["name"] for dependency in ours["dependencies"]} == wanted
    wanted_by_tests = {name_of(text) for text in project["dependency-groups"]["dev"]}
    assert {each["name"] for each in ours["dev-dependencies"]["dev"]} == wanted_by_tests


def name_of(requirement: str) -> str:
    """Return `psycopg` of `psycopg[binary]>=3.3,<4`, as the lock file writes it."""
    letters = (char if char.isalnum() or char in "-_." else " " for char in requirement)
    return "".join(letters).split()[0].lower().replace("_", "-").replace(".", "-")


class Machine:
    """A checkout and a PATH of its own, to see what the set-up does on other machines."""

    def __init__(self, folder: Path) -> None:
        self.checkout = folder / "check out"
        self.path = folder / "bin"
        self.path.mkdir()
        (self.checkout / ".ci").mkdir(parents=True)
        shutil.copy(SET_UP, self.checkout / ".ci" / "set-up")
        (self.checkout / "uv.lock").write_text("lock 1\n")
        (self.checkout / "pyproject.toml").write_text("project 1\n")
        for tool in ("sh", "cat", "cksum", "cut", "dirname", "mkdir", "rm", "chmod", "cp"):
            found = shutil.which(tool)
            assert found is not None
            (self.path / tool).symlink_to(found)

    def command(self, name: str, script: str) -> None:
        """Put a command on the PATH."""
        path = self.path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def python(self, name: str = "python3", *, version: tuple[int, int] = (3, 12)) -> None:
        """Put a Python on the PATH: this one, which says that it is another version."""
        claim = (
            f"import sys; sys.version_info = ({version[0]}, {version[1]}, 0); exec(sys.argv.pop(1))"
        )
        self.command(
            name,
            f'case $1 in\n-c) shift; exec {sys.executable} -S -c "{claim}" "$@" ;;\n'
            f"-V) echo Python {version[0]}.{version[1]}.0 ;;\nesac",
        )

    def uv(self) -> None:
        """Put a uv on the PATH that makes a `.venv` and notes how it was called."""
        self.command(
            "uv",
            'echo "$@" >>uv.calls\nmkdir -p .venv/bin\n'
            f"rm -f .venv/bin/python\ncp {self.path}/python3 .venv/bin/python",
        )

    def set_up(self, wanted: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.checkout / ".ci" / "set-up", wanted],
            check=False,
            env={"PATH": str(self.path)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def uv_calls(self) -> list[str]:
        calls = self.checkout / "uv.calls"
        return calls.read_text().splitlines() if calls.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (2, 7)])
def test_wrong_python_is_refused_in_words(machine: Machine, version: tuple[int, int]) -> None:
    machine.python(version=version)
    said = machine.set_up("run")
    assert said.returncode == 3
    assert "needs Python 3.11, 3.12 or 3.13" in said.stderr
    assert f"here is Python {version[0]}.{version[1]}.0" in said.stderr


def test_machine_without_python_is_told_what_to_install(machine: Machine) -> None:
    said = machine.set_up("run")
    assert said.returncode == 3
    assert "apt install python3 python3-venv" in said.stderr


def test_newer_python_beside_the_default_one_is_found(machine: Machine) -> None:
    machine.python(version=(3, 10))
    machine.python("python3.13", version=(3, 13))
    machine.command("uv", 'echo "$@" >&2; exit 1')
    assert "--python python3.13" in machine.set_up("run").stderr


def test_python_without_venv_names_the_package(machine: Machine) -> None:
    machine.command(
        "python3",
        'case $2 in *ensurepip*) exit 1 ;; esac\n[ "$1" = -c ] || echo Python 3.12.0',
    )
    said = machine.set_up("run")
    assert said.returncode == 3
    assert "apt install python3-venv" in said.stderr
    assert not (machine.checkout / ".venv").exists()


def test_second_set_up_does_nothing(machine: Machine) -> None:
    machine.python()
    machine.uv()
    assert machine.set_up("run").returncode == 0
    again = machine.set_up("run")
    assert (again.returncode, again.stderr) == (0, "")
    assert machine.uv_calls() == ["sync --frozen --python python3 --no-dev --inexact"]


def test_tests_bring_what_the_daemon_needs(machine: Machine) -> None:
    machine.python()
    machine.uv()
    assert machine.set_up("tests").returncode == 0
    assert machine.set_up("run").returncode == 0
    assert machine.uv_calls() == ["sync --frozen --python python3"]


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml"])
def test_changed_lock_is_noticed_whatever_its_date(machine: Machine, name: str) -> None:
    machine.python()
    machine.uv()
    machine.set_up("tests")
    (machine.checkout / name).write_text("another\n")
    os.utime(machine.checkout / name, (0, 0))
    machine.set_up("tests")
    assert len(machine.uv_calls()) == 2


def test_moved_checkout_is_set_up_anew(machine: Machine) -> None:
    machine.python()
    machine.uv()
    machine.set_up("run")
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("moved"))
    machine.set_up("run")
    assert len(machine.uv_calls()) == 2


def test_failed_set_up_is_tried_again(machine: Machine) -> None:
    machine.python()
    machine.command("uv", 'echo "$@" >>uv.calls; exit 1')
    assert machine.set_up("run").returncode == 3
    assert machine.set_up("run").returncode == 3
    assert len(machine.uv_calls()) == 2
