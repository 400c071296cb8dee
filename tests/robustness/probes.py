"""Files with one thing odd or wrong each, as other libraries fall over or swallow them."""

from __future__ import annotations

from dataclasses import dataclass

from formats.identify import Format
from tests.formats.x12.samples import (
    ORDER,
    group,
    header,
    interchange,
    order_file,
    replaced,
    transaction_set,
    written,
)


@dataclass(frozen=True, slots=True)
class Probe:
    """One file: how many documents are in it, and whether something in it is wrong."""

    name: str
    data: bytes
    documents: int = 1
    is_wrong: bool = True
    family: Format = Format.X12


_PLAIN = order_file()
_NO_MESSAGE = tuple(each for each in ORDER if not each.startswith("BEG"))
_OTHER_MARKS = written(interchange(control="000000043"), "|", "^", "\n")
_BAD_DAY = "DTM*010*20261399"
_LETTER = "N1*SE*FINCA ALTA*92*V0044"

X12_PROBES = (
    Probe("release 4010, ISA11 `U`", _PLAIN, is_wrong=False),
    Probe("CR LF after segments, other separators", written(interchange(), "|", "^", "'\r\n"),
          is_wrong=False),
    Probe("a line end ends segments", written(interchange(), end="\n"), is_wrong=False),
    Probe("two interchanges, each with its separators", _PLAIN + _OTHER_MARKS, 2, is_wrong=False),
    Probe("UTF-8 byte order mark", b"\xef\xbb\xbf" + _PLAIN, is_wrong=False),
    Probe("a letter beyond ASCII",
          order_file(*replaced(_LETTER, "N1*SE*FINCA PEÑA ALTA*92*V0044")), is_wrong=False),
    Probe("SE01 counts wrong", written(interchange(group(transaction_set(count="99"))))),
    Probe("IEA02 is not ISA13", _PLAIN.replace(b"IEA*1*000000042", b"IEA*1*000000043")),
    Probe("cut off in a segment", _PLAIN[: len(_PLAIN) * 2 // 3]),
    Probe("no BEG", order_file(*_NO_MESSAGE)),
    Probe("date 20261399", order_file(*replaced("DTM*010*20261208", _BAD_DAY))),
    Probe("ST02 twice in a group",
          written(interchange(group(transaction_set(), transaction_set()))), 2),
    Probe("ISA that lost a blank",
          order_file(isa=header().replace("PETALROW       ", "PETALROW      "))),
)  # fmt: skip
"""By row of the page."""

_MESSAGE = (
    "UNH+1+ORDERS:D:96A:UN",
    "BGM+220+PO-77001+9",
    "DTM+137:20261204:102",
    "DTM+2:20261211:102",
    "NAD+BY+8712345000004::9",
    "NAD+SU+8798765000003::9",
    "LIN+1++8711111000017:EN",
    "QTY+21:100",
    "UNS+S",
    "UNT+10+1",
)


def orders(*body: str, reference: str = "7", end: str = "UNZ+1+7") -> bytes:
    """Return an interchange with one ORDERS message of `body`."""
    first = f"UNB+UNOA:3+PETALROW+FINCAALTA+261204:0830+{reference}"
    return "".join(f"{each}'" for each in (first, *(body or _MESSAGE), end)).encode()


def _with(old: str, new: str) -> tuple[str, ...]:
    assert old in _MESSAGE
    return tuple(new if each == old else each for each in _MESSAGE if each != old or new)


EDIFACT_PROBES = tuple(
    Probe(name, data, documents, is_wrong, Format.EDIFACT)
    for name, data, documents, is_wrong in (
        ("plain ORDERS D.96A", orders(), 1, False),
        ("two interchanges", orders() + orders(reference="8", end="UNZ+1+8"), 2, False),
        ("UNT counts wrong", orders(*_with("UNT+10+1", "UNT+99+1")), 1, True),
        ("UNZ names another interchange", orders(end="UNZ+1+8"), 1, True),
        (
            "no BGM",
            orders(*(each.replace("+10+", "+9+") for each in _with(_MESSAGE[1], ""))),
            1,
            True,
        ),
        ("date 20261399", orders(*_with(_MESSAGE[3], "DTM+2:20261399:102")), 1, True),
        ("cut off in a segment", orders()[:150], 1, True),
    )
)
