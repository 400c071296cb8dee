"""Shows what came of an arrival: documents, findings, holds, orders with red lines, answers."""

from __future__ import annotations

import json
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from daemon.cli import screen
from daemon.cli.facts import show_facts
from daemon.eventlog import safe
from daemon.ledger.cuts import is_cut
from daemon.ledger.report_rows import (
    ArrivalFacts,
    FindingRow,
    HoldRow,
    LineRow,
    OrderRow,
    OutgoingFact,
    Story,
)

PURCHASE = "purchase"
PREBOOKS = ("prebook", "vendor_prebook", PURCHASE)
PENDING = "pending"
BUG = "bug"
"""The code of a file that the daemon failed on."""
REASONS = {
    "binary": "format not known",
    BUG: "a bug of k2kd: please report what k2kd show says of it",
}
"""How a reason is shown in a table where its code would mislead (what is not known may well be
text), and where its text is a traceback."""


def show_story(console: Console, story: Story) -> None:
    """Print one arrival with all that came of it, in the order it came."""
    show_arrival(console, story.arrival)
    came = [each for each in story.findings if not is_cut(each.code)]
    if came:
        console.print(screen.heading("Findings"))
        console.print(findings_table(came))
    if story.documents:
        console.print(screen.heading("Documents"))
        console.print(
            screen.table(
                ("#", "kind", "number", "control", "state"),
                (
                    (str(d.position), said(d.kind), d.number, d.control, screen.state(d.state))
                    for d in story.documents
                ),
                right="#",
            )
        )
    for each in story.noted:
        show_facts(console, each.kind, json.loads(each.record))
    bought = [order for order in story.orders if order.kind not in PREBOOKS]
    for order in story.orders:
        if not _show_prebook(console, order, bought):
            show_order(console, order)
    if story.holds:
        console.print(screen.heading("Holds"))
        console.print(holds_table(story.holds))
    if story.outgoing:
        console.print(screen.heading("Answers and what was sent on"))
        console.print(outgoing_table(story.outgoing))
        show_cuts(console, story.outgoing)


def _show_prebook(console: Console, order: OrderRow, bought: Iterable[OrderRow]) -> bool:
    """Print a prebook whose lines stand in its purchase order as one line; False for another."""
    lines = _content(order)
    if order.kind == PURCHASE:
        _show_purchase(console, order)
        return True
    if order.kind not in PREBOOKS or not any(
        other.number == order.number and _content(other) == lines for other in bought
    ):
        return False
    about = (
        f"the sale to {order.customer or order.buyer or 'a customer'} behind this purchase order"
    )
    if order.kind == "vendor_prebook":
        about = f"what this order is in the books of {order.vendor}, for {order.buyer}"
    said_of = f"   {about}; {screen.count(len(lines), 'line')}, the same as above"
    console.print(
        Text.assemble(
            "\n",
            (f"Prebook {safe(order.number)}  ", screen.RED if order.state == "held" else "bold"),
            screen.state(order.state),
            (said_of, "dim"),
        )
    )
    return True


def _show_purchase(console: Console, order: OrderRow) -> None:
    """Print a purchase whose lines stand in an order with others (domain 4.4 step 3)."""
    who = order.customer or order.buyer or "a customer"
    about = f"   of {who}; {screen.count(len(order.lines), 'line')}, in an order with others"
    console.print(
        Text.assemble(
            *("\n", (f"Purchase {safe(order.number)}  ", "bold"), screen.state(order.state)),
            (about, "dim"),
        )
    )


def _content(order: OrderRow) -> list[tuple[object, ...]]:
    return [
        (line.reference, line.product, line.quantity, line.accepted, line.unit_type, line.state)
        for line in order.lines
    ]


def show_arrival(console: Console, arrival: ArrivalFacts) -> None:
    """Print the facts of an arrival."""
    title = Text.assemble(
        (f"Arrival {arrival.id}  ", "bold"),
        (safe(arrival.name), "bold"),
        "  from ",
        (arrival.partner, "bold"),
        "  ",
        screen.state(arrival.state),
    )
    console.print(title)
    if arrival.reason:
        console.print(Text(f"  {safe(arrival.reason, 2000)}", screen.STYLES.get(arrival.state, "")))
    facts = [
        f"came {screen.when(arrival.created_at)}",
        screen.size(arrival.size_bytes),
        arrival.format or "format not known",
        f"whole by: {arrival.completeness}",
        screen.count(arrival.attempts, "attempt"),
    ]
    if arrival.replays:
        facts.append(screen.count(arrival.replays, "replay"))
    if arrival.original_id:
        facts.append(f"the same as arrival {arrival.original_id}")
    console.print(Text(f"  {', '.join(facts)}", "dim"))
    console.print(Text(f"  sha256 {arrival.sha256}", "dim"))


def findings_table(findings: Iterable[FindingRow]) -> Table:
    return screen.table(
        ("severity", "code", "where", "what"),
        ((screen.state(f.severity), f.code, f.place, full(f.message)) for f in findings),
    )


