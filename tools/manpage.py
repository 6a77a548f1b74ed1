"""The man page dbtrack(1), in roff, written from the command tree."""

from __future__ import annotations

from collections.abc import Iterable

from dbtrack.cli.program.command_tree import CommandDescription, OptionDescription
from dbtrack.cli.program.typer_adapter import CONNECTION_OPTIONS
from tools.roff import definitions, escape, examples_of, options_of, paragraphs, tidied

_ENVIRONMENT = (
    ("PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGSERVICE, ...", "As for psql(1)."),
    ("DBTRACK_DSN", "Connection string used when no connection option is given."),
    ("DATABASE_URL", "The same, when DBTRACK_DSN is not set."),
    ("DBTRACK_READ_FROM", "standby: of several hosts, reports connect to a standby if there is one."),
    (
        "DBTRACK_SPOOL",
        "The directory where records wait until a database can take them. Default: in the state directory.",
    ),
    ("DBTRACK_DEBUG", "Set to 1 to see the traceback of an error."),
    ("NO_COLOR", "Set to anything to have no colour."),
)
_EXIT_STATUS = (
    ("0", "Done."),
    ("1", "Failed."),
    ("2", "The command line is wrong; nothing was tried."),
    (
        "3",
        "Findings of doctor, status, errors --open, verify, reconcile, ingest and others.",
    ),
    ("10", "dbtrack is not installed in the database, or is older than the command needs."),
    ("11", "Another dbtrack is doing the same work, or a lock was not available in time."),
    ("12", "The server cannot be reached, refuses the login, or went away."),
    ("125", "track: dbtrack itself failed around the command."),
    ("126, 127", "track: the command cannot be run; there is no such command."),
    ("128+n", "Ended by signal n, dbtrack or the command it ran: 130 after Ctrl-C."),
)


def write_manpage(tree: CommandDescription) -> str:
    """Return the page's source."""
    parts = [
        '.TH DBTRACK 1 "" "dbtrack" "User Commands"\n.nh\n.ad l\n',
        f".SH NAME\ndbtrack \\- {escape(_headline(tree))}\n",
        ".SH SYNOPSIS\n.B dbtrack\n.I COMMAND\n.RI [ OPTIONS ]\n",
        f".SH DESCRIPTION\n{paragraphs(tree.summary)}{paragraphs(tree.text)}",
        "".join(_section(tree)),
        f".SH CONNECTION OPTIONS\n{paragraphs(_SHARED)}{options_of(_connection_options(tree))}",
        f".SH ENVIRONMENT\n{definitions(_ENVIRONMENT)}",
        f".SH EXIT STATUS\n{definitions(_EXIT_STATUS)}",
        _SEE_ALSO,
    ]
    return tidied("".join(parts))


_SEE_ALSO = (
    ".SH SEE ALSO\nEach command has a page of its own, for example\n.BR dbtrack\\-history (1).\n"
    ".PP\n.BR psql (1)\n"
)
_SHARED = "Every command that connects takes these. All commands have --help."


def _headline(tree: CommandDescription) -> str:
    return tree.summary.partition(":")[0][:1].lower() + tree.summary.partition(":")[0][1:]


def _section(tree: CommandDescription) -> Iterable[str]:
    heading = ""
    for member in tree.members:
        if member.section != heading:
            heading = member.section
            yield f".SH {escape(heading.upper())}\n"
        for command in member.walk():
            yield _command(command)


def _command(command: CommandDescription) -> str:
    own = [option for option in command.options if option.heading != CONNECTION_OPTIONS]
    return "".join(
        [
            f".SS {escape(command.usage)}\n",
            paragraphs(command.summary),
            paragraphs(command.text),
            definitions((argument.metavar, argument.help) for argument in command.arguments),
            options_of(own),
            examples_of(command.examples),
        ]
    )


def _connection_options(tree: CommandDescription) -> list[OptionDescription]:
    install = next(member for member in tree.members if member.name == "install")
    return [option for option in install.options if option.heading == CONNECTION_OPTIONS]
