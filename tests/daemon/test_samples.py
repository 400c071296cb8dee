"""The sample files: always valid, dropped whole, dated from the day they are dropped."""

from __future__ import annotations

import shutil
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from daemon import config
from daemon.errors import EnvironmentFault
from daemon.samples import Wave, dated, install_samples, sample_site, samples
from formats.x12.reader import read


@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2028, 2, 29), date(2031, 12, 31)])
def test_samples_are_sound_on_any_day(today: date) -> None:
    for sample in samples(today):
        assert b"{today" not in sample.content
        if sample.name.endswith(".edi"):
            reading = read(sample.content)
            documents = list(reading.documents())
            is_broken = "broken" in sample.name
            assert [d.record is None for d in documents] == [is_broken]
            assert not [f for i in reading.interchanges for f in i.findings]


def test_dates_count_from_today_over_the_turn_of_the_year() -> None:
    template = b"{today:iso} {today+3:yyyymmdd} {today-31:yymmdd} {tomorrow}"
    assert dated(template, date(2026, 12, 30)) == b"2026-12-30 20270102 261129 {tomorrow}"


def test_only_dates_change_between_days() -> None:
    days = [{s.name: s.content for s in samples(day)} for day in (date(2026, 1, 1),) * 2]
    assert days[0] == days[1]


@pytest.fixture
def site(tmp_path: Path) -> config.Configuration:
    shutil.copy(Path(str(sample_site())) / config.FILE_NAME, tmp_path)
    return config.load(tmp_path)


def test_samples_are_dropped_under_their_names_alone(site: config.Configuration) -> None:
    today = date(2026, 11, 21)
    dropped = install_samples(site, today)
    found = sorted(path for path in (site.root / "inbox").rglob("*") if path.is_file())
    assert found == sorted(dropped)
    assert len(dropped) == 5
    assert install_samples(site, today) == dropped


def test_stock_comes_apart_from_orders(site: config.Configuration) -> None:
    today = date(2026, 11, 21)
    stock = install_samples(site, today, Wave.STOCK)
    assert [path.parent.name for path in stock] == ["florsol", "andes"]
    orders = install_samples(site, today, Wave.ORDERS)
    assert {path.parent.name for path in orders} == {"bloom", "axerrio-florsol"}


def test_samples_of_partners_that_a_site_has_not_are_left_out(tmp_path: Path) -> None:
    text = '[[partner]]\nname = "andes"\nroles = ["vendor"]\n'
    (tmp_path / "k2kd.toml").write_text(text, "utf-8")
    (only,) = install_samples(config.load(tmp_path), date(2026, 11, 21))
    assert only.parent == tmp_path / "inbox" / "andes"


def test_sample_site_is_package_data() -> None:
    package = Path(str(resources.files("daemon")))
    site = Path(str(sample_site()))
    assert site.is_relative_to(package)
    assert [p.name for p in config.load(site).partner] == [
        *("florsol", "andes", "bloom", "tulipan", "axerrio-florsol")
    ]


def test_lost_sample_site_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A site beside the package, as in a checkout, is somebody's own and no substitute.
    (tmp_path / "package" / "sample" / "inbox").mkdir(parents=True)
    (tmp_path / "k2kd.toml").write_text("")
    monkeypatch.setattr(resources, "files", lambda _name: tmp_path / "package")
    with pytest.raises(EnvironmentFault, match="install k2kd again"):
        sample_site()
