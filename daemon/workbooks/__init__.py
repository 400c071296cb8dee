"""Workbooks are opened in a process of their own, which may take so much room and time and no more.

A workbook of 5 KB can ask for 500 GB; whatever becomes of that process, the daemon goes on.
"""
