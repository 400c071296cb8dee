"""What X12 and EDIFACT share: segment trees, and following a document through one."""
