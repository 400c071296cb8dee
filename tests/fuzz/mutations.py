"""Files as they get damaged on their way: bits flip, ends are cut, segments come twice or not."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

MARKS = (b"~", b"*", b">", b"'", b"+", b":", b"?", b",", b";", b'"', b"\n", b"\r", b"|", b"<", b"}")
"""Separators of one format or another, and what opens or closes."""
NOISE = (
    *(b"\0", b"\x1a", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\xff\xfe", b"ISA*", b"UNB+", b"]]>"),
    *(b"99999999999", b"-1", b"1e9", b"NaN", b"=1+1", b"\xf0\x9f\x8c\xb9", b"\xed\xa0\x80"),
)


@st.composite
def damaged(draw: st.DrawFn, files: Sequence[bytes]) -> bytes:
    """Return one of `files` after one to four mishaps."""
    data = draw(st.sampled_from(files))
    for _ in range(draw(st.integers(1, 4))):
        data = draw(st.sampled_from(_MISHAPS))(draw, data)
    return data


def _flipped(draw: st.DrawFn, data: bytes) -> bytes:
    at = draw(st.integers(0, max(len(data) * 8 - 1, 0)))
    return (
        data[: at // 8]
        + bytes(each ^ 1 << at % 8 for each in data[at // 8 :][:1])
        + _rest(data, at)
    )


def _rest(data: bytes, at: int) -> bytes:
    return data[at // 8 + 1 :]


def _cut(draw: st.DrawFn, data: bytes) -> bytes:
    return data[: draw(st.integers(0, len(data)))]


def _beheaded(draw: st.DrawFn, data: bytes) -> bytes:
    return data[draw(st.integers(0, len(data))) :]


def _doubled(draw: st.DrawFn, data: bytes) -> bytes:
    """Repeat one segment, row or tag."""
    parts, mark = _parts(draw, data)
    at = draw(st.integers(0, len(parts) - 1))
    return mark.join([*parts[: at + 1], *parts[at:]])


def _dropped(draw: st.DrawFn, data: bytes) -> bytes:
    parts, mark = _parts(draw, data)
    at = draw(st.integers(0, len(parts) - 1))
    return mark.join([*parts[:at], *parts[at + 1 :]])


def _moved(draw: st.DrawFn, data: bytes) -> bytes:
    parts, mark = _parts(draw, data)
    one, other = (draw(st.integers(0, len(parts) - 1)) for _ in range(2))
    parts[one], parts[other] = parts[other], parts[one]
    return mark.join(parts)


def _parts(draw: st.DrawFn, data: bytes) -> tuple[list[bytes], bytes]:
    mark = draw(st.sampled_from(MARKS))
    return data.split(mark), mark


def _swapped(draw: st.DrawFn, data: bytes) -> bytes:
    """Write one separator for another everywhere."""
    one, other = draw(st.sampled_from(MARKS)), draw(st.sampled_from(MARKS))
    return data.replace(one, b"\x01").replace(other, one).replace(b"\x01", other)


def _disturbed(draw: st.DrawFn, data: bytes) -> bytes:
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.sampled_from(NOISE)) + data[at:]


def _recoded(draw: st.DrawFn, data: bytes) -> bytes:
    codec = draw(st.sampled_from(["utf-16", "utf-16-be", "cp037", "utf-8-sig"]))
    return data.decode("latin-1").encode(codec)


_MISHAPS = (
    *(_flipped, _cut, _beheaded, _doubled, _dropped, _moved, _swapped, _disturbed, _recoded),
)
