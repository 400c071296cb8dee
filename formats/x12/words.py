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
    "012": "the security qualifier in ISA03 isn't valid",
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
    "19": "the group control number was used before in this interchange",
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
    "13": "too many components",
}
"""AK403 (element 723)."""

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
