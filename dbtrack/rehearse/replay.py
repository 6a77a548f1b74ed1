"""Repeat the statements of a migration on a second copy, one by one, to see what each locks and does.

In the migration's own transactions a lock that an earlier statement took hides that a later one needs it
too. One by one, each shows its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from dbtrack.db import Database
from dbtrack.predict.copy import Copy, apply_settings
from dbtrack.predict.duration import duration_of
from dbtrack.predict.forms import Parsed, parse
from dbtrack.predict.model import Duration, Lock, Outcome, Prediction, Work
from dbtrack.predict.run import set_held, tried
from dbtrack.predict.script import Script, Statement, read_script
from dbtrack.predict.source import Source
from dbtrack.predict.waits import SNAPSHOT_FORMS
from dbtrack.redaction.statement_secrets import Secrets
from dbtrack.rehearse.facts import Facts
from dbtrack.rehearse.model import Rehearsed
from dbtrack.rehearse.places import Places
from dbtrack.rehearse.steps import State, Step, Unit

_READING = frozenset({
    "SELECT", "SHOW", "EXPLAIN", "VALUES", "TABLE", "WITH", "FETCH", "DECLARE", "CLOSE", "SET", "RESET",
    "DISCARD", "LISTEN", "UNLISTEN", "NOTIFY", "DEALLOCATE", "PREPARE", "EXECUTE", "CHECKPOINT", "ANALYZE",
    "LOCK",
})  # fmt: skip
_CHANGES_OF_ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "WITH"})
# Of queries with the same text, and of changes of rows that begin alike, as far as the table's name.
_MOST_SAME, _MOST_ALIKE, _HEAD_TOKENS = 3, 10, 5
_UNKNOWN_ROWS = "it changes rows, of which the copy has none"


@dataclass(frozen=True)
class Telling:
    """How statements are told.

    Args:
        own: the tables in which the migration tool keeps its history; changes there are not told.
        has_failed: the tool failed. Otherwise a query that failed was a question, which it has dealt with.
    """

    places: Places
    own: Sequence[str]
    has_failed: bool


@dataclass
class _Tried:
    """A statement with what it did on the second copy; None where it was not repeated."""

    step: Step
    pair: tuple[Prediction, Parsed] | None = None


def rehearsed(
    units: Sequence[Unit], again: Database, source: Source, facts: Facts, telling: Telling
) -> tuple[list[Rehearsed], int]:
    """Return what is worth telling of each statement, and how many others there were.

    Args:
        again: a connection to the second copy, as the superuser who runs the migration.
    """
    settings = {name: value for name, value in source.settings.items() if name != "search_path"}
    apply_settings(again, settings)
    found = _repeated(units, again, replace(source, settings=settings))
    steps = [found[id(step)] for step in _in_order(units)]
    told = [each for each in steps if _is_told(each, telling)]
    predictions = [_prediction(each, number) for number, each in enumerate(told, 1)]
    _complete(predictions, told, facts)
    statements = [
        Rehearsed(
            prediction.line,
            each.step.state,
            _without_secrets(prediction, each.step),
            each.step.sent.duration_ms,
            each.step.together,
            telling.places.find(each.step.statement.text),
        )
        for prediction, each in zip(predictions, told, strict=True)
    ]
    return statements, len(steps) - len(told)


def _in_order(units: Sequence[Unit]) -> list[Step]:
    return [step for unit in units for step in unit.steps]


def _repeated(units: Sequence[Unit], again: Database, source: Source) -> dict[int, _Tried]:
    """Run what stayed, in order; then what was rolled back because something after it failed."""
    found = {id(step): _Tried(step) for step in _in_order(units)}
    undone = [
        step
        for unit in units
        if unit.is_aborted
        for step in unit.steps
        if step.state is State.ROLLED_BACK and not step.is_unreadable
    ]
    entries = list(chain(_entries(units), ((step.statement, step) for step in undone)))
    script = Script(tuple(statement for statement, _ in entries), ())
    # What the session of the copy cannot do as the superuser, no session can.
    results = tried(again, source, Copy(again, again, ()), script)
    for (_, step), pair in zip(entries, results, strict=True):
        if step is not None:
            found[id(step)].pair = pair
    return found


def _entries(units: Sequence[Unit]) -> Iterator[tuple[Statement, Step | None]]:
    session, seen = None, _Seen()
    for unit in units:
        kept = [step for step in unit.kept if not step.is_unreadable and seen.is_new(step)]
        if not kept:
            continue
        if session not in {None, unit.session}:
            yield _made("RESET search_path"), None
        session = unit.session
        if unit.is_explicit:
            yield _made("BEGIN"), None
        for step in kept:
            yield step.statement, step
        if unit.is_explicit:
            yield _made("COMMIT"), None


class _Seen:
    """Counts statements that are alike: thousands of INSERTs lock what the first of them locks."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, ...]] = Counter()

    def is_new(self, step: Step) -> bool:
        """Return whether to repeat a statement."""
        words = step.statement.words
        verb = words[0] if words else ""
        key: tuple[str, ...]
        if verb in _READING:
            key, most = (step.statement.text,), _MOST_SAME
        elif verb in _CHANGES_OF_ROWS:
            key, most = tuple(token.text for token in step.statement.tokens[:_HEAD_TOKENS]), _MOST_ALIKE
        else:
            return True
        self._counts[key] += 1
        return self._counts[key] <= most


