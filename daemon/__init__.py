"""The k2kd service: everything that touches disk, network, clock or database."""
