"""Whether a stream takes colour, told without loading anything."""

from __future__ import annotations

import os
from typing import TextIO


def is_styled(stream: TextIO) -> bool:
    """Say whether `stream` is a terminal whose user wants colour (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
