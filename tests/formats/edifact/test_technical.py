"""CONTRL: which code for which fault, in which place, and what is written round it."""

from __future__ import annotations

from pathlib import Path

import pytest

from formats.edifact.policy import Policy
from formats.edifact.reader import read
from formats.edifact.technical import control_message
from tests.formats.edifact.samples import (
    AT,
    GROUP,
    codes,
    control,
    header,
    message,
    only,
    opened,
    order_with,
    written,
)

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus" / "synthetic"
UCM = "UCM+1+ORDERS:D:96A:UN:EAN008+4"


def test_sound_interchange_is_acknowledged_by_a_seven_alone() -> None:
    assert control(written()) == [["UCI+5001+5412345000013:14+7701234000011:14+7"]]


def test_answer_goes_back_with_ids_turned_round() -> None:
    (outcome,) = opened(written(unb=header(rest="++++1++1"))).outcomes
    answer = control_message(outcome, reference="77", at=AT)
    assert answer == (
        b"UNA:+.? '\n"
        b"UNB+UNOC:3+7701234000011:14+5412345000013:14+261204:0930+77++++++1'\n"
        b"UNH+1+CONTRL:D:3:UN'\n"
        b"UCI+5001+5412345000013:14+7701234000011:14+7'\n"
        b"UNT+3+1'\n"
        b"UNZ+1+77'\n"
    )


def test_syntax_4_is_answered_in_syntax_4() -> None:
    (outcome,) = opened(written(unb=header("UNOW:4"))).outcomes
    answer = (control_message(outcome, reference="77", at=AT) or b"").decode()
    assert answer.startswith(
        "UNA:+.?*'\nUNB+UNOW:4+7701234000011:14+5412345000013:14+20261204:0930"
    )
    assert "UNH+1+CONTRL:4:1:UN'" in answer


ENVELOPES = {
    "7": written(unb=header(recipient="999:14")),
    "23": written(unb=header(sender="999:14")),
    "25": written(unb=header(rest="++++++1")),
}
STRANGERS = Policy(
    recipients=frozenset({("14", "7701234000011")}),
    senders=frozenset({("14", "5412345000013")}),
    accepts_test=False,
)


@pytest.mark.parametrize(("data", "expected"), [
    (written(unz="5002"), "4+28+UNZ+3"),
    (written(count="2"), "4+29+UNZ+2"),
    (written(count="1.0"), "4+29+UNZ+2"),
    (written()[:-12], "4+13+UNZ"),
    (written(count="0") .replace(b"\n".join(f"{x}'".encode() for x in message()), b""), "4+32+UNB"),
    (written(unb=header("UNOZ:3")), "4+2+UNB+2:1"),
    (written(unb=header("UNOZ:4")), "4+46+UNB+2:1"),
    (written(unb=header("UNOC:5")), "4+2+UNB+2:2"),
    (written(unb=header(reference="5" * 15), unz="5" * 15), "4+39+UNB+6"),
    (written("BGM+220", *message()), "4+33"),
    (written(*message(), "UNT+3+1"), "4+33+UNT"),
    (written("UNG+ORDERS+A+B+261204:0930+1+UN+D:96A", *message(), "UNE+1+1",
             *message(reference="2")), "4+30+UNH"),
], ids=str)  # fmt: skip
def test_faulty_interchange_is_refused_with_its_code(data: bytes, expected: str) -> None:
    assert only(data) == [expected]


@pytest.mark.parametrize("code", ENVELOPES)
def test_strangers_and_tests_are_refused(code: str) -> None:
    place = {"7": "4", "23": "3", "25": "12"}[code]
    assert only(ENVELOPES[code], STRANGERS) == [f"4+{code}+UNB+{place}"]
    assert only(written(), STRANGERS) == ["7"]


def test_qualifiers_may_be_ignored() -> None:
    data = written(unb=header(sender="5412345000013:ZZ", recipient="7701234000011"))
    known = Policy(recipients=STRANGERS.recipients, senders=STRANGERS.senders)
    assert only(data, known) == ["4+7+UNB+4"]
    loose = Policy(known.recipients, known.senders, ignores_qualifiers=True)
    assert only(data, loose) == ["7"]


