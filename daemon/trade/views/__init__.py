"""What each buyer sees of each vendor, and what a connection lacks (domain 4.1 to 4.3)."""