def holds_table(holds: Iterable[HoldRow], *, has_file: bool = False) -> Table:
    """Return holds as a table; `has_file`: also which file and document of it each stops."""
    columns = ("id", "state", "kind", "partner", "file", "number", "where", "what")
    rows = [
        (
            str(h.id),
            screen.state(h.state),
            h.kind,
            h.partner,
            safe(h.file or b""),
            h.number,
            h.place,
            full(h.message),
        )
        for h in holds
    ]
    shown = [at for at, name in enumerate(columns) if has_file or name not in ("file", "number")]
    return screen.table(
        [columns[at] for at in shown], [[row[at] for at in shown] for row in rows], right="id"
    )


def outgoing_table(files: Iterable[OutgoingFact]) -> Table:
    return screen.table(
        ("partner", "file", "state", "when", "acknowledged"),
        (
            (
                *(f.partner, f.name, screen.state(f.state), screen.briefly(f.updated_at)),
                screen.state(f.acknowledgement or ""),
            )
            for f in files
        ),
    )


def show_cuts(console: Console, files: Iterable[OutgoingFact]) -> None:
    """Print what was cut, replaced or left out in files for partners; nothing where nothing was."""
    rows = [(f"{file.partner}/{file.name}", cut) for file in files for cut in file.cuts]
    if rows:
        console.print(screen.heading("Cut or left out in what we wrote"))
        columns = ("file", "where", "code", "what")
        cells = ((name, cut.place, cut.code, full(cut.message)) for name, cut in rows)
        console.print(screen.table(columns, cells))


def show_order(console: Console, order: OrderRow, *, has_boxes: bool = True) -> None:
    """Print an order with its lines; one that waits is red, and so is each unmapped line."""
    is_red = order.state == "held"
    style = screen.RED if is_red else "bold"
    sides = f"{order.buyer or order.customer or '?'} from {order.vendor or '?'}"
    facts = [sides, f"ships {order.ship_date}" if order.ship_date else "no ship date"]
    facts.append("test" if order.is_test else "")
    facts.append(f"revision {order.revision}" if order.revision else "")
    facts.append("direct from the grower" if order.ship_via == "grower" else "")
    facts.append(f"by {order.carrier}" if order.carrier else "")
    is_foreign = order.rate is not None and order.currency != order.rate_currency
    facts.append(
        f"1 {order.currency} is {order.rate:f} {order.rate_currency}, fixed" if is_foreign else ""
    )
    facts.append(f"transaction fee {order.fee_percent:f} %" if order.fee_percent else "")
    title = Text.assemble(
        "\n",
        (f"{said(order.kind).capitalize()} {safe(order.number)}  ", style),
        screen.state(order.state),
        (f"   {', '.join(fact for fact in facts if fact)}", "dim"),
    )
    console.print(title)
    if order.transfer_reason is not None:
        why = f"  not transferred: {safe(order.transfer_reason, 2000)}"
        console.print(Text(why, screen.RED))
    console.print(lines_table(order.lines))
    for line in order.lines:
        # The sentence of an unmapped line is a command, which stands with its hold.
        if line.reason and line.state != "unmapped":
            reason = safe(line.reason, 2000)
            console.print(
                Text(f"  line {line.reference}: {reason}", screen.STYLES.get(line.state, ""))
            )
        if is_foreign and line.converted_price is not None:
            both = f"{line.unit_price:f} {order.currency} = {line.converted_price:f}"
            console.print(Text(f"  line {line.reference}: {both} {order.rate_currency}", "dim"))
        if line.boxes and has_boxes:
            codes = " to ".join(dict.fromkeys((line.boxes[0], line.boxes[-1])))
            boxes = f"{len(line.boxes)} boxes " if len(line.boxes) > 1 else "1 box "
            console.print(Text(f"  line {line.reference}: {boxes}{codes}", "dim"))


def lines_table(lines: Iterable[LineRow]) -> Table:
    """Return the lines of an order; what no table knows is red, with its text.

    What the vendor confirmed stands beside them once it has answered any.
    """
    lines = list(lines)
    is_answered = any(line.confirmed is not None for line in lines)
    confirmed = ("confirmed",) if is_answered else ()
    return screen.table(
        ("line", "product", "partner's words", "ordered", "accepted", *confirmed, "unit", "state"),
        (_line(line, is_answered=is_answered) for line in lines),
        right="line ordered accepted confirmed",
    )


def _line(line: LineRow, *, is_answered: bool) -> tuple[screen.Cell, ...]:
    is_red = line.state == "unmapped"
    style = screen.RED if is_red else ""
    words = " ".join(filter(None, (line.source_code, line.description)))
    return (
        Text(line.reference, style),
        Text("UNMAPPED" if is_red else safe(line.product or "-"), style),
        Text(safe(words), style),
        Text(f"{line.quantity}", style),
        Text(f"{line.accepted}", style),
        *((_confirmed(line),) if is_answered else ()),
        line.unit_type or "?",
        screen.state(line.state if line.progress == PENDING else line.progress),
    )


def _confirmed(line: LineRow) -> str:
    """Say what the vendor confirmed, what comes later, and a price of its own."""
    if line.confirmed is None:
        return "-"
    later = f", {line.backordered} later" if line.backordered else ""
    price = f" at {line.confirmed_price:f}" if line.confirmed_price is not None else ""
    return f"{line.confirmed}{price}{later}"


def full(text: str) -> Text:
    """Return a sentence uncut, printable."""
    return Text(safe(text, 2000))


def said(kind: str) -> str:
    return kind.replace("_", " ")
