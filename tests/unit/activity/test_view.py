"""What each key does to the live screen."""

from __future__ import annotations

import pytest

from dbtrack.activity.view import Command, Question, View, press


def _after(*keys: str, count: int = 5) -> tuple[View, Command]:
    view, command = View(), Command.NONE
    for key in keys:
        view, command = press(view, key, count)
    return view, command


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (("down",), 1),
        (("j", "j", "k"), 1),
        (("up",), 0),
        (("end",), 4),
        (("page down",), 4),
        (("end", "home"), 0),
    ],
)
def test_the_choice_stays_inside_the_list(keys: tuple[str, ...], chosen: int) -> None:
    assert _after(*keys)[0].chosen == chosen


def test_nothing_can_be_chosen_in_an_empty_list() -> None:
    assert _after("down", "end", count=0)[0].chosen == 0


def test_a_filter_is_typed_changed_and_taken_away() -> None:
    view, command = _after("/", "d", "u", "x", "backspace", "enter")
    assert (view.filters.grep, view.question, command) == ("du", None, Command.REFRESH)
    view, _ = press(view, "/", 5)
    assert (view.question, view.typed) == (Question.GREP, "du")
    view, _ = press(press(view, "kill line", 5)[0], "enter", 5)
    assert view.filters.grep is None


def test_while_something_is_typed_a_key_is_only_a_letter() -> None:
    view, command = _after("u", "q", "p")
    assert (view.typed, view.is_paused, command) == ("qp", False, Command.NONE)
    assert press(view, "interrupt", 5)[0].question is None


@pytest.mark.parametrize(
    ("typed", "seconds"), [("5", 5.0), ("0.01", 0.5), ("1e9", 3600.0), ("nan", 0.5), ("soon", 2.0)]
)
def test_the_interval_is_a_number_within_limits(typed: str, seconds: float) -> None:
    view, _ = _after("s", "kill line", *typed, "enter")
    assert view.seconds == seconds
    assert bool(view.notice) == (typed == "soon")


def test_escape_closes_what_is_open_before_it_takes_the_filters_away() -> None:
    view, _ = _after("f", "enter", "escape")
    assert (view.is_open, view.filters.failed) == (False, True)
    view, command = press(view, "escape", 5)
    assert (view.filters.failed, command) == (False, Command.REFRESH)


@pytest.mark.parametrize("key", ["q", "interrupt", "closed"])
def test_it_can_be_quit(key: str) -> None:
    assert _after(key)[1] is Command.QUIT
    assert _after("p", "p", "enter", "unknown")[1] is Command.NONE
