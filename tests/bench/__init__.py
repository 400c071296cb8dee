"""What the product does in a second, beside what this machine can do; `python -m tests.bench`."""
