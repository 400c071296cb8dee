"""A large EDIFACT interchange, as buyers of flowers send their orders."""

from __future__ import annotations

from datetime import date, timedelta

LINES = 10


def big_orders_message(size_bytes: int, today: date) -> bytes:
    """Return one interchange of about `size_bytes`: ORDERS D.96A of ten lines each."""
    head = f"UNA:+.? '\nUNB+UNOA:3+BLOOM:14+FLORSOL:14+{today:%y%m%d}:0930+1'\n".encode()
    parts, size, count = [head], 0, 0
    while size < size_bytes:
        count += 1
        parts.append(_order(count, today))
        size += len(parts[-1])
    return b"".join((*parts, f"UNZ+{count}+1'\n".encode()))


def _order(number: int, today: date) -> bytes:
    ship = today + timedelta(days=2)
    segments = [
        f"UNH+{number}+ORDERS:D:96A:UN",
        f"BGM+220+B{number}+9",
        f"DTM+137:{today:%Y%m%d}:102",
        f"DTM+2:{ship:%Y%m%d}:102",
        "NAD+BY+8712345000004::9",
        "NAD+SU+8798765000003::9",
    ]
    for line in range(1, LINES + 1):
        segments += [
            f"LIN+{line}++8711111000{line:03}:EN",
            "IMD+F++:::ROSE EXPLORER RED 60CM 25 STEMS",
            "QTY+21:100:PCE",
            "PRI+AAA:0.34",
        ]
    segments += ["UNS+S", f"CNT+2:{LINES}"]
    segments.append(f"UNT+{len(segments) + 1}+{number}")
    return "".join(segment + "'\n" for segment in segments).encode()
