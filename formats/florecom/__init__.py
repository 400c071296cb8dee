"""Florecom XML: orders, answers to orders and supply, with or without a SOAP envelope.

The layout follows what is public of the order and supply messages, version 7: classes generated
from their schemas and samples. Where that says nothing, what is read and written here is an
agreement of ours (docs/formats.md names each such place); nothing here was tried against any
platform of the trade.
"""
