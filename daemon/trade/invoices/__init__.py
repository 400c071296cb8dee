"""Vendors' invoices: matched against what was ordered and shipped, and approved by their buyers."""
