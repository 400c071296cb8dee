"""The ledger: every query and every state change of the site's books, on SQLite or PostgreSQL."""
