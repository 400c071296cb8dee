"""The codes of technical acknowledgements in words, for findings and the command line."""

from __future__ import annotations

INTERCHANGE = {
    "000": "no error",
    "001": "the control number in IEA02 isn't the one in ISA13",
    "002": "the standard in ISA11 isn't supported",
    "003": "the interchange version isn't supported",
    "004": "the segment terminator can't be used",
    "005": "the sender qualifier in ISA05 isn't valid",
    "006": "the sender in ISA06 isn't valid",
    "007": "the receiver qualifier in ISA07 isn't valid",
    "008": "the receiver in ISA08 isn't valid",
    "009": "the receiver in ISA08 isn't known here",
    "010": "the authorisation qualifier in ISA01 isn't valid",
    "011": "the authorisation in ISA02 isn't valid",
    "012": "the security qualifier in ISA03 isn't valid",
    "013": "the password in ISA04 isn't valid",
    "014": "the date in ISA09 isn't valid",
    "015": "the time in ISA10 isn't valid",
    "016": "the standards identifier in ISA11 isn't valid",
    "017": "the version in ISA12 isn't valid",
    "018": "the control number in ISA13 isn't valid",
    "019": "ISA14 isn't valid",
    "020": "the usage indicator in ISA15 isn't valid or isn't accepted",
    "021": "the number of groups in IEA01 is wrong",
    "022": "the control structure isn't valid",
    "023": "the file ends before the interchange does",
    "024": "a functional group header isn't valid",
    "025": "the control number in ISA13 was used before",
    "026": "the element separator can't be used",
    "027": "the component separator can't be used",
}
"""TA105."""

GROUP = {
    "1": "the functional group isn't supported",
    "2": "the version in GS08 isn't supported",
    "3": "the group trailer GE is missing",
    "4": "the control number in GE02 isn't the one in GS06",
    "5": "the number of transaction sets in GE01 is wrong",
    "6": "the group control number isn't valid",
    "7": "the sender in GS02 isn't valid",
    "8": "the receiver in GS03 isn't valid",
    "9": "the agency in GS07 isn't valid",
    "19": "the group control number was used before in this interchange",
    "30": "the date in GS04 isn't valid",
    "31": "the time in GS05 isn't valid",
}
"""AK905 (element 716)."""

SET = {
    "1": "the transaction set isn't supported",
    "2": "the trailer SE is missing",
    "3": "the control number in SE02 isn't the one in ST02",
    "4": "the number of segments in SE01 is wrong",
    "5": "one or more segments are in error",
    "6": "the transaction set identifier is missing or doesn't fit the group",
    "7": "the control number isn't valid or was used before in this group",
    "18": "the transaction set doesn't belong in this functional group",
    "19": "the implementation named in ST03 isn't valid",
    "23": "the control number was used before in this group",
}
"""AK502 (element 718)."""

SEGMENT = {
    "1": "the segment isn't known",
    "2": "the segment isn't expected here",
    "3": "a mandatory segment is missing",
    "4": "the loop occurs too often",
    "5": "the segment occurs too often",
    "6": "the segment isn't part of this transaction set",
    "7": "the segment is out of order",
    "8": "elements of the segment are in error",
    "10": "the segment ends with empty elements",
}
"""AK304 (element 720)."""

ELEMENT = {
    "1": "mandatory element missing",
    "2": "element missing that another one needs",
    "3": "too many elements",
    "4": "too short",
    "5": "too long",
    "6": "invalid character",
    "7": "invalid code",
    "8": "invalid date",
    "9": "invalid time",
    "10": "excluded by another element",
    "12": "repeated too often",
    "13": "too many components",
    "16": "the composite ends with empty components",
}
"""AK403 (element 723)."""

IMPLEMENTATION_SET = {
    **SET,
    "I5": "one or more segments are in error by the implementation guide",
    "I6": "the implementation guide isn't supported",
}
"""IK502 (element 618)."""

IMPLEMENTATION_SEGMENT = {
    **SEGMENT,
    "I4": "the implementation guide doesn't use the segment",
    "I6": "a segment is missing that the implementation guide wants here",
    "I7": "the loop occurs less often than the implementation guide wants",
    "I8": "the segment occurs less often than the implementation guide wants",
    "I9": "the implementation guide doesn't use the segment here",
}
"""IK304 (element 620)."""

IMPLEMENTATION_ELEMENT = {
    **ELEMENT,
    "I6": "the implementation guide doesn't use the code",
    "I9": "element missing that the implementation guide wants here",
    "I10": "the implementation guide doesn't use the element",
    "I11": "repeated less often than the implementation guide wants",
    "I12": "not of the pattern that the implementation guide wants",
    "I13": "the implementation guide doesn't use the element here",
}
"""IK403 (element 621)."""

APPLICATION = {
    "001": "the account number isn't valid",
    "002": "an element is missing",
    "006": "it is a duplicate",
    "007": "data is missing",
    "008": "out of range",
    "009": "the date isn't valid",
    "010": "the total doesn't agree with the lines",
    "011": "it doesn't match",
    "012": "the combination isn't valid",
    "024": "another reason, which the partner doesn't name",
    "ZZZ": "a reason that was agreed on with the partner",
}
"""TED01 (element 647), for a partner that sends no sentence."""

UNKNOWN = "a code that isn't in the tables here"
"""What stands for the meaning of a code of the partner's own."""

ELEMENT_NAMES = {
    "1": "missing",
    "2": "needed",
    "3": "too_many",
    "4": "too_short",
    "5": "too_long",
    "6": "character",
    "7": "code",
    "8": "date",
    "9": "time",
    "10": "excluded",
    "13": "components",
}
"""Last part of a finding's code, as `x12.BEG03.too_long`."""

SEGMENT_NAMES = {
    "1": "unknown",
    "2": "unexpected",
    "3": "missing",
    "4": "loop_too_often",
    "5": "too_often",
    "6": "not_in_set",
    "7": "out_of_order",
    "10": "trailing_separators",
}
