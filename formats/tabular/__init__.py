"""Delimited files (CSV): availability and purchase orders in, acknowledgements and orders out.

A delimited file can't show that it's complete and carries no types; so every cell is text until
`formats.values` accepts it, and every row that is left out is named with its line and column.
"""
