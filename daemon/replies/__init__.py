"""Which document goes to whom, in the format and the codes of the partner that gets it."""