def _made(text: str) -> Statement:
    return read_script(text).statements[0]


def _is_told(each: _Tried, telling: Telling) -> bool:
    """Return whether a statement is worth telling: not what only reads, or keeps the tool's own history."""
    step = each.step
    words = step.statement.words
    verb = words[0] if words else ""
    if step.state is State.FAILED or step.is_unreadable:
        return telling.has_failed or verb not in _READING
    prediction = each.pair[0] if each.pair else None
    if prediction is None:
        return verb not in _READING | _CHANGES_OF_ROWS
    effects = [effect for effect in prediction.effects if effect.identity not in telling.own]
    if prediction.effects and not effects:
        return False
    is_strong = any((effect.lock or Lock.ACCESS_SHARE) > Lock.ROW_SHARE for effect in effects)
    if verb in _READING:
        return is_strong or bool(prediction.created)
    if verb in _CHANGES_OF_ROWS:
        # Those in a table that the migration itself created have no effect here: nobody else uses it yet.
        return is_strong
    return prediction.outcome is not Outcome.CONTROL


def _prediction(each: _Tried, number: int) -> Prediction:
    step = each.step
    if each.pair is not None:
        found = replace(each.pair[0], line=number, file=None)
    else:
        form = "other" if step.is_unreadable else parse(step.statement).form
        found = Prediction(step.statement.text, number, None, form, -number, Outcome.NOT_RUN)
        found.note = "its text cannot be read" if step.is_unreadable else "it was not repeated"
    if step.state is State.FAILED:
        found.outcome, found.error, found.sqlstate = Outcome.FAILS, step.sent.error, step.sent.sqlstate
        if step.together > 1:
            found.note = f"it, or one of the {step.together - 1} before it, which were sent at once"
    elif found.outcome is Outcome.FAILS:
        note = f"it ran, but failed when it was repeated alone: {found.error}"
        found = replace(found, outcome=Outcome.NOT_RUN, note=note, error=None, sqlstate=None)
    return found


def _complete(predictions: Sequence[Prediction], told: Sequence[_Tried], facts: Facts) -> None:
    """Add sizes, durations and holders, which come from production."""
    sizes = facts.sizes({effect.identity for each in predictions for effect in each.effects})
    for prediction, each in zip(predictions, told, strict=True):
        prediction.sizes = {e.identity: sizes[e.identity] for e in prediction.effects if e.identity in sizes}
        if each.pair is not None:
            prediction.duration = _duration(prediction, each, facts)
        prediction.waits_for_snapshots = prediction.form in SNAPSHOT_FORMS and prediction.is_known
    known = [prediction for prediction in predictions if prediction.is_known]
    for prediction, holders in zip(known, facts.holders(known), strict=True):
        prediction.holders = holders
    set_held(list(predictions))


def _duration(prediction: Prediction, each: _Tried, facts: Facts) -> Duration | None:
    words = each.step.statement.words
    if words and words[0] in _CHANGES_OF_ROWS and prediction.is_known:
        return (
            None
            if words[0] == "INSERT" and "SELECT" not in words
            else Duration(None, None, None, _UNKNOWN_ROWS)
        )
    parsed = each.pair[1] if each.pair else Parsed("other")
    found = duration_of(prediction, parsed, prediction.sizes, facts)
    if found is None or found.is_known or prediction.work is Work.NONE:
        return found
    if not facts.words:
        return replace(found, basis="nothing is known of production")
    if not prediction.sizes:
        return replace(found, basis="the size of this table is not known")
    return found


def _without_secrets(prediction: Prediction, step: Step) -> Prediction:
    """Return a prediction whose texts are redacted as those of the record are."""
    secrets = Secrets(step.sent.text)
    safer = tuple(
        replace(way, statements=tuple(map(secrets.statement, way.statements))) for way in prediction.safer
    )
    return replace(
        prediction,
        text=secrets.statement(prediction.text),
        error=None if prediction.error is None else secrets.message(prediction.error),
        note=None if prediction.note is None else secrets.message(prediction.note),
        safer=safer,
    )
