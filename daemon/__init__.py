"""The k2kd service: everything that touches disk, network, clock or database."""

VERSION = "0.1.0"
