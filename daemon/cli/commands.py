"""The table of commands, and the page that lists them; loads nothing, so it shows at once."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from daemon.errors import UsageError


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `module` of this package holds it, `summary` is its line in the list."""

    name: str
    module: str
    summary: str


SECTIONS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        "Set up and run",
        (
            Command("init", "init", "Create a site with the sample network"),
            Command("check", "check", "Say every problem of the site at once"),
            Command("run", "run", "Run the daemon; --once drains what is there and ends"),
            Command("partner", "partner", "Take a partner on or out; its keys, password, page"),
            Command("db", "db", "The ledger's schema, and its counters after a restore"),
        ),
    ),
    (
        "See what happened",
        (
            Command("status", "status", "What lies in inboxes, what came, what waits for a person"),
            Command("files", "files", "List the files that came in, newest first"),
            Command("outbox", "outbox", "List the files for partners, delivered or on their way"),
            Command("show", "show", "Show one file: documents, findings, holds, answers"),
            Command(
                "availability", "availability", "What each buyer sees of each vendor, or why not"
            ),
            Command(
                "connections", "connections", "Who is connected with whom, and what is missing"
            ),
            Command("trace", "trace", "Follow an order, box or control number from file to file"),
            Command("goods", "goods", "List boxes: air waybill, where they are, lot and rack"),
            Command("box-code", "box_code", "Give a received box another code, on your word"),
            Command("charges", "charges", "What air waybills really cost, and how far it is paid"),
            Command("read", "read", "Read files without a site: records, findings, answers"),
        ),
    ),
    (
        "Mend what waits",
        (
            Command("orders", "orders", "List orders; those with unmapped products in red"),
            Command("prebooks", "prebooks", "List prebooks by customer, truck date, customer PO"),
            Command("carts", "carts", "List open carts: what they keep, and when they end"),
            Command("holds", "holds", "List what waits for a person, with what to do"),
            Command("layout", "layout", "Propose a partner's own layout, and try it on a file"),
            Command("staged", "staged", "List offers that are not on sale, and put them on sale"),
            Command("words", "words", "List words of stock and of orders nobody has mapped"),
            Command("map", "map_code", "Say what a partner's code is; complete what waited for it"),
            Command("approve", "approve", "Approve an order that waits for it"),
            Command("disapprove", "disapprove", "Cancel an order nobody has confirmed"),
            Command("confirm", "confirm", "Confirm an order in its vendor's name, on your word"),
            Command("invoices", "invoices", "List, show and approve vendors' invoices"),
            Command("release", "release", "Let what a hold stopped go on"),
            Command("reject", "reject", "Refuse what a hold stopped, and tell its sender why"),
        ),
    ),
    (
        "Ship",
        (
            Command("papers", "papers", "Print bills of lading for what leaves on a day"),
            Command("manifest", "manifest", "Tell a truck line which boxes it takes"),
        ),
    ),
    (
        "Recover",
        (
            Command("resend", "resend", "Send a partner a file again, as the tables have it now"),
            Command("replay", "replay", "Work on an archived file again, changing nothing twice"),
            Command("quarantine", "quarantine", "Look at files that can't be used, and retry them"),
            Command(
                "control-numbers", "control_numbers", "List or set control numbers of what we send"
            ),
        ),
    ),
)


def find(name: str) -> Command:
    """Return the command called `name`; a UsageError names the nearest one."""
    known = {command.name: command for _, group in SECTIONS for command in group}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else "see them all with: k2kd --help"
    raise UsageError(f"there is no command {name[:40]!r}; {hint}")


def overview(*, is_styled: bool) -> str:
    """Return the page that lists every command."""
    bold, cyan, plain = ("\x1b[1m", "\x1b[36m", "\x1b[0m") if is_styled else ("", "", "")
    lines = [
        f"{bold}k2kd{plain}: a floral trading network over files",
        "",
        f"{bold}Usage:{plain} k2kd COMMAND [OPTIONS]      k2kd COMMAND --help shows an example",
        f"{bold}First:{plain} k2kd init my-site, then k2kd run --samples --site my-site",
    ]
    for title, group in SECTIONS:
        lines += ["", f"{bold}{title}{plain}"]
        lines += [f"  {cyan}{c.name:<16}{plain} {c.summary}" for c in group]
    lines += [
        "",
        "Every command takes --site DIR (default: $K2KD_SITE, else this folder), and --json",
        "wherever it reports. Exit codes: 0 ok, 1 problems in data, 2 usage, 3 environment.",
        "",
    ]
    return "\n".join(lines)
