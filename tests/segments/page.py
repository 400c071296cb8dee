"""Every segment and element of a transaction set, and what becomes of it: `docs/segments`.

`python -m tests.segments.page` writes a page for each set whose uses are listed. Tests hold the
list to what the builders read, and the pages to the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from formats.x12.dictionary import Element, Segment, Use, dictionary
from formats.x12.tree import tree
from tests.segments.layout import RELEASES, Place, name_of, places
from tests.segments.uses import Uses, uses

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "segments"
_KINDS = {"N0": "number", "N2": "cents", "R": "decimal", "DT": "day", "TM": "time", "AN": "text",
          "ID": "code", "C": "composite"}  # fmt: skip


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    listed = sorted(uses())
    found = {f"{code}.md": _page(code, uses()[code]) for code in listed}
    rows = "".join(f"- [{code}]({code}.md): {name_of(code)}\n" for code in listed)
    return {"README.md": _INDEX + rows} | found


_INDEX = """\
# Transaction sets, element by element

What is read of each set of X12, and what becomes of it. Made by `make docs` from the definitions in
`formats/x12/definitions`; tests hold it to what our readers look at.

"""


_ABOUT = """releases 004010 and 005010. Every element is checked for its place, its
kind, its length and its code, but for segments that are checked for their place only. Where the
releases differ, both are given. The last column says what the record has of it.

"""


def _page(code: str, told: Uses) -> str:
    levels = _union(code)
    used = [each for each in levels if each in told]
    unused = [each for each in levels if each not in told and each not in ("ST", "SE")]
    group = tree(code, RELEASES[0]).functional_id
    text = f"# {code}, {name_of(code)}\n\nGroup `{group}`; {_ABOUT}"
    for path in used:
        text += _section(code, path, told[path])
    text += "## Checked and not used\n\n| segment | times | elements |\n| --- | --- | --- |\n"
    text += "".join(_short(code, path) for path in unused)
    return text


def _union(code: str) -> dict[str, None]:
    """Return the paths of both releases in order: those of one stand where the other has them."""
    found: dict[str, None] = {}
    first, second = ([each.path for each in _flat(places(code, one))] for one in RELEASES)
    waiting = dict.fromkeys(first)
    for path in second:
        if path in waiting:
            for each in list(waiting):
                del waiting[each]
                found[each] = None
                if each == path:
                    break
        found[path] = None
    return found | waiting


def _flat(level: tuple[Place, ...]) -> Iterator[Place]:
    for place in level:
        yield place
        yield from _flat(place.inside)


def _place(code: str, release: str, path: str) -> Place | None:
    return next((each for each in _flat(places(code, release)) if each.path == path), None)


def _section(code: str, path: str, words: Mapping[int, str]) -> str:
    segments = [dictionary(release).segments.get(path.rpartition("/")[2]) for release in RELEASES]
    text = f"## `{path}`\n\n{_times(code, path)}\n\n| element | kind | what becomes of it |\n"
    text += "| --- | --- | --- |\n"
    most = max([*(len(each.uses) for each in segments if each), *words])
    for number in range(1, most + 1):
        name, kind = _element(segments, number)
        label = f"{path.rpartition('/')[2]}{number:02}"
        text += f"| {label} {name} | {kind} | {words.get(number, '')} |\n"
    return text + "\n"


def _times(code: str, path: str) -> str:
    said = [_how_often(_place(code, release, path)) for release in RELEASES]
    return f"{said[0]}." if said[0] == said[1] else f"{said[0]}; 005010: {said[1]}."


def _how_often(place: Place | None) -> str:
    if place is None:
        return "not in this release"
    need = "Must come" if place.is_mandatory else "May come"
    return f"{need}, {'any number of times' if not place.most else _at_most(place.most)}"


def _at_most(most: int) -> str:
    return "once" if most == 1 else f"up to {most} times"


def _element(segments: list[Segment | None], number: int) -> tuple[str, str]:
    """Return the name of an element, and of what kind it is in each release."""
    found = [
        each.uses[number - 1] if each and number <= len(each.uses) else None for each in segments
    ]
    known = [each for each in found if each]
    if not known:
        return "", "checked for its place only"
    said = [_kind(each) if each else "not in this release" for each in found]
    return known[0].element.name, said[0] if said[0] == said[1] else f"{said[0]}; 005010: {said[1]}"


def _kind(use: Use) -> str:
    element: Element = use.element
    size = (
        f"{element.least}"
        if element.least == element.most
        else f"{element.least} to {element.most}"
    )
    kind = _KINDS[element.type]
    text = kind if element.type in ("DT", "TM", "C") else f"{kind}, {size}"
    return f"{text}, needed" if use.is_mandatory else text


def _short(code: str, path: str) -> str:
    tag = path.rpartition("/")[2]
    segment = next((f for r in RELEASES if (f := dictionary(r).segments.get(tag))), None)
    names = [each.element.name for each in segment.uses] if segment else []
    listed = ", ".join(f"{number:02} {name}" for number, name in enumerate(names, 1))
    return f"| `{path}` | {_times(code, path)} | {listed or 'checked for its place only'} |\n"


def main() -> None:
    """Write every page, and take away those that nothing makes any more."""
    FOLDER.mkdir(exist_ok=True)
    found = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in found:
            path.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
