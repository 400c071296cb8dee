"""Interchanges for the tests, of two firms that don't exist."""

from __future__ import annotations

from collections.abc import Sequence

ORDER = (
    "BEG*00*SA*PO-77001**20261204",
    "CUR*BY*USD",
    "REF*IA*V0044",
    "REF*CO*WEB-5512",
    "DTM*010*20261208",
    "DTM*002*20261211",
    "TD5*O*2*PRMF*M*PRIME CHILLED",
    "N1*BY*PETAL ROW MARKETS*UL*0614141000005",
    "N1*ST*PETAL ROW DC 4*92*DC04",
    "N2*DOOR 12",
    "N3*12 CANAL ST",
    "N4*TAMPA*FL*33602*US",
    "N1*SE*FINCA ALTA*92*V0044",
    "PO1*1*10*BX*36.5*PE*VP*ROS-RED-60*BP*R60*UK*10614141000019*ZZ*HB",
    "PID*F*GEN***CUT FLOWERS",
    "PID*F*08***ROSE RED 60 CM",
    "PO4*10***CTN**********25",
    "REF*BX*MARK-7",
    "PO1*2*4*BX*28*UM*VP*ALS-MIX",
    "PO4*20***QB**********10",
    "SLN*1**I*12*X2*1.5*PE**VP*ALS-WHI",
    "SLN*2**I*8*X2*1.5*PE**VP*ALS-PNK",
    "CTT*2*14",
)

INVENTORY = (
    "BIA*00*SI*AV-20261204*20261204*0815",
    "DTM*097*20261204*0800",
    "REF*IA*V0044",
    "N1*SE*FINCA ALTA*92*V0044",
    "N1*WH*MIAMI COOLER*92*MIA01",
    "LIN*1*VP*ROS-RED-60*UK*10614141000019*VE*RED",
    "PID*F*08***ROSE RED 60 CM",
    "DTM*018*20261205",
    "DTM*036*20261212",
    "CTP**CON*0.36*1*EA",
    "QTY*33*120*BX",
    "QTY*17*150*BX",
    "LIN*2*VP*ALS-MIX",
    "QTY*17*7*BX",
    "CTT*2",
)


def transaction_set(
    body: Sequence[str] = ORDER, code: str = "850", control: str = "0001", count: str | None = None
) -> list[str]:
    """Return ST to SE; `count` replaces the true SE01."""
    return [
        f"ST*{code}*{control}",
        *body,
        f"SE*{count or len(body) + 2}*{control}",
    ]


def group(
    *sets: Sequence[str],
    functional_id: str = "PO",
    control: str = "7",
    version: str = "004010",
    count: str | None = None,
) -> list[str]:
    """Return GS to GE around `sets`; without sets the group holds one order."""
    body = sets or (transaction_set(),)
    return [
        f"GS*{functional_id}*PETALROW*FINCAALTA*20261204*0830*{control}*X*{version}",
        *(segment for each in body for segment in each),
        f"GE*{count or len(body)}*{control}",
    ]


def header(
    control: str = "000000042",
    *,
    standard: str = "U",
    version: str = "00401",
    usage: str = "P",
    wants_ta1: str = "0",
    receiver: str = "FINCAALTA",
) -> str:
    """Return an ISA of 105 characters, without its terminator."""
    blanks = " " * 10
    return (
        f"ISA*00*{blanks}*00*{blanks}*ZZ*{'PETALROW':<15}*01*{receiver:<15}*261204*0830*"
        f"{standard}*{version}*{control}*{wants_ta1}*{usage}*>"
    )


def interchange(
    *groups: Sequence[str], isa: str | None = None, control: str = "000000042"
) -> list[str]:
    """Return the segments ISA to IEA; without groups it holds one with one order."""
    body = groups or (group(),)
    return [
        isa or header(control),
        *(segment for each in body for segment in each),
        f"IEA*{len(body)}*{control}",
    ]


def written(
    segments: Sequence[str], element: str = "*", component: str = ">", end: str = "~"
) -> bytes:
    """Return segments as bytes with other separators; `end` may be several characters."""
    text = "".join(segment.replace("*", element) + end for segment in segments)
    return text.replace(f"{element}>{end}", f"{element}{component}{end}").encode()


def order_file(*body: str, isa: str | None = None) -> bytes:
    """Return a file with one order of `body` (ORDER when empty)."""
    return written(interchange(group(transaction_set(body or ORDER)), isa=isa))


def replaced(old: str, new: str) -> tuple[str, ...]:
    """Return ORDER with one segment replaced; `new` may hold several, parted by ~, or none."""
    assert old in ORDER
    found: list[str] = []
    for segment in ORDER:
        found += [segment] if segment != old else [each for each in new.split("~") if each]
    return tuple(found)
