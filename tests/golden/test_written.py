"""What we write is what a person reviewed, to the byte, and our own reader takes it without a word.

`K2KD_GOLDEN=write` writes it anew, as it does the cases; the difference is then read by a person.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest

from formats import Agreed, read
from formats.findings import Finding
from formats.records import Party
from tests.golden.written.edifact import edifact
from tests.golden.written.others import others
from tests.golden.written.shared import Written
from tests.golden.written.x12 import x12

FILES = Path(__file__).parent / "written" / "files"
IS_WRITING = os.environ.get("K2KD_GOLDEN") == "write"
X12, EDIFACT, OTHERS = [*x12()], [*edifact()], [*others()]
ALL = [*X12, *EDIFACT, *OTHERS]
ANSWERS = ("floral_ack", "availability")
"""What partners read and nobody sends here."""


def named(documents: Sequence[Written]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("document", documents, ids=lambda each: each.name)


@named(ALL)
def test_document_is_written_as_it_was_reviewed(document: Written) -> None:
    found: list[Finding] = []
    data = document.write(found)
    path = FILES / f"{document.name}.{document.suffix}"
    if IS_WRITING:
        path.write_bytes(data)
    assert data.decode("latin-1") == path.read_bytes().decode("latin-1")
    assert found == [], "nothing of a golden record is lost"


def test_nothing_is_left_over_of_documents_that_nothing_writes() -> None:
    assert sorted(each.name for each in FILES.iterdir()) == sorted(
        f"{each.name}.{each.suffix}" for each in ALL
    )


@named([each for each in ALL if each.name not in ANSWERS])
def test_our_own_reader_takes_it_without_a_finding(document: Written) -> None:
    reading = read(document.write([]), agreed=Agreed(Party(code="FINCA"), layout=document.layout))
    documents = [*reading.documents()]
    assert documents
    assert all(each.record is not None for each in documents)
    assert [*reading.findings, *(one for each in documents for one in each.findings)] == []


@named(X12)
def test_pyx12_reads_the_same_segments_and_finds_nothing_wrong(document: Written) -> None:
    x12file = pytest.importorskip("pyx12.x12file", reason="pyx12 is not installed")
    data = document.write([]).decode("ascii")
    source = x12file.X12Reader(io.StringIO(data))
    found = [segment.get_seg_id() for segment in source]
    source.cleanup()
    assert source.pop_errors() == []
    assert found == [each.partition("*")[0] for each in data.split("~\n") if each]


@named(EDIFACT)
def test_pydifact_reads_the_same_segments(document: Written) -> None:
    collection = pytest.importorskip("pydifact.segmentcollection", reason="pydifact isn't there")
    text = document.write([]).decode("latin-1")
    with warnings.catch_warnings():
        # It has no directory to hold segments against, and says so of each.
        warnings.simplefilter("ignore")
        interchange = collection.Interchange.from_str(text)
        found = [each.tag for each in interchange.segments]
    tags = [each[:3] for each in text.splitlines()]
    assert [tag for tag in tags if tag not in ("UNA", "UNB", "UNZ")] == found
