"""The page a partner gets, as words: where to connect, how to send, what comes back.

Texts may hold `code` and **bold**; whatever a person wrote (titles) stands in fields of its own, so
that each writer can protect it. Everything said here is what the daemon does (intake, replies).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from daemon.config import CompleteWhen, Configuration, Partner, Role
from daemon.onboarding.door import Door
from daemon.onboarding.samples import Sample
from daemon.onboarding.trouble import Trouble
from daemon.replies.envelopes import identity
from formats.tabular.availability import COLUMNS as AVAILABILITY_COLUMNS

EXCERPT_LINES = 14
EXCERPT_WIDTH = 110
MOST_VENDORS = 3
_SET = "ST*"
_MODES = {
    "overwrite": "A row takes the place of your earlier row for the same product and day.",
    "increase": "A row adds to what you sent before for the same product and day.",
    "replace": "Each file is your whole stock: what is not in it is no longer on sale.",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it is; `is_typed` where `value` is to be typed as it stands."""

    name: str
    value: str
    is_typed: bool = True


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The beginning of a sample."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A file that comes: `name` with `...` for what varies, and what it means."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """One page for one partner."""

    site: str
    partner: str
    made_on: str
    connect: tuple[Fact, ...]
    connect_note: str
    identities: tuple[Fact, ...]
    sending: tuple[str, ...]
    formats: tuple[str, ...]
    excerpt: Excerpt | None
    replies: tuple[Reply, ...]
    collecting: str
    trouble: Trouble
    samples: tuple[Fact, ...]
    sample_note: str
    contacts: tuple[Fact, ...]


def instruction(
    site: Configuration,
    partner: Partner,
    door: Door,
    samples: list[Sample],
    *,
    trouble: Trouble,
    made_on: str,
) -> Instruction:
    """Return what `partner` needs to know."""
    return Instruction(
        site=site.site.title,
        partner=partner.title or partner.name,
        made_on=made_on,
        connect=tuple(_connect(door)),
        connect_note=_connect_note(door),
        identities=tuple(_identities(site, partner)),
        sending=tuple(_sending(site, partner, door, samples)),
        formats=tuple(_formats(site, partner)),
        excerpt=_excerpt(samples),
        replies=tuple(_replies(partner)),
        collecting=_collecting(partner, door),
        trouble=trouble,
        samples=tuple(Fact(f"samples/{s.name}", s.what) for s in samples),
        sample_note=_sample_note(samples),
        contacts=(
            Fact("Trade", "name, telephone, e-mail", is_typed=False),
            Fact("Technical", "name, telephone, e-mail", is_typed=False),
        ),
    )


def _connect(door: Door) -> Iterator[Fact]:
    if door.kind == "folder":
        yield Fact("Drop files into", door.inbox)
        yield Fact("Fetch answers from", door.outbox)
        return
    yield Fact("Server", door.host)
    yield Fact("Port", str(door.port))
    yield Fact("User", door.user)
    if door.kind == "theirs":
        if door.inbox:
            yield Fact("We fetch from", door.inbox)
        if door.outbox:
            yield Fact("We put answers into", door.outbox)
        return
    login = "your SSH key, or a password" if door.takes_password else "your SSH key, no password"
    yield Fact("Login", login, is_typed=False)
    yield Fact("Drop files into", door.inbox)
    yield Fact("Fetch answers from", door.outbox)
    for key in door.host_keys:
        yield Fact("Our host key", key.fingerprint)


def _connect_note(door: Door) -> str:
    if door.kind == "folder":
        return "Both folders are on the machine, or the share, that we agreed on."
    if door.kind == "theirs":
        return "This is your own SFTP server; tell us before its host key or login changes."
    if door.host_keys:
        return "Protocol SFTP (SSH). Compare the host key at the first login."
    return "Protocol SFTP (SSH). Ask us for the host key's fingerprint before the first login."


