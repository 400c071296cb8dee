"""A bounded log of findings: a file with a million bad rows yields a report that a person reads."""

from __future__ import annotations

from formats.findings import NOWHERE, Finding, Where, warning

MAX_FINDINGS = 1000
"""Findings kept for one file; further ones are counted."""


class FindingLog:
    """Collects the findings of one file or document."""

    def __init__(self, *, longest: int = MAX_FINDINGS, more: str = "csv.more") -> None:
        self._longest = longest
        self._more = more
        self._kept: list[Finding] = []
        self._dropped_errors = 0
        self._dropped_warnings = 0

    def add(self, finding: Finding) -> None:
        if len(self._kept) < self._longest:
            self._kept.append(finding)
        elif finding.is_error:
            self._dropped_errors += 1
        else:
            self._dropped_warnings += 1

    def extend(self, findings: tuple[Finding, ...]) -> None:
        for finding in findings:
            self.add(finding)

    def error(
        self, code: str, message: str, where: Where = NOWHERE, value: str | None = None
    ) -> None:
        self.add(Finding(code, message, where, value=None if value is None else value[:80]))

    def warn(
        self, code: str, message: str, where: Where = NOWHERE, value: str | None = None
    ) -> None:
        self.add(warning(code, message, where, None if value is None else value[:80]))

    def findings(self) -> tuple[Finding, ...]:
        """Return what was found, closed by a count of what is not listed."""
        dropped = self._dropped_errors + self._dropped_warnings
        if not dropped:
            return tuple(self._kept)
        message = (
            f"{self._dropped_errors} more errors and {self._dropped_warnings} more warnings aren't "
            "listed. Correct those above and send the file again."
        )
        last = Finding(self._more, message)
        if not self._dropped_errors:
            last = warning(self._more, message)
        return (*self._kept, last)
