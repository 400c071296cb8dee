"""What must not be opened or copied is answered once and put aside, without looking inside."""

from __future__ import annotations

from errno import ENOENT

from daemon.eventlog import Say, safe
from daemon.intake.looks import Looks, Reason
from daemon.intake.names import REFUSED_FOLDER
from daemon.intake.scan import Seen
from daemon.ledger.claims import ArrivalBook, Refusal
from daemon.safefile import Directory, FileFault, Identity, Missing, inode, open_inside, rename

_MESSAGES = {
    Reason.SYMLINK: "{name} is a symbolic link, which is never followed. Upload the file itself.",
    Reason.SPECIAL: "{name} is no ordinary file but a pipe, socket or device. Upload a file.",
    Reason.FOLDER: "{name} is a folder, and folders are not read. Put its files into the inbox.",
    Reason.OVERSIZE: (
        "{name} has {size} bytes and at most {most} are taken. Split it, or ask the operator to "
        "raise the limit."
    ),
    Reason.HARD_LINK: (
        "{name} has a second name (a hard link), so others can change it. Upload a copy."
    ),
    Reason.UNREADABLE: (
        "{name} can't be read: its permissions shut the service out. Allow its group to read it; "
        "it is tried again."
    ),
}


class Refuser:
    """Answers and puts aside what a look refuses."""

    def __init__(self, book: ArrivalBook, say: Say, max_bytes: int) -> None:
        self._book = book
        self._say = say
        self._max_bytes = max_bytes

    def refuse(
        self, partner: str, folder: Directory, looks: Looks, seen: Seen, reason: Reason
    ) -> None:
        """Answer once, then move the entry out of the way; a folder stays.

        A crash in between refuses again and answers no more. What can't be moved is tried again at
        the next look. Raises EnvironmentFault when the answer can't be recorded.
        """
        is_first = not looks.is_answered(seen)
        self.answer(partner, looks, seen, reason)
        if reason is Reason.FOLDER:
            return
        try:
            put_aside(folder, seen)
        except Missing:
            pass
        except FileFault as error:
            if is_first:
                self._say("put_aside_failed", partner=partner, error=error)
            return
        looks.forget(seen.name)

    def answer(self, partner: str, looks: Looks, seen: Seen, reason: Reason) -> None:
        """Have the partner told what is wrong with `seen`, once for each state it is in."""
        if looks.is_answered(seen):
            return
        refused = refusal(partner, seen, reason, self._max_bytes)
        if self._book.refuse(refused):
            self._say("file_refused", partner=partner, name=seen.name, code=reason.value)
        # Only now: if the ledger was down, the next look must try again.
        looks.answered(seen)


def refusal(partner: str, seen: Seen, reason: Reason, max_bytes: int) -> Refusal:
    """Return the refusal of `seen`: a stable code and a sentence for the partner."""
    message = _MESSAGES[reason].format(
        name=safe(seen.name), size=seen.identity.size, most=max_bytes
    )
    return Refusal(partner, seen.name, _answered_identity(seen, reason), reason.value, message)


def _answered_identity(seen: Seen, reason: Reason) -> Identity:
    """Return the identity that is answered once; a folder changes with all that is put into it."""
    if reason is Reason.FOLDER:
        return Identity(seen.identity.dev, seen.identity.ino, 0, 0, 0)
    return seen.identity


def put_aside(folder: Directory, seen: Seen) -> str:
    """Move `seen` into the inbox's `.refused` folder and return the name it has there.

    A rename on the same volume: nothing is opened, copied or followed, whatever `seen` is. The new
    name is ours, since the partner's may be 255 bytes long. Raises FileFault; Missing if the name
    is gone or another file has taken it.
    """
    kept_as = f"{seen.identity.ctime_ns}-{seen.identity.ino}"
    with open_inside(folder, REFUSED_FOLDER) as aside:
        rename(folder, seen.name, aside, kept_as)
        if inode(aside, kept_as) != (seen.identity.dev, seen.identity.ino):
            # A good file may have replaced the refused one since it was listed: it goes back, and
            # the next look judges it. If the name is taken again, it stays aside.
            rename(aside, kept_as, folder, seen.name, may_replace=False)
            raise Missing(f"{folder.at(seen.name)} was replaced; it is looked at again", ENOENT)
    return kept_as
