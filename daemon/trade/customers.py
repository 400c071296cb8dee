"""What the customer of a buyer is called: in its settings, and on what goes to it."""

from __future__ import annotations

from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from formats.records import Order


def customer_names(order: Order) -> tuple[str, ...]:
    """Return what the customer of an order is called, the buyer's own code first."""
    customer = order.customer
    names = (customer.code, customer.canonical, customer.name) if customer else ()
    return tuple(name for name in names if name)


def customer_called(order: Order, tables: Tables) -> str | None:
    """Return the name of an order's customer: what the order says, else customers.csv; else its
    code.
    """
    customer = order.customer
    if customer is None or customer.name:
        return customer.name if customer else None
    known = tables.entries[Kind.CUSTOMERS].get(customer.canonical or "")
    return (known.name or known.description if known else None) or customer.code
