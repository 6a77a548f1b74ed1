"""A wait for a server ends in time, and a signal shortens it."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from dbtrack.errors import NoConnectionError
from dbtrack.wrapper import time_limit as module
from dbtrack.wrapper.time_limit import time_limit
from dbtrack.wrapper.wait_for_program import INTERRUPTIONS, signals_blocked


def send(number: int) -> None:
    # To this thread: another one of the process, as of pytest-xdist, has not held the signal back.
    signal.pthread_kill(threading.get_ident(), number)


def wait(number: int | None = None) -> None:
    if number is not None:
        send(number)
    time.sleep(60)


def test_what_takes_too_long_is_given_up_and_the_alarm_as_it_was() -> None:
    handler = signal.getsignal(signal.SIGALRM)
    with pytest.raises(NoConnectionError, match="the server did not answer within"), time_limit(0.05):
        wait()
    assert signal.getsignal(signal.SIGALRM) == handler


def test_an_alarm_that_is_lost_is_raised_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REPEATED_SECONDS", 0.05)

    def lose_one() -> None:
        try:
            wait()
        except BaseException:  # noqa: BLE001 - as Python drops it while it collects garbage
            wait()

    with pytest.raises(NoConnectionError), time_limit(0.05):
        lose_one()


def test_what_is_done_in_time_is_left_alone() -> None:
    with time_limit(60):
        done = True
    assert done


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_was_held_back_shortens_the_wait(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SECONDS_AFTER_SIGNAL", 0.05)
    with (
        signals_blocked(),
        pytest.raises(NoConnectionError, match=f"did not answer after {number.name}"),
        time_limit(60, shortened_by=INTERRUPTIONS),
    ):
        wait(number)


def test_a_signal_that_came_before_the_wait_shortens_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SECONDS_AFTER_SIGNAL", 0.05)
    with signals_blocked():
        send(signal.SIGTERM)
        with pytest.raises(NoConnectionError), time_limit(60, shortened_by=INTERRUPTIONS):
            wait()
