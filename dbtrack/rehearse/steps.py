"""Put the statements of a log in order: which stayed, which failed, which were rolled back, and with what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from dbtrack.errors import UsageError
from dbtrack.predict.script import Statement, read_script
from dbtrack.rehearse.log import Sent

_BEGINS, _COMMITS, _ROLLS_BACK = {"BEGIN", "START"}, {"COMMIT", "END"}, {"ROLLBACK", "ABORT"}
_SAVEPOINTS = {"SAVEPOINT", "RELEASE"}


class State(Enum):
    """What became of a statement on the copy."""

    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"


@dataclass
class Step:
    """One statement as the migration ran it.

    Args:
        together: how many statements were sent at once; the duration is that of all of them.
        is_unreadable: its text cannot be read as SQL; `statement` is then all that was sent.
    """

    statement: Statement
    sent: Sent
    together: int = 1
    state: State = State.DONE
    is_unreadable: bool = False

    @property
    def session(self) -> str:
        """The session that ran it."""
        return self.sent.session


@dataclass
class Unit:
    """The statements of one transaction.

    Args:
        is_explicit: between BEGIN and COMMIT, or sent at once.
        is_aborted: an error has ended it.
    """

    session: str
    is_explicit: bool = False
    is_aborted: bool = False
    steps: list[Step] = field(default_factory=list)
    savepoints: list[tuple[str, int]] = field(default_factory=list)

    @property
    def kept(self) -> list[Step]:
        """What of it stayed."""
        return [step for step in self.steps if step.state is State.DONE]

    def roll_back(self, begin: int = 0) -> None:
        """Note that the statements from one on were rolled back."""
        for step in self.steps[begin:]:
            if step.state is State.DONE:
                step.state = State.ROLLED_BACK


def units_of(sent: Sequence[Sent]) -> list[Unit]:
    """Return the transactions in the order in which they ended; those that stayed open were rolled back."""
    reader = _Reader()
    for each in sent:
        reader.read(each)
    reader.end()
    return reader.units


class _Reader:
    def __init__(self) -> None:
        self.units: list[Unit] = []
        self._open: dict[str, Unit] = {}

    def read(self, sent: Sent) -> None:
        statements = list(_statements(sent))
        is_implicit = len(statements) > 1 and sent.session not in self._open
        if is_implicit and not any(_verb(step) in _BEGINS for step in statements):
            self._open[sent.session] = Unit(sent.session, is_explicit=True)
        else:
            is_implicit = False
        for step in statements:
            self._read_one(step, is_last=step is statements[-1])
        if is_implicit and sent.session in self._open:
            self._close(sent.session, is_kept=sent.error is None)

    def end(self) -> None:
        for session in list(self._open):
            self._close(session, is_kept=False)

    def _read_one(self, step: Step, *, is_last: bool) -> None:
        verb = _verb(step)
        if step.sent.error is not None:
            self._fail(step, is_last=is_last)
        elif verb in _BEGINS:
            self._open.setdefault(step.session, Unit(step.session, is_explicit=True))
        elif verb in _COMMITS | _ROLLS_BACK | _SAVEPOINTS and "PREPARED" not in step.statement.words[:2]:
            self._control(step, verb)
        else:
            self._add(step)

    def _add(self, step: Step) -> None:
        unit = self._open.get(step.session)
        if unit is None:
            self.units.append(Unit(step.session, steps=[step]))
        else:
            unit.steps.append(step)

    def _fail(self, step: Step, *, is_last: bool) -> None:
        step.state = State.FAILED if is_last else State.ROLLED_BACK
        unit = self._open.get(step.session)
        if unit is not None:
            unit.is_aborted = True
            if _verb(step) in _COMMITS:  # a deferred constraint
                unit.steps.append(step)
                self._close(step.session, is_kept=False)
                return
        self._add(step)

    def _control(self, step: Step, verb: str) -> None:
        unit = self._open.get(step.session)
        if unit is None:
            return
        words = step.statement.words
        name = step.statement.tokens[-1].text.lower()
        if verb == "SAVEPOINT":
            unit.savepoints.append((name, len(unit.steps)))
        elif verb == "RELEASE":
            unit.savepoints = unit.savepoints[: _place(unit, name)]
        elif "TO" in words:
            self._roll_back_to(unit, name)
        else:
            self._close(step.session, is_kept=verb in _COMMITS and not unit.is_aborted)

    @staticmethod
    def _roll_back_to(unit: Unit, name: str) -> None:
        place = _place(unit, name)
        if place < len(unit.savepoints):
            unit.roll_back(unit.savepoints[place][1])
            unit.savepoints = unit.savepoints[: place + 1]
            unit.is_aborted = False

    def _close(self, session: str, *, is_kept: bool) -> None:
        unit = self._open.pop(session)
        if not is_kept:
            unit.roll_back()
        self.units.append(unit)


def _place(unit: Unit, name: str) -> int:
    places = [number for number, (each, _) in enumerate(unit.savepoints) if each == name]
    return places[-1] if places else len(unit.savepoints)


def _verb(step: Step) -> str:
    return step.statement.words[0] if step.statement.words else ""


def _statements(sent: Sent) -> Iterator[Step]:
    try:
        found = read_script(sent.text).statements
    except UsageError:
        yield Step(Statement(sent.text, 1, None, ()), sent, is_unreadable=True)
        return
    for statement in found:
        yield Step(statement, sent, len(found))
