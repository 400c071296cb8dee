"""Mapping tables: partners' codes to ours and back, through CSV files that an admin edits.

`load` reads and checks the whole set, `tables` answers from it, `apply` fills canonical codes into
a document and lists what has no row, `suggest` ranks what an unmapped text may mean, `edit`
changes a table without disturbing it, and `tableset` follows the files while the service runs.
Nothing here ever guesses: what has no row stays unmapped.
"""
