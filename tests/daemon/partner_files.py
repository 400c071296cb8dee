"""Files as partners write them: availability as CSV, inventory and orders as X12."""

from __future__ import annotations

from decimal import Decimal

from tests.daemon.today import day


def availability(
    *rows: tuple[str, Decimal | int | str, str], at: int = 0, cost: str = "0.34"
) -> bytes:
    """Return a vendor availability CSV of (description, quantity, unit) rows (domain 12.1)."""
    lines = [
        f"111,{text},{day(at).isoformat()},{quantity},{unit},PH1,Roses,Red,{cost},25,"
        for text, quantity, unit in rows
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def purchase_order(
    number: str,
    *lines: tuple[str, str, str],
    control: int = 1,
    sender: str = "BLOOMWHSL",
    receiver: str = "FLORSOL",
    purpose: str = "00",
    usage: str = "P",
    ship: int | None = 2,
    vendor: str | None = "FLORSOL",
) -> bytes:
    """Return an interchange with one 850 of (buyer item, quantity, unit) lines."""
    return interchange(
        [order_set(number, *lines, purpose=purpose, ship=ship, vendor=vendor)],
        control=control,
        sender=sender,
        receiver=receiver,
        usage=usage,
    )


def order_set(
    number: str,
    *lines: tuple[str, str, str],
    purpose: str = "00",
    ship: int | None = 2,
    vendor: str | None = "FLORSOL",
) -> list[str]:
    """Return the segments of an 850 between ST and SE."""
    body = [f"BEG*{purpose}*SA*{number}**{day():%Y%m%d}"]
    if ship is not None:
        body.append(f"DTM*010*{day(ship):%Y%m%d}")
    if vendor is not None:
        body.append(f"N1*SE*{vendor}*92*{vendor}")
    body += [
        f"PO1*{at}*{quantity}*{unit}*0.30**BP*{item}"
        for at, (item, quantity, unit) in enumerate(lines, 1)
    ]
    return [*body, f"CTT*{len(lines)}"]


def inventory(
    *lines: tuple[str, str, str],
    control: int = 1,
    sender: str = "ANDESBLM",
    usage: str = "P",
    at: str = "0600",
    on: int = 0,
) -> bytes:
    """Return an interchange with one 846 of (vendor item, quantity, unit) lines."""
    body = [f"BIA*00*PS*REF-{control}*{day(on):%Y%m%d}*{at}", f"N1*SE*{sender}*92*{sender}"]
    for position, (item, quantity, unit) in enumerate(lines, 1):
        body += [f"LIN*{position}*VN*{item}", f"QTY*33*{quantity}*{unit}"]
    body.append(f"CTT*{len(lines)}")
    return interchange(
        [body],
        control=control,
        sender=sender,
        receiver="K2KNET",
        usage=usage,
        group="IB",
        kind="846",
    )


def interchange(
    sets: list[list[str]],
    *,
    control: int,
    sender: str = "BLOOMWHSL",
    receiver: str = "FLORSOL",
    usage: str = "P",
    group: str = "PO",
    kind: str = "850",
) -> bytes:
    """Return an X12 interchange of one group around `sets`."""
    out = [
        f"ISA*00*          *00*          *ZZ*{sender:15}*ZZ*{receiver:15}*{day():%y%m%d}*0931*U"
        f"*00401*{control:09}*0*{usage}*>",
        f"GS*{group}*{sender}*{receiver}*{day():%Y%m%d}*0931*{control}*X*004010",
    ]
    for at, body in enumerate(sets, 1):
        out += [f"ST*{kind}*{at:04}", *body, f"SE*{len(body) + 2}*{at:04}"]
    out += [f"GE*{len(sets)}*{control}", f"IEA*1*{control:09}"]
    return "".join(f"{segment}~\n" for segment in out).encode()
