"""Predict a script: copy the schema, run the statements on the copy, read sizes, runs and holders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from time import monotonic

from dbtrack.config import ConnectionTarget
from dbtrack.db import Database
from dbtrack.errors import DbtrackError
from dbtrack.predict import versions
from dbtrack.predict.copies import Copies, Plan, Progress, default_mode, no_progress
from dbtrack.predict.copy import Copy, CopyMode
from dbtrack.predict.dry_run import DryRun
from dbtrack.predict.duration import Rates, duration_of, holds
from dbtrack.predict.forms import Parsed, parse
from dbtrack.predict.guard import Refusal, refusal
from dbtrack.predict.model import Effect, Lock, Outcome, Prediction, Report, Work
from dbtrack.predict.restore import sqlstate
from dbtrack.predict.safer import safer_ways
from dbtrack.predict.script import Script, Statement
from dbtrack.predict.shapes import Shapes
from dbtrack.predict.source import Source, find_table, read_sizes, read_source
from dbtrack.predict.waits import SNAPSHOT_FORMS, TrafficMeter, holders

_UNDEFINED = frozenset({"42P01", "42703", "42704", "42883", "3F000", "42P17"})
_UNCERTAIN = frozenset({Outcome.FAILS, Outcome.NOT_RUN})
_SETTING_VERBS = frozenset({"SET", "RESET"})
_BEGINS, _ENDS = frozenset({"BEGIN", "START"}), frozenset({"COMMIT", "END", "ROLLBACK", "ABORT"})
_SAVEPOINTS = frozenset({"SAVEPOINT", "RELEASE"})


@dataclass(frozen=True)
class Request:
    """What is to be predicted, and how.

    Args:
        mode: where statements are tried; None for the embedded server if it is installed.
        embedded_path: the data directory of that server; None for the usual one.
        is_one_transaction: the whole script runs in one transaction, as with psql -1.
        uses_kept: a copy that an earlier prediction kept may be used, and a new one kept.
    """

    script: Script
    mode: CopyMode | None = None
    embedded_path: Path | None = None
    is_one_transaction: bool = False
    uses_kept: bool = True


def predict(
    real: Database, target: ConnectionTarget, request: Request, progress: Progress = no_progress
) -> Report:
    """Predict a script. None of it runs on the real database, where no lock but ACCESS SHARE is taken.

    Args:
        real: a connection to the database that the script is for.
        target: leads there again, without asking for a password.
        progress: called with what is done, and how much of it.

    Raises:
        DbtrackError: the schema cannot be copied.
    """
    started = monotonic()
    source = read_source(real)
    meter = TrafficMeter(real)
    mode = request.mode or default_mode()
    if mode is CopyMode.NONE:
        tried_on = _Tried(_walked(_ByClass(real, source), source, request, progress))
    else:
        plan = Plan(mode, request.embedded_path, request.script.statements, request.uses_kept, progress)
        with Copies(real, target, source, plan).opened() as copies:
            tried_on = _tried_on_copies(copies, real, source, request, progress)
    pairs = tried_on.pairs
    predictions = _completed(real, source, pairs, meter)
    return Report(
        real.name,
        f"PostgreSQL {source.server.split(' ')[0]}",
        source.server_version,
        mode.value,
        monotonic() - started,
        tuple(predictions),
        tried_on.missing,
        request.script.notes,
        tried_on.contents,
    )


def tried(
    real: Database, source: Source, copy: Copy, script: Script, *, is_one: bool = False
) -> list[tuple[Prediction, Parsed]]:
    """Run a script on a copy and return what each statement did there, without sizes, durations and holders.

    Args:
        is_one: the script is one transaction.
    """
    way = _ByCopy(real, source, DryRun(copy, source.settings))
    return list(_Walk(way, source, is_one=is_one).run(script))


@dataclass(frozen=True)
class _Tried:
    """What the statements did, and on what copy."""

    pairs: list[tuple[Prediction, Parsed]]
    missing: tuple[str, ...] = ()
    contents: str = ""


def _tried_on_copies(
    copies: Copies, real: Database, source: Source, request: Request, progress: Progress
) -> _Tried:
    """Run the script on what it can touch; if anything fails there, on the whole schema.

    A failure may be the script's own, or come from what the part lacks.
    """

    def on(copy: Copy) -> _Tried:
        way = _ByCopy(real, source, DryRun(copy, source.settings))
        return _Tried(_walked(way, source, request, progress), copy.missing, copy.contents)

    with copies.copy() as copy:
        found = on(copy)
        if not copy.is_part or all(prediction.outcome not in _UNCERTAIN for prediction, _ in found.pairs):
            return found
    with copies.copy(whole=True) as copy:
        return on(copy)


def _walked(
    way: _ByCopy | _ByClass, source: Source, request: Request, progress: Progress
) -> list[tuple[Prediction, Parsed]]:
    found = []
    total = len(request.script.statements)
    for pair in _Walk(way, source, is_one=request.is_one_transaction).run(request.script):
        found.append(pair)
        progress("statements", len(found), total)
    return found


class _ByCopy:
    """Predicts statements by running them on a copy."""

    def __init__(self, real: Database, source: Source, dry_run: DryRun) -> None:
        self._real = real
        self._source = source
        self._dry_run = dry_run
        self._shapes = Shapes(dry_run.copy.session)

    def refuse(self, statement: Statement) -> Refusal | None:
        """Return why the statement must not run."""
        return refusal(statement, is_shared=self._dry_run.copy.is_shared)

    def set(self, statement: Statement) -> None:
        """Run a setting for what follows."""
        if statement.words[1:2] == ("LOCAL",):
            self._dry_run.change_settings_locally(statement)
        else:
            self._dry_run.change_settings(statement)

    def end_transaction(self) -> None:
        """Undo what holds until the end of a transaction."""
        self._dry_run.end_transaction()

    def predict(
        self, statement: Statement, parsed: Parsed, blank: Prediction, *, in_block: bool
    ) -> Prediction:
        """Run the statement on the copy and return what it did."""
        shape = self._shapes.of(parsed)
        if shape and shape.is_partitioned:
            refused = versions.refused_for_partitions(parsed, self._source.major)
            if refused is not None:
                return replace(blank, outcome=Outcome.FAILS, sqlstate="42809", error=refused)
        try:
            seen = self._dry_run.observe(statement, parsed, in_block=in_block)
        except DbtrackError as error:
            return self._failure(error, parsed, blank)
        found = replace(
            blank,
            outcome=Outcome.PREDICTED,
            effects=tuple(e for e in seen.effects if _matters(e, seen.lead)),
            created=seen.created,
            lead=seen.lead,
            note=_outside_note(parsed) if seen.ran_outside else None,
        )
        found.safer = safer_ways(statement, parsed, found, shape, self._shapes, self._source.major)
        return found

    def _failure(self, error: DbtrackError, parsed: Parsed, blank: Prediction) -> Prediction:
        code = sqlstate(error)
        missing = self._dry_run.copy.missing
        name = parsed.name or parsed.index
        if code in _UNDEFINED and missing and name:
            table = find_table(self._real, name, self._source.settings["search_path"])
            if table is not None:
                reason = next((text for text in missing if table[0].split(".")[-1] in text), missing[0])
                return replace(
                    blank,
                    outcome=Outcome.NOT_RUN,
                    note=f"no copy of {table[0]}, or of what it needs: {reason}",
                )
        if code == "57014":
            return replace(
                blank, outcome=Outcome.NOT_RUN, note="it ran for 10 s on the copy and was cancelled"
            )
        return replace(blank, outcome=Outcome.FAILS, sqlstate=code, error=error.message)


class _ByClass:
    """Predicts statements by their form alone."""

    def __init__(self, real: Database, source: Source) -> None:
        self._real = real
        self._source = source
        self._shapes = Shapes(real)

    def refuse(self, statement: Statement) -> Refusal | None:
        """Return why nothing can be said of the statement."""
        return refusal(statement, is_shared=False)

    def set(self, statement: Statement) -> None:
        """Do nothing: settings decide nothing that the form does not."""

    def end_transaction(self) -> None:
        """Do nothing: nothing was run."""

    def predict(
        self, statement: Statement, parsed: Parsed, blank: Prediction, *, in_block: bool
    ) -> Prediction:
        """Return what is known of the form."""
        rule = parsed.rule
        if in_block and rule.is_outside:
            error = f"{parsed.form.upper()} cannot run inside a transaction block"
            return replace(blank, outcome=Outcome.FAILS, sqlstate="25001", error=error)
        name = parsed.name or parsed.index
        table = find_table(self._real, name, self._source.settings["search_path"]) if name else None
        if name and table is None and rule.lock is not None:
            return replace(blank, outcome=Outcome.NOT_RUN, note=f"there is no {name}")
        effects: tuple[Effect, ...] = ()
        if table is not None:
            effects = (_by_rule(table, parsed),)
        what = "the worst of its form" if rule.depends else "its form"
        found = replace(
            blank,
            outcome=Outcome.BY_CLASS,
            effects=effects,
            lead=table[0] if table else None,
            note=f"by {what} alone; what else it locks and whether it rewrites, only a copy tells",
        )
        shape = self._shapes.of(parsed)
        found.safer = safer_ways(statement, parsed, found, shape, self._shapes, self._source.major)
        return found


def _by_rule(table: tuple[str, str], parsed: Parsed) -> Effect:
    kinds = {"p": "partitioned table", "v": "view", "m": "materialized view", "S": "sequence"}
    rule = parsed.rule
    return Effect(
        table[0],
        kinds.get(table[1], "table"),
        rule.lock,
        rule.index_lock,
        is_rewritten=rule.work is Work.REWRITE,
        is_scanned=rule.work in {Work.SCAN, Work.INDEX},
        rebuilt=(parsed.index or "a new index",) if rule.work is Work.INDEX else (),
    )


def _matters(effect: Effect, lead: str | None) -> bool:
    """Return whether to show an effect: ACCESS SHARE comes and goes with caches, and rarely waits."""
    return (
        effect.identity == lead
        or effect.work is not Work.NONE
        or (effect.lock or Lock.ACCESS_SHARE) > Lock.ACCESS_SHARE
        or effect.index_lock is Lock.ACCESS_EXCLUSIVE
    )


def _outside_note(parsed: Parsed) -> str:
    if parsed.form == "vacuum":
        return (
            "at its end it may take ACCESS EXCLUSIVE for a moment, to shorten the file; not with TRUNCATE off"
        )
    return "it commits by itself part-way: its locks are those of its form"


class _Walk:
    """Goes through a script and knows which statements are in one transaction."""

    def __init__(self, way: _ByCopy | _ByClass, source: Source, *, is_one: bool) -> None:
        self._way = way
        self._source = source
        self._is_one = is_one
        self._in_block = is_one
        self._transaction = 1 if is_one else 0
        self._created: set[str] = set()

    def run(self, script: Script) -> Iterator[tuple[Prediction, Parsed]]:
        """Return the prediction of each statement."""
        for statement in script.statements:
            parsed = parse(statement)
            if not self._in_block:
                self._transaction += 1
            found = self._one(statement, parsed)
            # Nobody else uses yet what the script itself has created.
            others = tuple(effect for effect in found.effects if effect.identity not in self._created)
            self._created |= set(found.created)
            yield replace(found, effects=others), parsed

    def _one(self, statement: Statement, parsed: Parsed) -> Prediction:
        blank = Prediction(
            statement.text, statement.line, statement.file, parsed.form, self._transaction, Outcome.CONTROL
        )
        verb = statement.words[0]
        is_control = verb in _BEGINS | _ENDS | _SAVEPOINTS and "PREPARED" not in statement.words[:2]
        if is_control:
            return self._control(statement, blank)
        if verb in _SETTING_VERBS:
            return self._setting(statement, blank)
        refused = self._way.refuse(statement)
        if refused is not None:
            outcome = Outcome.LEFT_OUT if refused.is_harmless else Outcome.REFUSED
            return replace(blank, outcome=outcome, note=refused.reason)
        error = versions.refused_by(statement, parsed, self._source.major)
        if error is not None:
            return replace(blank, outcome=Outcome.FAILS, sqlstate="42601", error=error)
        return self._way.predict(statement, parsed, blank, in_block=self._in_block)

    def _control(self, statement: Statement, blank: Prediction) -> Prediction:
        verb = statement.words[0]
        if self._is_one or verb in _SAVEPOINTS or "TO" in statement.words:
            return blank
        if verb in _BEGINS:
            self._in_block = True
        elif self._in_block:
            self._in_block = False
            self._way.end_transaction()
        if verb in {"ROLLBACK", "ABORT"}:
            return replace(blank, note="the copy keeps what is rolled back here")
        return blank

    def _setting(self, statement: Statement, blank: Prediction) -> Prediction:
        words = statement.words[:4]
        if "ROLE" in words or "AUTHORIZATION" in words:
            return replace(blank, note="left out: the copy has no owners")
        try:
            self._way.set(statement)
        except DbtrackError as error:
            return replace(blank, outcome=Outcome.FAILS, sqlstate=sqlstate(error), error=error.message)
        return blank


def _completed(
    real: Database, source: Source, pairs: list[tuple[Prediction, Parsed]], meter: TrafficMeter
) -> list[Prediction]:
    """Add sizes, durations and holders, which come from the real database."""
    touched = {effect.identity for prediction, _ in pairs for effect in prediction.effects}
    sizes = read_sizes(real, touched)
    rates = Rates(real, has_record=source.has_record)
    for prediction, parsed in pairs:
        prediction.sizes = {e.identity: sizes[e.identity] for e in prediction.effects if e.identity in sizes}
        prediction.duration = duration_of(prediction, parsed, sizes, rates)
        prediction.waits_for_snapshots = prediction.form in SNAPSHOT_FORMS and prediction.is_known
    found = [prediction for prediction, _ in pairs]
    _set_holders(real, found)
    set_held(found)
    traffic = meter.read()
    for prediction in found:
        prediction.traffic = {
            e.identity: traffic[e.identity] for e in prediction.effects if e.identity in traffic
        }
    return found


def _set_holders(real: Database, predictions: list[Prediction]) -> None:
    known = [prediction for prediction in predictions if prediction.is_known]
    for prediction, found in zip(known, holders(real, known), strict=True):
        prediction.holders = found


def set_held(predictions: list[Prediction]) -> None:
    """Say of each statement for how long its locks are held: to the end of its transaction."""
    for _, each in groupby(predictions, key=lambda prediction: prediction.transaction):
        transaction = list(each)
        durations = holds([prediction.duration for prediction in transaction])
        for prediction, held in zip(transaction, durations, strict=True):
            prediction.held = held if prediction.effects else None
