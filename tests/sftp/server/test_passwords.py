"""Password hashes: what is kept, what matches, and what a guess costs."""

from __future__ import annotations

import time

import pytest

from daemon.errors import UsageError
from daemon.sftp.passwords import LONGEST, SHORTEST, STRONG, Cost, hash_password, is_usable, verify

CHEAP = Cost(n=1 << 10)
PASSWORD = "a long enough password"


def test_kept_text_matches_its_password_only() -> None:
    kept = hash_password(PASSWORD, CHEAP)
    assert verify(PASSWORD, kept)
    assert verify(PASSWORD.encode(), kept)
    assert not verify(PASSWORD + " ", kept)
    assert not verify("", kept)


def test_kept_text_shows_its_cost_and_never_the_password() -> None:
    kept = hash_password(PASSWORD, CHEAP)
    assert kept.startswith("scrypt$1024$8$3$")
    assert PASSWORD not in kept
    assert is_usable(kept)


def test_same_password_is_kept_differently_each_time() -> None:
    assert hash_password(PASSWORD, CHEAP) != hash_password(PASSWORD, CHEAP)


@pytest.mark.parametrize("length", [SHORTEST - 1, LONGEST + 1])
def test_password_of_unfit_length_is_refused(length: int) -> None:
    with pytest.raises(UsageError, match="characters"):
        hash_password("x" * length, CHEAP)


@pytest.mark.parametrize("length", [SHORTEST, LONGEST])
def test_password_of_the_least_and_most_length_works(length: int) -> None:
    assert verify("x" * length, hash_password("x" * length, CHEAP))


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "plain text",
        "scrypt$1024$8$3$c2FsdA==$aGFzaA==",
        "scrypt$1000$8$3$" + "A" * 24 + "$" + "A" * 44,
        "scrypt$99999999999$8$3$" + "A" * 24 + "$" + "A" * 44,
        "scrypt$-2$8$3$" + "A" * 24 + "$" + "A" * 44,
        "md5$1024$8$3$" + "A" * 24 + "$" + "A" * 44,
    ],
)
def test_text_that_is_no_hash_matches_nothing(kept: str) -> None:
    assert not is_usable(kept)
    assert not verify(PASSWORD, kept)


def test_name_without_password_costs_as_much_as_a_wrong_password() -> None:
    kept = hash_password(PASSWORD, STRONG)
    begun = time.thread_time()
    verify("wrong", kept)
    between = time.thread_time()
    verify("wrong", None)
    ended = time.thread_time()
    assert 0.3 < (ended - between) / (between - begun) < 3
