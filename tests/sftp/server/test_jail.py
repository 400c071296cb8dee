"""Paths: what they mean, and that none means anything outside of the two boxes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.sftp.jail import Box, Place, Refused, check_new_name, place
from daemon.sftp.numbers import Code


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        (b"", Place(Box.ROOT)),
        (b".", Place(Box.ROOT)),
        (b"/../..", Place(Box.ROOT)),
        (b"inbox", Place(Box.INBOX)),
        (b"//inbox//.//", Place(Box.INBOX)),
        (b"/outbox/../inbox/po.edi", Place(Box.INBOX, b"po.edi")),
        (b"/../../inbox/po.edi", Place(Box.INBOX, b"po.edi")),
        (b"/inbox/..foo", Place(Box.INBOX, b"..foo")),
        (b"/inbox/po\xff.edi", Place(Box.INBOX, b"po\xff.edi")),
        (b"/inbox/a\nb", Place(Box.INBOX, b"a\nb")),
        (b"/inbox/" + b"x" * 255, Place(Box.INBOX, b"x" * 255)),
    ],
)
def test_path_means(path: bytes, meant: Place) -> None:
    assert place(path) == meant


@pytest.mark.parametrize(
    "path",
    [
        b"/etc/passwd",
        b"../../etc/passwd",
        b"/inbox/../../etc/passwd",
        b"/INBOX/po.edi",
        b"/inbox/sub/po.edi",
        b"/inbox/po.edi/..%2f",
        b"/inbox\\..\\..\\etc/passwd",
        b"/inbox\0/po.edi",
        b"/inbox/po.edi\0.txt",
        b"/inbox/" + b"x" * 256,
        b"/inbox/" + b"x/" * 4000,
        b"/inbox/.k2kd-upload-1",
        b"/inbox/.K2KD-partial-1",
        b"/inbox/.refused",
        b"/outbox/.staging",
        b"/outbox/.staging/1.edi",
        b"/outbox/.hidden",
        "/\uff49nbox/po.edi".encode(),
    ],
)
def test_path_means_nothing(path: bytes) -> None:
    with pytest.raises(Refused):
        place(path)


@given(st.lists(st.sampled_from([b"..", b".", b"", b"inbox", b"outbox", b"etc", b"x"]), max_size=9))
def test_path_leads_into_a_box_or_nowhere(names: list[bytes]) -> None:
    try:
        meant = place(b"/".join(names))
    except Refused as refused:
        assert refused.code in (Code.NO_SUCH_FILE, Code.FAILURE)
    else:
        assert b"/" not in meant.name
        assert meant.name not in (b".", b"..")
        assert place(meant.path) == meant


def test_upload_may_have_the_dotted_name_of_a_draft_only() -> None:
    check_new_name(b".in.po.edi")
    check_new_name(b"po.edi")
    with pytest.raises(Refused, match="dot"):
        check_new_name(b".profile")
