"""The tables of VBN words: `vbn_products.csv` and `vbn_features.csv`.

The lists belong to Floricode and its members, so that none is shipped; an operator who has them
saves them here in these columns. They only put words beside codes: no code has to stand in them.
"""

from __future__ import annotations

from daemon.mapping.problems import Notes
from daemon.mapping.sheet import Layout, Sheet
from formats.vbn import VbnTables, feature_type, feature_value, product_code

PRODUCTS_FILE = "vbn_products.csv"
FEATURES_FILE = "vbn_features.csv"
_PRODUCT_CELLS = ("code", "description", "comment")
_FEATURE_CELLS = ("type", "value", "description", "comment")


def vbn_tables() -> tuple[Layout, Layout]:
    """Return the columns of the two tables; a site may do without them."""
    return (
        Layout(PRODUCTS_FILE, _PRODUCT_CELLS, _PRODUCT_CELLS[:2], is_optional=True),
        Layout(FEATURES_FILE, _FEATURE_CELLS, _FEATURE_CELLS[:3], is_optional=True),
    )


def read_vbn(products: Sheet | None, features: Sheet | None, notes: Notes) -> VbnTables:
    """Return the words for codes; says in `notes` which cells are no codes."""
    return VbnTables(_products(products, notes), *_features(features, notes))


def _products(sheet: Sheet | None, notes: Notes) -> dict[str, str]:
    found: dict[str, str] = {}
    for record in sheet.records if sheet else ():
        try:
            code = product_code(record.get("code"))
        except ValueError as error:
            notes.refuse(PRODUCTS_FILE, str(error), record.number, "code")
            continue
        found[code] = record.get("description")
    return {code: text for code, text in found.items() if text}


def _features(
    sheet: Sheet | None, notes: Notes
) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Return words for types, whose rows have no value, and for values of types."""
    types: dict[str, str] = {}
    values: dict[tuple[str, str], str] = {}
    for record in sheet.records if sheet else ():
        text = record.get("description")
        column = "type"
        try:
            kind = feature_type(record.get("type"))
            column = "value"
            value = feature_value(record.get("value")) if record.get("value") else None
        except ValueError as error:
            notes.refuse(FEATURES_FILE, str(error), record.number, column)
            continue
        if text and value is None:
            types[kind] = text
        elif text and value is not None:
            values[kind, value] = text
    return types, values