def _identities(site: Configuration, partner: Partner) -> Iterator[Fact]:
    if partner.has(Role.AXERRIO) and partner.x12 is None:
        yield Fact("sender.code", partner.vendor or partner.name)
        return
    if partner.x12 is None:
        yield Fact("You", partner.name.upper())
        return
    theirs, ours = identity(partner), site.site.x12
    yield Fact("You (ISA05/06)", f"{theirs.qualifier} / {theirs.id}")
    yield Fact("We (ISA07/08)", f"{ours.qualifier} / {ours.id}")
    vendors = [c.vendor for c in site.connection if c.buyer == partner.name]
    for vendor in filter(None, map(site.partner_named, vendors[:MOST_VENDORS])):
        its = identity(vendor)
        yield Fact(f"or the vendor: {vendor.title or vendor.name}", f"{its.qualifier} / {its.id}")
    yield Fact("X12 version", theirs.version)


def _sending(
    site: Configuration, partner: Partner, door: Door, samples: list[Sample]
) -> Iterator[str]:
    name = samples[0].name if samples else "file.csv"
    stem = name.rpartition(".")[0] or name
    where = "its folder" if door.kind == "theirs" else f"`{door.inbox}`"
    match partner.complete_when:
        case CompleteWhen.RENAMED:
            yield f"Write the file into {where} under a temporary name: `{name}.part`"
            yield f"When it is complete, rename it to its final name: `{name}`"
        case CompleteWhen.DONE_FILE:
            yield f"Write the file into {where} under its final name: `{name}`"
            yield f"When it is complete, add an empty file beside it: `{name}.done` or `{stem}.ok`"
        case CompleteWhen.QUIET:
            yield f"Write the file into {where} in one go: `{name}`"
            if partner.has(Role.VENDOR) or partner.has(Role.BUYER):
                yield (
                    "X12 is taken as soon as its end is there; CSV shows no end, and is taken when"
                    f" it has not changed for {site.intake.quiet_s:g} seconds"
                )
    yield "The file disappears when we have it safely. **That is your receipt.**"
    if partner.has(Role.AXERRIO):
        yield (
            "Every `floral.order/1` file needs a `messageId` of its own; sending one again changes"
            " nothing."
        )
    elif partner.has(Role.BUYER):
        yield "File names are yours to choose. The same order sent twice counts once."
    else:
        yield f"File names are yours to choose. {_MODES[partner.availability_mode]}"


def _formats(site: Configuration, partner: Partner) -> Iterator[str]:
    comma = " (decimal comma, semicolons)" if partner.decimal_comma else ""
    if partner.has(Role.VENDOR):
        columns = ", ".join(AVAILABILITY_COLUMNS)
        yield f"**Availability**: X12 846, or CSV{comma} without header: {columns}"
    if partner.has(Role.BUYER):
        yield f"**Purchase orders**: X12 850, or CSV{comma} with the header of the sample"
        yield from _confirmations(site, partner)
    if partner.has(Role.AXERRIO):
        yield "**Orders**: JSON by the contract `floral.order/1`; amounts as text in quotes"
        yield _other_bodies(site, partner)
    charset = partner.code_page or "UTF-8"
    size = site.limits.file_bytes >> 20
    dates = "`2026-11-21`, in X12 `20261121`"
    yield f"{charset}, not zipped, at most {size} MB; dates as {dates}"


def _confirmations(site: Configuration, buyer: Partner) -> Iterator[str]:
    """Name the vendors for whom a buyer may confirm its own orders (domain 13)."""
    agreed = [link for link in site.connection if link.buyer == buyer.name and link.buyer_confirms]
    vendors = filter(None, (site.partner_named(link.vendor) for link in agreed[:MOST_VENDORS]))
    names = [vendor.title or vendor.name for vendor in vendors]
    if names:
        others = ["others"] if len(agreed) > MOST_VENDORS else []
        yield (
            f"**Confirmations** of your orders, for {', '.join(names + others)}: X12 855, or CSV"
            " with `po_number`, `line`, `status`, `confirmed_boxes`"
        )