@pytest.mark.parametrize(("data", "expected"), [
    (written(*message(count="28")), [f"{UCM}+29+UNT+2"]),
    (written(*message()[:-1], "UNT+29+2"), [f"{UCM}+28+UNT+3"]),
    (written(*message()[:-1]), [f"{UCM}+13+UNT"]),
    (written(*message(kind="BAPLIE:D:95B:UN")), ["UCM+1+BAPLIE:D:95B:UN+4+12+UNH+3:1"]),
    (written(*message(kind="ORDERS:D:97A:UN")), ["UCM+1+ORDERS:D:97A:UN+4+17+UNH+3:3"]),
    (written(*order_with(at=2, drop=1)), [UCM, "UCS+2+13"]),
    (written(*order_with(at=3, drop=3)), [UCM, "UCS+3+13"]),
    (written(*order_with(at=27, drop=1)), [UCM, "UCS+27+13"]),
    (written(*order_with(at=4, put=("XXX+1",))), [UCM, "UCS+4+15"]),
    (written(*order_with(at=4, put=("GID+1",))), [UCM, "UCS+4+15"]),
    (written(*order_with(at=14, put=("BGM+220+X+9",))), [UCM, "UCS+14+15"]),
    (written(*order_with(at=2, put=("BGM+220+X+9",))), [UCM, "UCS+3+35"]),
    (written(*order_with(at=12, put=("TDT+20",) * 10)), [UCM, "UCS+22+36"]),
    (written(*order_with(at=16, put=("QTY+21:1:BX", "QTY+21:X1"))), [UCM, "UCS+17", "UCD+37+2:2"]),
    (written(*order_with(at=16, put=("QTY+21:,5",))), [UCM, "UCS+16", "UCD+38+2:2"]),
    (written(*order_with(at=16, put=("QTY+21:1.234,5",))), [UCM, "UCS+16", "UCD+19+2:2"]),
    (written(*order_with(at=16, put=("QTY+21:5.",))), [UCM, "UCS+16", "UCD+19+2:2"]),
    (written(*order_with(at=16, put=("QTY+21:1234567890123456",))), [UCM, "UCS+16", "UCD+39+2:2"]),
    (written(*order_with(at=16, put=("QTY+21",))), [UCM, "UCS+16", "UCD+13+2:2"]),
    (written(*order_with(at=16, put=("QTY",))), [UCM, "UCS+16", "UCD+13+2"]),
    (written(*order_with(at=16, put=("QTY+21:1:PCE:X",))), [UCM, "UCS+16", "UCD+16+2:4"]),
    (written(*order_with(at=16, put=("QTY+21:1:PCE+X",))), [UCM, "UCS+16", "UCD+16+3"]),
    (written(*order_with(at=16, put=("QTY+21:1:PIECE",))), [UCM, "UCS+16", "UCD+39+2:3"]),
    (written(*order_with(at=2, put=("BGM+220+X+99",), drop=1)), [UCM, "UCS+2", "UCD+12+4"]),
    (written(*order_with(at=2, put=("BGM+220+X:Y+9",), drop=1)), [UCM, "UCS+2", "UCD+16+3"]),
    (written(*order_with(at=6, put=("FTX+AAI+++A\x07",))), [UCM, "UCS+6", "UCD+21+5:1"]),
], ids=str)  # fmt: skip
def test_faulty_message_is_refused_with_the_place_and_the_code(
    data: bytes, expected: list[str]
) -> None:
    assert only(data) == ["7", *expected]


def test_positions_in_an_error_count_the_tag_as_one() -> None:
    """BGM 1225 is the third element: 4 in a CONTRL, 3 for people."""
    (document,) = read(written(*order_with(at=2, put=("BGM+220+X+99",), drop=1))).documents()
    (finding,) = document.findings
    assert (finding.where.segment, finding.where.position, finding.where.element) == ("BGM", 2, 3)
    assert finding.where.byte == written().index(b"BGM")


def test_only_the_faulty_message_is_named() -> None:
    data = written(
        *message(), *message(reference="2", count="3"), *message(reference="3"), count="3"
    )
    assert only(data) == ["7", "UCM+2+ORDERS:D:96A:UN:EAN008+4+29+UNT+2"]
    assert [each.is_accepted for each in read(data).documents()] == [True, False, True]


def test_reference_used_twice_is_a_duplicate() -> None:
    assert only(written(*message(), *message(), count="2")) == ["7", f"{UCM}+26+UNH+2"]


@pytest.mark.parametrize(("segments", "expected"), [
    ((GROUP, *message(), "UNE+1+9"), ["7"]),
    ((GROUP, *message(), "UNE+2+9"), ["7", "UCF+9+A:14+B:14+4+29+UNE+2"]),
    ((GROUP, *message(), "UNE+1+8"), ["7", "UCF+9+A:14+B:14+4+28+UNE+3"]),
    ((GROUP, *message()), ["7", "UCF+9+A:14+B:14+4+13+UNE"]),
    ((GROUP, "UNE+0+9"), ["7", "UCF+9+A:14+B:14+4+32+UNG"]),
    ((GROUP, *message(), *message(kind="CONTRL:D:3:UN", reference="2"), "UNE+2+9"),
     ["7", "UCF+9+A:14+B:14+4+31+UNH+3"]),
    ((GROUP, *message(count="3"), "UNE+1+9"),
     ["7", "UCF+9+A:14+B:14+7", f"{UCM}+29+UNT+2"]),
])  # fmt: skip
def test_groups_are_answered_at_their_level(segments: tuple[str, ...], expected: list[str]) -> None:
    assert only(written(*segments)) == expected


