"""What truck lines and shippers say of loads: 204 both ways, 990, 214 and 210 as they come."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.hauling import (
    FreightInvoice,
    LoadTender,
    Progress,
    Reference,
    ShipmentStatus,
    Stop,
    StopKind,
    TenderAnswer,
    TenderReply,
)
from formats.records import Party, Purpose
from formats.x12.hauling import PROGRESS
from formats.x12.load_tender_out import write_load_tender
from formats.x12.reader import read
from formats.x12.write import ControlNumbers, Envelope
from tests.formats.x12.samples import group, header, interchange, transaction_set, written
from tests.formats.x12.strategies import codes, days, maybe, parties, texts

AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone
CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpus"
FREIGHT = {"204": "SM", "990": "GF", "214": "QM", "210": "IM"}
GOOD_DAY = date(2026, 11, 24)
SHIPPER = Party("FLORSOL", "92", "Florsol Farms", "KM 5 VIA TABACUNDO", "CAYAMBE", None, None, "EC")

weights = st.decimals(Decimal("0.01"), Decimal(99_999), places=2)
references = st.builds(Reference, st.sampled_from(["PO", "BM", "CN", "AW"]), codes(1, 30))


@st.composite
def stops(draw: st.DrawFn, number: int) -> Stop:
    first, last = draw(maybe(days)), draw(maybe(days))
    return Stop(
        number,
        draw(st.sampled_from(StopKind)),
        draw(parties()),
        first,
        last,
        draw(maybe(weights)),
        draw(maybe(st.integers(1, 9_999_999))),
        tuple(draw(st.lists(references, max_size=3))),
    )


@st.composite
def tenders(draw: st.DrawFn) -> LoadTender:
    count = draw(st.integers(1, 4))
    return LoadTender(
        number=draw(codes(1, 30)),
        carrier=draw(codes(2, 4)),
        payment=draw(st.sampled_from(["PP", "CC", "TP"])),
        purpose=draw(st.sampled_from([Purpose.NEW, Purpose.CANCEL, Purpose.CHANGE])),
        is_test=draw(st.booleans()),
        references=tuple(draw(st.lists(references, max_size=3))),
        remarks=tuple(draw(st.lists(texts, max_size=2))),
        bill_to=draw(maybe(parties())),
        stops=tuple(draw(stops(at)) for at in range(1, count + 1)),
        weight_lb=draw(maybe(weights)),
        boxes=draw(maybe(st.integers(1, 9_999_999))),
    )


def envelope(*, is_5010: bool = False, is_test: bool = False) -> Envelope:
    return Envelope(
        *("ZZ", "K2KNET", "02", "ARML"),
        usage="T" if is_test else "P",
        version="00501" if is_5010 else "00401",
    )


def documents(body: list[str], code: str, *, is_5010: bool = False) -> list[ReadDocument]:
    version = "005010" if is_5010 else "004010"
    isa = header(version="00501", standard="^") if is_5010 else None
    sets = group(transaction_set(body, code), functional_id=FREIGHT[code], version=version)
    reading = read(written(interchange(sets, isa=isa)))
    assert reading.envelope_findings() == ()
    return list(reading.documents())


def only(body: list[str], code: str, *, is_5010: bool = False) -> ReadDocument:
    (document,) = documents(body, code, is_5010=is_5010)
    return document


# --- 204 -----------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(tender=tenders(), is_5010=st.booleans())
def test_load_is_read_as_it_was_written(tender: LoadTender, *, is_5010: bool) -> None:
    to = envelope(is_5010=is_5010, is_test=tender.is_test)
    reading = read(write_load_tender(tender, to, ControlNumbers(1, 1), AT))
    (document,) = reading.documents()
    assert (reading.envelope_findings(), document.findings) == ((), ())
    assert document.record == tender


def test_load_looks_as_truck_lines_expect_it() -> None:
    pick_up = Stop(1, StopKind.LOAD, SHIPPER, GOOD_DAY, GOOD_DAY, Decimal("412.5"), 20)
    drop = Stop(2, StopKind.UNLOAD, Party(name="Bloom"), None, GOOD_DAY, None, 20)
    tender = LoadTender(
        number="BOL0000012", carrier="ARML", stops=(pick_up, drop), weight_lb=Decimal("412.5")
    )
    body = write_load_tender(tender, envelope(), ControlNumbers(7, 7), AT).decode()
    assert body.splitlines()[3:-3] == [
        *("B2**ARML**BOL0000012**PP~", "B2A*00*LT~", "S5*1*LD*412.5*L*20*BX~", "G62*10*20261124~"),
        *("N1*SF*Florsol Farms*92*FLORSOL~", "N3*KM 5 VIA TABACUNDO~", "N4*CAYAMBE***EC~"),
        *("S5*2*UL***20*BX~", "G62*54*20261124~", "N1*ST*Bloom~", "L3*412.5*G**********L~"),
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"stops": ()}, "has no stop"), ({"purpose": Purpose.DUPLICATE}, "can't be a duplicate")],
)
def test_load_that_says_nothing_is_not_written(changed: dict[str, object], said: str) -> None:
    stop = Stop(1, StopKind.LOAD, SHIPPER)
    tender = LoadTender(number="1", stops=(stop,)).model_copy(update=changed)
    with pytest.raises(ValueError, match=said):
        write_load_tender(tender, envelope(), ControlNumbers(1, 1), AT)


def test_stop_of_no_use_is_left_out_and_named_and_kilograms_are_pounds() -> None:
    body = [
        *("B2**ARML**L-1**PP", "B2A*00", "S5*1*DT", "L11*1*PO", "N1*ST*NOWHERE"),
        *("S5*2*CL*100*K*5*CT", "L5*1*ROSES", "AT8*G*L*9**9", "S5*3*PU", "L3*100*G*********5*K"),
    ]
    document = only(body, "204")
    assert [each.code for each in document.findings] == ["x12.S502.unsupported"]
    assert isinstance(document.record, LoadTender)
    first, second = document.record.stops
    assert (first.number, first.kind, first.weight_lb) == (2, StopKind.LOAD, Decimal("220.46"))
    assert (first.boxes, first.references, second.kind) == (5, (), StopKind.UNLOAD)
    assert (document.record.weight_lb, document.record.boxes) == (Decimal("220.46"), 5)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (["B2**ARML**L-1**PP", "B2A*22", "S5*1*LD"], "x12.B2A01.unsupported"),
        (["B2**ARML****PP", "B2A*00", "S5*1*LD"], "x12.B204.unsupported"),
    ],
)
def test_load_nobody_can_name_or_act_on_is_told(body: list[str], code: str) -> None:
    document = only(body, "204")
    assert document.record is None
    assert [each.code for each in document.findings] == [code]


# --- 990 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reply"),
    [("A", TenderReply.ACCEPTED), ("D", TenderReply.DECLINED), ("B", TenderReply.OTHER)],
)
def test_answer_to_a_load(code: str, reply: TenderReply) -> None:
    body = [f"B1*ARML*BOL0000012*20261123*{code}", "N9*CN*PRO-551", "K1*TRUCK FULL*TRY MONDAY"]
    assert only(body, "990").record == TenderAnswer(
        number="BOL0000012",
        carrier="ARML",
        reply=reply,
        code=code,
        answered_on=date(2026, 11, 23),
        references=(Reference("CN", "PRO-551"),),
        remarks=("TRUCK FULL TRY MONDAY",),
    )


def test_answer_of_5010_names_its_numbers_in_l11() -> None:
    record = only(["B1*ARML*L-1**A", "L11*PRO-551*CN"], "990", is_5010=True).record
    assert isinstance(record, TenderAnswer)
    assert record.references == (Reference("CN", "PRO-551"),)


# --- 214 -----------------------------------------------------------------------------------------


def test_statuses_of_a_load() -> None:
    body = [
        *("B10*PRO-551*BOL0000012*ARML", "L11*10045*PO", "N1*CN*BLOOM", "N4*MIAMI*FL*33126*US"),
        *("LX*1", "AT7*AF*NS***20261124*1815*ET", "MS1*CAYAMBE**EC", "MS2*ARML*T-204"),
        *("AT7*D1*NS***20261126*0640", "MS1*MIAMI*FL*US", "L11*10045*PO", "L11*729-12345675*AW"),
    ]
    record = only(body, "214").record
    assert isinstance(record, ShipmentStatus)
    assert (record.number, record.pro_number, record.carrier) == ("BOL0000012", "PRO-551", "ARML")
    assert record.references == (Reference("PO", "10045"), Reference("AW", "729-12345675"))
    picked_up, delivered = record.events
    assert (picked_up.progress, picked_up.city, picked_up.equipment) == (
        Progress.PICKED_UP,
        "CAYAMBE",
        "T-204",
    )
    assert (delivered.code, delivered.progress) == ("D1", Progress.DELIVERED)
    assert (delivered.on, delivered.at, delivered.state) == (date(2026, 11, 26), "0640", "FL")


def test_appointment_is_no_status() -> None:
    body = ["B10*PRO-551*L-1*ARML", "LX*1", "AT7***AB*NA*20261126*0640"]
    record = only(body, "214").record
    assert isinstance(record, ShipmentStatus)
    (event,) = record.events
    assert (event.code, event.progress, event.is_appointment) == ("AB", None, True)
    assert event.reason == "NA"


def test_status_report_without_status_is_told() -> None:
    document = only(["B10*PRO-551*L-1*ARML"], "214")
    assert document.record is None
    assert [each.code for each in document.findings] == ["x12.AT7.none"]


def test_code_that_means_nothing_here_is_kept() -> None:
    assert "I1" not in PROGRESS
    record = only(["B10*P*L-1*ARML", "LX*1", "AT7*I1*NS***20261126"], "214").record
    assert isinstance(record, ShipmentStatus)
    assert (record.events[0].code, record.events[0].progress) == ("I1", None)


# --- 210 -----------------------------------------------------------------------------------------

INVOICE = [
    *("B3**INV-9*BOL0000012*PP**20261127*52950**20261126*035*ARML", "C3*USD", "N9*CN*PRO-551"),
    *("LX*1", "L5*1*CUT FLOWERS", "L0*1***412.5*G***20*BOX", "L1*1*1.2*PH*49500"),
    *("LX*2", "L5*2*FUEL", "L1*2***3450****FUE", "L3*412.5*G***52950"),
]


def test_invoice_of_a_truck_line() -> None:
    document = only(INVOICE, "210")
    assert document.findings == ()
    record = document.record
    assert isinstance(record, FreightInvoice)
    assert (record.number, record.shipment, record.carrier) == ("INV-9", "BOL0000012", "ARML")
    assert (record.amount, record.currency) == (Decimal("529.50"), "USD")
    assert (record.issued_on, record.delivered_on) == (date(2026, 11, 27), date(2026, 11, 26))
    carried, fuel = record.charges
    assert (carried.description, carried.amount, carried.pieces) == (
        "CUT FLOWERS",
        Decimal("495.00"),
        20,
    )
    assert (carried.rate, carried.rate_code, carried.weight) == (
        Decimal("1.2"),
        "PH",
        Decimal("412.5"),
    )
    assert (fuel.amount, fuel.charge_code) == (Decimal("34.50"), "FUE")


def test_charges_that_do_not_add_up_are_a_warning() -> None:
    body = [each.replace("*52950**", "*52951**") for each in INVOICE]
    document = only(body, "210")
    assert isinstance(document.record, FreightInvoice)
    assert [(each.code, each.is_error) for each in document.findings] == [("x12.B307", False)]


@pytest.mark.parametrize(
    ("charge", "wrong"),
    [("L1*1*1.2*PH*A7", ["L104"]), ("L1*A7*A7*PH*49500*****A7", ["L101", "L102"])],
)
def test_charge_of_5010_is_checked_as_one_of_4010(charge: str, wrong: list[str]) -> None:
    of_5010 = [each for each in INVOICE if not each.startswith("N9*")]
    body = [charge if each.startswith("L1*") else each for each in of_5010]
    for is_5010 in (False, True):
        document = only(body, "210", is_5010=is_5010)
        assert document.record is None
        told = dict.fromkeys(each.code.split(".")[1] for each in document.findings)
        assert [each for each in told if each.startswith("L1")] == wrong


def test_reduction_is_less_than_zero() -> None:
    body = [*INVOICE[:-1], "LX*3", "L5*3*DISCOUNT", "L1*3***-1000****DSC", INVOICE[-1]]
    record = only([each.replace("52950", "51950") for each in body], "210").record
    assert isinstance(record, FreightInvoice)
    assert record.charges[-1].amount == Decimal("-10.00")
    assert record.amount == Decimal("519.50")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("indice-co+EDI.Net/test/indice.Edi.Tests/Samples/210-MGCTLYST-SAMPLE.EDI", FreightInvoice),
        ("indice-co+EDI.Net/test/indice.Edi.Tests/Samples/990-MGCTLYST-SAMPLE.EDI", TenderAnswer),
        (
            "ballerina-platform+module-ballerina-edi/ballerina/tests/resources/edi-214/message.edi",
            ShipmentStatus,
        ),
        ("xlate+staedi/src/test/resources/x12/issue109/ts214_ellipses_segterm.edi", ShipmentStatus),
        (
            "Inteligenz+X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/TAM/_210/"
            "CN_FreightInvoiceSample1.txt",
            FreightInvoice,
        ),
    ],
)
def test_files_of_truck_lines_are_read(path: str, kind: type) -> None:
    file = CORPUS / path
    if not file.is_file():
        pytest.skip("the corpus isn't beside the checkout")
    found = list(read(file.read_bytes()).documents())
    assert found
    assert all(isinstance(each.record, kind) for each in found), [e.findings for e in found]
