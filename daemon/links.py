"""What partners and connections of `k2kd.toml` say of each other, and all that does not hold."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from daemon.sections import Partner, Role
from daemon.terms.connection import Connection, location_problems

_Name = TypeVar("_Name", bound=Hashable)


def link_problems(partners: Sequence[Partner], links: Sequence[Connection]) -> list[str]:
    """Return every problem as a sentence that says what to do; none where all fits."""
    by_name = {partner.name: partner for partner in partners}
    return [
        *_of_identities(partners),
        *_of_envelopes(partners),
        *_of_connections(by_name, links),
        *_of_systems(by_name, partners),
    ]


def receives_edifact(partner: Partner) -> bool:
    """Whether it is sent EDIFACT that answers no file of its own."""
    answers = partner.answers_orders
    return partner.content_advice == "aperak" or "edifact" in (*_forms(partner), answers)


def _receives_x12(partner: Partner) -> bool:
    """Whether it is sent X12 that answers no file of its own, which would say what it is called."""
    return partner.hauling.tenders == "204" or bool({"x12", "x12-880"} & {*_forms(partner)})


def _forms(partner: Partner) -> tuple[str | None, ...]:
    """Return the forms of all that it is sent unasked."""
    return (
        *partner.receives_orders,
        partner.receives_availability,
        partner.receives_shipments,
        partner.receives_invoices,
        partner.buying.exports_invoices,
    )


def _of_identities(partners: Sequence[Partner]) -> Iterator[str]:
    """Nobody may be taken for another."""
    for name in _repeated([each.name for each in partners]):
        yield f"partner {name} stands twice; keep one"
    for qualifier, own in _repeated([(p.x12.qualifier, p.x12.id) for p in partners if p.x12]):
        yield f"two partners share the X12 identity {qualifier}/{own}; give each its own"
    edifact = [(p.edifact.qualifier, p.edifact.id) for p in partners if p.edifact]
    for qualifier, own in _repeated(edifact):
        yield f"two partners share the EDIFACT identity {own}:{qualifier}; give each its own"


def _of_envelopes(partners: Sequence[Partner]) -> Iterator[str]:
    """Who is sent a file with an envelope has a name to stand on it."""
    for partner in partners:
        if receives_edifact(partner) and partner.edifact is None:
            yield (
                f"{partner.name} receives files as EDIFACT, so it needs an edifact section with"
                " its id"
            )
    for partner in partners:
        if _receives_x12(partner) and partner.x12 is None:
            yield (
                f"{partner.name} receives files as X12, so it needs an x12 section with its id:"
                ' x12 = { id = "ITSID" }, as its own files say it in ISA06'
            )


def _of_connections(by_name: Mapping[str, Partner], links: Sequence[Connection]) -> Iterator[str]:
    """A connection has a vendor, a buyer and locations that are theirs, and stands once."""
    for vendor, buyer in _repeated([(link.vendor, link.buyer) for link in links]):
        yield f"the connection {vendor} -> {buyer} stands twice; keep one"
    for link in links:
        for side, role in ((link.vendor, Role.VENDOR), (link.buyer, Role.BUYER)):
            if side not in by_name:
                near = difflib.get_close_matches(side, by_name, 1)
                hint = f"; did you mean {near[0]}?" if near else ""
                yield f"a connection names {side}, which is no partner{hint}"
            elif not by_name[side].has(role):
                yield f"a connection needs {side} as {role}; add the role to it"
        if link.vendor in by_name and link.buyer in by_name:
            own, theirs = by_name[link.vendor].locations, by_name[link.buyer].locations
            yield from location_problems(link, own, theirs)


def _of_systems(by_name: Mapping[str, Partner], partners: Sequence[Partner]) -> Iterator[str]:
    """A system is run by a vendor, and who buys where its files name nobody is a buyer."""
    for partner in partners:
        owner = by_name.get(partner.vendor or "")
        if partner.has(Role.AXERRIO) and (owner is None or not owner.has(Role.VENDOR)):
            yield f"partner {partner.name} is an Axerrio system: set vendor to its owner"
        served = by_name.get(partner.buyer or "")
        if partner.buyer is not None and (served is None or not served.has(Role.BUYER)):
            yield f"partner {partner.name}: its buyer {partner.buyer} is no buyer here"


def _repeated(names: Sequence[_Name]) -> list[_Name]:
    return [name for name, times in Counter(names).items() if times > 1]
