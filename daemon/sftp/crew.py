"""Many flows over one wire: each is the work on one file, and none waits for another's replies."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from daemon.sftp.protocol import Reply, Request

if TYPE_CHECKING:
    from daemon.sftp.wire import Wire

T = TypeVar("T")
Flow = Generator[Iterable[Request], list[Reply], T]
"""The work on one file: yields requests that go out together, gets their replies in that order."""


@dataclass(slots=True)
class _Walk(Generic[T]):
    """One flow on its way."""

    number: int
    flow: Flow[T]
    requests: Iterator[Request] = field(default_factory=lambda: iter(()))
    replies: dict[int, Reply] = field(default_factory=dict)
    asked: int = 0
    is_spent: bool = True
    is_begun: bool = False


class Crew(Generic[T]):
    """Keeps a wire full with the requests of many flows."""

    def __init__(self, wire: Wire, flows: Iterator[Flow[T]]) -> None:
        self._wire = wire
        self._waiting = enumerate(flows)
        self._live = 0
        self._ready: deque[_Walk[T]] = deque()
        self._results: dict[int, T] = {}

    def results(self) -> list[T]:
        """Walk through all flows; return their results in order."""
        while self._fill() or self._wire.in_flight:
            if self._wire.in_flight:
                self._wire.pump()
        return [self._results[number] for number in sorted(self._results)]

    def _fill(self) -> bool:
        """Post as many requests as may be in flight; return whether any flow has more."""
        while self._wire.has_room:
            if self._ready:
                self._post(self._ready[0])
            elif (
                self._live < self._wire.pace.files
                and (new := next(self._waiting, None)) is not None
            ):
                self._live += 1
                self._advance(_Walk(*new))
            else:
                break
        return bool(self._ready)

    def _post(self, walk: _Walk[T]) -> None:
        request = next(walk.requests, None)
        if request is None:
            self._ready.popleft()
            walk.is_spent = True
            if len(walk.replies) == walk.asked:
                self._advance(walk)
            return
        slot, walk.asked = walk.asked, walk.asked + 1

        def take(reply: Reply) -> None:
            walk.replies[slot] = reply
            if walk.is_spent and len(walk.replies) == walk.asked:
                self._advance(walk)

        self._wire.post(request, take)

    def _advance(self, walk: _Walk[T]) -> None:
        """Give a flow its replies, and take its next requests or its result."""
        replies = [walk.replies[slot] for slot in range(walk.asked)]
        try:
            requests = walk.flow.send(replies) if walk.is_begun else next(walk.flow)
        except StopIteration as end:
            self._results[walk.number] = end.value
            self._live -= 1
            return
        walk.requests, walk.replies, walk.asked = iter(requests), {}, 0
        walk.is_spent, walk.is_begun = False, True
        self._ready.append(walk)
