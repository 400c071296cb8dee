"""When a file is whole, as a table: evidence in, proof and further wait out (reliability D)."""

from __future__ import annotations

import math

import pytest

from daemon.config import CompleteWhen
from daemon.config import Intake as IntakeSettings
from daemon.intake.settle import (
    PATIENCE_S,
    POLL_S,
    STILL_UNSEEN_S,
    Done,
    Evidence,
    Inside,
    Ruling,
    Terms,
    Word,
    Writer,
    ruling,
)
from formats.identify import Completeness

QUIET, RENAMED, DONE = CompleteWhen.QUIET, CompleteWhen.RENAMED, CompleteWhen.DONE_FILE
COMPLETE, CUT, UNKNOWN = Completeness.COMPLETE, Completeness.CUT_SHORT, Completeness.UNKNOWN


def judged(
    agreement: CompleteWhen,
    completeness: Completeness | None,
    writer: Writer = Writer.NONE,
    *,
    word: Word | None = None,
    done: Done = Done.ABSENT,
    still_s: float = 0.0,
    is_empty: bool = False,
) -> Ruling:
    evidence = Evidence(still_s, word, done, is_empty)
    return ruling(Terms.of(IntakeSettings(), agreement), evidence, Inside(writer, completeness))


@pytest.mark.parametrize("agreement", [QUIET, RENAMED])
def test_a_format_that_shows_its_end_needs_no_time_once_nobody_writes(
    agreement: CompleteWhen,
) -> None:
    assert judged(agreement, COMPLETE) == Ruling("shown", 0)


@pytest.mark.parametrize("word", [Word.CLOSED, Word.MOVED])
def test_a_close_or_move_heard_stands_in_for_the_kernels_word(word: Word) -> None:
    assert judged(QUIET, COMPLETE, Writer.UNKNOWN, word=word) == Ruling("shown", 0)


@pytest.mark.parametrize("word", [None, Word.CREATED])
def test_without_either_two_equal_looks_a_second_apart_do(word: Word | None) -> None:
    assert judged(QUIET, COMPLETE, Writer.UNKNOWN, word=word) == Ruling("shown", 1)
    assert judged(QUIET, COMPLETE, Writer.UNKNOWN, word=word, still_s=1).is_claimable


@pytest.mark.parametrize("agreement", list(CompleteWhen))
def test_f12_nothing_is_claimable_while_somebody_writes(agreement: CompleteWhen) -> None:
    verdict = judged(agreement, None, Writer.SOME, done=Done.PRESENT, still_s=10_000)
    assert verdict.wait_s == POLL_S


@pytest.mark.parametrize("agreement", list(CompleteWhen))
def test_f13_a_file_cut_short_waits_its_time_and_says_so(agreement: CompleteWhen) -> None:
    early = judged(agreement, CUT, done=Done.PRESENT, still_s=1799)
    assert early == Ruling("cut-short", 1)
    assert judged(agreement, CUT, done=Done.PRESENT, still_s=1800).is_claimable


def test_a_delimited_file_without_agreement_is_assumed_after_quiet_time() -> None:
    assert judged(QUIET, UNKNOWN) == Ruling("assumed", 60)
    assert not judged(QUIET, UNKNOWN, still_s=59.9).is_claimable
    assert judged(QUIET, UNKNOWN, still_s=60).is_claimable


def test_quiet_time_is_ten_minutes_where_nothing_is_known_of_a_writer() -> None:
    assert judged(QUIET, UNKNOWN, Writer.UNKNOWN).wait_s == STILL_UNSEEN_S
    assert judged(QUIET, UNKNOWN, Writer.UNKNOWN, word=Word.CREATED).wait_s == STILL_UNSEEN_S
    assert judged(QUIET, UNKNOWN, Writer.UNKNOWN, word=Word.CLOSED).wait_s == 60


def test_a_renamed_file_is_agreed_at_once() -> None:
    assert judged(RENAMED, UNKNOWN, word=Word.MOVED) == Ruling("agreed", 0)
    assert judged(RENAMED, UNKNOWN, Writer.UNKNOWN, word=Word.MOVED) == Ruling("agreed", 2)


def test_a_rename_nobody_saw_is_believed_after_a_second_look() -> None:
    assert judged(RENAMED, UNKNOWN) == Ruling("agreed", 2)
    assert judged(RENAMED, UNKNOWN, Writer.UNKNOWN) == Ruling("agreed", 5)


@pytest.mark.parametrize("word", [Word.CREATED, Word.CLOSED])
def test_a_file_written_in_place_against_the_agreement_is_only_assumed(word: Word) -> None:
    assert judged(RENAMED, UNKNOWN, word=word) == Ruling("assumed", 60)


@pytest.mark.parametrize("completeness", [COMPLETE, UNKNOWN, CUT])
def test_where_a_done_file_is_agreed_nothing_moves_without_it(completeness: Completeness) -> None:
    assert judged(DONE, completeness, still_s=10_000).wait_s == math.inf


def test_a_done_file_is_proof_enough() -> None:
    assert judged(DONE, UNKNOWN, done=Done.PRESENT) == Ruling("agreed", 0)
    assert judged(DONE, COMPLETE, done=Done.PRESENT) == Ruling("shown", 0)
    assert judged(DONE, UNKNOWN, Writer.UNKNOWN, done=Done.PRESENT) == Ruling("agreed", 5)


def test_a_done_file_of_an_earlier_delivery_proves_nothing_alone() -> None:
    assert judged(DONE, UNKNOWN, done=Done.OLDER) == Ruling("agreed", 60)


def test_f21_an_empty_file_gets_time_to_be_filled() -> None:
    assert judged(QUIET, UNKNOWN, is_empty=True).wait_s == PATIENCE_S
    assert judged(QUIET, UNKNOWN, is_empty=True, still_s=PATIENCE_S).is_claimable
