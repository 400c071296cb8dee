"""Real files of other people, and files made to break: each is read, or refused with a reason."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from formats.x12.reader import Policy, X12Reading, read
from formats.x12.sets import BUILDERS
from formats.x12.technical import (
    ControlNumbers,
    functional_acknowledgement,
    interchange_acknowledgement,
)

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus"
AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
MOST_SECONDS = 2

READ_SETS = frozenset(BUILDERS)

BROKEN = {
    # name without x12_850_ and .edi: what the 997 (or TA1) has to hold
    "bad_SE01": ["AK5*R*4", "AK9*R*1*1*0"],
    "bad_SE02": ["AK5*R*3", "AK9*R*1*1*0"],
    "missing_SE": ["AK5*R*2", "AK9*R*1*1*0"],
    "bad_GE01": ["AK9*R*2*1*0*5"],
    "bad_GE02": ["AK9*R*1*1*0*4"],
    "missing_GE": ["AK9*R*1*1*0*3"],
    "bad_IEA02": ["TA1 R 001"],
    "bad_IEA01": ["TA1 E 021"],
    "missing_IEA": ["TA1 R 023"],
    "unknown_receiver": ["TA1 R 009"],
    "unsupported_ts": ["AK5*R*1", "AK9*R*1*1*0"],
    "unsupported_version": ["AK9*R*1*1*0*2"],
    "gs01_ts_mismatch": ["AK5*R*6", "AK9*R*1*1*0"],
    "missing_BEG": ["AK3*BEG*2**3", "AK5*R*5"],
    "unknown_segment": ["AK3*ZZZ*6**1", "AK5*R*5"],
    "bad_date": ["AK3*BEG*2**8", "AK4*5*373*8*20251304", "AK5*R*5"],
    "bad_code_uom": ["AK3*PO1*14**8", "AK4*3*355*7*Q?", "AK5*R*5"],
    "too_long_po": ["AK3*BEG*2**8", "AK4*3*324*5*PPPPPPPPPPPPPPPPPPPPPPP", "AK5*R*5"],
    "qty_not_numeric": ["AK3*PO1*14**8", "AK4*2*330*6*TEN", "AK5*R*5"],
    "ctt_mismatch": ["AK5*A", "AK9*A*1*1*1"],
    "segment_order": ["AK3*BEG*6**7", "AK5*R*5"],
    "dup_st_control": ["AK5*A", "AK5*R*7", "AK9*P*2*2*1"],
    "isa_105_chars": ["quarantine"],
    "truncated_mid_segment": ["TA1 R 023"],
    "two_interchanges_second_broken": ["AK5*A", "AK9*A*1*1*1", "TA1 R 001"],
    "extra_elements": ["AK3*BEG*2**8", "AK4*13**3", "AK5*R*5"],
    "trailing_separators": ["AK5*A", "AK9*A*1*1*1"],
    "duplicate_ISA13_of_x12_850_floral_4010": ["AK5*A", "AK9*A*1*1*1"],
}

X12PARSER = "Inteligenz+X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/ORD"
STEPS = {
    # file of a step after an order: how many of its documents are used, and what is found in them
    f"{X12PARSER}/_855/855SSimmons.txt": (2, []),
    f"{X12PARSER}/_855/Example1_Adobe.txt": (1, []),
    f"{X12PARSER}/_856/Example1.txt": (1, ["x12.TD102.missing"] * 3),
    f"{X12PARSER}/_856/Example2.txt": (0, ["x12.group_rejected"]),
    f"{X12PARSER}/_856/Example3.txt": (1, []),
    f"{X12PARSER}/_856/Example4.txt": (0, ["x12.N402.too_long"]),
    f"{X12PARSER}/_856/FromGregarican.txt": (1, []),
    f"{X12PARSER}/_856/edi1Source.txt": (0, ["x12.group_rejected"]),
    f"{X12PARSER}/_865/FromAdvanceAutoParts.txt": (0, ["x12.DTM02.date"]),
    f"{X12PARSER}/_865/FromMclaneCo.txt": (1, []),
    f"{X12PARSER}/_865/FromTyco.txt": (0, ["x12.interchange_rejected"]),
    "EDIandXML+OBOE/testFiles/lfTestCase.edi": (12, []),
    "Silvenga+vscode-edi-x12-support/docs/old.edi": (1, ["x12.MAN02.sscc"]),
    "apimeister+x12-types/test-data/004060_856.edi": (0, ["x12.group_rejected"]),
    "synthetic/x12_855_floral_mixed_status.edi": (1, []),
    "synthetic/x12_856_floral_SOPI.edi": (1, []),
    "synthetic/x12_860_cancel_whole_po.edi": (1, []),
    "synthetic/x12_860_floral.edi": (1, []),
    "synthetic/x12_865_floral.edi": (1, []),
    "xlate+staedi/src/test/resources/x12/issue590/multi-tx-transaction-type.edi": (
        0,
        ["x12.BAK01.unsupported"] * 2,
    ),
}
STEP_SETS = frozenset({"855", "856", "860", "865"})


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield path, kinds of document and notes of every row of the index."""
    index = CORPUS / "INDEX.md"
    if not index.is_file():
        return
    for line in index.read_text("utf-8").splitlines():
        cells = [cell.strip().strip("`") for cell in line.split("|")]
        if len(cells) > 7 and (CORPUS / cells[1]).is_file():
            yield cells[1], cells[2], cells[6]


