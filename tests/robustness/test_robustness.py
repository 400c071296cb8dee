"""Every probe is answered by us, and the page says what is so."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from formats import read
from formats.door import FAMILIES
from tests.bench.peers.run import PEERS
from tests.corpus.earned import told
from tests.robustness.page import (
    EDIFACT_PEERS,
    PAGE,
    X12_PEERS,
    looks,
    ours,
    page,
    probes_of,
    seen,
    theirs,
)
from tests.robustness.probes import EDIFACT_PROBES, X12_PROBES, Probe
from tests.robustness.written import EDIFACT_WRITTEN, X12_WRITTEN

PROBES = [each for each in (*X12_PROBES, *EDIFACT_PROBES) if each.family in FAMILIES]
NAMES = [f"{each.family}: {each.name}" for each in PROBES]

ANSWERS = {
    "SE01 counts wrong": "`AK5*R*4`, `AK9*R*1*1*0`",
    "IEA02 is not ISA13": "`TA1 R 001`",
    "cut off in a segment": "`TA1 R 023`",
    "no BEG": "`AK3*BEG*2**3`, `AK5*R*5`, `AK9*R*1*1*0`",
    "date 20261399": "`AK3*DTM*6**8`, `AK4*2*373*8*20261399`, `AK5*R*5`, `AK9*R*1*1*0`",
    "ST02 twice in a group": "`AK5*R*7`, `AK9*P*2*2*1`; 1 of them used",
    "ISA that lost a blank": "`quarantine`",
}


@pytest.mark.parametrize("probe", PROBES, ids=NAMES)
def test_every_document_of_a_sound_file_is_used(probe: Probe) -> None:
    reading = read(probe.data)
    assert reading.format is probe.family
    used = [each for each in reading.documents() if each.record is not None]
    if not probe.is_wrong:
        assert len(used) == probe.documents
        assert not any(each.startswith("error") for each in told(reading))


@pytest.mark.parametrize(
    "probe",
    [each for each in PROBES if each.is_wrong],
    ids=[f"{each.family}: {each.name}" for each in PROBES if each.is_wrong],
)
def test_nothing_wrong_is_kept_to_ourselves(probe: Probe) -> None:
    reading = read(probe.data)
    found = [*reading.findings, *(one for each in reading.documents() for one in each.findings)]
    assert found
    assert ours(probe) != "read"


@pytest.mark.parametrize(
    "probe", [each for each in X12_PROBES if each.is_wrong], ids=lambda each: each.name
)
def test_wrong_file_earns_its_codes(probe: Probe) -> None:
    assert ours(probe) == ANSWERS[probe.name]


def test_page_is_as_it_would_be_made_now() -> None:
    assert PAGE.read_text("utf-8") == page(seen()), "run: make docs"


@pytest.mark.parametrize("peer", ["pyx12", "pydifact"])
def test_page_says_what_installed_libraries_do(peer: str) -> None:
    if find_spec(PEERS[peer].module) is None:
        pytest.skip(f"{peer} isn't installed")
    assert looks(peer, probes_of(peer)) == seen()[peer]


@pytest.mark.parametrize("peer", [*X12_PEERS, *EDIFACT_PEERS])
def test_all_that_we_write_is_read_by_others_without_a_complaint(peer: str) -> None:
    written = EDIFACT_WRITTEN if peer in EDIFACT_PEERS else X12_WRITTEN
    known = seen()[peer]
    assert {each.name: theirs(each, known[each.name]) for each in written} == {
        each.name: "read" for each in written
    }


@pytest.mark.parametrize(
    ("look", "is_wrong", "said"),
    [
        ({"raised": "ValueError"}, True, "ValueError raised"),
        ({"documents": 1, "complaints": ["4"]}, True, "told: 4"),
        ({"documents": 0, "complaints": []}, False, "**0 of 1 documents seen, silent**"),
        ({"documents": 1, "complaints": []}, True, "**silent**"),
        ({"documents": 1, "complaints": []}, False, "read"),
        (None, False, "not run"),
    ],
)
def test_silence_stands_out(look: dict[str, object] | None, said: str, *, is_wrong: bool) -> None:
    assert theirs(Probe("one", b"", is_wrong=is_wrong), look) == said
