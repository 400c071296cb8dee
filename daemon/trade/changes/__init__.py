"""What buyer and vendor say of an order later: changes and confirmations (domain 5.3)."""
