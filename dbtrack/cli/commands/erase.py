"""``dbtrack erase``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack import sql_files
from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.config import spool_path
from dbtrack.errors import UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.erasure import FoundFiles
    from dbtrack.proof.erase import ErasureReport, Place

EXAMPLES = (
    Example("dbtrack erase --subject alice --reason 'request 4711' --dry-run", "Show what would be erased."),
    Example(
        "dbtrack erase --subject 10.1.2.3 --reason 'request 4711' --yes", "Erase an address without asking."
    ),
    Example(
        "dbtrack erase --subject alice --reason 'request 4711' --files /srv/archive --dry-run",
        "Look for the person in archives and exports, too.",
    ),
)
# Said in a line of their own.
_NAMES = {"script_execution_s.script_name", "script_execution_h.script_execution_bk"}


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
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--files",
            metavar="PATH",
            help="Also say which files under this path name the person: archives, exports, evidence, "
            "configuration. They are not changed. May be repeated.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Remove a person from the record; every proof stays valid.

    Permanently replaces logins, addresses, and the texts that mention the subject, in every table, and
    removes the salts of their commitments. Says where the person is, where it stays and why, and what to do
    there. The erasure is recorded, without the person.
    """
    from dbtrack.erasure import find_in_files
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
        copies = _pushed(database)
    found = find_in_files(subject, files or [], spool=spool_path(os.environ))
    lines = [*_summary(report), *copies, *_cached(subject, dry_run=dry_run)]
    lines += _files(found, is_searched=bool(files))
    messages.say_block("\n".join(f"dbtrack: {line}" for line in lines))


def _summary(report: ErasureReport) -> list[str]:
    verb = "would erase" if report.is_dry_run else "erased"
    lines = [f"{verb} the person in {report.versions} versions"]
    if report.names:
        lines.append(
            f"{report.names} versions have it in the script's name, which is not erased: the keys are "
            "computed from it"
        )
    if report.erased:
        lines.append(f"{verb}: " + ", ".join(f"{place.name} ({place.rows})" for place in report.erased))
    lines += [_stays(place) for place in report.kept if place.name not in _NAMES]
    if report.left:
        lines.append("written meanwhile, run it again: " + ", ".join(place.name for place in report.left))
    return lines


def _pushed(database: Database) -> list[str]:
    """Say where else the record is: a vault does not know whom to erase."""
    places = database.rows(sql_files.query("push/destinations"))
    return [
        f"pushed to {place}: run dbtrack erase there, too, unless it follows erasures" for (place,) in places
    ]


def _stays(place: Place) -> str:
    rows = "1 row" if place.rows == 1 else f"{place.rows} rows"
    return f"stays in {place.name} ({rows}): {place.note}"


def _cached(subject: str, *, dry_run: bool) -> list[str]:
    """Empty what this user's dbtrack keeps for itself."""
    from dbtrack.cli.completion.values import cache_directory
    from dbtrack.erasure import remove_cached
    from dbtrack.predict.copy_server import default_path, forget_copies

    verb = "would remove" if dry_run else "removed"
    lines = []
    names = remove_cached(subject, cache_directory(), dry_run=dry_run)
    if names:
        lines.append(f"{verb} the names for completion: {names} files")
    # Not in a dry run: what is in them cannot be searched, and it is only a cache.
    copies = default_path()
    if not dry_run and copies.exists():
        if forget_copies(copies):
            lines.append(f"removed the kept copies of dbtrack predict, which can name anybody: {copies}")
        else:
            lines.append(f"a prediction runs, so its kept copies stay; remove them afterwards: {copies}")
    return lines


def _files(found: list[FoundFiles], *, is_searched: bool) -> list[str]:
    lines = [str(each) for each in found]
    if not is_searched:
        lines.append("archives, exports and evidence were not searched; give their directories with --files")
    return lines


def _ask(subject: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError("erasing cannot be undone", hint="add --yes, or look first with --dry-run")
    typer.confirm(f"Erase {subject} permanently?", abort=True, err=True)


COMMANDS = {"erase": CommandDefinition(erase, EXAMPLES)}
