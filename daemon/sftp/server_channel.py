"""The SFTP subsystem of one channel: packets in, answers out, in a thread of its own.

A packet that makes no sense ends the channel. Whatever is open when the channel ends without its
CLOSE is abandoned.
"""

from __future__ import annotations

import threading
from typing import Protocol

import paramiko

from daemon.sftp import server_wire as wire
from daemon.sftp.server_requests import Requests, Seat
from daemon.sftp.server_wire import Malformed

READ_AT_ONCE = 256 << 10
SENT_AT_ONCE = 64 << 10


class Room(Seat, Protocol):
    """A session, which knows the threads of its channels."""

    def joined(self, subsystem: threading.Thread) -> None: ...

    def left(self, subsystem: threading.Thread) -> None: ...


class Subsystem(paramiko.SubsystemHandler):
    """What paramiko starts for a channel.

    It is a thread, by inheritance. A name of ours may be one that a thread of the next Python needs
    for itself, as `_handle` was in 3.13; so there are few here, and the requests stand apart.
    """

    def __init__(
        self, channel: paramiko.Channel, name: str, server: paramiko.ServerInterface, room: Room
    ) -> None:
        super().__init__(channel, name, server)
        self.room = room
        self.requests = Requests(room)
        room.joined(self)

    def start_subsystem(
        self, name: str, transport: paramiko.Transport, channel: paramiko.Channel
    ) -> None:
        """Answer until the client leaves."""
        try:
            self.serve(channel)
        except Malformed as error:
            self.requests.say_refused("session_refused", str(error))
        except (OSError, EOFError, paramiko.SSHException):
            # The line broke; `finish_subsystem` sees to what was open.
            return
        except BaseException as error:
            self.room.say("session_crashed", partner=self.room.partner, error=error)
            raise

    def serve(self, channel: paramiko.Channel) -> None:
        """Answer the packets of a channel until its other side ends it."""
        packets = wire.Packets()
        while arrived := channel.recv(READ_AT_ONCE):
            self.room.note_use()
            answers = bytearray()
            for fields in packets.feed(arrived):
                answers += self.requests.answer(fields)
                if len(answers) >= SENT_AT_ONCE:
                    channel.sendall(bytes(answers))
                    answers.clear()
                    self.room.note_use()
            if answers:
                channel.sendall(bytes(answers))
                self.room.note_use()

    def finish_subsystem(self) -> None:
        """Abandon what is open and close the channel."""
        try:
            self.requests.abandon()
            super().finish_subsystem()
        finally:
            self.room.left(self)
