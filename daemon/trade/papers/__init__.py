"""What leaves on a day, and what others may know of it (domain 10, 11)."""
