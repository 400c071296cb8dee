"""The shape of the house: imports point down, one place touches the disk, nothing grows too large.

Each rule reads the source, so that a module that breaks it is named before anything runs.
"""

from __future__ import annotations

import ast
import re
import threading
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from daemon.ledger.schema import metadata
from daemon.sftp.server_channel import Subsystem

CHECKOUT = Path(__file__).resolve().parents[1]

LAYERS: tuple[tuple[str, ...], ...] = (
    # Lowest first. A module imports modules of lower layers and of its own room, nothing else.
    ("errors", "processes", "terms"),
    ("sections",),
    ("links",),
    ("clock", "config", "disk", "journal", "progress", "steering"),
    ("eventlog", "filefaults", "workbooks"),
    ("beats", "folders", "notify"),
    ("pulse",),
    ("safefile",),
    ("ledger",),
    ("mapping",),
    ("intake", "delivery"),
    ("sftp",),
    ("trade",),
    ("replies",),
    ("pipeline",),
    ("completing", "decisions", "samples", "startup", "timers"),
    ("confirming", "operations", "warm_up"),
    ("lanes", "parts"),
    ("engine",),
    ("service",),
    ("onboarding",),
    ("cli",),
)

DISK_ROOMS = ("daemon/safefile.py", "daemon/folders.py", "daemon/disk.py", "daemon/ledger")
"""The only ones that write, rename, remove or flush files (style 20)."""

DATA_FOLDERS = ("mappings", "inbox", "outbox")
CATCH_ALL = (
    *("daemon/pipeline/drain.py", "daemon/pipeline/announce.py", "daemon/completing.py"),
    "daemon/timers.py",
)
"""Where a bug in the work on one file stops: a drain, the completing of what was held, a timer."""
MIGRATIONS = "daemon/ledger/migrations/versions"
"""Lists of columns, written once and never changed: as long as the schema is."""
LONGEST_FUNCTION = 60
LONGEST_MODULE = 400

OS_VERBS = {
    *("fdatasync", "fsync", "sync", "ftruncate", "truncate", "write", "writev", "pwrite"),
    *("link", "symlink", "rename", "renames", "replace", "remove", "unlink"),
    *("makedirs", "mkdir", "mkfifo", "mknod", "removedirs", "rmdir"),
}
PATH_VERBS = {
    *("write_text", "write_bytes", "touch", "unlink", "rename"),
    *("mkdir", "rmdir", "symlink_to", "hardlink_to"),
}
WRITING_MODES = set("wax+")
WRITING_FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"}


@cache
def modules() -> list[Path]:
    """Return every module of the product, as paths below the checkout."""
    found = [
        path.relative_to(CHECKOUT)
        for package in ("daemon", "formats")
        for path in sorted((CHECKOUT / package).rglob("*.py"))
    ]
    assert len(found) > 10
    return found


@cache
def tree(module: Path) -> ast.Module:
    return ast.parse((CHECKOUT / module).read_bytes(), filename=str(module))


def dotted(module: Path) -> str:
    """Return `daemon.intake.scan` for its path, and the package's name for an `__init__`."""
    return ".".join(module.with_suffix("").parts).removesuffix(".__init__")


