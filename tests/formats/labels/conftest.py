"""Labels that the tests print."""

from datetime import date

import pytest

from formats.labels.label import Label


@pytest.fixture
def full_label() -> Label:
    """A label with every field."""
    return Label(
        box_code="KS5704493",
        box_seq=3,
        box_total=14,
        company_name="Bloom Wholesale Miami",
        vendor_name="Flores del Peñón S.A.",
        vendor_code="V00731",
        customer_name="Petal & Stem Florist",
        customer_code="C2210",
        ship_to=("1500 NW 95th Avenue", "Cooler 4, Dock B", "Miami, FL 33172", "United States"),
        carrier_name="Armellini",
        carrier_account="884-2210",
        ship_date=date(2026, 11, 23),
        order_number="PO-10045",
        customer_po="PS-7781",
        product_description="Rose Freedom 60cm Red",
        variety="Freedom",
        color="Crimson",
        grade="60 cm",
        box_type="HB",
        bunches=10,
        stems_per_bunch=25,
        total_units=250,
        unit_type="Stem",
        mark_code="MARK-A12",
        lot_number="100234",
        awb="176-1234 5675",
        origin="EC",
        is_reprint=True,
    )
