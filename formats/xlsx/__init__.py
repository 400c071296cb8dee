"""Workbooks: looked at before they are opened, read as rows of text, and written.

`archive` judges a file by its directory alone. `extract` opens it, which is for a process of its
own that may die of it; `workbook` takes what that process says. Formulas are never evaluated.
"""