def test_unz_counts_groups_where_there_are_groups() -> None:
    second = GROUP.replace("+9+", "+10+")
    data = written(
        *(GROUP, *message(), *message(reference="2"), "UNE+2+9"),
        *(second, *message(reference="3"), "UNE+1+10"),
        count="2",
    )
    assert only(data) == ["7"]
    assert [each.control for each in read(data).documents()] == [
        "5001/9/1",
        "5001/9/2",
        "5001/10/3",
    ]


@pytest.mark.parametrize("syntax", ["UNOA", "UNOB"])
@pytest.mark.parametrize(("text", "is_in"), [
    ("ROSE (60)", "UNOA UNOB"), ("Rose", "UNOB"), ("50% & <X>", "UNOA UNOB"), ("A@B", ""),
    ("Ë", ""),
])  # fmt: skip
def test_small_repertoires_are_kept_to(syntax: str, text: str, is_in: str) -> None:
    data = written(
        *order_with(at=15, put=(f"IMD+F++:::{text}",), drop=1), unb=header(f"{syntax}:2")
    )
    if syntax in is_in.split():
        assert only(data) == ["7"]
    else:
        assert only(data) == ["7", UCM, "UCS+15", "UCD+21+4:4"]
    assert only(data, Policy(warns=frozenset({"21"}))) == ["7"]


def test_what_was_agreed_is_only_warned_of() -> None:
    data = written(*message(count="3"), unz="7", count="9")
    assert only(data, Policy(warns=frozenset({"28", "29"}))) == ["7"]
    loose = read(data, policy=Policy(warns=frozenset({"28", "29"})))
    (document,) = loose.documents()
    assert document.record is not None
    found = [*loose.envelope_findings(), *document.findings]
    assert [each.code for each in found] == ["edifact.UNZ01", "edifact.UNZ02", "edifact.UNT01"]
    assert not any(each.is_error for each in found)


def test_what_was_agreed_of_a_group_is_warned_of() -> None:
    data = written(GROUP, *message(), "UNE+2+9")
    loose = read(data, policy=Policy(warns=frozenset({"29"})))
    (document,) = loose.documents()
    assert document.record is not None
    (found,) = loose.envelope_findings()
    assert (found.code, found.is_error) == ("edifact.UNE01", False)
    assert any(each.is_error for each in read(data).envelope_findings())


def test_elements_can_be_warned_of_too() -> None:
    data = written(*order_with(at=16, put=(f"IMD+F++:::{'A' * 36}", "XXX+1")))
    assert only(data, Policy(warns=frozenset({"39"}))) == ["7", UCM, "UCS+17+15"]
    assert only(data, Policy(warns=frozenset({"39", "15"}))) == ["7"]


@pytest.mark.parametrize("release", ["93A", "95B", "97A", "98B", "03A", "21B"])
def test_other_directories_can_be_agreed(release: str) -> None:
    data = written(*message(kind=f"ORDERS:D:{release}:UN"))
    assert only(data)[1:] == [f"UCM+1+ORDERS:D:{release}:UN+4+17+UNH+3:3"]
    loose = Policy(accepts_other_releases=True)
    assert only(data, loose) == ["7"]
    assert codes(data, loose) == ["edifact.UNH02.release"]


def test_association_code_changes_nothing() -> None:
    for association in ("", ":EAN002", ":EAN011", ":EAN008B", ":XYZ123"):
        assert only(written(*message(kind=f"ORDERS:D:96A:UN{association}"))) == ["7"]


def test_acknowledgement_is_never_answered() -> None:
    body = ["UCI+1+A:14+B:14+7"]
    data = written(*message(body, kind="CONTRL:D:3:UN"))
    assert control(data) == []
    assert codes(data) == []


def test_interchange_without_ids_is_answered_to_nobody() -> None:
    assert control(written(unb=header(sender=""))) == []
    assert control(written(unb=header(reference=""), unz="")) == []


def test_ids_that_cannot_be_written_break_no_answer() -> None:
    data = written(unb=header(sender="A?+B\x07:14", reference="R?'1"), unz="R?'1")
    assert control(data) == [["UCI+R?1+A?+B:14+7701234000011:14+7"]]


