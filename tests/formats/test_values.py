"""Partner text becomes a number or a date only when it is written as one."""

from __future__ import annotations

import sys
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import values

HOSTILE = [
    "",
    " ",
    " 1",
    "1 ",
    "1\n",
    "1_000",
    "1,000",
    "1e9",
    "1E9",
    "0x10",
    "NaN",
    "nan",
    "Infinity",
    "-inf",
    "+1",
    "--1",
    "-",
    ".",
    "-.",
    "1.2.3",
    "١٢٣",
    "\uff11\uff12",
    "²",
    "½",
    "1\0",
    "=1",
    "1" * 41,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_not_a_plain_number_is_refused(text: str) -> None:
    for read in (values.decimal, values.integer, values.count):
        with pytest.raises(ValueError, match="expected"):
            read(text)
    with pytest.raises(ValueError, match="expected"):
        values.implied_decimal(text, 2)
    with pytest.raises(ValueError, match="expected"):
        values.decimal(text.replace(",", ".5,"), comma=True)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20)))
def test_every_plain_decimal_is_read_exactly(value: Decimal) -> None:
    text = f"{value:f}"
    if len(text) <= values.MAX_NUMBER_CHARACTERS:
        assert values.decimal(text) == value
        assert values.decimal(text.replace(".", ","), comma=True) == value


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12
    )
)
def test_grouped_thousands_are_read_with_decimal_comma(value: Decimal) -> None:
    dutch = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    assert values.decimal(dutch, comma=True) == value


@pytest.mark.parametrize(
    "text", ["0.365", "00.365", "1.23", "1.2345", "1.234.5", ",5", "1,2,3", ".5"]
)
def test_a_point_that_groups_nothing_is_refused_with_decimal_comma(text: str) -> None:
    with pytest.raises(ValueError, match=r"1\.234,56"):
        values.decimal(text, comma=True)


@pytest.mark.parametrize("text", ["-0", "-0.00", "-.0"])
def test_negative_zero_is_zero(text: str) -> None:
    assert not values.decimal(text).is_signed()


def test_number_of_the_longest_length_is_exact() -> None:
    for size in (39, 40):
        digits = "9" * size
        assert str(values.decimal(digits)) == digits
        assert values.integer(digits) == 10**size - 1
        assert str(values.implied_decimal(digits, 2)) == f"{digits[:-2]}.99"


@given(st.integers(-(10**30), 10**30), st.integers(0, 9))
def test_implied_decimals_scale_exactly(value: int, places: int) -> None:
    assert values.implied_decimal(str(value), places) * 10**places == value or abs(value) >= 10**28
    assert values.implied_decimal(str(value), places).as_tuple().exponent == -places


def test_count_is_never_negative() -> None:
    assert values.count("0") == values.count("-0") == 0
    with pytest.raises(ValueError, match="at least 0"):
        values.count("-1")


@given(st.dates())
def test_every_date_is_read_in_each_spelling(day: date) -> None:
    assert values.iso_date(day.isoformat()) == day
    assert values.iso_date(f"{day.year:04}-{day.month}-{day.day}") == day
    assert values.basic_date(f"{day.year:04}{day.month:02}{day.day:02}") == day


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "2026-13-01", "2026-00-10", "0000-01-01", "26-11-21", "2026/11/21", "21-11-2026",
     "2026-11-21 ", "٢٠٢٦-11-21", "2026-11-2111", "46347", "2026-11-21T00:00", ""],
)  # fmt: skip
def test_what_is_not_an_iso_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|calendar"):
        values.iso_date(text)


@pytest.mark.parametrize(
    "text", ["20260230", "2026112", "202611211", "261121", "\uff12\uff10\uff12\uff161121", ""]
)
def test_what_is_not_a_basic_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|calendar"):
        values.basic_date(text)


@given(st.times())
def test_times_are_read_to_the_second(moment: time) -> None:
    whole = moment.replace(microsecond=0, fold=0)
    assert values.basic_time(f"{moment:%H%M}") == whole.replace(second=0)
    assert values.basic_time(f"{moment:%H%M%S}") == whole
    assert values.basic_time(f"{moment:%H%M%S}9") == whole
    assert values.basic_time(f"{moment:%H%M%S}99") == whole


