"""The checkout as a site: git keeps the sample network there as it is shipped, whoever runs it.

What git keeps is judged, not what lies in the folders: people run this site, edit its tables and
get files in its inboxes, and no test may fail for that, or read any of it.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from daemon import config
from tests.daemon.network import SAMPLE_SITE
from tests.daemon.running import CHECKOUT

SAMPLE = SAMPLE_SITE.relative_to(CHECKOUT).as_posix()
SITE_FOLDERS = ("mappings", "inbox", "outbox")
OF_THE_SITE = {"k2kd.toml", "FILE_NAME", *SITE_FOLDERS, "onboarding", "credentials", "state"}
DRIFTED = f"""what git keeps of the checkout's site is not {SAMPLE} any more.
If you meant to change the sample, bring both into one commit: change it in {SAMPLE}, then
    cp -R {SAMPLE}/k2kd.toml {SAMPLE}/mappings .
If you only run a site here, leave its k2kd.toml and mappings out of the commit, or keep your site
in a folder of its own (k2kd init DIR). docs/decisions/0004 says why there are two."""


def kept(*places: str) -> dict[str, str]:
    """Return mode and object id of every file that git keeps below `places`, by its path.

    That is the index: the last commit, with what `git add` has prepared for the next.
    """
    if not (CHECKOUT / ".git").exists():
        pytest.skip("these sources are not a git checkout")
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    # A checkout may belong to another user than the one who runs its tests.
    words = ("-c", "safe.directory=*", "ls-files", "--stage", "-z", "--", *places)
    done = subprocess.run(
        ["git", *words], check=False, cwd=CHECKOUT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    rows = (row.split("\t", 1) for row in done.stdout.split("\0") if row)
    return {path: said.rsplit(" ", 1)[0] for said, path in rows}


def test_checkouts_site_is_kept_as_the_sample_that_is_shipped() -> None:
    shipped = kept(f"{SAMPLE}/k2kd.toml", f"{SAMPLE}/mappings")
    own = kept("k2kd.toml", "mappings")
    assert {path.removeprefix(f"{SAMPLE}/"): what for path, what in shipped.items()} == own, DRIFTED
    assert len(own) > 5


def test_checkout_has_the_folders_of_the_sample_networks_partners_and_nothing_in_them() -> None:
    names = [partner.name for partner in config.load(SAMPLE_SITE).partner]
    wanted = {f"{box}/{name}/.gitkeep" for box in ("inbox", "outbox") for name in names}
    assert set(kept("inbox", "outbox")) == wanted


def test_data_folders_hold_no_python() -> None:
    # A partner may drop any file; what git keeps must not be taken for a module or for tests.
    assert not [path for path in kept(*SITE_FOLDERS, SAMPLE) if path.endswith(".py")]


def test_no_test_reads_the_checkouts_site() -> None:
    wrong = [
        f"{path.relative_to(CHECKOUT)}:{line}"
        for path in sorted((CHECKOUT / "tests").rglob("*.py"))
        for line in reads_of_the_site(path.read_text("utf-8"))
    ]
    assert not wrong, "use tests.daemon.network.SAMPLE_SITE: the checkout's own site may be in use"


def reads_of_the_site(source: str) -> Iterator[int]:
    """Yield every line that names a part of the checkout's site, or loads it."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.BinOp(left=base, op=ast.Div(), right=ast.Constant(value=str(name))):
                part = name.split("/")[0]
            case ast.BinOp(
                left=base, op=ast.Div(), right=ast.Name(id=part) | ast.Attribute(attr=part)
            ):
                pass
            case ast.Call(func=ast.Attribute(attr="load"), args=[base, *_]):
                part = "k2kd.toml"
            case _:
                continue
        if part in OF_THE_SITE and is_checkout(base):
            yield node.lineno


def is_checkout(base: ast.expr) -> bool:
    """Judge an expression by what tests call the checkout's folder."""
    if isinstance(base, ast.Name):
        return base.id in {"CHECKOUT", "ROOT", "checkout"}
    return isinstance(base, ast.Subscript) and ast.unparse(base.value).endswith(".parents")


@pytest.mark.parametrize(
    ("source", "is_read"),
    [
        ("CHECKOUT / 'mappings' / 'units.csv'", True),
        ("ROOT / 'mappings/units.csv'", True),
        ("Path(__file__).resolve().parents[3] / 'k2kd.toml'", True),
        ("checkout / config.FILE_NAME", True),
        ("config.load(CHECKOUT)", True),
        ("CHECKOUT / 'docs' / 'formats.md'", False),
        ("site.root / 'mappings'", False),
        ("config.load(root)", False),
        ("SAMPLE_SITE / 'mappings'", False),
    ],
)
def test_rule_about_the_checkouts_site_sees(source: str, *, is_read: bool) -> None:
    assert bool(list(reads_of_the_site(source))) == is_read
