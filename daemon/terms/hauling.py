"""A truck line's terms: which of our carriers it is, who has an account, how its file looks.

No truck line publishes its layout (domain 11.1), so all of it is a setting of `[partner.hauling]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from daemon.terms.base import Addresses, Code, Section
from formats.papers.manifest import COLUMNS, WIDTHS

CustomerCode = Annotated[str, Field(min_length=1, max_length=80)]
Account = Annotated[str, Field(min_length=1, max_length=20)]


class Hauling(Section):
    """What a truck line is told of the boxes it takes."""

    carriers: tuple[Code, ...] = ()
    """Our codes of carriers.csv that mean this truck line."""
    shipper_account: str = ""
    """Our own account with it, as on its bar codes."""
    accounts: Mapping[CustomerCode, Account] = Field(default_factory=dict)
    """Account of each customer and ship-to, by our code or the buyer's; a ship-to's own comes
    before its customer's (E-06, E-08). A box without one is left out (E-26)."""
    scanned_only: bool = False
    """Whether only boxes go into the file that were scanned (E-07)."""
    copy_response_to: Addresses = ()
    """Who else reads what it answers, in the notices to the buyers of the boxes (E-05)."""
    scac: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")] | None = None
    """Its code in X12 files."""
    tenders: Literal["204", "none"] = "none"
    """Whether it is offered the load of each bill of lading, as X12."""
    layout: Literal["csv", "fixed", "local-delivery"] = "csv"
    """`local-delivery` is the box-level list of domain 12.6, whose columns are as they are."""
    columns: tuple[str, ...] = COLUMNS
    widths: Mapping[str, Annotated[int, Field(ge=1, le=200)]] = Field(default_factory=dict)
    """Widths of columns of a fixed layout, where they differ from ours."""

    @model_validator(mode="after")
    def _columns_are_known(self) -> Hauling:
        unknown = [name for name in (*self.columns, *self.widths) if name not in WIDTHS]
        if unknown:
            known = ", ".join(COLUMNS)
            raise ValueError(f"there is no column {unknown[0]!r}; choose among {known}")
        if self.tenders == "204" and self.scac is None:
            raise ValueError("a 204 names the truck line by its scac; set it")
        if "box_code" not in self.columns:
            raise ValueError("a file without box_code tells nobody which boxes it means; add it")
        return self
