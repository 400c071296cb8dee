"""Following the files: new sets swapped whole, half ones never (F31)."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.errors import SiteError
from daemon.mapping.edit import add_row
from daemon.mapping.rows import Kind
from daemon.mapping.tableset import SETTLE_S, SHRUNK_SETTLE_S, TableSet
from tests.daemon.mapping.samples import PARTNERS, TODAY, HandClock, copied_sample

ROW = "axerrio-florsol,,,Rose Explorer 60,ROS-EXP-60,,yes,,,\n"


class Watched:
    """A copied sample network, followed with a clock that is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = copied_sample(folder)
        self.clock = HandClock()
        self.set = TableSet.open(self.folder, PARTNERS, self.clock)
        self.file = self.folder / "products.csv"
        self.good = self.file.read_bytes()

    @property
    def answer(self) -> str | None:
        return self.set.current.product("axerrio-florsol", None, "Rose Explorer 60", None, TODAY)

    def wait(self, seconds: float = SETTLE_S) -> None:
        self.clock.seconds += seconds


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_nothing_new_is_nothing_to_say(watched: Watched) -> None:
    before = watched.set.current
    for _ in range(3):
        watched.wait()
        assert watched.set.refresh() is None
    assert watched.set.current is before


def test_edit_is_used_once_it_has_stood_still(watched: Watched) -> None:
    watched.file.write_bytes(watched.good + ROW.encode())
    assert watched.set.refresh() is None
    assert watched.answer is None
    watched.wait()
    reloaded = watched.set.refresh()
    assert reloaded is not None
    assert reloaded.is_good
    assert reloaded.tables is watched.set.current
    assert watched.answer == "ROS-EXP-60"
    assert watched.set.refresh() is None


def test_edit_by_rename_is_used_at_once_when_the_caller_says_it_is_whole(watched: Watched) -> None:
    edit = add_row(
        watched.folder,
        Kind.PRODUCTS,
        "axerrio-florsol",
        "Rose Explorer 60",
        "ROS-EXP-60",
        partners=PARTNERS,
        today=TODAY,
    )
    reloaded = watched.set.refresh(is_whole=True)
    assert reloaded is not None
    assert reloaded.tables.hash == edit.tables.hash
    assert watched.answer == "ROS-EXP-60"


def test_f31_editor_rename_is_followed(watched: Watched) -> None:
    draft = watched.folder / ".products.csv.swp"
    draft.write_bytes(watched.good + ROW.encode())
    watched.file.unlink()
    assert watched.set.refresh() is None
    draft.rename(watched.file)
    assert watched.set.refresh() is None
    watched.wait()
    reloaded = watched.set.refresh()
    assert reloaded is not None
    assert reloaded.is_good


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "products.csv: the file is empty"),
        (b"\0" * 4096, "products.csv: the file holds NUL bytes"),
        (b"partner,vendor_code,sou", "is not a column"),
        (b"\xff\xfe", "products.csv: this is UTF-16"),
    ],
)
def test_f31_half_save_that_stays_is_said_once_and_the_old_set_kept(
    watched: Watched, content: bytes, text: str
) -> None:
    old = watched.set.current
    watched.file.write_bytes(content)
    assert watched.set.refresh() is None
    watched.wait(SHRUNK_SETTLE_S)
    reloaded = watched.set.refresh()
    assert reloaded is not None
    assert not reloaded.is_good
    assert text in reloaded.problems[0]
    assert reloaded.tables is old
    assert watched.set.current is old
    assert watched.set.problems == reloaded.problems
    watched.wait(60)
    assert watched.set.refresh() is None


def test_f31_truncate_then_write_never_shows_half_a_table(watched: Watched) -> None:
    lines = watched.good.splitlines(keepends=True)
    old = watched.set.current
    for size in (0, 3, 9, len(lines) - 1):
        watched.file.write_bytes(b"".join(lines[:size]))
        assert watched.set.refresh() is None
        watched.wait(SETTLE_S)
        assert watched.set.refresh() is None
    assert watched.set.current is old
    watched.file.write_bytes(watched.good + ROW.encode())
    watched.set.refresh()
    watched.wait()
    assert watched.set.refresh() is not None
    assert watched.answer == "ROS-EXP-60"


