"""How a wrapped command went, and what of that is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack.operations.error_cause import cause_of_output
from dbtrack.operations.operations import Outcome
from dbtrack.redaction.command_secrets import redact_stderr
from dbtrack.redaction.storable_text import message_text, without_escapes
from dbtrack.status import Status
from dbtrack.wrapper.stderr_tee import StderrReport
from dbtrack.wrapper.wait_for_program import Ending, signal_name


@dataclass(frozen=True)
class CommandRun:
    """How a command went.

    Args:
        refusal: why it could not be started; None when it was.
        stderr: what it wrote there; None when its stderr was left alone.
        duration_us: in microseconds; 0 when it could not be started.
    """

    ending: Ending
    refusal: str | None
    stderr: StderrReport | None
    duration_us: int

    @property
    def has_hidden_errors(self) -> bool:
        """Whether psql reported errors and nevertheless exited 0."""
        return self.ending.exit_code == 0 and self.stderr is not None and self.stderr.psql_errors > 0


def outcome_of(run: CommandRun, command: Sequence[str]) -> Outcome:
    """Return what is recorded of a run, without secrets.

    Args:
        command: the program and its arguments, whose secrets are removed from its stderr as well.
    """
    ending, tail = run.ending, redact_stderr(_tail(run.stderr), command)
    metadata: dict[str, object] = {"exit_code": ending.exit_code, "command_duration_us": run.duration_us}
    if ending.killed_by is not None:
        metadata["signal"] = signal_name(ending.killed_by)
    if run.stderr is None and run.refusal is None:
        metadata["stderr"] = "not read"
    if run.has_hidden_errors:
        metadata["psql_errors"] = run.stderr.psql_errors if run.stderr else 0
    status = _status(run)
    if status is not Status.COMPLETED:
        metadata |= cause_of_output(tail)
    return Outcome(status, _error_message(run, tail), metadata, run.duration_us)


def _status(run: CommandRun) -> Status:
    if run.ending.interruption is not None and (run.ending.exit_code != 0 or run.has_hidden_errors):
        return Status.CANCELLED
    if run.ending.exit_code != 0 or run.has_hidden_errors:
        return Status.FAILED
    return Status.COMPLETED


def _tail(report: StderrReport | None) -> str:
    # Without colours first: they would hide a secret, or the word that an error begins with.
    return "" if report is None else without_escapes(report.tail.decode(errors="replace"))


def _error_message(run: CommandRun, tail: str) -> str | None:
    ending = run.ending
    if run.refusal is not None:
        return run.refusal
    if ending.killed_by is not None:
        return message_text(f"killed by {signal_name(ending.killed_by)}\n{tail}")
    if ending.exit_code != 0:
        return message_text(tail) or f"exit code {ending.exit_code}; {_why_silent(run)}"
    return message_text(tail) if run.has_hidden_errors else None


def _why_silent(run: CommandRun) -> str:
    return "its stderr was not read" if run.stderr is None else "nothing on stderr"
