"""The command line: one command per thing a person does, `k2kd --help` lists them.

Exit codes: 0 ok, 1 problems in data, 2 usage, 3 environment or configuration. An error says what,
where and what to do; a traceback means a bug.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence

from daemon import VERSION
from daemon.cli import commands
from daemon.cli.faults import TablesError, for_a_person
from daemon.cli.terminal import is_styled
from daemon.errors import DataError, EnvironmentFault, K2KError, SiteError, UsageError
from daemon.journal import is_read_by_journal, mark_crashes, marked

OK, DATA, USAGE, ENVIRONMENT = 0, 1, 2, 3
_OUTPUT_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
_ASKS_FOR_HELP = frozenset({"--help", "-h", "help"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `argv` None takes the program's own arguments."""
    words = list(sys.argv[1:] if argv is None else argv)
    if is_read_by_journal(sys.stderr):
        mark_crashes(sys.stderr)
    try:
        code = _done(words)
        # Here and not when Python ends: an output that is full is our user's to know.
        sys.stdout.flush()
    except K2KError as error:
        _say(error)
        return _code_of(error)
    except BrokenPipeError:
        # Whoever read the output has had enough, as `head` does.
        _give_up_output()
        return OK
    except OSError as error:
        # Disks are spoken to through `safefile`, which names the file; this is the output itself.
        if error.errno not in _OUTPUT_FAILS or error.filename is not None:
            raise
        _give_up_output()
        _write(f"k2kd: can't write the output: {error.strerror}; write it elsewhere")
        return ENVIRONMENT
    return code


def _done(words: list[str]) -> int:
    """Do what the words ask for and return the exit code."""
    if not words or (words[0] in _ASKS_FOR_HELP and len(words) == 1):
        sys.stdout.write(commands.overview(is_styled=is_styled(sys.stdout)))
        return OK
    if words[0] == "help":
        words = [words[1], "--help", *words[2:]]
    if words[0] in ("--version", "-V"):
        sys.stdout.write(f"k2kd {VERSION}\n")
        return OK
    return _run(words)


def _run(words: Sequence[str]) -> int:
    """Load the one module that a command lives in, so that none pays for the others."""
    command = commands.find(words[0])
    app = importlib.import_module(f"daemon.cli.{command.module}").app
    try:
        app(args=list(words[1:]), prog_name=f"k2kd {command.name}")
    except SystemExit as end:
        # Typer takes a reader that has had enough for a failure of the command.
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        return end.code if isinstance(end.code, int) else OK
    return OK


def _give_up_output() -> None:
    """Let go what could not be written, or Python would try again at its end and fail."""
    _, nowhere = os.pipe()
    os.dup2(nowhere, sys.stdout.fileno())


def _code_of(error: K2KError) -> int:
    match error:
        case UsageError():
            return USAGE
        case DataError() | TablesError():
            return DATA
        case SiteError() | EnvironmentFault():
            return ENVIRONMENT
        case _:
            return DATA


def _say(error: K2KError) -> None:
    """Write an error, each of its problems on a line of its own."""
    problems = error.problems if isinstance(error, SiteError) else [for_a_person(error)]
    for problem in problems:
        _write(f"k2kd: {problem}")


def _write(text: str) -> None:
    sys.stderr.write(f"{marked(text, 'error') if is_read_by_journal(sys.stderr) else text}\n")
