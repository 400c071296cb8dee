"""What a buyer's own customer may learn of the vendor on a direct shipment (domain section 10).

Name, code or nothing, as the buyer set it (H-03, D-06). It holds for every text that leaves with
the goods: labels, papers, truck lines' files, and the names of those files. A text that gives the
vendor away is left out whole, because a cut one would still be read. Goods for the buyer's own
warehouse hide nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from daemon.config import Partner
from daemon.terms.company import LabelCompany, ShowVendor, said_for
from daemon.trade.customers import customer_called, customer_names
from daemon.trade.desk import Desk
from daemon.trade.orders.ship_tos import AnyOrder, Way
from daemon.trade.orders.transfer import is_direct

SHORT_CODE = 4
"""A shorter code gives nothing away inside a longer word, only as a word of its own."""
_WORDS = re.compile(r"[^A-Za-z0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shown:
    """What of the vendor may be read. `name` and `code` are what stands on papers, or None."""

    how: ShowVendor
    name: str | None
    code: str | None
    own_prefix: str
    """How the box codes begin that we allot."""
    secrets: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    """How the vendor's own box codes begin (L-11)."""

    @property
    def is_plain(self) -> bool:
        """Whether nothing is hidden."""
        return self.how is ShowVendor.NAME

    def told(self, text: str | None) -> str | None:
        """Return a text that may be read, or None for one that gives the vendor away."""
        return None if text is None or self.gives_away(text) else text

    def gives_away(self, text: str) -> bool:
        """Tell whether a text holds the vendor's name, code or prefix."""
        if self.is_plain:
            return False
        whole = _WORDS.sub("", text).casefold()
        words = {word.casefold() for word in _WORDS.split(text) if word}
        for secret in self.secrets:
            plain = _WORDS.sub("", secret).casefold()
            if plain in words or (len(plain) >= SHORT_CODE and plain in whole):
                return True
        return any(_is_coded(word, prefix) for word in words for prefix in self.prefixes)

    def may_carry(self, box_code: str) -> bool:
        """Tell whether a box may bear a code: only ours, where the vendor is hidden (H-04)."""
        return self.is_plain or (
            box_code.startswith(self.own_prefix) and not self.gives_away(box_code)
        )

    def box_code(self, code: str, external: str | None) -> str | None:
        """Return the code that a paper of a box shows: its own, else its external one (L-09).

        None where both would give a hidden vendor away.
        """
        if self.may_carry(code):
            return code
        return external if external and not self.gives_away(external) else None


def shown(desk: Desk, order: AnyOrder, way: Way) -> Shown:
    """Return what the final customer of an order may learn of its vendor."""
    vendor, link, prefix = way.vendor, way.link, desk.site.labels.box_code_prefix
    name = vendor.title or vendor.name
    how = _how(order, way) if is_direct(order) else ShowVendor.NAME
    if how is ShowVendor.NAME:
        return Shown(how, name, None, prefix)
    code = link.vendor_code if link else None
    secrets = [vendor.name, vendor.title, vendor.x12.id if vendor.x12 else ""]
    if how is ShowVendor.HIDDEN:
        secrets.append(code or "")
        code = None
    words = tuple(word for word in secrets if _WORDS.sub("", word))
    return Shown(how, None, code, prefix, words, vendor.selling.box_code_prefixes)


def kept_codes(desk: Desk, order: AnyOrder, way: Way, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the given box codes that boxes may keep; the others get codes of ours (H-04)."""
    seen = shown(desk, order, way)
    return codes if all(seen.may_carry(code) for code in codes) else ()


def label_company(desk: Desk, order: AnyOrder, way: Way) -> str | None:
    """Return the company name on labels that growers print (domain 11.4).

    What the buyer set for the customer decides, then the connection, then the vendor; else it is
    the buyer's name.
    """
    how = said_for(way.buyer.buying.label_company_to, *customer_names(order))
    how = how or (way.link.label_company if way.link else None) or way.vendor.selling.label_company
    if how is LabelCompany.NONE:
        return None
    if how is LabelCompany.CUSTOMER and order.customer is not None:
        return customer_called(order, desk.tables)
    return _title(way.buyer)


def _how(order: AnyOrder, way: Way) -> ShowVendor:
    buying = way.buyer.buying
    if way.link is not None:
        return way.link.vendor_shown_to(buying, *customer_names(order))
    return said_for(buying.show_vendor_to, *customer_names(order)) or buying.show_vendor


def _is_coded(word: str, prefix: str) -> bool:
    """Tell whether a word is a box code of a vendor: its prefix, then a number."""
    rest = word.removeprefix(prefix.casefold())
    return rest != word and (not rest or rest[0].isdigit())


def _title(partner: Partner) -> str:
    return partner.title or partner.name
