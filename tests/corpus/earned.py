"""What every synthetic file has to earn, and what the sender of any file is told.

The index says in words what each file was written to provoke; here it stands as the answer that its
sender gets. `TA1 R 023` and `quarantine` are about an interchange, AK3 to AK9 stand in its 997, and
`error ...` is the code of a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from formats import Agreed, FileReading, read
from formats.edifact.policy import Policy as EdifactPolicy
from formats.edifact.reader import EdifactReading
from formats.x12.policy import Policy
from formats.x12.reader import X12Reading
from formats.x12.technical import ControlNumbers, functional_acknowledgement
from tests.corpus.index import Sample
from tests.golden.cases import AT, edifact_files

X12_EARNED = {
    "bad_SE01": ("AK5*R*4", "AK9*R*1*1*0"),
    "bad_SE02": ("AK5*R*3", "AK9*R*1*1*0"),
    "missing_SE": ("AK5*R*2", "AK9*R*1*1*0"),
    "bad_GE01": ("AK9*R*2*1*0*5",),
    "bad_GE02": ("AK9*R*1*1*0*4",),
    "missing_GE": ("AK9*R*1*1*0*3",),
    "bad_IEA02": ("TA1 R 001",),
    "bad_IEA01": ("TA1 E 021", "AK5*A", "AK9*A*1*1*1"),
    "missing_IEA": ("TA1 R 023",),
    "unknown_receiver": ("TA1 R 009",),
    "unsupported_ts": ("AK5*R*1", "AK9*R*1*1*0"),
    "unsupported_version": ("AK9*R*1*1*0*2",),
    "gs01_ts_mismatch": ("AK5*R*6", "AK9*R*1*1*0"),
    "missing_BEG": ("AK3*BEG*2**3", "AK5*R*5", "AK9*R*1*1*0"),
    "unknown_segment": ("AK3*ZZZ*6**1", "AK5*R*5", "AK9*R*1*1*0"),
    "bad_date": ("AK3*BEG*2**8", "AK4*5*373*8*20251304", "AK5*R*5", "AK9*R*1*1*0"),
    "bad_code_uom": ("AK3*PO1*14**8", "AK4*3*355*7*Q?", "AK5*R*5", "AK9*R*1*1*0"),
    "too_long_po": ("AK3*BEG*2**8", f"AK4*3*324*5*{'P' * 23}", "AK5*R*5", "AK9*R*1*1*0"),
    "qty_not_numeric": ("AK3*PO1*14**8", "AK4*2*330*6*TEN", "AK5*R*5", "AK9*R*1*1*0"),
    "ctt_mismatch": ("AK5*A", "AK9*A*1*1*1"),
    "segment_order": ("AK3*BEG*6**7", "AK5*R*5", "AK9*R*1*1*0"),
    "dup_st_control": ("AK5*A", "AK5*R*7", "AK9*P*2*2*1"),
    "isa_105_chars": ("quarantine",),
    "truncated_mid_segment": ("TA1 R 023",),
    "two_interchanges_second_broken": ("AK5*A", "AK9*A*1*1*1", "TA1 R 001"),
    "extra_elements": ("AK3*BEG*2**8", "AK4*13**3", "AK5*R*5", "AK9*R*1*1*0"),
    "trailing_separators": ("AK5*A", "AK9*A*1*1*1"),
    # Only the books know that its number was used before.
    "duplicate_ISA13_of_x12_850_floral_4010": ("AK5*A", "AK9*A*1*1*1"),
}
"""By the name without `synthetic/x12_850_` and `.edi`."""

_USED = ("UCI+7",)

EDIFACT_EARNED = {
    "UNT_count": ("UCI+7", "UCM+4+29+UNT+2"),
    "UNT_ref": ("UCI+7", "UCM+4+28+UNT+3"),
    "UNZ_count": ("UCI+4+29+UNZ+2",),
    "UNZ_ref": ("UCI+4+28+UNZ+3",),
    "missing_UNZ": ("UCI+4+13+UNZ",),
    "missing_UNT": ("UCI+7", "UCM+4+13+UNT"),
    "missing_BGM": ("UCI+7", "UCM+4", "UCS+2+13"),
    "unsupported_msg": ("UCI+7", "UCM+4+12+UNH+3:1"),
    "syntax_UNOZ": ("UCI+4+2+UNB+2:1",),
    "wrong_recipient": ("UCI+4+7+UNB+4",),
    "unknown_sender": ("UCI+4+23+UNB+3",),
    "test_flag": _USED,
    "lower_level_empty": ("UCI+4+32+UNB",),
    "char_not_in_UNOA": ("UCI+7", "UCM+4", "UCS+21", "UCD+21+4:4"),
    "decimal_comma_without_UNA": _USED,
    # A plus that nobody released moves what follows: the rest of a name stands where a code does.
    "unreleased_plus": ("UCI+7", "UCM+4", "UCS+14", "UCD+39+5"),
    # It is whole, whatever its name says.
    "truncated": _USED,
    "UNH_before_UNB": _USED,
    "utf8_but_says_UNOC": _USED,
}
"""By the name without `synthetic/edifact_ORDERS_` and `.edi`."""

EARNED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {f"synthetic/x12_850_{name}.edi": earned for name, earned in X12_EARNED.items()}
    | {f"synthetic/edifact_ORDERS_{name}.edi": earned for name, earned in EDIFACT_EARNED.items()}
    | {
        "synthetic/empty_file.edi": ("error file.empty",),
        "synthetic/only_whitespace.edi": ("error file.empty",),
        "synthetic/html_error_page.edi": ("error file.html",),
        "synthetic/binary_garbage.edi": ("error file.binary",),
        "synthetic/axerrio_contract_order_truncated.json": ("error json.syntax",),
        # Nobody agreed on these columns.
        "synthetic/axerrio_contract_order.csv": ("error csv.header",),
        "synthetic/inventory_semicolon_decimalcomma_cp1252.csv": ("error csv.header",),
        "synthetic/inventory_tab_utf16.txt": ("error csv.header",),
        "synthetic/inventory_mixed_eol_ragged.csv": ("error csv.header",),
        "synthetic/inventory_formula_injection.csv": ("error csv.header",),
        "synthetic/florecom_xxe_attack.xml": ("error xml.doctype",),
    }
)
"""By path. A synthetic file that isn't here gives a record of each document, and no error."""

