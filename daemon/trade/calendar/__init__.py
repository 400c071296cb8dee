"""Days: when a connection can ship, and what that shows, hides or refuses (domain 4.2)."""
