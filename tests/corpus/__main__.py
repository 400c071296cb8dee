"""Read every sample file and say what became of it: `make corpus`.

Prints one row a family and every target that was missed, or JSON with `--json`; exits 1 where a
target was missed. Where the sample files are absent it says so and exits 0.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from tests.corpus.index import ABSENT, samples
from tests.corpus.report import LEAST_SHARE, Report, report_on

COLUMNS = ("family", "files", "read", "refused", "no place", "crashed", "over 2 s", "slowest")


def main() -> int:
    """Print the report; return 1 where it has problems."""
    parser = argparse.ArgumentParser(prog="make corpus", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    chosen = parser.parse_args()
    found = samples()
    if not found:
        sys.stderr.write(f"skipped: {ABSENT}\n")
        return 0
    report = report_on(found)
    problems = list(report.problems())
    if chosen.json:
        sys.stdout.write(json.dumps(as_json(report, problems), indent=2) + "\n")
    else:
        show(Console(), report, problems)
    return 1 if problems else 0


def as_json(report: Report, problems: list[str]) -> dict[str, object]:
    """Return the report for a machine."""
    kinds, releases = report.unread()
    return {
        "families": {name: asdict(row) for name, row in sorted(report.rows.items())},
        "consistent": len(report.consistent()),
        "of_other_kinds": len(kinds),
        "of_other_releases": len(releases),
        "nearest": len(report.nearest()),
        "supported": len(report.supported()),
        "sound": len(report.sound()),
        "with_records": sum(each.is_sound for each in report.sound()),
        "agreeable": len(report.agreeable()),
        "documents": sum(each.documents for each in report.supported()),
        "records": sum(each.records for each in report.supported()),
        "share": report.share(),
        "earned": sum(each.earned is True for each in report.seen),
        "problems": problems,
    }


def show(console: Console, report: Report, problems: list[str]) -> None:
    """Print the report for a person."""
    table = Table(*COLUMNS, title="What became of the sample files", title_justify="left")
    for name, row in sorted(report.rows.items()):
        counts = (row.files, row.read, row.refused, row.unlocated, row.crashes, row.slow)
        table.add_row(name, *map(str, counts), f"{row.slowest_s * 1e3:.0f} ms")
    console.print(table)
    kinds, releases = report.unread()
    supported, sound = report.supported(), report.sound()
    console.print(
        f"{len(report.consistent())} real files have counts and numbers that match; {len(kinds)} of"
        f" them are of a kind that isn't read, {len(releases)} of another release. Of the other"
        f" {len(supported)}, {len(supported) - len(sound)} break a rule of their standard, which"
        f" docs/robustness.md names. Of the {len(sound)} that keep to it, {report.share():.0%} gave"
        f" records without an error (wanted: {LEAST_SHARE:.0%}). Of all {len(supported)},"
        f" {sum(each.is_sound for each in supported)} do so, and {len(report.agreeable())} more"
        " where its sender and we agree to be warned of what it does; one by one,"
        f" {sum(each.records for each in supported)} of"
        f" {sum(each.documents for each in supported)} documents give a record."
    )
    earned = [each for each in report.seen if each.earned is not None]
    console.print(
        f"{sum(each.earned is True for each in earned)} of {len(earned)} files that are there to"
        " provoke an answer got it."
    )
    for each in problems:
        console.print(f"missed: {each}", style="yellow", markup=False)


if __name__ == "__main__":
    sys.exit(main())