def test_rows_taken_out_on_purpose_are_used_after_the_longer_wait(watched: Watched) -> None:
    watched.file.write_bytes(watched.good.splitlines(keepends=True)[0])
    assert watched.set.refresh() is None
    watched.wait(SHRUNK_SETTLE_S)
    reloaded = watched.set.refresh()
    assert reloaded is not None
    assert reloaded.is_good
    assert reloaded.tables.rows[Kind.PRODUCTS] == ()


def test_bad_edit_is_said_once_and_again_only_after_another_save(watched: Watched) -> None:
    bad = watched.good + ROW.replace("ROS-EXP-60", "ROS-EXP-61").encode()
    watched.file.write_bytes(bad)
    watched.set.refresh()
    watched.wait()
    first = watched.set.refresh()
    assert first is not None
    assert "ROS-EXP-61 is not in catalogue.csv" in first.problems[0]
    watched.wait()
    assert watched.set.refresh() is None
    watched.file.write_bytes(bad + b"\n")
    watched.set.refresh()
    watched.wait()
    second = watched.set.refresh()
    assert second is not None
    assert second.problems == first.problems


def test_mending_a_bad_edit_is_said_even_when_nothing_changed_in_the_end(watched: Watched) -> None:
    watched.file.write_bytes(watched.good + b"zzz,,A,,ROS-EXP-60,,,,,\n")
    watched.set.refresh()
    watched.wait()
    assert watched.set.refresh() is not None
    watched.file.write_bytes(watched.good)
    watched.set.refresh()
    watched.wait()
    reloaded = watched.set.refresh()
    assert reloaded is not None
    assert reloaded.is_good
    assert watched.set.problems == ()


def test_saving_the_same_content_again_is_nothing_new(watched: Watched) -> None:
    before = watched.set.current
    watched.file.write_bytes(watched.good.replace(b"\n", b"\r\n"))
    watched.set.refresh()
    watched.wait()
    assert watched.set.refresh() is None
    assert watched.set.current is before


def test_first_load_of_a_bad_folder_is_a_site_error(tmp_path: Path) -> None:
    folder = copied_sample(tmp_path)
    (folder / "packs.csv").unlink()
    with pytest.raises(SiteError, match=r"packs\.csv: not in"):
        TableSet.open(folder, PARTNERS, HandClock())


def test_spoilt_tables_are_replaced_at_the_start_by_those_of_before(watched: Watched) -> None:
    before = dict(watched.set.current.files)
    watched.file.write_bytes(watched.good + ROW.replace("ROS-EXP-60", "ROS-NOWHERE").encode())
    opened = TableSet.open(watched.folder, PARTNERS, watched.clock, before=lambda: before)
    assert opened.current.hash == watched.set.current.hash
    assert len(opened.problems) == 1
    assert "ROS-NOWHERE" in opened.problems[0]
    # What is wrong was said already; mended files are taken like any others.
    watched.wait()
    assert opened.refresh() is None
    watched.file.write_bytes(watched.good + ROW.encode())
    opened.refresh()
    watched.wait(SHRUNK_SETTLE_S)
    mended = opened.refresh()
    assert mended is not None
    assert mended.is_good
    assert not opened.problems


def test_good_tables_are_preferred_to_those_of_before(watched: Watched) -> None:
    before = dict(watched.set.current.files)
    watched.file.write_bytes(watched.good + ROW.encode())
    opened = TableSet.open(watched.folder, PARTNERS, watched.clock, before=lambda: before)
    assert opened.problems == ()
    assert opened.current.hash != watched.set.current.hash


@pytest.mark.parametrize(
    ("partners", "has_before"),
    [(PARTNERS, False), (PARTNERS[1:], True)],
    ids=["none was in use", "it doesn't fit the partners of now"],
)
def test_spoilt_tables_are_named_where_none_of_before_can_stand_in(
    watched: Watched, partners: tuple[str, ...], *, has_before: bool
) -> None:
    before = dict(watched.set.current.files) if has_before else None
    watched.file.write_bytes(watched.good + ROW.replace("ROS-EXP-60", "ROS-NOWHERE").encode())
    with pytest.raises(SiteError, match="ROS-NOWHERE"):
        TableSet.open(watched.folder, partners, watched.clock, before=lambda: before)
