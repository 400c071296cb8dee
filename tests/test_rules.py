"""docs/rules.md says what is so: where each rule is carried out, and which test shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from tests.daemon.running import CHECKOUT

PAGE = (CHECKOUT / "docs" / "rules.md").read_text("utf-8")
FAMILIES = {
    "U": (range(1, 6), range(10, 22)),
    "T": (range(1, 6),),
    "K": (range(1, 11), range(20, 33), range(40, 46), range(60, 71), range(80, 84), range(90, 95)),
    "P": (range(1, 7), range(20, 31)),
    "D": (range(1, 9),),
    "L": (range(1, 12),),
    "A": (range(1, 9),),
    "M": (range(1, 5), range(10, 17)),
    "H": (range(1, 6),),
    "W": (range(1, 8),),
    "E": (range(1, 9), range(10, 31)),
}
"""The numbers of the rules, by letter."""
RULES = frozenset(
    f"{letter}-{number:02}"
    for letter, ranges in FAMILIES.items()
    for number in chain.from_iterable(ranges)
)
TEXTS = (".py", ".md")
_ID = re.compile(rf"\b[{''.join(FAMILIES)}]-\d\d\b(?!-)")
_RANGE = re.compile(rf"\b([{''.join(FAMILIES)}])-(\d\d) to \1-(\d\d)\b")


@dataclass(frozen=True, slots=True)
class Row:
    """A rule that is carried out: by a module, which a test shows."""

    rule: str
    module: str
    test: str
    name: str


def cells() -> Iterator[list[str]]:
    for line in PAGE.splitlines():
        found = [cell.strip() for cell in line.strip("|").split("|")]
        if _ID.fullmatch(found[0]):
            yield found


def rows() -> list[Row]:
    found = [each for each in cells() if len(each) == 4]
    return [
        Row(rule, module.strip("`"), *shown[1:].split("`: ", 1)) for rule, _, module, shown in found
    ]


def cited(text: str) -> set[str]:
    """Return the rules that a text names, one by one or as `K-01 to K-10`."""
    found = set(_ID.findall(text))
    for letter, first, last in _RANGE.findall(text):
        found |= {f"{letter}-{number:02}" for number in range(int(first), int(last) + 1)}
    return found


def is_there(test: str, module: str) -> bool:
    """Tell whether a module, wherever below tests/ it lies, has a test."""
    found = (CHECKOUT / "tests").rglob(f"{module}.py")
    return any(f"\ndef {test}(" in path.read_text("utf-8") for path in found)


def test_each_rule_stands_on_the_page_once() -> None:
    named = [each[0] for each in cells()]
    assert len(named) == len(set(named))
    assert set(named) == RULES, "say in docs/rules.md where they are, or why they are nowhere"


def test_each_rule_is_cited_where_it_is_carried_out_and_shown_by_a_test() -> None:
    """Whoever moves a rule or its test says so on the page."""
    wrong = []
    for row in rows():
        if row.rule not in cited((CHECKOUT / f"{row.module}.py").read_text("utf-8")):
            wrong.append(f"{row.module} doesn't cite {row.rule}")
        name = f"test_{row.name.replace(' ', '_')}"
        if not is_there(name, row.test):
            wrong.append(f"{row.rule}: there is no {name} in {row.test}")
    assert not wrong


def test_no_rule_is_cited_that_there_is_not() -> None:
    folders = (CHECKOUT / name for name in ("daemon", "formats", "docs"))
    files = (path for folder in folders for path in folder.rglob("*") if path.suffix in TEXTS)
    unknown = {
        f"{path.relative_to(CHECKOUT)}: {rule}"
        for path in files
        for rule in cited(path.read_text("utf-8")) - RULES
    }
    assert not unknown