@pytest.mark.parametrize(("unb", "place"), [
    (header("UNOA:3", reference="Ü-1"), 5), (header(reference="5\x7f"), 5),
    (header("UNOA:3", sender="Ü:14"), 2), (header("UNOA:3", recipient="Ü:14"), 3),
])  # fmt: skip
def test_what_no_answer_can_name_is_refused_without_one(unb: str, place: int) -> None:
    reading = read(written(unb=unb, unz=unb.split("+")[5]))
    (document,) = reading.documents()
    assert document.record is None
    assert control_message(reading.outcomes[0], reference="1", at=AT) is None
    (refused,) = (each for each in reading.envelope_findings() if each.is_error)
    assert (refused.code, refused.where.element) == (f"edifact.UNB0{place}", place)
    assert "CONTRL 21" in refused.message


def test_characters_that_the_syntax_has_are_repeated() -> None:
    data = written(unb=header("UNOC:3", reference="Ü-1"), unz="Ü-1")
    assert control(data) == [["UCI+Ü-1+5412345000013:14+7701234000011:14+7"]]


@pytest.mark.parametrize("stray", ["UN\xff\xffH+1", "+x", "\x1c", "BGM+220+1", "X"])
def test_stray_text_never_becomes_part_of_a_code(stray: str) -> None:
    reading = read(written(*message(), stray))
    (found,) = (each for each in reading.envelope_findings() if each.is_error)
    assert found.code == "edifact.stray"
    assert found.where.byte is not None


def test_what_is_wrong_inside_of_a_miscounted_message_is_told_too() -> None:
    data = written(*order_with(at=16, put=("QTY+21:X1:BX", "XXX+1"))[:-1], "UNT+9+1")
    assert only(data) == ["7", f"{UCM}+29+UNT+2", "UCS+16", "UCD+37+2:2", "UCS+17+15"]
    assert codes(data) == ["edifact.UNT01", "edifact.QTY01-2.type", "edifact.XXX.misplaced"]


@pytest.mark.parametrize("uci", [
    "UCI+5001+0614141000005:14+8712345UNA+4+21+UNB+4",
    "UCI+5001+87123450000UNB+UNOA:2+4+13+UNZ",
])  # fmt: skip
def test_id_that_ends_like_a_header_is_an_id_in_the_answer_too(uci: str) -> None:
    body = [uci]
    reading = read(written(*message(body, kind="CONTRL:D:3:UN")))
    assert len(reading.interchanges) == 1
    assert reading.envelope_findings() == ()


def test_code_of_the_ledger_takes_the_place_of_ours() -> None:
    (outcome,) = opened(written()).outcomes
    answer = control_message(outcome, reference="1", at=AT, override="26") or b""
    assert b"UCI+5001+5412345000013:14+7701234000011:14+4+26'" in answer


EXPECTED = {
    "floral_D96A": [], "UNA_custom": [], "UNG_group": [], "cyrillic_UNOE": [], "latin1_UNOC": [],
    "decimal_comma_without_UNA": [], "utf8_UNOW_v4": [], "utf8_but_says_UNOC": [],
    "UNT_count": [f"{UCM}+29+UNT+2"],
    "UNT_ref": [f"{UCM}+28+UNT+3"],
    "missing_UNT": [f"{UCM}+13+UNT"],
    "missing_BGM": [UCM, "UCS+2+13"],
    "unsupported_msg": ["UCM+1+BAPLIE:D:95B:UN:SMDG20+4+12+UNH+3:1"],
    "char_not_in_UNOA": [UCM, "UCS+21", "UCD+21+4:4"],
    # The plus of a text that wasn't released ends an element: what follows is in the next one.
    "unreleased_plus": [UCM, "UCS+14", "UCD+39+5"],
    "UNZ_count": "4+29+UNZ+2",
    "UNZ_ref": "4+28+UNZ+3",
    "missing_UNZ": "4+13+UNZ",
    "syntax_UNOZ": "4+2+UNB+2:1",
    "wrong_recipient": "4+7+UNB+4",
    "unknown_sender": "4+23+UNB+3",
    "test_flag": "4+25+UNB+12",
    "lower_level_empty": "4+32+UNB",
}  # fmt: skip
KNOWN = Policy(
    recipients=frozenset({("14", "8712345000004")}),
    senders=frozenset({("14", "0614141000005")}),
    accepts_test=False,
)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of samples isn't beside the checkout")
@pytest.mark.parametrize("name", EXPECTED)
def test_sample_earns_what_its_index_says(name: str) -> None:
    expected = EXPECTED[name]
    data = (CORPUS / f"edifact_ORDERS_{name}.edi").read_bytes()
    wanted = [expected] if isinstance(expected, str) else ["7", *expected]
    assert only(data, KNOWN) == wanted
