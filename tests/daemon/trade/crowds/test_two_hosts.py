"""Two hosts sell one stock over one PostgreSQL, and each delivers to its own partners alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.daemon.trade.crowds import crowd, hosts
from tests.postgres import binaries

CHECKOUT = Path(__file__).resolve().parents[4]


def why_not() -> str | None:
    """Return why one machine can't be two hosts here."""
    if os.geteuid() != 0:
        return "only root can give a process a network of its own"
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return "unshare or ip is not installed (Debian: util-linux, iproute2)"
    if binaries() is None:
        return "no PostgreSQL server here (Debian: apt install postgresql)"
    tried = subprocess.run(
        ["unshare", "-nm", "ip", "link", "add", "k2kd-a", "type", "veth", "peer", "name", "k2kd-b"],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"no network of its own here: {tried.stderr.strip()}" if tried.returncode else None


@pytest.fixture(scope="module")
def played() -> Mapping[str, Any]:
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    done = subprocess.run(
        ["unshare", "--net", "--mount", sys.executable, "-m", hosts.__name__],
        capture_output=True,
        text=True,
        check=False,
        cwd=CHECKOUT,
        timeout=hosts.WAIT_S,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def test_each_host_has_its_own_name_address_and_site(played: Mapping[str, Any]) -> None:
    for host in hosts.HOSTS:
        where, *inboxes, end, errors = played["said"][host.name]
        assert where.split() == [host.name, host.address]
        assert sorted(inboxes) == sorted(host.serves)
        assert end == "ended 0", errors


def test_hosts_sell_what_was_published_and_no_box_twice(played: Mapping[str, Any]) -> None:
    """K-40 and edge case 1 of domain 4.8; every refused order was told what was left."""
    assert played["problems"] == []
    assert sum(played["lines"].values()) > len(crowd.BUYERS) * hosts.ORDERS
    assert min(played["lines"][state] for state in ("accepted", "cut", "refused")) > 0
    assert played["sold"] <= played["published"]


def test_hosts_work_at_the_same_time(played: Mapping[str, Any]) -> None:
    # One host after the other would give way once; a host's own buyers are as one here.
    hosts_in_turn = [host for host, _ in groupby(played["turns"])]
    assert len(hosts_in_turn) > len(hosts.HOSTS)


def test_each_order_is_answered_once_on_the_host_of_its_buyer(played: Mapping[str, Any]) -> None:
    for host in hosts.HOSTS:
        own = dict.fromkeys(set(host.serves) - {crowd.VENDOR}, hosts.ORDERS)
        assert played["outboxes"][host.name] == own
