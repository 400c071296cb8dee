"""What the page says of real files: how many are read, and which rules the others break."""

from __future__ import annotations

from collections.abc import Iterator

from tests.corpus.faulty import FAULTY, Fault

COUNTED = {
    "consistent": 179,
    "of_other_kinds": 111,
    "of_other_releases": 8,
    "nearest": 3,
    "supported": 60,
    "sound": 45,
    "with_records": 43,
    "agreeable": 8,
    "documents": 100,
    "records": 74,
}
"""As `make corpus` counts them; a test holds these to it where the files are there."""


def section() -> str:
    """Return the section about real files."""
    return (
        _HEAD.format_map(COUNTED)
        + "".join(_rows(is_valid=False))
        + _VALID
        + "".join(_rows(is_valid=True))
    )


_HEAD = """
## Real files

`make corpus` reads {consistent} files of other projects whose counts and control numbers match. Of
these {of_other_kinds} are of a kind that isn't read (health care, freight by rail, TRADACOMS, ...)
and {of_other_releases} of a release that isn't (X12 other than 004010 and 005010; {nearest} of them
are used where it is agreed to read them as the nearest one, `AK9 2`). Of the
{supported} left, {with_records} give a record of every document, without an error; document by
document, {records} of {documents} do. These break a rule of their standard, and their senders are
told. What stands in the last column makes {agreeable} of them used as a whole, once it is agreed
with the sender (`warns`, see [formats](formats.md)); where nothing stands, what the file would say
is lost, and no agreement brings it back:

| file | rule | what stands there | found | used with |
| --- | --- | --- | --- | --- |
"""
_VALID = """
The {sound} others keep to their standard, and none of them has an error of syntax. These give no
record all the same, because they say nothing that one could be made of:

| file | rule | what stands there | found |
| --- | --- | --- | --- |
""".format_map(COUNTED)


def _rows(*, is_valid: bool) -> Iterator[str]:
    for path, fault in sorted(FAULTY.items()):
        if fault.is_valid is is_valid:
            cells = [_named(path), fault.rule, fault.said, _codes(fault)]
            if not is_valid:
                cells.append(", ".join(f"`{each}`" for each in fault.warns) or "-")
            yield f"| {' | '.join(cells)} |\n"


def _named(path: str) -> str:
    """Return a repository, and the end of a path in it that tells the file from its others."""
    repository, *folders, name = path.split("/")
    return f"{repository.replace('+', '/')}: `{'/'.join([*folders[-2:], name])}`"


def _codes(fault: Fault) -> str:
    return ", ".join(f"`{each.removeprefix('error ')}`" for each in fault.errors)
