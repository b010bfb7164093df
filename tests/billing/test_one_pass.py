"""Over the same work there is one pass at a time, and without Redis there is no hindrance."""

from __future__ import annotations

from billing.one_pass import one_pass
from tests.infrastructure.valkey import ValkeyServer


def test_a_second_pass_is_turned_away_until_the_first_has_ended() -> None:
    with one_pass("letters", seconds=60) as first, one_pass("letters", seconds=60) as second:
        with one_pass("others", seconds=60) as other:
            assert (first, second, other) == (True, False, True)
        with one_pass("letters", seconds=60) as third:
            assert not third

    with one_pass("letters", seconds=60) as after:
        assert after


def test_a_pass_that_died_holds_nobody_up_for_longer_than_it_could_have_taken(valkey: ValkeyServer) -> None:
    dead = one_pass("letters", seconds=60)
    dead.__enter__()

    (key,) = valkey.client().keys("*pass:letters")
    assert 50_000 < valkey.client().pttl(key) <= 60_000


def test_without_redis_every_pass_goes(valkey: ValkeyServer) -> None:
    valkey.stop()

    with one_pass("letters", seconds=60) as first, one_pass("letters", seconds=60) as second:
        assert first
        assert second
