"""Which partner works alone: one at whose work the posting process was lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Apart:
    """Lets a partner at whose work the process was lost work alone until that went well.

    Nobody knows which of the files at work it was. Beside one that ends the process each time,
    another partner's would soon look as if it did so, too.
    """

    suspects: set[str] = field(default_factory=set)
    _at_work: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _door: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at_work(self, partner: str) -> Iterator[None]:
        """Wait until `partner` may work, and let it while inside."""
        with ExitStack() as door:
            door.enter_context(self._door)
            with self._changed:
                if partner in self.suspects:
                    self._changed.wait_for(lambda: not self._at_work)
                else:
                    door.close()
                self._at_work += 1
            try:
                yield
            finally:
                with self._changed:
                    self._at_work -= 1
                    self._changed.notify()
