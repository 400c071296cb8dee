"""What Hypothesis draws the parts of EDIFACT documents from."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from formats.records import Content, CustomField, OrderLine, Party
from formats.vbn import Vbn

CODE = st.text("ABCXYZ0123456789-+:'?", min_size=1, max_size=10).map(str.strip).filter(bool)
SAID = st.text("ABCDEFG HIJ'+:?Ë&=|!", min_size=1, max_size=80).map(lambda t: " ".join(t.split()))
WORDS = SAID.filter(lambda text: len(text) > 1)
SHORT = (
    st.text("ABC DEF'+:?", min_size=1, max_size=34).map(lambda t: " ".join(t.split())).filter(bool)
)
MONEY = st.decimals(0, 9999, places=3).map(lambda d: d.normalize() + 0)
WHOLE = st.integers(1, 9999)


def parties(*, is_needed: bool = False) -> st.SearchStrategy[Party]:
    return st.builds(
        lambda code, qualifier, name, street, city: Party(
            code, qualifier, name, street, city, "FL", "33602", "US"
        ),
        CODE,
        st.sampled_from(["UL", "92", "91"]),
        st.none() | SHORT,
        st.none() | SHORT,
        st.none() | SHORT,
    )


CODES = st.builds(
    Vbn,
    st.none() | st.integers(1, 99999).map(str),
    st.none(),
    st.lists(
        st.tuples(st.sampled_from(["S20", "S05", "K11"]), st.sampled_from(["060", "A1"])),
        max_size=3,
    ).map(tuple),
    st.none() | st.sampled_from(["577", "997"]),
)
CONTENTS = st.builds(
    Content,
    st.just(1),
    seller_item=CODE,
    buyer_item=st.none() | CODE,
    description=st.none() | WORDS.map(lambda t: t[:70].strip()),
    bunches=st.none() | WHOLE.map(Decimal),
    stems_per_bunch=WHOLE,
    unit_price=st.none() | MONEY,
)
LINES = st.builds(
    OrderLine,
    st.just(1),
    reference=st.sampled_from(["1", "7", "A-12", "0001"]),
    quantity=MONEY,
    unit=st.sampled_from(["BX", "PCE", "BH"]),
    seller_item=CODE,
    buyer_item=st.none() | CODE,
    gtin=st.none() | st.just("10614141000019"),
    description=st.none() | WORDS.map(lambda t: t[:70].strip()),
    unit_price=st.none() | MONEY,
    price_unit=st.sampled_from(["PCE", "BX"]),
    box_type_code=st.none() | st.sampled_from(["HB", "QB", "BOX-7"]),
    bunches_per_box=st.none() | WHOLE,
    stems_per_bunch=st.none() | WHOLE,
    mark_code=st.none() | SHORT,
    contents=st.lists(CONTENTS, max_size=3).map(tuple),
    box_codes=st.lists(st.text("0123456789", min_size=5, max_size=18), max_size=12).map(tuple),
    awb=st.none() | st.just("17612345675"),
    vbn=st.none() | CODES,
    brand=st.none() | SHORT,
)
OWN_FIELDS = st.lists(
    st.builds(CustomField, SHORT, SHORT), max_size=3, unique_by=lambda each: each.name
).map(tuple)
