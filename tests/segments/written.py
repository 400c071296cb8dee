"""What stands in the documents that we write: the last section of a page.

It is taken from documents in `tests/golden/written`, which a person reviewed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

FILES = Path(__file__).resolve().parents[1] / "golden" / "written" / "files"
_ENVELOPE = frozenset({"ISA", "GS", "GE", "IEA", "UNA", "UNB", "UNZ"})


def section(code: str) -> str:
    """Return what stands in documents of ours, empty where we write none of a kind."""
    found = _segments(code)
    if not found:
        return ""
    listed = "".join(
        f"| `{tag}` | {', '.join(f'{number:02}' for number in sorted(elements))} |\n"
        for tag, elements in found.items()
    )
    return f"{_HEAD}{listed}"


def _segments(code: str) -> Mapping[str, set[int]]:
    """Return the elements of each segment that aren't empty, in the order of first use."""
    found: dict[str, set[int]] = {}
    for path in sorted(FILES.glob(f"{code}_*.edi")):
        text = path.read_text("latin-1")
        end, mark = ("~", "*") if text.startswith("ISA") else ("'", "+")
        for tag, *elements in _parts(text, end, mark):
            if tag not in _ENVELOPE:
                used = found.setdefault(tag, set())
                used |= {number for number, each in enumerate(elements, 1) if each}
    return found


def _parts(text: str, end: str, mark: str) -> Iterator[list[str]]:
    """Yield the elements of each segment; a file of ours has a line for each."""
    for line in text.splitlines():
        yield line.removesuffix(end).split(mark)


_HEAD = """
## Written

We write this document too. These elements are in the ones that `tests/golden/written` holds to the
byte; others come where an order, a line or an invoice has more to say.

| segment | elements |
| --- | --- |
"""
