"""By which code a PostgreSQL server refuses us, whatever language it speaks.

Libpq keeps the SQLSTATE of a connection that failed to itself; only its trace of the protocol shows
it. So the same connection is tried once more, traced into memory, and the server's word is read
there. Where there is no such trace (another system than Linux, libpq before 18) nothing is known.
"""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from psycopg import Error, NotSupportedError, pq
from psycopg.conninfo import make_conninfo

TRY_S = 5.0
UNPROVEN = "28P01"
"""SQLSTATE of a wrong password; stands, too, for one that is asked for and that we haven't got."""
_TRACE_BYTES = 1 << 20
_SAID = re.compile(rb'^B\t\S+\tErrorResponse\t.*? C "([0-9A-Z]{5})"', re.MULTILINE)


def refusal_codes(parameters: Mapping[str, object]) -> tuple[str | None, ...]:
    """Return what each server of an address says to us: its SQLSTATE.

    None stands for one that lets us in, isn't there, doesn't answer, or can't be heard.
    `parameters` are those of libpq; hosts are separated by commas, as there.
    """
    return tuple(_code(each) for each in _each_host(parameters))


def _each_host(parameters: Mapping[str, object]) -> Iterator[dict[str, object]]:
    hosts = str(parameters.get("host") or "").split(",")
    ports = str(parameters.get("port") or "").split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    for host, port in zip(hosts, ports, strict=False):
        own = {"host": host, "port": port}
        yield {**parameters, **{name: value or None for name, value in own.items()}}


def _code(parameters: Mapping[str, object]) -> str | None:
    if not hasattr(os, "memfd_create"):
        return None
    try:
        given = {name: str(value) for name, value in parameters.items() if value is not None}
        connection = pq.PGconn.connect_start(make_conninfo(**given).encode())
    except Error:
        return None
    # Never on a disk: the trace holds what we answer, too.
    trace = os.memfd_create("k2kd-refusal")
    try:
        with suppress(NotSupportedError):
            connection.trace(trace)
            connection.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
            _finish(connection, time.monotonic() + TRY_S)
            connection.untrace()
        if connection.needs_password:
            return UNPROVEN
        said = _SAID.findall(os.pread(trace, _TRACE_BYTES, 0))
        is_refused = connection.status == pq.ConnStatus.BAD and said
        return said[-1].decode("ascii") if is_refused else None
    except (Error, OSError):
        return None
    finally:
        connection.finish()
        os.close(trace)


def _finish(connection: pq.abc.PGconn, until: float) -> None:
    """Let a connection come to be, or fail; give up at `until`."""
    wants = int(pq.PollingStatus.WRITING)
    while connection.status != pq.ConnStatus.BAD and (left := until - time.monotonic()) > 0:
        reads = [connection.socket] if wants == pq.PollingStatus.READING else []
        writes = [connection.socket] if wants == pq.PollingStatus.WRITING else []
        if not any(select.select(reads, writes, [], left)):
            return
        wants = connection.connect_poll()
        if wants in (pq.PollingStatus.OK, pq.PollingStatus.FAILED):
            return
