"""What is no file of a partner's is refused, answered once and put aside; the rest goes on."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.intake.refuse import put_aside
from daemon.intake.scan import scan
from daemon.safefile import Missing, open_directory
from tests.daemon.intake.fakes import House, x12


@pytest.mark.parametrize("target", ["/etc/passwd", "nowhere", "po.edi", "."])
def test_f17_a_symlink_is_refused_and_moved_itself(house: House, target: str) -> None:
    (house.inbox / "po.edi").symlink_to(target)
    house.look()
    assert house.book.codes == ["intake.symlink"]
    [aside] = house.aside
    assert aside.readlink() == Path(target)
    assert house.left == []


def test_f17_a_file_swapped_for_a_link_after_the_listing_is_not_followed(house: House) -> None:
    secret = house.root / "secret"
    secret.write_bytes(x12())
    file = house.drop("po.edi", x12())

    def swap() -> None:
        file.unlink()
        file.symlink_to(secret)

    house.book.between = swap
    assert house.look().claimed == []
    assert secret.exists()


@pytest.mark.parametrize("swap", [os.mkfifo, os.mkdir])
def test_f17_a_file_swapped_for_something_else_is_not_read(
    house: House, swap: Callable[[Path], None]
) -> None:
    file = house.drop("po.edi", x12())

    def replace() -> None:
        file.unlink()
        swap(file)

    house.book.between = replace
    result = house.look()
    assert (result.claimed, result.fault) == ([], None)
    assert house.ear.count("read_failed") == 0


def test_f18_a_hard_link_is_refused_after_a_minute_and_the_other_name_stays(
    house: House, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_bytes(x12())
    os.link(other, house.inbox / "po.edi")
    assert house.look_after(59).claimed == []
    house.clock.forward(1)
    house.look()
    assert house.book.codes == ["intake.hard-link"]
    assert (house.left, other.read_bytes()) == ([], x12())


def test_f18_a_publisher_that_links_and_unlinks_is_served(house: House) -> None:
    draft = house.drop(".draft", x12())
    os.link(draft, house.inbox / "po.edi")
    assert house.look().claimed == []
    draft.unlink()
    assert len(house.look().claimed) == 1


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as s:
        os.chdir(path.parent)
        s.bind(path.name)


@pytest.mark.parametrize("make", [os.mkfifo, _socket])
def test_f19_special_files_are_refused_without_blocking(
    house: House, make: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(house.inbox)
    make(house.inbox / "po.edi")
    house.drop("good.edi", x12())
    result = house.look()
    assert house.book.codes == ["intake.special"]
    assert [claim.name for _, claim in result.claimed] == [b"good.edi"]
    assert (house.left, len(house.aside)) == ([], 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
def test_f19_a_device_is_refused(house: House) -> None:
    try:
        os.mknod(house.inbox / "po.edi", 0o020644, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this host forbids devices")
    house.look()
    assert house.book.codes == ["intake.special"]


def test_f19_a_folder_is_answered_once_and_left_alone(house: House) -> None:
    (house.inbox / "po.edi").mkdir()
    house.look()
    (house.inbox / "po.edi" / "inner.edi").write_bytes(x12())
    house.look()
    house.started().look("rosa")
    assert house.book.codes == ["intake.folder"]
    assert (house.inbox / "po.edi" / "inner.edi").exists()


def test_f22_an_oversize_file_is_put_aside_without_a_copy(house: House) -> None:
    with (house.inbox / "huge.edi").open("wb") as file:
        file.truncate(2 << 30)
    house.look()
    [refusal] = house.book.refusals
    assert refusal.code == "intake.oversize"
    assert "2147483648 bytes and at most 8388608" in refusal.message
    [aside] = house.aside
    assert aside.stat().st_size == 2 << 30
    assert list((house.root / "state" / "spool").rglob("*-*")) == []


def test_f17_a_good_file_that_replaced_a_refused_one_goes_back_to_the_inbox(house: House) -> None:
    (house.inbox / "po.edi").symlink_to("/etc/passwd")
    with open_directory(house.inbox) as folder:
        [seen] = scan(folder).files
        house.drop("po.edi.part", x12()).rename(house.inbox / "po.edi")
        with pytest.raises(Missing):
            put_aside(folder, seen)
    assert house.aside == []
    assert len(house.look().claimed) == 1


def test_a_partner_who_blocks_the_refused_folder_stops_nothing_else(house: House) -> None:
    (house.inbox / ".refused").symlink_to("/tmp")
    (house.inbox / "po.edi").symlink_to("/etc/passwd")
    house.drop("good.edi", x12())
    for _ in range(3):
        house.look()
    assert house.book.names == [b"good.edi"]
    assert (house.book.codes, house.ear.count("put_aside_failed")) == (["intake.symlink"], 1)


def test_a_restart_does_not_answer_the_same_refusal_again(house: House) -> None:
    (house.inbox / ".refused").write_bytes(b"in the way")
    (house.inbox / "po.edi").symlink_to("/etc/passwd")
    house.look()
    house.started().look("rosa")
    assert house.book.codes == ["intake.symlink"]