SYNTHETIC = [row for row in rows() if row[0].startswith("synthetic/x12_")]
REAL = [row for row in rows() if not row[0].startswith("synthetic/")]
needs_corpus = pytest.mark.skipif(not SYNTHETIC, reason="the corpus isn't beside the checkout")


def finished(path: str, policy: Policy | None = None) -> X12Reading:
    reading = read((CORPUS / path).read_bytes(), policy=policy or Policy())
    for _ in reading.documents():
        pass
    return reading


def answers(reading: X12Reading) -> list[str]:
    """Return what the sender is told: TA1 outcomes that aren't plain, and the segments of 997s."""
    found = []
    for outcome in reading.outcomes:
        received = outcome.interchange
        if not received.is_trusted:
            found.append("quarantine")
            continue
        if received.code != "000":
            found.append(f"TA1 {received.status} {received.code}")
            assert interchange_acknowledgement(received, control=1, at=AT) is not None
        control = ControlNumbers(1, 1, 1)
        sent = functional_acknowledgement(received, outcome, control=control, at=AT) or b""
        end = received.separators.terminator.decode("ascii", "replace")
        element = received.separators.element.decode("ascii", "replace")
        found += [each.strip().replace(element, "*") for each in sent.decode().split(end)]
    return found


@needs_corpus
@pytest.mark.parametrize("name", sorted(BROKEN))
def test_broken_file_earns_exactly_its_code(name: str) -> None:
    receivers = frozenset({("ZZ", "FLORSOL")}) if name == "unknown_receiver" else None
    sent = answers(finished(f"synthetic/x12_850_{name}.edi", Policy(receivers=receivers)))
    told = [each for each in sent if re.match(r"TA1|quarantine|AK[345]|AK9", each)]
    expected = BROKEN[name]
    kept = [
        each for each in told if not each.startswith("AK9") or any("AK9" in e for e in expected)
    ]
    if name == "bad_IEA01":
        kept = [each for each in kept if each.startswith("TA1")]
    assert kept == expected


@needs_corpus
def test_every_broken_row_of_the_index_is_in_the_table() -> None:
    broken = {
        re.sub(r"^synthetic/x12_850_|\.edi$", "", path)
        for path, _, notes in SYNTHETIC
        if "deliberately broken" in notes
    }
    assert broken == set(BROKEN)


@needs_corpus
@pytest.mark.parametrize(
    "path", [path for path, _, notes in SYNTHETIC if "deliberately broken" not in notes]
)
def test_valid_file_is_accepted(path: str) -> None:
    reading = finished(path)
    documents = list(reading.documents())
    assert all(each.status == "A" for each in reading.interchanges)
    for document, code in zip(documents, codes_of(reading), strict=True):
        assert document.is_accepted is (code in READ_SETS)
        assert not any(each.is_error for each in document.findings) or code not in READ_SETS


def codes_of(reading: X12Reading) -> list[str]:
    return [
        span.code
        for interchange in reading.interchanges
        for group in interchange.groups
        for span in group.sets
    ]


@needs_corpus
@pytest.mark.parametrize("path", sorted(STEPS))
def test_file_of_a_step_is_used_or_refused_with_its_reason(path: str) -> None:
    documents = list(finished(path).documents())
    used, codes = STEPS[path]
    assert sum(each.is_accepted for each in documents) == used
    assert [each.code for document in documents for each in document.findings] == codes


@needs_corpus
def test_every_file_of_a_step_is_in_the_table() -> None:
    paths = [path for path, _, _ in (*REAL, *SYNTHETIC)]
    assert {path for path in paths if STEP_SETS & {*codes_of(finished(path))}} == set(STEPS)


@needs_corpus
def test_wrong_count_says_both_numbers() -> None:
    (document,) = finished("synthetic/x12_850_bad_SE01.edi").documents()
    (finding,) = document.findings
    assert "SE01 says 99 segments, 24 were counted" in finding.message
    assert (finding.where.segment, finding.where.position) == ("SE", 24)


@needs_corpus
@pytest.mark.parametrize("path", [path for path, _, _ in (*REAL, *SYNTHETIC)])
def test_no_file_is_lost_or_slow(path: str) -> None:
    started = time.monotonic()
    reading = finished(path)
    assert time.monotonic() - started < MOST_SECONDS
    documents = list(reading.documents())
    assert len(documents) == len(codes_of(reading))
    for document, code in zip(documents, codes_of(reading), strict=True):
        if code in READ_SETS and not document.is_accepted:
            assert document.findings
        assert all(each.where.byte is not None for each in document.findings)
    end = 0
    lost = {each.where.byte for each in reading.findings if each.code == "x12.stray_bytes"}
    for interchange in reading.interchanges:
        between = reading.data[end : interchange.start]
        assert not between.strip(b" \t\r\n\x00\x1a") or any(
            byte is not None and end <= byte < interchange.start for byte in lost
        )
        end = interchange.end
    assert not reading.data[end:].strip(b" \t\r\n\x00\x1a") or lost
