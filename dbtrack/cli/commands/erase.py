"""``dbtrack erase``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.proof.erase import ErasureReport

EXAMPLES = (
    Example("dbtrack erase --subject alice --reason 'request 4711' --dry-run", "Show what would be erased."),
    Example(
        "dbtrack erase --subject 10.1.2.3 --reason 'request 4711' --yes", "Erase an address without asking."
    ),
)


def erase(
    connection: ConnectionArguments,
    subject: Annotated[
        str, typer.Option("--subject", metavar="USER_OR_IP", help="A login, or an IP address.")
    ],
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="TEXT", help="The reason; it is recorded, and must not name the person."
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show what would be erased, and erase nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Remove a person from the record; every proof stays valid.

    Permanently replaces logins, addresses, and the statements and messages that mention the subject, and
    removes the salts of their commitments. The erasure is recorded, without the person.
    """
    from dbtrack.proof.erase import erase as erase_subject
    from dbtrack.proof.seal import seal_record

    if not dry_run and not yes:
        _ask(subject)
    with connected(connection) as database:
        with ProgressLine("erase") as progress:
            report = erase_subject(
                database,
                subject,
                reason,
                dry_run=dry_run,
                progress=lambda versions: progress.count(versions, None, "versions"),
            )
        if not dry_run:
            seal_record(database)
    messages.say_block("\n".join(f"dbtrack: {line}" for line in _summary(report)))


def _summary(report: ErasureReport) -> list[str]:
    verb = "would erase" if report.is_dry_run else "erased"
    lines = [f"{verb} the person in {report.versions} versions"]
    if report.names:
        lines.append(
            f"{report.names} versions have it in the script's name, which is not erased: the keys are "
            "computed from it"
        )
    return lines


def _ask(subject: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError("erasing cannot be undone", hint="add --yes, or look first with --dry-run")
    typer.confirm(f"Erase {subject} permanently?", abort=True, err=True)


COMMANDS = {"erase": CommandDefinition(erase, EXAMPLES)}
