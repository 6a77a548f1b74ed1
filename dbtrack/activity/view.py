"""The state of the live screen, and what each key does to it; nothing here reads or draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from math import isnan

from dbtrack.activity.snapshot import Filters

SHORTEST_SECONDS, LONGEST_SECONDS = 0.5, 3600.0
_PAGE = 10


class Command(Enum):
    """What the program has to do after a key."""

    NONE = "none"
    QUIT = "quit"
    REFRESH = "refresh"  # read again, as the filters changed
    COPY = "copy"
    SHOW = "show"
    DIFF = "diff"


class Question(Enum):
    """What is typed on the last line."""

    GREP = "grep"
    USER = "user"
    OBJECT = "object"
    TENANT = "tenant"
    SECONDS = "every how many seconds"


@dataclass(frozen=True)
class View:
    """What is chosen and typed.

    Args:
        chosen: which line under LATELY, from 0.
        is_open: whether its details are shown.
        tenant: the words for the tenant of the filters.
        typed: the answer so far, if a question is open.
        notice: one line for the person, until the next key.
    """

    seconds: float = 2.0
    filters: Filters = field(default_factory=Filters)
    tenant: str | None = None
    chosen: int = 0
    is_open: bool = False
    is_paused: bool = False
    has_help: bool = False
    question: Question | None = None
    typed: str = ""
    notice: str = ""


Step = tuple[View, Command]


def press(view: View, key: str, count: int) -> Step:
    """Return the state after a key, and what is to be done.

    Args:
        key: as `Keyboard.read` names it.
        count: how many lines there are to choose from.
    """
    if view.question is not None:
        return _type(view, key)
    if key in {"q", "interrupt", "closed"}:
        return view, Command.QUIT
    view = replace(view, notice="")
    if key in _MOVES:
        chosen = max(min(_MOVES[key](view.chosen, count), count - 1), 0)
        return replace(view, chosen=chosen), Command.NONE
    if key in _QUESTIONS:
        return replace(view, question=_QUESTIONS[key], typed=_answer_now(view, _QUESTIONS[key])), Command.NONE
    return _ACTIONS[key](view) if key in _ACTIONS else (view, Command.NONE)


_MOVES: dict[str, Callable[[int, int], int]] = {
    "up": lambda chosen, _count: chosen - 1,
    "k": lambda chosen, _count: chosen - 1,
    "down": lambda chosen, _count: chosen + 1,
    "j": lambda chosen, _count: chosen + 1,
    "page up": lambda chosen, _count: chosen - _PAGE,
    "page down": lambda chosen, _count: chosen + _PAGE,
    "home": lambda _chosen, _count: 0,
    "end": lambda _chosen, count: count - 1,
}
_QUESTIONS = {
    "/": Question.GREP,
    "u": Question.USER,
    "o": Question.OBJECT,
    "t": Question.TENANT,
    "s": Question.SECONDS,
}


def _pause(view: View) -> Step:
    return replace(view, is_paused=not view.is_paused), Command.NONE


def _only_failed(view: View) -> Step:
    filters = replace(view.filters, failed=not view.filters.failed)
    return replace(view, filters=filters, chosen=0), Command.REFRESH


def _open(view: View) -> Step:
    return replace(view, is_open=not view.is_open), Command.SHOW


def _escape(view: View) -> Step:
    """Close what is open; else take the filters away."""
    if view.has_help or view.is_open:
        return replace(view, has_help=False, is_open=False), Command.NONE
    return replace(view, filters=Filters(tenant=view.filters.tenant), chosen=0), Command.REFRESH


def _faster(factor: float) -> Callable[[View], Step]:
    def change(view: View) -> Step:
        return replace(view, seconds=_limited(view.seconds * factor)), Command.NONE

    return change


_ACTIONS: dict[str, Callable[[View], Step]] = {
    "p": _pause,
    " ": _pause,
    "f": _only_failed,
    "enter": _open,
    "escape": _escape,
    "y": lambda view: (view, Command.COPY),
    "d": lambda view: (view, Command.DIFF),
    "r": lambda view: (view, Command.REFRESH),
    "?": lambda view: (replace(view, has_help=not view.has_help), Command.NONE),
    "h": lambda view: (replace(view, has_help=not view.has_help), Command.NONE),
    "+": _faster(0.5),
    "-": _faster(2.0),
}


def _type(view: View, key: str) -> Step:
    if key in {"escape", "interrupt"}:
        return replace(view, question=None, typed=""), Command.NONE
    if key == "closed":
        return view, Command.QUIT
    if key == "enter":
        return _answer(view)
    if key == "backspace":
        return replace(view, typed=view.typed[:-1]), Command.NONE
    if key == "kill line":
        return replace(view, typed=""), Command.NONE
    return replace(view, typed=view.typed + key if len(key) == 1 else view.typed), Command.NONE


def _answer_now(view: View, question: Question) -> str:
    """Return what holds now, to be changed."""
    values = {
        Question.GREP: view.filters.grep,
        Question.USER: view.filters.user,
        Question.OBJECT: view.filters.object,
        Question.TENANT: view.tenant,
        Question.SECONDS: f"{view.seconds:g}",
    }
    return values[question] or ""


def _answer(view: View) -> Step:
    """Take over what was typed; nothing takes the filter away."""
    answer = view.typed.strip() or None
    done = replace(view, question=None, typed="", chosen=0)
    filters = view.filters
    match view.question:
        case Question.GREP:
            filters = replace(filters, grep=answer)
        case Question.USER:
            filters = replace(filters, user=answer)
        case Question.OBJECT:
            filters = replace(filters, object=answer)
        case Question.TENANT:
            return replace(done, tenant=answer), Command.REFRESH
        case Question.SECONDS:
            return _every(done, answer), Command.NONE
    return replace(done, filters=filters), Command.REFRESH


def _every(view: View, answer: str | None) -> View:
    try:
        return replace(view, seconds=_limited(float(answer or "")))
    except ValueError:
        return replace(view, notice=f"{answer or 'nothing'} is not a number of seconds")


def _limited(seconds: float) -> float:
    return SHORTEST_SECONDS if isnan(seconds) else min(max(seconds, SHORTEST_SECONDS), LONGEST_SECONDS)
