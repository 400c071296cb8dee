"""Boxes on their way: shipped, renamed, tracked, received (domain 7, 11.2)."""
