"""What goods cost when they have landed: real charges in place of the estimates (K-69, W-05)."""
