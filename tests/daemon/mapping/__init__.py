"""Mapping tables: loading, looking up, applying, suggesting, editing, following."""
