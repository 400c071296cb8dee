"""Small mapping folders for the tests here, and the sample network's."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from daemon.errors import SiteError
from daemon.mapping.load import from_files, load
from daemon.mapping.parse import layouts
from daemon.mapping.problems import Notes
from daemon.mapping.tables import Tables
from daemon.samples import sample_site

SAMPLE_FOLDER = Path(str(sample_site())) / "mappings"
PARTNERS = ("florsol", "andes", "bloom", "tulipan", "axerrio-florsol")
TODAY = date(2026, 11, 21)
HEAD = (
    "partner,vendor_code,source_code,source_description,target_code,"
    "target_description,active,valid_from,valid_to,comment\n"
)
CATALOGUE = (
    "code,description,category,variety,color,grade,active\n"
    "R60,Rose Red 60 cm,Roses,Explorer,Red,60 cm,yes\n"
    "R50,Rose Red 50 cm,Roses,Explorer,Red,50 cm,yes\n"
    "OLD,Old Rose,Roses,,Red,,no\n"
)
BOX_TYPES = HEAD.replace("comment", "comment,fbe") + "*,,HB,Half box,HB,,,,,,0.5\n"
PACKS = (
    "partner,product_code,box_type,bunches_per_box,stems_per_bunch,unit_type,active,"
    "valid_from,valid_to,comment\n"
)


class HandClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 12, tzinfo=UTC)


def small_files(changes: Mapping[str, str | bytes] | None = None) -> dict[str, bytes]:
    """Return a small good set of tables, with some of them replaced."""
    texts: dict[str, str | bytes] = {
        name: ",".join(layout.columns) + "\n" for name, layout in layouts().items()
    }
    texts |= {"catalogue.csv": CATALOGUE, "box_types.csv": BOX_TYPES, "packs.csv": PACKS}
    texts |= changes or {}
    return {name: t.encode() if isinstance(t, str) else t for name, t in texts.items()}


def small(changes: Mapping[str, str | bytes] | None = None) -> Tables:
    return from_files(small_files(changes), partners=PARTNERS, today=TODAY, notes=Notes())


def products(*rows: str) -> Tables:
    """Return the small set with these rows of products."""
    return small({"products.csv": HEAD + "".join(f"{row}\n" for row in rows)})


def problems(changes: Mapping[str, str | bytes]) -> list[str]:
    """Return what is said about the small set with these tables replaced."""
    with pytest.raises(SiteError) as caught:
        small(changes)
    return caught.value.problems


def copied_sample(folder: Path) -> Path:
    target = folder / "mappings"
    shutil.copytree(SAMPLE_FOLDER, target)
    return target


def sample() -> Tables:
    return load(SAMPLE_FOLDER, partners=PARTNERS, today=TODAY)
