"""Money: landed cost, price, currencies (domain 4.5, 4.6)."""
