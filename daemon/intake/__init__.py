"""Intake: dropped files become claims, durably, whole and in order; until then they stay put."""
