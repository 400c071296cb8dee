"""One functional group (UNG to UNE) while it is walked through, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from formats.edifact.header import fault
from formats.edifact.segments import Tagged, is_number
from formats.edifact.spans import Elements, Fault, Group, MessageSpan, MessageSpans
from formats.findings import Where


@dataclass(slots=True)
class GroupDraft:
    """A group, or with `header` None all messages of an interchange that has no groups."""

    header: Tagged | None
    start: int
    read_header: Callable[[int], Elements]
    codes: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    messages: MessageSpans = field(init=False)

    def __post_init__(self) -> None:
        self.messages = MessageSpans(self.read_header)

    @property
    def is_explicit(self) -> bool:
        return self.header is not None

    def add(self, header: Tagged, span: MessageSpan) -> None:
        """Add the next message, whose UNH is `header`."""
        self.messages.append(span)
        self.codes.add(span.code)
        if self.header is not None and len(self.codes) > 1:
            named = " and ".join(sorted(self.codes)[:2])
            sentence = f"the group has messages of more than one type ({named}); part them"
            if not any(each.code == "31" for each in self.faults):
                self.faults.append(fault("31", header, 2, sentence))

    def result(self, trailer: Tagged | None, end: int) -> Group:
        """Return the group, ended by its UNE or, where that is missing, at `end`."""
        header = self.header
        if header is None:
            return Group((), self.start, end, self.messages, frozenset(self.codes))
        control = header.text(5)
        if not control:
            self.faults.append(fault("13", header, 5, "the group reference is missing; send one"))
        if not len(self.messages):
            self.faults.append(fault("32", header, None, "there is no message in the group"))
        if trailer is None:
            sentence = "the group has no UNE; end every group with one"
            place = Where("UNE", byte=end)
            self.faults.append(fault("13", header, None, sentence, segment="UNE", place=place))
        else:
            self._check_trailer(trailer, control)
        codes, faults = frozenset(self.codes), tuple(self.faults)
        return Group(header.elements, self.start, end, self.messages, codes, faults)

    def _check_trailer(self, trailer: Tagged, control: str) -> None:
        declared, repeated = trailer.text(1), trailer.text(2)
        counted = len(self.messages)
        if not is_number(declared, counted):
            said = declared[:20] or "nothing"
            sentence = f"UNE says {said}, {counted} messages were counted; correct the count"
            self.faults.append(fault("29", trailer, 1, sentence))
        if repeated != control:
            sentence = f"UNE says {repeated[:20] or 'nothing'}, UNG says {control[:20]}"
            self.faults.append(fault("28", trailer, 2, f"{sentence}; send the same reference"))
