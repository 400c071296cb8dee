"""Lanes: which partner's work runs where, and the process that it runs in."""
