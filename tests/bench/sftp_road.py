"""A port that leads to another one with travel time in between, in a process of its own."""

from __future__ import annotations

import sys

from tests.sftp.proxies import Delay, using


def main() -> None:
    """Print the port that leads to the port of the first argument; end with standard input.

    The second argument is the travel time there and back, in milliseconds.
    """
    with using(Delay(int(sys.argv[1]), float(sys.argv[2]) / 2e3)) as road:
        sys.stdout.write(f"{road.port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
