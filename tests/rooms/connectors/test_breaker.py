"""The breaker by itself: when it opens, who may try, what closes it."""

from __future__ import annotations

from servicehall.rooms.connectors.breaker import Breaker

REST = 10.0


def opened() -> Breaker:
    one = Breaker()
    for moment in (1.0, 2.0, 3.0):
        assert one.wait(moment, rest=REST) == 0
        one.failed(moment, limit=3)
    return one


def test_it_opens_after_so_many_faults_one_after_another() -> None:
    one = Breaker()
    for _ in range(5):
        one.failed(1.0, limit=3)
        one.failed(1.0, limit=3)
        one.went_well()
    assert one.state(1.0, rest=REST) == "closed"
    assert opened().state(4.0, rest=REST) == "open"
    assert opened().wait(4.0, rest=REST) == 9.0


def test_after_the_rest_one_tries_and_the_others_wait() -> None:
    one = opened()
    assert one.state(13.5, rest=REST) == "half-open"
    assert one.wait(13.5, rest=REST) == 0
    assert one.wait(13.6, rest=REST) > 0
    one.failed(14.0, limit=3)
    assert one.wait(14.1, rest=REST) > 9


def test_a_trial_that_goes_well_closes_it() -> None:
    one = opened()
    one.wait(13.5, rest=REST)
    one.went_well()
    assert one.state(13.6, rest=REST) == "closed"
    one.failed(14.0, limit=3)
    assert one.wait(14.1, rest=REST) == 0


def test_a_trial_that_was_never_sent_lets_the_next_one_try() -> None:
    one = opened()
    one.wait(13.5, rest=REST)
    one.said_nothing()
    assert one.wait(13.6, rest=REST) == 0


def test_a_trial_that_nobody_hears_of_again_does_not_close_the_door_for_ever() -> None:
    one = opened()
    one.wait(13.5, rest=REST)
    assert one.wait(80.0, rest=REST) == 0
