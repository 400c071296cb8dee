"""Shipping labels, one per box: a layout in millimetres, and writers for ZPL and PDF."""
