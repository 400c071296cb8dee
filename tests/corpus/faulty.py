"""Real files whose counts and numbers are right and whose content isn't, and the rule each breaks.

Every row can be checked: the file is public, the rule is one of the standard, and our finding names
the place. The page `docs/robustness.md` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a file: the rule, what stands there, and the errors that say so.

    With `is_valid` it keeps to the standard, and only says nothing that a record could be made of.
    With `warns`, agreed with its sender, all of it is used; without any, what it would say is lost.
    """

    rule: str
    said: str
    errors: tuple[str, ...]
    warns: tuple[str, ...] = ()
    is_valid: bool = False


_X12PARSER = "Inteligenz+X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles"
_BALLERINA = "ballerina-platform+module-ballerina-edi/examples"
_STAEDI = "xlate+staedi/src/test/resources"

FAULTY: Mapping[str, Fault] = MappingProxyType(
    {
        f"{_X12PARSER}/FIN/_824/FromTmhpSpec.txt": Fault(
            "005010: element 373 is DT 8/8; OTI12 is element 353, ID 2/2",
            "OTI06 is `040812`; in the second OTI the version stands in OTI12 instead of OTI11",
            ("error x12.OTI06.date", "error x12.OTI12.too_long"),
            ("AK4 8 OTI06", "AK4 5 OTI12"),
        ),
        f"{_X12PARSER}/ORD/_810/Example5_Walmart.txt": Fault(
            "810 004010: TDS, TXI, CAD, AMT, SAC and only then ISS",
            "ISS stands ahead of TDS",
            ("error x12.TDS.out_of_order",),
            ("AK3 7 TDS",),
        ),
        f"{_X12PARSER}/ORD/_832/_4010/Example1_HIBCC.txt": Fault(
            "832 004010: in the loop of LIN the DTM stand ahead of REF, CTB, PID and TD4",
            "a DTM once more behind TD4",
            ("error x12.DTM.out_of_order",),
            ("AK3 7 DTM",),
        ),
        f"{_X12PARSER}/ORD/_846/Example1.txt": Fault(
            "846: which quantity is for sale, QTY01 says (33, 29, V2, 17)",
            "34, QH, QB and 87 alone, none of which is for sale",
            ("error x12.QTY.missing", "error x12.LIN.none"),
            is_valid=True,
        ),
        f"{_X12PARSER}/ORD/_846/Example2.txt": Fault(
            "004010: REF04 is C040, three pairs; QTY03 begins with element 355, ID 2/2",
            "two terminators are lost: `REF~ZZ~ASIAQTY~17~403.32~FT` and `QTY~17~7280~FTCTT~5`",
            ("error x12.REF05.too_many", "error x12.QTY03.too_long"),
        ),
        f"{_X12PARSER}/ORD/_856/Example4.txt": Fault(
            "004010: N402 is element 156, ID 2/2",
            "`LOCSTATE`",
            ("error x12.N402.too_long",),
            ("AK4 5 N402",),
        ),
        f"{_X12PARSER}/ORD/_865/FromAdvanceAutoParts.txt": Fault(
            "004010: element 373 is DT 8/8",
            "DTM02 is `200902164`",
            ("error x12.DTM02.date",),
        ),
        f"{_X12PARSER}/ORD/_880/SimplotExample1.txt": Fault(
            "880 004010: G1703 is a number (R); G33 must come",
            "`xx.xx` for every price, and no G33",
            ("error x12.G1703.character", "error x12.G33.missing"),
        ),
        f"{_BALLERINA}/edi-acknowledgement/resources/sample-data/order-batch.edi": Fault(
            "ORDERS D.03A: BGM must come",
            "the third message has none; the first two are used",
            ("error edifact.BGM.missing",),
        ),
        f"{_BALLERINA}/edi-vendor-router/resources/sample-data/x12-sender.edi": Fault(
            "850 004010: PO106 is element 235, ID 2/2, and needs PO107 (P0607)",
            "PO105 is left out without its separator, so the item stands in PO106",
            ("error x12.PO106.too_long", "error x12.PO107.needed"),
        ),
        "jf-tech+omniparser/extensions/omniv21/samples/edi/1_canadapost_edi_214.input.txt": Fault(
            "004010: N102 or N103 must come (R0203); L1101 or L1103 (R0103)",
            "`N1*ST*`, eight times; `L11**CI`",
            ("error x12.N102.needed", "error x12.L1101.needed"),
            ("AK4 2",),
        ),
        "jskrobak+underware.Edifact/src/underware.Edifact.Examples/Samples/D96A_INVOIC.txt": Fault(
            "INVOIC D.96A: FII stands ahead of the RFF of its NAD; 7008 is an..35",
            "FII behind RFF; descriptions of 42, 43, 47 and 60 characters",
            ("error edifact.FII.misplaced", "error edifact.IMD03-4.long"),
            ("15", "39"),
        ),
        f"{_STAEDI}/EDIFACT/invoic_d93a_una.edi": Fault(
            "ISO 9735: UNOA is level A, which has capital letters alone",
            "small letters and `ü` in names and descriptions",
            ("error edifact.NAD03.character", "error edifact.IMD03-4.character"),
            ("21",),
        ),
        f"{_STAEDI}/EDIFACT/invoic_d97b.edi": Fault(
            "ISO 9735: UNOA is level A, which has no letters with marks",
            "`BÜTTNER` in NAD04",
            ("error edifact.NAD04.character",),
            ("21",),
        ),
        f"{_STAEDI}/EDIFACT/invoic_d97b_bad.edi": Fault(
            "INVOIC D.97B: 3035 is an..3, 6060 is n..15; UNS comes once",
            "`BYZZ`, `1020A` and a second UNS, on purpose",
            ("error edifact.NAD01.long", "error edifact.QTY01-2.type"),
        ),
        f"{_STAEDI}/x12/empty997.edi": Fault(
            "997: AK1 and AK9 must come",
            "ST and SE alone",
            ("error x12.AK1.missing", "error x12.AK9.missing"),
        ),
        f"{_STAEDI}/x12/issue590/multi-tx-transaction-type.edi": Fault(
            "855: BAK01 says what the answer is, ACK what becomes of a line",
            "purpose 54, which answers no order, and no line at all",
            ("error x12.BAK01.unsupported",),
            is_valid=True,
        ),
    }
)
"""By path. Whoever thinks that one of them is right finds here what to look up."""
