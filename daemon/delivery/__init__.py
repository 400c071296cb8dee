"""Bring outgoing files to partners: each once, whole, under a name that is never used again."""
