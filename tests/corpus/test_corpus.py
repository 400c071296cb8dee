"""Real files of other people, and files made to break: each is read, or refused with a reason."""

from __future__ import annotations

import pytest

from formats import FileReading
from formats.identify import Format
from formats.x12.reader import X12Reading
from tests.corpus.__main__ import as_json
from tests.corpus.earned import EARNED, has_earned, reading_of, told
from tests.corpus.faulty import FAULTY
from tests.corpus.index import ABSENT, Sample, samples
from tests.corpus.report import Report, Seen, report_on, see
from tests.robustness.real_files import COUNTED

needs_corpus = pytest.mark.skipif(not samples(), reason=ABSENT)
SAMPLE = Sample("real.edi", "850", "004010", "envelope consistent")


@pytest.fixture(scope="module")
def report() -> Report:
    return report_on(samples())


@needs_corpus
def test_every_target_is_met(report: Report) -> None:
    assert not list(report.problems())


@needs_corpus
def test_enough_was_read_to_say_so(report: Report) -> None:
    assert report.rows[Format.X12].files > 200
    assert len(report.sound()) >= 40
    assert sum(each.earned is True for each in report.seen) >= len(EARNED)


@needs_corpus
def test_tables_name_files_that_are_there() -> None:
    assert {*EARNED, *FAULTY} <= {each.path for each in samples()}


@needs_corpus
def test_file_that_keeps_to_its_standard_has_no_error_of_syntax(report: Report) -> None:
    """An answer says of a file without a record too that its syntax is right."""
    for each in report.sound():
        answers = [one for one in told(reading_of(each.sample)) if not one.startswith("error ")]
        assert not [one for one in answers if one.startswith(("AK3", "AK4", "UCS", "UCD", "TA1"))]


@needs_corpus
@pytest.mark.parametrize("path", sorted(path for path, fault in FAULTY.items() if fault.warns))
def test_file_whose_fault_was_agreed_is_used_as_a_whole(path: str) -> None:
    sample = next(each for each in samples() if each.path == path)
    assert not see(sample).is_sound
    agreed = see(sample, FAULTY[path].warns)
    assert agreed.is_sound, agreed.why


@needs_corpus
def test_files_of_other_kinds_and_releases_are_counted_apart(report: Report) -> None:
    kinds, releases = report.unread()
    assert len(kinds) + len(releases) + len(report.supported()) == len(report.consistent())
    assert {each.sample.version for each in releases} >= {"003040", "004030"}


@needs_corpus
def test_page_counts_files_as_they_are(report: Report) -> None:
    counted = as_json(report, [])
    assert {key: counted[key] for key in COUNTED} == COUNTED, "mend COUNTED and run: make docs"


@needs_corpus
def test_every_broken_x12_row_of_the_index_is_in_the_table() -> None:
    broken = {each.path for each in samples() if each.is_synthetic and each.is_broken}
    assert {path for path in broken if "edifact" not in path} <= set(EARNED)


@needs_corpus
def test_no_byte_of_an_x12_file_is_lost() -> None:
    for sample in samples():
        reading = reading_of(sample)
        if isinstance(reading.family, X12Reading):
            assert not lost_bytes(reading.family), sample.path


def lost_bytes(reading: X12Reading) -> bytes:
    """Return what lies outside every interchange and is named in no finding."""
    named = {each.where.byte for each in reading.findings if each.code == "x12.stray_bytes"}
    ends = [0, *(each.end for each in reading.interchanges)]
    starts = [*(each.start for each in reading.interchanges), len(reading.data)]
    lost = b""
    for end, start in zip(ends, starts, strict=True):
        if not any(byte is not None and end <= byte < start for byte in named):
            lost += reading.data[end:start].strip(b" \t\r\n\x00\x1a")
    return lost if reading.interchanges else b""


def test_crash_of_a_reader_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(sample: Sample, _warns: object) -> FileReading:
        raise IndexError(sample.path)

    monkeypatch.setattr("tests.corpus.report.reading_of", raises)
    seen = see(SAMPLE)
    assert seen.crash == "IndexError('real.edi')"
    assert any("IndexError" in each for each in Report([seen]).problems())


@pytest.mark.parametrize(
    ("seen", "problem"),
    [
        (Seen(SAMPLE, "x12", 2.5, is_read=True), "took 2.5 s"),
        (Seen(SAMPLE, "x12", 0.1, is_located=False), "without a place"),
        (Seen(SAMPLE, "x12", 0.1, is_read=True, earned=False), "didn't earn"),
        (Seen(SAMPLE, "x12", 0.1, is_read=True), "0% of the sound files"),
    ],
)
def test_missed_target_is_a_problem(seen: Seen, problem: str) -> None:
    assert any(problem in each for each in Report([seen]).problems())


@pytest.mark.parametrize(
    ("found", "earned", "is_earned"),
    [
        (["error x", "AK5*R*4"], ["AK5*R*4"], True),
        (["AK5*R*4", "AK5*A"], ["AK5*R*4"], False),
        (["AK5*R*3"], ["AK5*R*4"], False),
        (["error x", "error y", "error z"], ["error x", "error z"], True),
        (["error z", "error x"], ["error x", "error z"], False),
        ([], ["quarantine"], False),
    ],
)
def test_what_a_file_earned_is_told(
    found: list[str], earned: list[str], *, is_earned: bool
) -> None:
    assert has_earned(found, earned) is is_earned
