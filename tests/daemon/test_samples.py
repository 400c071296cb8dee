"""The sample files: always valid, dropped whole, dated from the day they are dropped."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from sqlalchemy import Connection

from daemon import config
from daemon.errors import EnvironmentFault
from daemon.ledger import arrivals
from daemon.samples import Wave, dated, install_samples, sample_day, sample_site, samples
from formats.x12.reader import read
from tests.daemon.sites import Desktop, desktop


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


@contextmanager
def day_of(desk: Desktop, *, patience_s: float) -> Iterator[Callable[[], None]]:
    ledger, clock, say = desk.p.ledger, desk.clock, desk.p.say
    with sample_day(desk.site, ledger, clock, say, patience_s=patience_s) as drop_samples:
        yield drop_samples
    assert "samples" not in [thread.name for thread in threading.enumerate()]


def dropped(root: Path) -> set[str]:
    return {path.parent.name for path in (root / "inbox").glob("*/*")}


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def test_a_day_of_samples_brings_the_orders_once_the_stock_is_in(tmp_path: Path) -> None:
    with desktop(tmp_path) as desk, day_of(desk, patience_s=600) as drop_samples:
        drop_samples()
        until(lambda: desk.log.getvalue().count("samples_dropped") == 1)
        assert dropped(desk.root) == {"florsol", "andes"}
        desk.run()
        until(lambda: desk.log.getvalue().count("samples_dropped") == 2)


def test_a_day_of_samples_goes_on_after_faults_of_the_disk_and_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.samples.RETRY_S", 0.01)
    asked = list[int]()

    def away(_conn: Connection) -> int:
        asked.append(1)
        raise EnvironmentFault("the ledger is away")

    monkeypatch.setattr(arrivals, "count_ended", away)
    with desktop(tmp_path) as desk, day_of(desk, patience_s=0.05) as drop_samples:
        inbox = desk.root / "inbox" / "andes"
        inbox.rmdir()
        inbox.write_text("in the way")
        drop_samples()
        until(lambda: "samples_fault" in desk.log.getvalue())
        inbox.unlink()
        everybody = {"florsol", "andes", "bloom", "axerrio-florsol"}
        until(lambda: dropped(desk.root) == everybody)
    assert asked


def test_a_day_of_samples_ends_with_the_service(tmp_path: Path) -> None:
    with desktop(tmp_path) as desk:
        with day_of(desk, patience_s=600) as drop_samples:
            drop_samples()
            until(lambda: dropped(desk.root) == {"florsol", "andes"})
        assert dropped(desk.root) == {"florsol", "andes"}
        with day_of(desk, patience_s=600):
            pass
