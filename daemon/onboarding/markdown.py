"""An instruction as Markdown: for mail, tickets and wikis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from daemon.onboarding.instruction import Fact, Instruction

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def markdown(page: Instruction) -> str:
    """Return the page; titles that people wrote are protected, our own marks stand."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Instruction) -> Iterator[str]:
    yield f"# Exchanging files with {plain(page.site)}"
    yield ""
    yield f"For **{plain(page.partner)}**, {page.made_on}"
    yield from _section("Where", _facts(page.connect))
    yield ""
    yield page.connect_note
    yield ""
    yield from _facts(page.identities)
    yield from _section("Send a file", _numbered(page.sending))
    yield ""
    yield from (f"- {text}" for text in page.formats)
    if page.excerpt is not None:
        yield from ("", f"From `{page.excerpt.name}`:", "", "```", *page.excerpt.lines, "```")
    yield from _section("Collect the answers", [page.collecting, ""])
    yield "| file | what it is |"
    yield "|---|---|"
    yield from (f"| `{reply.name}` | {reply.meaning} |" for reply in page.replies)
    trouble = page.trouble
    yield from _section("When something is wrong", [])
    yield f"{trouble.mistake} The answer is `{trouble.name}`:"
    yield ""
    yield "```"
    yield from trouble.lines
    yield "```"
    yield ""
    yield trouble.advice
    yield from _section("Samples", [f"- `{f.name}`: {f.value}" for f in page.samples])
    yield ""
    yield page.sample_note
    yield from _section(
        f"Contacts at {plain(page.site)}", [f"- {f.name}: {f.value}" for f in page.contacts]
    )


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"## {title}", "", *lines]


def _facts(facts: Sequence[Fact]) -> list[str]:
    return [
        f"- {fact.name}: `{fact.value}`" if fact.is_typed else f"- {fact.name}: {fact.value}"
        for fact in facts
    ]


def _numbered(steps: Sequence[str]) -> list[str]:
    return [f"{at}. {step}" for at, step in enumerate(steps, 1)]


def plain(text: str) -> str:
    """Return a person's text on one line with its Markdown marks made harmless."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
