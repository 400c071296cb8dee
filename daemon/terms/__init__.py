"""What two companies agreed on, as an admin writes it into `k2kd.toml`."""
