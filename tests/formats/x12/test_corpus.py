"""Real files of the steps after an order: what is used of each, and why the rest isn't.

What becomes of every sample file stands in `tests.corpus`.
"""

from __future__ import annotations

import pytest

from formats.x12.reader import X12Reading, read
from tests.corpus.index import ABSENT, CORPUS, samples

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

needs_corpus = pytest.mark.skipif(not samples(), reason=ABSENT)


def reading_of(path: str) -> X12Reading:
    return read((CORPUS / path).read_bytes())


def codes_of(reading: X12Reading) -> set[str]:
    return {
        span.code
        for interchange in reading.interchanges
        for group in interchange.groups
        for span in group.sets
    }


@needs_corpus
@pytest.mark.parametrize("path", sorted(STEPS))
def test_file_of_a_step_is_used_or_refused_with_its_reason(path: str) -> None:
    documents = list(reading_of(path).documents())
    used, codes = STEPS[path]
    assert sum(each.is_accepted for each in documents) == used
    assert [each.code for document in documents for each in document.findings] == codes


@needs_corpus
def test_every_file_of_a_step_is_in_the_table() -> None:
    paths = [each.path for each in samples()]
    assert {path for path in paths if STEP_SETS & codes_of(reading_of(path))} == set(STEPS)


@needs_corpus
def test_wrong_count_says_both_numbers() -> None:
    (document,) = reading_of("synthetic/x12_850_bad_SE01.edi").documents()
    (finding,) = document.findings
    assert "SE01 says 99 segments, 24 were counted" in finding.message
    assert (finding.where.segment, finding.where.position) == ("SE", 24)
