"""Carts: goods kept for a while, checked out, or back on sale (domain K-41)."""
