"""Partners' own layouts: columns that were declared in a table, read and written without a program.

A layout says which column of a partner's file is which field of ours, and how numbers and dates are
written in it. Nothing in it is ever evaluated. What comes out is read by the same readers as our
own CSV, so every rule and every finding is the same.
"""
