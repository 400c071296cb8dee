"""ANSI X12: reading, checking and writing interchanges."""
