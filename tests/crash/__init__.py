"""Crash tests: killed anywhere, or its power cut, the daemon loses nothing and doubles nothing."""
