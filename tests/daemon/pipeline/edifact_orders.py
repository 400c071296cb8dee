"""Partners that trade in EDIFACT, and what they send."""

from __future__ import annotations

from tests.daemon.network import NETWORK
from tests.daemon.today import day

SITE = "8712345000028"
BLOOM = "5412345000013"
FLORSOL = "7701234000011"


def network(*, bloom: str = "", florsol: str = "") -> str:
    """Return the network with EDIFACT identities; more settings of the partners may be given."""
    text = NETWORK
    if "[site]" in text:
        text = text.replace("[site]\n", f'[site]\nedifact = {{ id = "{SITE}" }}\n')
    else:
        text = f'[site]\nedifact = {{ id = "{SITE}" }}\n{text}'
    text = text.replace(
        'name = "bloom"\n', f'name = "bloom"\nedifact = {{ id = "{BLOOM}"{bloom} }}\n'
    )
    return text.replace(
        'name = "florsol"\n', f'name = "florsol"\nedifact = {{ id = "{FLORSOL}"{florsol} }}\n'
    )


def sent(
    kind: str,
    *body: str,
    control: str = "7001",
    sender: str = FLORSOL,
    to: str = SITE,
    rest: str = "",
    unz: str | None = None,
) -> bytes:
    """Return an interchange with one message; `rest` ends its UNB, `unz` is another control."""
    lines = [
        f"UNB+UNOC:3+{sender}:14+{to}:14+{day():%y%m%d}:0930+{control}{rest}",
        f"UNH+1+{kind}",
        *body,
        f"UNT+{len(body) + 2}+1",
        f"UNZ+1+{unz or control}",
    ]
    return "".join(f"{each}'\n" for each in lines).encode("latin-1")


def order(
    number: str = "PO-1",
    control: str = "5001",
    *,
    sender: str = BLOOM,
    to: str = FLORSOL,
    boxes: int = 1,
    unz: str | None = None,
    rest: str = "",
    item: str = "BLM-100:BP",
) -> bytes:
    """Return an interchange with one ORDERS of one line."""
    body = [
        f"BGM+220+{number}+9",
        f"DTM+137:{day():%Y%m%d}:102",
        f"DTM+10:{day(2):%Y%m%d}:102",
        f"NAD+SU+{FLORSOL}::9",
        f"LIN+1++{item}",
        f"QTY+21:{boxes}:BX",
        "PRI+AAA:0.30:::1:PCE",
        "UNS+S",
        "CNT+2:1",
    ]
    kind = "ORDERS:D:96A:UN:EAN008"
    return sent(kind, *body, control=control, sender=sender, to=to, rest=rest, unz=unz)
