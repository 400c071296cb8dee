"""Takes a partner on: its section of k2kd.toml, its folders and account, its keys, its pack.

Nothing here runs while files are exchanged; what the daemon needs is in k2kd.toml afterwards.
"""
