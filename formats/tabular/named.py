"""Values by name, read one by one; what can't be read is refused at its place, and no more."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, TypeVar

from formats.text import has_controls

_Value = TypeVar("_Value")


class NamedValues(ABC):
    """What a row or a record says; `is_bad` once any of it was refused."""

    is_bad: bool = False
    empty: ClassVar[str] = "a value is expected"
    """What is said where a required value is empty."""

    @abstractmethod
    def raw(self, name: str) -> str:
        """Return a value as it stands, empty where nothing does."""

    @abstractmethod
    def fail(self, name: str, expected: str) -> None:
        """Refuse a value; `expected` begins its sentence."""

    def text(self, name: str, *, longest: int, required: bool = False) -> str | None:
        """Return a text of at most `longest` characters, none of them a control character."""

        def read(text: str) -> str:
            if len(text) > longest:
                raise ValueError(f"at most {longest} characters are expected")
            if has_controls(text):
                raise ValueError("text without control characters is expected")
            return text

        return self.value(name, read, required=required)

    def value(
        self, name: str, read: Callable[[str], _Value], *, required: bool = False
    ) -> _Value | None:
        """Return what `read` makes of a value; its ValueError says what is expected."""
        text = self.raw(name)
        if not text:
            if required:
                self.fail(name, self.empty)
            return None
        try:
            return read(text)
        except ValueError as error:
            self.fail(name, str(error))
            return None