_US = frozenset({("14", "8712345000004")})


def reading_of(sample: Sample, warns: Iterable[str] = ()) -> FileReading:
    """Return a sample ready to be read, as its row says that it was agreed.

    `warns` is what was agreed besides with the sender of a real one.
    """
    if sample.path.endswith("unknown_receiver.edi"):
        receivers = frozenset({("ZZ", "FLORSOL")})
        return read(sample.data(), agreed=Agreed(x12=Policy(receivers=receivers)))
    if sample.path.endswith("wrong_recipient.edi"):
        return read(sample.data(), agreed=Agreed(edifact=EdifactPolicy(recipients=_US)))
    if sample.path.endswith("unknown_sender.edi"):
        return read(sample.data(), agreed=Agreed(edifact=EdifactPolicy(senders=_US)))
    if not sample.is_synthetic:
        # Their senders use releases of every age.
        codes = frozenset(warns)
        edifact = EdifactPolicy(accepts_other_releases=True, warns=codes)
        return read(sample.data(), agreed=Agreed(x12=Policy(warns=codes), edifact=edifact))
    return read(sample.data())


def told(reading: FileReading) -> list[str]:
    """Return what the sender of a file is told, in order, in the words of EARNED."""
    errors = [each for each in reading.findings if each.is_error]
    for document in reading.documents():
        errors += [each for each in document.findings if each.is_error]
    found = [f"error {each.code}" for each in errors]
    if isinstance(reading.family, X12Reading):
        found += x12_answers(reading.family)
    if isinstance(reading.family, EdifactReading):
        found += edifact_answers(reading.family)
    return found


def x12_answers(reading: X12Reading) -> Iterator[str]:
    """Yield the answer to every interchange: its TA1 unless it is plain, and AK3 to AK9."""
    for outcome in reading.outcomes:
        received = outcome.interchange
        if not received.is_trusted:
            yield "quarantine"
            continue
        if received.code != "000":
            yield f"TA1 {received.status} {received.code}"
        control = ControlNumbers(1, 1, 1)
        sent = functional_acknowledgement(received, outcome, control=control, at=AT) or b""
        end = received.separators.terminator.decode("ascii", "replace")
        element = received.separators.element.decode("ascii", "replace")
        segments = (each.strip().replace(element, "*") for each in sent.decode().split(end))
        yield from (each for each in segments if each[:3] in ("AK3", "AK4", "AK5", "AK9"))


def edifact_answers(reading: EdifactReading) -> Iterator[str]:
    """Yield what each CONTRL says: UCI and UCM from their action on, UCS and UCD."""
    for outcome, sent in zip(reading.outcomes, edifact_files(reading), strict=True):
        if not outcome.interchange.is_trusted:
            yield "quarantine"
        for segments in segments_of_file(sent):
            tag, *elements = segments
            first = {"UCI": 3, "UCF": 3, "UCM": 2, "UCS": 0, "UCD": 0}.get(tag)
            if first is not None:
                yield "+".join([tag, *elements[first:]])


def segments_of_file(sent: bytes) -> Iterator[list[str]]:
    """Yield the segments of a file of ours, split at the separators that it names or the usual."""
    text = sent.decode("latin-1")
    element, end = (text[4], text[8]) if text.startswith("UNA") else ("+", "'")
    for each in text.split(end):
        yield each.strip().split(element)


def has_earned(found: Iterable[str], earned: Iterable[str]) -> bool:
    """Tell whether a sender is told all of `earned`, in that order, and refused nothing else."""
    if any(each.startswith("error ") for each in earned):
        return list(dict.fromkeys(each for each in found if each in {*earned})) == [*earned]
    return [each for each in found if not each.startswith("error ")] == [*earned]
