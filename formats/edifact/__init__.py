"""EDIFACT: read, checked against its directories, acknowledged with CONTRL, and written."""
