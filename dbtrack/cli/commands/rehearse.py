"""``dbtrack rehearse`` and ``dbtrack sizes``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dbtrack.cli.connection import connected_to, target_of
from dbtrack.cli.github_job import append_to_summary
from dbtrack.cli.options.connection_options import (
    ConnectionArguments,
    NoPager,
    OutputArguments,
    OutputFile,
)
from dbtrack.cli.options.gate_options import FailOn
from dbtrack.cli.output import destination, file_destination
from dbtrack.cli.program.typer_adapter import (
    OUTPUT_OPTIONS,
    CommandDefinition,
    Example,
    WrappingCommand,
    choice,
    words_after_separator,
)
from dbtrack.cli.screen import canvas_for
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.rehearse.model import Rehearsal
    from dbtrack.rehearse.run import Real, Request

_TEXT, _JSON, _MARKDOWN, _GITHUB, _GITLAB = "text", "json", "markdown", "github", "gitlab"
_QUIET_SECONDS = 1.0

EXAMPLES = (
    Example(
        "dbtrack rehearse -d 'dbname=shop' migrations/V42.sql",
        "Run a file on a copy of the schema of shop, which is only read.",
    ),
    Example(
        "dbtrack rehearse --schema schema.sql --sizes sizes.json -- alembic upgrade head",
        "The same with a tool, without any connection: the schema and the sizes are from files.",
    ),
    Example(
        "dbtrack rehearse --schema schema.sql --format github --post --max-lock 2s migrations/V42.sql",
        "In a pull request: the summary, annotations, one comment, and exit 3 if writes would wait longer.",
    ),
)
SIZES_EXAMPLES = (
    Example("dbtrack sizes -d 'dbname=shop' -o sizes.json", "From cron or a nightly job; it only reads."),
)


@dataclass(frozen=True)
class RehearseOutputArguments:
    """The forms of a rehearsal."""

    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            click_type=choice((_TEXT, _JSON, _MARKDOWN, _GITHUB, _GITLAB)),
            help="text; json; markdown (as --post sends it); github: text, annotations, and the job's "
            "summary; gitlab: text in a section of the job's log.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = _TEXT
    output: OutputFile = None
    no_pager: NoPager = False
    code_quality: Annotated[
        Path | None,
        typer.Option(
            "--code-quality",
            metavar="FILE",
            help="Write what fails or deserves a look to this file, as GitLab's report of code quality, "
            "which shows it beside the lines of a merge request.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None

    @property
    def plain(self) -> OutputArguments:
        """The options that every report has."""
        return OutputArguments(None, self.output, no_pager=self.no_pager)


def rehearse(
    *,
    context: typer.Context,
    connection: ConnectionArguments,
    output: RehearseOutputArguments,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE... | -- COMMAND...",
            help="Files of SQL, which psql runs in this order; or the command that migrates.",
            show_default=False,
        ),
    ] = None,
    single_transaction: Annotated[
        bool,
        typer.Option("--single-transaction", "-1", help="With files: all of them in one transaction."),
    ] = False,
    schema: Annotated[
        list[Path] | None,
        typer.Option(
            "--schema",
            metavar="FILE",
            help="Make the copy from this file of pg_dump (or SQL), and not from the connected database; "
            "may be repeated.",
        ),
    ] = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="Begin with an empty database, for a tool that builds all of it.")
    ] = False,
    sizes: Annotated[
        Path | None,
        typer.Option(
            "--sizes",
            metavar="FILE",
            help="The sizes of production, as 'dbtrack sizes' wrote them. Default: those of the "
            "connected database.",
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="TABLE",
            help="Copy the rows of this table too, where the migration needs them; may be repeated. The "
            "histories of migration tools are always copied.",
        ),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option("--role", metavar="ROLE", help="Create this role in the copy; may be repeated."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="NAME", help="The name of the copy. Default: that of the connected database."
        ),
    ] = None,
    url_variable: Annotated[
        list[str] | None,
        typer.Option(
            "--url-variable",
            metavar="NAME",
            help="Give the command the URL of the copy in this variable too; DATABASE_URL and PGHOST and "
            "so on have it already. May be repeated.",
        ),
    ] = None,
    source: Annotated[
        list[Path] | None,
        typer.Option(
            "--source",
            metavar="PATH",
            help="Look for the statements in this file or directory, to name the line; may be repeated.",
        ),
    ] = None,
    max_lock: Annotated[
        str | None,
        typer.Option(
            "--max-lock",
            metavar="DURATION",
            help="Exit 3 if reads or writes would wait longer than this in production, as 500ms, 2s or "
            "1min, or for an unknown time.",
        ),
    ] = None,
    fail_on: FailOn = None,
    post: Annotated[
        bool,
        typer.Option(
            "--post",
            help="Write it as a comment on the pull request of this job of GitHub or GitLab; the next "
            "run changes that comment. The token is in GITHUB_TOKEN or DBTRACK_GITLAB_TOKEN.",
        ),
    ] = False,
    comment_key: Annotated[
        str | None,
        typer.Option(
            "--comment-key",
            metavar="KEY",
            help="Tells the comments of several databases apart. Default: the name of the copy.",
        ),
    ] = None,
    directory: Annotated[
        Path | None,
        typer.Option("--directory", metavar="PATH", help="Where the data of the copy is, while it runs."),
    ] = None,
) -> None:
    """Run a branch's migrations on a copy, and say what they did and would do; for pull requests.

    The copy is a new server of dbtrack's own, with the schema and without rows; it is removed at the end. The
    production database is only read. Exits 1 if the migration fails on the copy, 3 if it does not pass
    --max-lock or --fail-on, otherwise 0.
    """
    from dbtrack.predict import gates
    from dbtrack.rehearse.run import Request

    if schema and empty:
        raise UsageError("give either --schema or --empty")
    files = [] if empty else schema
    command = _command(words or [], words_after_separator(context), single_transaction=single_transaction)
    request = Request(
        command,
        schema_files=files,
        sizes=sizes,
        name=name,
        roles=role or (),
        data=data or (),
        url_variables=url_variable or (),
        sources=source or (),
        directory=directory.absolute() if directory else None,
        gates=gates.read_gates(fail_on or []),
        max_lock_ms=gates.parse_duration(max_lock) if max_lock is not None else None,
    )
    if post:
        _check_job()
    found = _rehearsed(request, connection)
    _show(found, output, comment_key or found.database)
    if post:
        _post(found, comment_key or found.database)
    if found.has_failed:
        messages.fail(found.error or f"the migration fails on the copy, with exit code {found.exit_code}")
        raise typer.Exit(ExitCode.FAILED)
    if found.findings:
        _say_findings(found)
        raise typer.Exit(ExitCode.FINDINGS)


def _command(words: list[str], after: int | None, *, single_transaction: bool) -> Sequence[str]:
    from dbtrack.rehearse.command import psql_command

    if after is not None:
        if len(words) != after:
            raise UsageError("give either files or a command", hint="write -- before the command to run")
        if single_transaction:
            raise UsageError("--single-transaction is for files; a command has its own option")
        if not words:
            raise UsageError("there is no command after --")
        return words
    if not words:
        raise UsageError(
            "give files of SQL, or a command", hint="dbtrack rehearse FILE, or: -- alembic upgrade head"
        )
    for word in words:
        if not Path(word).is_file():
            raise UsageError(f"there is no file {word}", hint="write -- before a command")
    return psql_command(words, single_transaction=single_transaction)


def _rehearsed(request: Request, connection: ConnectionArguments) -> Rehearsal:
    from dbtrack.rehearse.run import rehearse as run

    line = ProgressLine("rehearse", after=_QUIET_SECONDS)
    with production(request, connection) as real, line:
        return run(request, real, line.show)


@contextmanager
def production(request: Request, connection: ConnectionArguments) -> Iterator[Real | None]:
    """Connect to production if the copy is made from it, or if it was named; nothing can be written there.

    Raises:
        UsageError: rows are asked for, and there is nothing to copy them from.
    """
    from dbtrack.rehearse.run import Real, make_read_only

    given = connection.given()
    is_named = bool(given.dbname or given.host or given.environment)
    if request.schema_files is not None and not is_named:
        if request.data:
            raise UsageError("--data copies rows of a connected database", hint="give it with -d")
        yield None
        return
    target = target_of(connection)
    with connected_to(target, replay=False) as database:
        make_read_only(database)
        yield Real(database, database.without_asking_again(target))


def _show(found: Rehearsal, output: RehearseOutputArguments, key: str) -> None:
    from dbtrack.rehearse import annotations, comment, screen, words

    if output.code_quality:
        with file_destination(output.code_quality) as file:
            file.write(json.dumps(annotations.code_quality(found), ensure_ascii=False, indent=2) + "\n")
    with destination(output.plain) as stream:
        match output.format:
            case "json":
                stream.write(json.dumps(words.document(found), ensure_ascii=False, indent=2) + "\n")
            case "markdown":
                stream.write(comment.comment(found, key))
            case _:
                if output.format == _GITLAB:
                    _begin_section(stream)
                screen.draw(found, canvas_for(stream, output.plain))
                if output.format == _GITLAB:
                    stream.write("\033[0Ksection_end:0:dbtrack_rehearse\r\033[0K\n")
                if output.format == _GITHUB:
                    stream.writelines(f"{line}\n" for line in annotations.github_commands(found))
    if output.format == _GITHUB:
        append_to_summary(comment.comment(found, key))


def _begin_section(stream: TextIO) -> None:
    stream.write("\033[0Ksection_start:0:dbtrack_rehearse\r\033[0Kdbtrack rehearse\n")


def _check_job() -> None:
    """Refuse --post outside a job, before the rehearsal; what else is missing is a warning after it."""
    from dbtrack.rehearse.forge import NotPostedError, forge_of

    with suppress(NotPostedError):
        forge_of(os.environ)


def _post(found: Rehearsal, key: str) -> None:
    """Post the comment; what prevents it is one warning, and the rehearsal stays what it is."""
    from dbtrack.rehearse.comment import comment, marker
    from dbtrack.rehearse.forge import NotPostedError, forge_of

    try:
        forge = forge_of(os.environ)
        posted = forge.post(comment(found, key, forge.limit), marker(key))
    except NotPostedError as error:
        messages.warn(f"no comment: {error.message}" + (f"; {error.hint}" if error.hint else ""))
        return
    messages.say(f"dbtrack: {'wrote' if posted.is_new else 'changed'} the comment {posted.url}".rstrip())


def _say_findings(found: Rehearsal) -> None:
    messages.say_block(
        "\n".join(f"dbtrack: statement {each.line}: {each.message}" for each in found.findings)
    )


def sizes(
    connection: ConnectionArguments,
    output: OutputFile = None,
) -> None:
    """Write the sizes of a database's tables to a file, for rehearse.

    Rows and bytes of each table, and how long recorded DDL on it took, as JSON: no row and no definition. The
    database is only read.
    """
    from dbtrack.rehearse.facts import written_sizes
    from dbtrack.rehearse.run import make_read_only

    with connected_to(target_of(connection), replay=False) as database:
        make_read_only(database)
        document = written_sizes(database)
    with destination(output, pages=False) as stream:
        stream.write(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n")


COMMANDS = {
    "rehearse": CommandDefinition(rehearse, EXAMPLES, kind=WrappingCommand),
    "sizes": CommandDefinition(sizes, SIZES_EXAMPLES),
}
