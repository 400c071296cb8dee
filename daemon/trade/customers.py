"""What the customer of a buyer is called in its settings: as the buyer does, or as we do."""

from __future__ import annotations

from formats.records import Order


def customer_names(order: Order) -> tuple[str, ...]:
    """Return what the customer of an order is called, the buyer's own code first."""
    customer = order.customer
    names = (customer.code, customer.canonical, customer.name) if customer else ()
    return tuple(name for name in names if name)
