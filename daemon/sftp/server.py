"""The embedded SFTP server: partners put files into their inboxes and collect their answers.

It knows when an upload is whole, because the client says so, and publishes it only then. It is for
trying out and for small sites; OpenSSH is the hardened door. A port that is taken is tried again;
the rest of the daemon runs on meanwhile.
"""

from __future__ import annotations

import logging
import queue
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from daemon import safefile
from daemon.clock import Clock
from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level, Say
from daemon.safefile import Identity
from daemon.sftp import server_keys
from daemon.sftp.guard import Damped, Guard
from daemon.sftp.jail import Jail
from daemon.sftp.server_keys import Trial
from daemon.sftp.server_login import Doorkeeper
from daemon.sftp.server_session import LOG_CHANNEL, House, Places, Session
from daemon.sftp.server_socket import BoundedSocket
from daemon.sftp.server_uploads import Uploads

TICK_S = 0.2
RETRY_S = 5.0
SWEEP_S = 3600.0
STOP_S = 5.0
BACKLOG = 64
_STATE_MODE = 0o700


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A configuration that was read again, on its way to the server's thread."""

    site: Configuration
    trial: Trial | None
    taken: threading.Event = field(default_factory=threading.Event)


class SftpDoor:
    """The server of one site. `start` may raise SiteError or FileFault; nothing runs then."""

    def __init__(
        self,
        site: Configuration,
        clock: Clock,
        say: Say,
        *,
        on_closed: Callable[[Identity], None] = lambda _identity: None,
    ) -> None:
        """`on_closed` hears of each file that a client closed whole, before it has its name."""
        self._site = site
        self._settings = site.sftp_server
        self._clock = clock
        self._say = say
        self._on_closed = on_closed
        self._damped = Damped(say, clock)
        self._guard = Guard(self._settings, clock, say)
        self._places = Places(self._settings.sessions_per_partner)
        self._uploads = {partner.name: self._new_uploads(partner.name) for partner in site.partner}
        self._fresh: queue.SimpleQueue[_Fresh] = queue.SimpleQueue()
        self._house: House | None = None
        self._trial: Trial | None = None
        self._listener: socket.socket | None = None
        self._sessions: dict[int, Session] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sftp", daemon=True)
        self._beat = clock.monotonic()
        self._has_failed = False
        self._next_sweep = 0.0

    def start(self) -> None:
        """Make the keys that are missing, listen and serve, in threads of its own."""
        _silence_library()
        folder_path = self._site.state / server_keys.FOLDER
        safefile.make_directories(folder_path, _STATE_MODE)
        with safefile.open_directory(folder_path) as folder:
            keys = server_keys.host_keys(folder)
            self._trial = server_keys.trial(self._site, folder)
        self._tell_unusable(self._site)
        known = server_keys.credentials(self._site, self._trial)
        self._house = House(
            self._site,
            self._clock,
            self._say,
            self._damped,
            self._guard,
            Doorkeeper(known),
            keys,
            self._uploads,
            self._places,
        )
        self._listen(keys[0].fingerprint)
        self._thread.start()

    def reload(self, site: Configuration) -> None:
        """Go by `site` from here on. Sessions go on, but for those of partners who are gone, or
        whose key or password no longer opens the door. Raises FileFault; nothing has changed then.
        """
        with safefile.open_directory(site.state / server_keys.FOLDER) as folder:
            fresh = _Fresh(site, server_keys.trial(site, folder))
        self._tell_unusable(site)
        self._fresh.put(fresh)
        # Taken by the thread that has listener and sessions, so that nothing else need wait.
        fresh.taken.wait(STOP_S)

    def stop(self) -> None:
        """Take no more, end every session and see to what it had open."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        if self._listener is not None:
            self._listener.close()
        sessions = list(self._sessions.values())
        for session in sessions:
            session.end("the server stops")
        for session in sessions:
            session.join(STOP_S)
        self._clear(self._clock.monotonic())
        self._damped.flush(is_last=True)

    @property
    def port(self) -> int:
        """The port listened on; the configured one while there is none."""
        if self._listener is None:
            return self._settings.port
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def sessions(self) -> int:
        """How many connections there are, logged in or not."""
        return len(self._sessions)

    def slowest_s(self) -> float:
        """Return how long ago the server moved."""
        return self._clock.monotonic() - self._beat

    def _new_uploads(self, partner: str) -> Uploads:
        jail = Jail(self._site, partner, self._clock)
        return Uploads(self._site, jail, self._clock, self._say, on_closed=self._on_closed)

    def _tell_unusable(self, site: Configuration) -> None:
        for partner in site.partner:
            for problem in server_keys.problems(partner.login) if partner.login else ():
                self._say("login_unusable", level=Level.WARNING, partner=partner.name, why=problem)

    def _obey(self, fresh: _Fresh) -> None:
        """Take a configuration that was read again, in the server's own thread."""
        before, house = self._site, self._house
        if house is None:
            return
        site = self._site = house.site = fresh.site
        was_at = self._settings.address, self._settings.port
        self._settings = self._guard.settings = site.sftp_server
        self._places.most_sessions = self._settings.sessions_per_partner
        self._trial = fresh.trial
        moved = {p.name for p in site.partner if _boxes(before, p.name) != _boxes(site, p.name)}
        self._uploads = house.uploads = {
            partner.name: self._uploads[partner.name]
            if partner.name in self._uploads and partner.name not in moved
            else self._new_uploads(partner.name)
            for partner in site.partner
        }
        for uploads in self._uploads.values():
            uploads.obey(site)
        house.doorkeeper.learn(server_keys.credentials(site, fresh.trial))
        for session in self._sessions.values():
            session.judge_anew(moved)
        if was_at != (self._settings.address, self._settings.port):
            self._listen_elsewhere(house.host_keys[0].fingerprint)

    def _listen_elsewhere(self, fingerprint: str) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._has_failed = False
        self._listen(fingerprint)

    def _listen(self, fingerprint: str) -> None:
        address, port = self._settings.address, self._settings.port
        try:
            listener = _listening(address, port)
        except OSError as error:
            if not self._has_failed:
                self._has_failed = True
                self._say("sftp_failed", address=address, port=port, error=error, retry_s=RETRY_S)
            return
        listener.settimeout(TICK_S)
        self._listener = listener
        self._has_failed = False
        self._say(
            "sftp_ready",
            address=address,
            port=self.port,
            host_key=fingerprint,
            advice=self._advice(),
        )

    def _advice(self) -> str:
        if self._trial is None:
            return "partners log in under their names, with the keys of their login sections"
        host = self._settings.address
        login = f"sftp -P {self.port} -i {self._trial.path} {self._trial.partner}@{host}"
        return f"try it: {login}, then: put FILE inbox/"

    def _run(self) -> None:
        ticked = retried = self._clock.monotonic()
        while not self._stopping.is_set():
            now = self._beat = self._clock.monotonic()
            if self._listener is not None:
                self._accept(self._listener)
            else:
                self._stopping.wait(TICK_S)
                if now - retried >= RETRY_S and self._house is not None:
                    retried = now
                    self._listen(self._house.host_keys[0].fingerprint)
            with suppress(queue.Empty):
                fresh = self._fresh.get_nowait()
                self._obey(fresh)
                fresh.taken.set()
            if now - ticked >= TICK_S:
                ticked = now
                self._tick(now)

    def _accept(self, listener: socket.socket) -> None:
        try:
            accepted, (address, *_) = listener.accept()
        except TimeoutError:
            return
        except OSError as error:
            # Out of descriptors, or the peer is gone already; the next one may fare better.
            self._damped("sftp_fault", "accept", error=error)
            self._stopping.wait(TICK_S)
            return
        reason = self._refusal(address)
        if reason is None:
            self._begin(accepted, address)
            return
        self._damped("session_refused", f"{address} {reason}", address=address, reason=reason)
        with accepted, suppress(OSError):
            accepted.settimeout(0)
            accepted.send(b"refused, come again later\r\n")

    def _refusal(self, address: str) -> str | None:
        if len(self._sessions) >= self._settings.sessions:
            self._clear(self._clock.monotonic())
            if len(self._sessions) >= self._settings.sessions:
                return "all sessions are taken"
        return self._guard.knock(address)

    def _begin(self, accepted: socket.socket, address: str) -> None:
        if self._house is None:
            accepted.close()
            return
        with suppress(OSError):
            # On macOS a peer that is gone already makes this fail; the session finds out.
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = BoundedSocket.of(accepted)
        session = Session(self._house, line, address)
        try:
            session.start()
        except RuntimeError as error:
            # The system gives no more threads.
            self._damped("sftp_fault", "thread", error=error)
            self._guard.settled(address, is_logged_in=False)
            line.close()
            line.release()
            return
        self._sessions[session.number] = session

    def _tick(self, now: float) -> None:
        self._clear(now)
        self._damped.flush()
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_S
            self._sweep()

    def _clear(self, now: float) -> None:
        over = [number for number, session in self._sessions.items() if session.look(now)]
        for number in over:
            del self._sessions[number]

    def _sweep(self) -> None:
        for partner, uploads in self._uploads.items():
            try:
                removed = uploads.sweep()
            except EnvironmentFault as fault:
                self._damped("sftp_fault", partner, partner=partner, error=fault)
                continue
            if removed:
                self._say("uploads_swept", partner=partner, files=removed)


def _listening(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def _boxes(site: Configuration, partner: str) -> tuple[Path, Path]:
    return site.inbox(partner), site.outbox(partner)


def _silence_library() -> None:
    """Keep the library's own log lines, which quote whatever a peer sends, out of everything."""
    logger = logging.getLogger(LOG_CHANNEL)
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
