"""Real samples of other projects: read to the last byte, answered, and read alike by another."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from formats.documents import ReadDocument
from formats.edifact.policy import Policy
from formats.edifact.reader import read
from formats.edifact.technical import control_message
from formats.identify import Format, identify
from formats.records import PurchaseOrder
from tests.formats.edifact.samples import AT

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus"
LEAST_ORDERS = 8
"""The others lack lines with a quantity, a heading, or their end."""
LOOSE = Policy(
    accepts_other_releases=True,
    warns=frozenset({"21", "26", "28", "29"}),
)
"""What most projects' samples need: counts and references were often cut by hand."""

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the corpus of samples isn't beside the checkout"
)


def samples() -> list[Path]:
    if not CORPUS.is_dir():
        return []
    return [
        path
        for path in sorted(CORPUS.rglob("*"))
        if path.is_file() and identify(path.read_bytes()[:65536]) is Format.EDIFACT
    ]


def documents(path: Path, policy: Policy) -> list[ReadDocument]:
    return list(read(path.read_bytes(), policy=policy).documents())


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_sample_is_read_to_its_last_byte_and_its_answer_can_be_read(path: Path) -> None:
    reading = read(path.read_bytes())
    for document in reading.documents():
        assert document.record is not None or document.findings
    if not reading.interchanges:
        assert any(each.is_error for each in reading.findings)
    for outcome in reading.outcomes:
        answer = control_message(outcome, reference="1", at=AT)
        if answer is not None:
            (said,) = read(answer).documents()
            assert said.record is not None, said.findings


def test_most_orders_of_other_projects_become_orders() -> None:
    """Samples of any directory, with the counts and references that were cut by hand let pass."""
    found = [
        each
        for path in samples()
        if "synthetic" not in path.parts
        for each in documents(path, LOOSE)
        if isinstance(each.record, PurchaseOrder)
    ]
    assert len(found) >= LEAST_ORDERS


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_other_reader_finds_the_same_segments(path: Path) -> None:
    """A second opinion, wherever pydifact takes the file at all."""
    collection = pytest.importorskip("pydifact.segmentcollection")
    reading = read(path.read_bytes())
    (*interchanges,) = reading.interchanges
    if len(interchanges) != 1 or any(group.is_explicit for group in interchanges[0].groups):
        pytest.skip("pydifact reads one interchange without groups")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = [
                len(each.segments) + 2
                for each in collection.Interchange.from_str(text).get_messages()
            ]
    except Exception as error:
        pytest.skip(f"pydifact can't read it: {type(error).__name__}")
    ours = [span.segments for _, span in interchanges[0].messages()]
    assert ours == theirs
