"""Trade formats as a library: bytes to canonical records and back.

Nothing here opens a path, reads a clock or talks to a database.
"""