def imports(module: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything that a module imports, at its top or inside."""
    package = ".".join(module.parent.parts)
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                above = parents[: len(parents) - node.level + 1]
                base = ".".join([*above, base]).rstrip(".")
            for name in node.names:
                yield node.lineno, f"{base}.{name.name}"


def room(name: str) -> str | None:
    """Return the room of the daemon that a dotted name lies in; None for any other name."""
    parts = name.split(".")
    return parts[1] if parts[0] == "daemon" and len(parts) > 1 else None


HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}


def test_imports_point_down() -> None:
    wrong = [
        f"{module}:{line} imports {name}"
        for module in modules()
        if (own := room(dotted(module))) is not None
        for line, name in imports(module)
        if (other := room(name)) is not None
        and other in HEIGHT
        and other != own
        and HEIGHT[other] >= HEIGHT[own]
    ]
    assert not wrong


def test_formats_know_nothing_of_the_daemon_or_the_outside() -> None:
    outside = {"daemon", "os", "socket", "subprocess", "sqlalchemy", "paramiko", "watchdog"}
    wrong = [
        f"{module}:{line} imports {name}"
        for module in modules()
        if module.parts[0] == "formats"
        for line, name in imports(module)
        if name.split(".")[0] in outside
    ]
    assert not wrong


def test_every_room_of_the_daemon_has_its_place() -> None:
    rooms = {module.with_suffix("").parts[1] for module in modules() if module.parts[0] == "daemon"}
    assert rooms - {"__init__"} == set(HEIGHT), "say in LAYERS where the new room stands"


def test_the_map_names_every_room_and_every_table() -> None:
    page = (CHECKOUT / "docs" / "architecture.md").read_text("utf-8")
    named = {name.strip("/") for name in re.findall(r"`([a-z_]+/?)`", page)}
    trade = {folder.parent.name for folder in (CHECKOUT / "daemon/trade").glob("*/__init__.py")}
    assert not sorted({*HEIGHT, *trade, *metadata.tables} - named), "say in the map what it holds"


def writes(module: Path) -> Iterator[str]:
    """Yield every call in a module that changes the file system, with its line."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call) and (verb := disk_verb(node)) is not None:
            yield f"{module}:{node.lineno} calls {verb}"
        elif isinstance(node, ast.ImportFrom) and node.module in {"os", "shutil", "tempfile"}:
            names = {name.name for name in node.names}
            if node.module != "os" or names & OS_VERBS:
                yield f"{module}:{node.lineno} imports {', '.join(sorted(names))}"


def disk_verb(call: ast.Call) -> str | None:
    """Return the name of a call that changes the file system; None for any other call."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="safefile")):
            return None
        case ast.Attribute(value=ast.Name(id="shutil" | "tempfile"), attr=verb):
            return verb
        case ast.Attribute(value=ast.Name(id="os"), attr=verb) if verb in OS_VERBS:
            return verb
        case ast.Attribute(attr=verb) if verb in PATH_VERBS:
            return verb
        case ast.Name(id="open") | ast.Attribute(attr="open" | "fdopen"):
            return "open for writing" if opens_for_writing(call) else None
    return None


def opens_for_writing(call: ast.Call) -> bool:
    """Judge an `open` by its mode, or by the flags of an `os.open`."""
    flags = {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    modes = [*call.args[:2], *(word.value for word in call.keywords if word.arg == "mode")]
    return bool(flags & WRITING_FLAGS) or any(
        isinstance(mode, ast.Constant)
        and isinstance(mode.value, str)
        and set(mode.value) <= set("rwaxbt+")
        and bool(WRITING_MODES & set(mode.value))
        for mode in modes
    )


def is_disk_room(module: Path) -> bool:
    return any(str(module) == room or str(module).startswith(f"{room}/") for room in DISK_ROOMS)


def test_only_safefile_and_the_ledger_change_the_disk() -> None:
    wrong = [line for module in modules() if not is_disk_room(module) for line in writes(module)]
    assert not wrong, "use daemon.safefile"


@pytest.mark.parametrize(
    ("source", "is_write"),
    [
        ("os.rename(a, b)", True),
        ("os.fsync(fd)", True),
        ("path.write_text('x')", True),
        ("path.unlink()", True),
        ("open(path, 'w')", True),
        ("open(path, mode='r+b')", True),
        ("path.open('ab')", True),
        ("os.open(name, os.O_WRONLY | os.O_CREAT)", True),
        ("shutil.move(a, b)", True),
        ("os.fdopen(fd, 'wb')", True),
        ("open(path)", False),
        ("open(path, 'rb')", False),
        ("path.open('rb')", False),
        ("path.open()", False),
        ("os.open(name, os.O_RDONLY)", False),
        ("text.replace('a', 'b')", False),
        ("safefile.rename(a, b)", False),
        ("safefile.open_inside(a, 'w')", False),
    ],
)
def test_disk_rule_sees(source: str, *, is_write: bool) -> None:
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    assert (disk_verb(call) is not None) == is_write


def test_modules_and_functions_stay_readable() -> None:
    long = [
        f"{module} has {lines} lines"
        for module in modules()
        if not module.is_relative_to(MIGRATIONS)
        and (lines := len((CHECKOUT / module).read_text("utf-8").splitlines())) > LONGEST_MODULE
    ]
    long += [
        f"{module}:{node.lineno} {node.name} has {length} lines"
        for module in modules()
        if not module.is_relative_to(MIGRATIONS)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not long


def test_modules_say_what_they_promise() -> None:
    silent = [
        str(module)
        for module in modules()
        if not ast.get_docstring(tree(module)) and (CHECKOUT / module).read_text("utf-8").strip()
    ]
    assert not silent


def test_catch_all_stands_where_attempts_are_counted_only() -> None:
    found = [
        f"{module}:{node.lineno}"
        for module in modules()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    ]
    wrong = [place for place in found if not place.startswith(CATCH_ALL)]
    assert not wrong, "let it rise: the drain counts the attempt, the lane logs it (style 17)"
    assert len(found) <= len(CATCH_ALL) + 1


def catches_everything(handler: ast.ExceptHandler) -> bool:
    """Judge a handler of everything that does not raise again."""
    broad = handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )
    return broad and not any(isinstance(node, ast.Raise) for node in ast.walk(handler))


def test_pytest_never_looks_where_partners_write() -> None:
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    pytest_settings = settings["tool"]["pytest"]["ini_options"]
    assert pytest_settings["testpaths"] == ["tests"]
    assert {*DATA_FOLDERS, "state"} <= set(pytest_settings["norecursedirs"])


def test_a_thread_by_inheritance_has_no_private_names() -> None:
    """The next Python may need them for itself, as 3.13 did `_handle`."""
    private = {name for name in vars(Subsystem) if name.startswith("_") and name[1] != "_"}
    assert issubclass(Subsystem, threading.Thread)
    assert private == set()


def test_every_folder_of_tests_is_a_package() -> None:
    # Otherwise two test modules of the same name shadow each other.
    folders = {path.parent for path in (CHECKOUT / "tests").rglob("test_*.py")}
    assert not sorted(str(folder) for folder in folders if not (folder / "__init__.py").exists())
