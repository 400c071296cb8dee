"""The rules of the K2K trade; each cites its rule id of the trade reference."""
