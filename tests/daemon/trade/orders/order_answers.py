"""The one product that the tests of orders buy, and what an 855 says of it."""

from __future__ import annotations

from tests.daemon.partner_files import availability
from tests.daemon.sites import Desktop

BOX = 300
"""Stems in a box of Explorer 60 (packs.csv)."""


def stems(boxes: int) -> str:
    return str(boxes * 300)


def publish(site: Desktop, boxes: int) -> None:
    """Let florsol publish so many boxes of Explorer 60."""
    site.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", stems(boxes), "Stem")))


def bought(site: Desktop) -> float:
    """Return the boxes of Explorer 60 that are sold."""
    return site.lots()["ROS-EXP-60"][1] / BOX


def answers(body: bytes) -> list[tuple[str, str]]:
    """Return (ACK01, quantity) of every line part of an 855."""
    parts = [segment.split("*") for segment in body.decode().replace("\n", "").split("~")]
    return [(part[1], part[2]) for part in parts if part[0] == "ACK"]


def acknowledgement(body: bytes) -> str:
    """Return the BAK02 of an 855."""
    return next(s for s in body.decode().split("~") if s.strip().startswith("BAK")).split("*")[2]
