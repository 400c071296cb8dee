"""Every segment and element of a document, and what becomes of it: `docs/segments`.

`python -m tests.segments.page` writes a page for each document whose uses are listed. Tests hold
the list to what the builders read, and the pages to the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.segments import columns, envelopes, fields, florecom, written
from tests.segments.edifact import Edifact
from tests.segments.family import Family, Slot
from tests.segments.layout import Place, flat
from tests.segments.uses import Uses, uses
from tests.segments.x12 import X12

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "segments"
FAMILIES: Sequence[Family] = (X12(), Edifact())

_INDEX = """\
# Documents, element by element

What is read of each transaction set of X12 and each message of EDIFACT, and what becomes of it.
Made by `make docs` from the definitions in `formats/x12/definitions` and
`formats/edifact/definitions`. Tests change what stands in an element, in many documents made at
random, and look whether another record or another finding comes of it: what is said here to be used
makes a difference, and nothing else does.
"""
_TABLES = f"""
## Others

- [ISA to IEA, UNA to UNZ](envelopes.md): {envelopes.TITLE}
- [CSV and XLSX](columns.md): {columns.TITLE}
- [JSON](fields.md): {fields.TITLE}
- [Florecom](florecom.md): {florecom.TITLE}
"""
_ABOUT = """\
Every element is checked for its place, its kind, its length and its code, but for segments that are
checked for their place only. Where the releases differ, all are given. The last column says what
the record has of it.
"""
_PLACE_ONLY = "checked for its place only"


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    found = {"README.md": _INDEX + "".join(map(_listed, FAMILIES)) + _TABLES}
    for family in FAMILIES:
        for code in sorted(uses(family)):
            found[f"{code}.md"] = _Page(family, code).text()
    others = {"envelopes": envelopes, "columns": columns, "fields": fields, "florecom": florecom}
    found |= {f"{name}.md": each.page() for name, each in others.items()}
    return found


def _listed(family: Family) -> str:
    rows = "".join(
        f"- [{code}]({code}.md): {family.title(code)}\n" for code in sorted(uses(family))
    )
    return f"\n## {family.name}\n\n{rows}"


class _Page:
    """One page: the segments of a document that are used, and those that aren't."""

    def __init__(self, family: Family, code: str) -> None:
        self.family = family
        self.code = code
        self.told: Uses = uses(family)[code]
        self.releases = tuple(family.releases(code))
        self.places: Sequence[Mapping[str, Place]] = [
            {each.path: each for each in flat(family.places(code, release))}
            for release in self.releases
        ]

    def text(self) -> str:
        family, used = self.family, {path for path, _, _ in self.told}
        paths = _union([[*each] for each in self.places])
        text = f"# {self.code}, {family.title(self.code)}\n\n{self._about()}\n{_ABOUT}\n"
        text += "".join(self._section(path) for path in paths if path in used)
        unused = [each for each in paths if each not in used and each not in family.envelope]
        if unused:
            text += (
                "## Checked and not used\n\n| segment | times | elements |\n| --- | --- | --- |\n"
            )
        return text + "".join(map(self._short, unused)) + written.section(self.code)

    def _about(self) -> str:
        listed = " and ".join(map(self.family.release_name, self.releases))
        noun = "release" if len(self.releases) == 1 else "releases"
        group = self.family.group(self.code)
        said = f"{noun} {listed}.\n"
        return f"Group `{group}`; {said}" if group else f"{said[0].upper()}{said[1:]}"

    def _section(self, path: str) -> str:
        slots = [self._slots(path, release) for release in self.releases]
        text = f"## `{path}`\n\n{self._times(path)}\n\n| element | kind | what becomes of it |\n"
        text += "| --- | --- | --- |\n"
        told = {(element, part) for at, element, part in self.told if at == path}
        keys = sorted({*told, *(key for each in slots for key in each)})
        composites = {
            key[0] for each in slots for key, slot in each.items() if slot.is_in_composite
        }
        for element, part in keys:
            found = [each.get((element, part)) for each in slots]
            mark = f"-{part}" if element in composites else ""
            label = f"{path.rpartition('/')[2]}{element:02}{mark} {_name(found)}".rstrip()
            words = self.told.get((path, element, part), "")
            text += f"| {label} | {self._kind(found, path)} | {words} |\n"
        return text + "\n"

    def _slots(self, path: str, release: str) -> Mapping[tuple[int, int], Slot]:
        found = self.family.slots(self.code, release, path.rpartition("/")[2]) or ()
        return {(each.element, each.part): each for each in found}

    def _kind(self, found: Sequence[Slot | None], path: str) -> str:
        said = []
        for slot, release, places in zip(found, self.releases, self.places, strict=True):
            if path in places:
                known = self.family.slots(self.code, release, path.rpartition("/")[2]) is not None
                no_slot = "not in this release" if known else _PLACE_ONLY
                said.append((release, slot.kind if slot else no_slot))
        return self._each(said)

    def _times(self, path: str) -> str:
        said = [
            (release, _how_often(places.get(path)))
            for release, places in zip(self.releases, self.places, strict=True)
        ]
        return f"{self._each(said)}."

    def _each(self, said: Sequence[tuple[str, str]]) -> str:
        """Return what is said of every release: once where it is the same."""
        (_, first), *others = said
        different = [(release, text) for release, text in others if text != first]
        named = (f"{self.family.release_name(release)}: {text}" for release, text in different)
        return "; ".join([first, *named])

    def _short(self, path: str) -> str:
        tag = path.rpartition("/")[2]
        known = [self.family.slots(self.code, release, tag) for release in self.releases]
        names = _element_names(next((each for each in known if each is not None), ()))
        return f"| `{path}` | {self._times(path)} | {', '.join(names) or _PLACE_ONLY} |\n"


def _union(lists: Sequence[Iterable[str]]) -> list[str]:
    """Return the paths of all releases in order: those of one stand where the others have them."""
    found: dict[str, None] = {}
    for paths in lists:
        waiting, found = dict.fromkeys(found), {}
        for path in paths:
            if path in waiting:
                for each in list(waiting):
                    del waiting[each]
                    found[each] = None
                    if each == path:
                        break
            found[path] = None
        found |= waiting
    return [*found]


def _element_names(slots: Iterable[Slot]) -> Iterator[str]:
    """Yield the elements of a segment, each with the components of a composite."""
    found: dict[int, list[str]] = {}
    for slot in slots:
        found.setdefault(slot.element, []).append(slot.name)
    for number, names in found.items():
        yield f"{number:02} {' / '.join(dict.fromkeys(names))}"


def _name(found: Sequence[Slot | None]) -> str:
    return next((each.name for each in found if each), "")


def _how_often(place: Place | None) -> str:
    if place is None:
        return "not in this release"
    need = "Must come" if place.is_mandatory else "May come"
    return f"{need}, {'any number of times' if not place.most else _at_most(place.most)}"


def _at_most(most: int) -> str:
    return "once" if most == 1 else f"up to {most} times"


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
