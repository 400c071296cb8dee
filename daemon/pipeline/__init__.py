"""The way of one file: claimed, read, mapped, traded, answered, posted."""
