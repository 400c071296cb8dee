"""Keep what was worked out for things that come again: a file repeats itself."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


_SLOTS = 4096


class Kept(dict[Key, Value]):
    """Values by key. What came once is known by its hash only, and kept when it comes again.

    Most keys of some files never come again; to hold them would cost more than it saves. It never
    holds more than `most`: then it is emptied and fills again. A key that isn't `short` is never
    held, where that is given.
    """

    def __init__(self, most: int, short: Callable[[Key], bool] | None = None) -> None:
        super().__init__()
        self._most = most
        self._short = short
        self._once = array("q", bytes(8 * _SLOTS))

    def keep(self, key: Key, value: Value) -> None:
        """Hold `value` for `key` if the key was given not long before."""
        code = hash(key)
        slot = code % _SLOTS
        if self._once[slot] != code:
            self._once[slot] = code
            return
        if self._short is not None and not self._short(key):
            return
        if len(self) >= self._most:
            self.clear()
        self[key] = value
