"""Short texts in the source of a reader: codes that it tells apart stand there and nowhere else."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

FORMATS = Path(__file__).resolve().parents[2] / "formats"
_NOT_READERS = frozenset(
    {"check", "dictionary", "elements", "patterns", "segments", "tree", "words"}
)
"""They know the standard, not what becomes of a document."""
_LONGEST = 3


@cache
def codes_in(module: str) -> frozenset[str]:
    """Return every short text of capitals or digits in a module, and in those that it is made of.

    `module` is as `formats.x12.invoice`; only what its own package has belongs to it.
    """
    package, _, name = module.rpartition(".")
    folder = FORMATS.joinpath(*package.split(".")[1:])
    found: set[str] = set()
    for each in _modules(folder, package, name):
        for node in ast.walk(ast.parse((folder / f"{each}.py").read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(word for word in node.value.split() if _is_code(word))
    return frozenset(found)


def _is_code(word: str) -> bool:
    return len(word) <= _LONGEST and word.isalnum() and (word.isupper() or word.isdecimal())


def _modules(folder: Path, package: str, first: str) -> set[str]:
    """Return the modules of `package` that one of them imports, and they in turn, and itself."""
    seen: set[str] = set()
    waiting = [first]
    while waiting:
        name = waiting.pop()
        path = folder / f"{name}.py"
        if name in seen or name in _NOT_READERS or not path.exists():
            continue
        seen.add(name)
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package):
                waiting += [
                    (node.module or "").rpartition(".")[2],
                    *(each.name for each in node.names),
                ]
    return seen
