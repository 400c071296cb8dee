"""The acceptance scenarios of domain 17b: files dropped, outboxes read, on both databases."""