def _other_bodies(site: Configuration, partner: Partner) -> str:
    """Say in which other bodies a vendor's system may send what it has sold (domain 8.2)."""
    has_ids = site.site.edifact is not None and partner.edifact is not None
    back = f"in its own form ({'an EKT as ORDERS' if has_ids else 'EDIFACT as CSV'})"
    if partner.receives_orders:
        back = "in the form that we agreed on"
    return (
        "**Or** in the shape of the network's API (`purchase.order.create`, `prebook.create`),"
        " Florecom XML, CSV or XLSX rows, X12 850, EDIFACT ORDERS, or a final EKT. Each is"
        f" answered, and comes back, once its buyer has approved it, {back}"
    )


def _excerpt(samples: list[Sample]) -> Excerpt | None:
    """Return the beginning of the sample with the shortest lines, which reads best."""
    found: list[Excerpt] = []
    for sample in samples:
        lines = sample.content.decode("utf-8", "replace").splitlines()
        # The envelope is of fixed width, which a page can't show; the document begins after it.
        begins = next((at for at, line in enumerate(lines) if line.startswith(_SET)), 0)
        lines = lines[begins:]
        shown = lines[:EXCERPT_LINES] + (["..."] if len(lines) > EXCERPT_LINES else [])
        if max(map(len, shown), default=0) <= EXCERPT_WIDTH:
            found.append(Excerpt(sample.name, tuple(shown)))
    return found[0] if found else None


def _sample_note(samples: list[Sample]) -> str:
    text = "Made for you: your ids, dates to come."
    if any(sample.name.endswith(".csv") for sample in samples):
        text += " X12 samples are marked as test. CSV can't be: sent as it is, it counts as real."
    return text


def _replies(partner: Partner) -> Iterator[Reply]:
    if partner.has(Role.VENDOR):
        yield from _to_vendor(partner)
    if partner.has(Role.BUYER):
        yield Reply("997-...edi", "answer to X12: accepted, or rejected and where")
        yield Reply("855-...edi", "your order line by line: confirmed, cut or refused")
        yield Reply("order-ack-...csv", "the same, for orders sent as CSV")
        if partner.answers_orders == "florecom":
            yield Reply("order-response-...xml", "the same, for orders sent in Florecom XML")
        if partner.answers_orders == "edifact":
            yield Reply("ORDRSP-...edi", "the same, for orders and changes sent in EDIFACT")
        yield Reply("advice-...csv", "answer to a CSV file as a whole")
        if partner.receives_availability == "x12":
            yield Reply("846-...edi", "what vendors connected with you have left")
        elif partner.receives_availability == "edifact":
            yield Reply("INVRPT-...edi", "what vendors connected with you have left")
        elif partner.receives_availability == "csv":
            yield Reply("availability-...csv", "what vendors connected with you have left")
    if partner.has(Role.AXERRIO):
        yield Reply("ack-...json", "`floral.ack/1`: accepted, with exceptions or rejected, by line")
        yield Reply("order-ack, 855, order-response", "the same, for orders in another form")
        yield Reply("order, 850, put-order, ORDERS", "the order, once its buyer has approved it")


def _to_vendor(partner: Partner) -> Iterator[Reply]:
    yield Reply("advice-...csv", "what is on sale, held or rejected, and why")
    yield Reply("997-...edi", "answer to X12: accepted, or rejected and where")
    if "x12" in partner.receives_orders:
        yield Reply("850-...edi", "a buyer's order for you, in your codes")
    if "edifact" in partner.receives_orders:
        yield Reply("ORDERS-...edi", "the order in EDIFACT; ORDCHG what changes of it")
    if "csv" in partner.receives_orders:
        yield Reply("order-...csv", "the order as CSV")
    if "florecom" in partner.receives_orders:
        yield Reply("put-order-...xml", "the order in Florecom XML")
    if partner.receives_labels:
        yield Reply("labels-...zpl, .pdf", "one shipping label for each box")


def _collecting(partner: Partner, door: Door) -> str:
    where = "there" if door.kind == "theirs" else f"from `{door.outbox}`"
    text = (
        f"Fetch {where}. A file appears whole, under a name that is never used twice, and never"
        " changes."
    )
    if partner.has(Role.AXERRIO):
        text += " What had to wait for a person is answered by a second `ack` when it is done."
    elif partner.has(Role.BUYER):
        text += " What had to wait for a person is answered by a second `855` when it is done."
    return text