@pytest.mark.parametrize(
    "text", ["2400", "1260", "083060", "830", "08301", "08:30", "", "083000999"]
)
def test_what_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        values.basic_time(text)


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001
    st.integers(-840, 840),
)
def test_date_times_keep_their_zone(moment: datetime, minutes: int) -> None:
    moment = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert values.iso_datetime(moment.isoformat()) == moment


def test_utc_may_be_written_z() -> None:
    assert values.iso_datetime("2026-11-21T08:30Z") == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-11-21T08:30:00", "2026-11-21", "2026-11-21x08:30:00Z", "2026-W47-6T08:30:00Z",
     "20261121T083000Z", "2026-11-21T25:00:00Z", "2026-02-30T08:30:00Z",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-21T08:30:00+05:00:30", "",
     "2026-11-21T08:30:00." + "9" * 30 + "Z"],
)  # fmt: skip
def test_date_time_without_zone_or_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="with zone"):
        values.iso_datetime(text)


@given(st.datetimes())
def test_date_and_time_may_leave_out_its_zone(moment: datetime) -> None:
    assert values.date_and_time(moment.isoformat()) == moment
    assert values.date_and_time(moment.isoformat(" ", "minutes")).minute == moment.minute


@pytest.mark.parametrize(
    "text", ["2026-11-21", "07:30", "2026-02-30T08:30", "2026-11-21T8:30", "x" * 50, ""]
)
def test_what_is_no_date_and_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="date and time"):
        values.date_and_time(text)


def test_zone_of_a_date_and_time_is_kept() -> None:
    moment = values.date_and_time("2026-11-21T08:30:00Z")
    assert moment == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("176-12345675", ("17612345675", True)),
        ("176 1234 5675", ("17612345675", True)),
        ("020-81140743", ("02081140743", True)),
        ("071-4431 3317", ("07144313317", False)),
        ("123-12345678", ("12312345678", False)),
        ("000-00000000", ("00000000000", True)),
        ("999-99999992", ("99999999992", True)),
        ("729-00000018", ("72900000018", False)),
        ("729-00000011", ("72900000011", True)),
    ],
)
def test_air_waybill_is_eleven_digits_with_a_check_digit(text: str, expected: object) -> None:
    assert values.air_waybill(text) == expected


@pytest.mark.parametrize(
    "text", ["", "1761234567", "176123456751", "AWB17612345675", "\u0661\u0667\u066612345675"]
)
def test_what_is_not_eleven_digits_is_no_air_waybill(text: str) -> None:
    with pytest.raises(ValueError, match="11 digits"):
        values.air_waybill(text)


@given(st.integers(0, 9_999_999), st.integers(0, 999))
def test_check_digit_of_an_air_waybill_is_the_serial_modulo_seven(serial: int, prefix: int) -> None:
    _, holds = values.air_waybill(f"{prefix:03}-{serial:07}{serial % 7}")
    assert holds


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("400638133393", 1),
        ("03600029145", 2),
        ("10614141192837465", 7),
        ("629104150021", 3),
        ("00000000000", 0),
    ],
)
def test_gs1_check_digits(digits: str, check: int) -> None:
    assert values.gs1_check_digit(digits) == check


def test_gs1_check_digit_wants_ascii_digits() -> None:
    with pytest.raises(ValueError, match="digits"):
        values.gs1_check_digit("٤٠٠")


@given(st.text())
def test_a_lookup_key_is_its_own_key(text: str) -> None:
    key = values.normalised(text)
    assert values.normalised(key) == key
    assert key == " ".join(key.split())


def test_every_character_has_one_stable_key() -> None:
    for point in range(sys.maxunicode + 1):
        key = values.normalised(chr(point))
        assert values.normalised(key) == key, hex(point)


@given(st.text(alphabet="abcXYZ éÉñß\t"))
def test_spelling_variants_share_a_key(text: str) -> None:
    for variant in (text.upper().lower(), f"  {text} ", unicodedata.normalize("NFD", text)):
        assert values.normalised(variant) == values.normalised(text.upper().lower())
