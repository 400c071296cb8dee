"""Stock on sale: published by vendors, taken by buyers, never below zero (domain 4.3)."""
