"""One man page a command, dbtrack-history(1) and so on, in docs/man/.

Options, arguments and examples come from the command tree, exit codes from docs/exit-codes.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from dbtrack.cli.program.command_tree import CommandDescription, OptionDescription
from dbtrack.cli.program.typer_adapter import CONNECTION_OPTIONS
from tools.roff import definitions, escape, examples_of, options_of, paragraphs, tidied

ROOT = Path(__file__).resolve().parent.parent
_DIRECTORY = Path("docs/man")
_CODE = re.compile(r"^\| (\d+(?:\+n)?) \| (.+) \|$", re.MULTILINE)
_MENTION = re.compile(r"dbtrack ([a-z][a-z-]+)")
# What every command can exit with, in the words that hold for all; the rest is in docs/exit-codes.md.
_EVERY = {
    "0": "Success.",
    "1": "Failure; the message says what went wrong.",
    "2": "The command line, a name in it, or the configuration file is wrong. Nothing was changed.",
    "128+n": "Signal n ended it: 130 after Ctrl-C, 143 after SIGTERM.",
}
_CONNECTING = {
    "10": "dbtrack is not installed in the database, or is older than the command needs.",
    "11": "Another process is doing the same work, or a lock was not available in time.",
    "12": "The server cannot be reached, refuses the login, or went away.",
}
_OWN_ORDER = ("0", "1", "2", "3", "10", "11", "12", "125", "126", "127", "128+n")
_ENVIRONMENT = (
    ("DBTRACK_DEBUG", "Set to 1 to see the traceback of an error."),
    ("NO_COLOR", "Set to have no colour."),
)
_CONNECTION_ENVIRONMENT = (
    ("PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD, PGSERVICE, ...", "As for psql(1)."),
    ("DBTRACK_ENV", "The environment of the configuration file, as with --env."),
    ("DBTRACK_DSN, DATABASE_URL", "The connection string, if no option gives one; in this order."),
    ("DBTRACK_CONFIG", "The configuration file."),
    ("DBTRACK_SPOOL", "The directory where records wait until a database can take them."),
)
_CONNECTION_FILES = (
    ("~/.config/dbtrack/config.toml", "Environments and encryption keys."),
    ("~/.pgpass, ~/.pg_service.conf", "Passwords and services of libpq."),
    (
        "~/.local/state/dbtrack/spool",
        "Records that wait for a database. Each command that connects records them.",
    ),
)
_OWN_FILES = {
    "completion": (("~/.cache/dbtrack/completion", "The values that TAB offered last."),),
    "demo": (("~/.local/share/dbtrack, for root /var/lib/dbtrack", "The data of the embedded server."),),
    "notify": (("~/.local/state/dbtrack", "The ids of the last events, to notice what a failover lost."),),
}


def command_pages(tree: CommandDescription) -> dict[Path, str]:
    """Return each page, relative to the repository, with the text it should have."""
    rows = dict(_CODE.findall((ROOT / "docs/exit-codes.md").read_text(encoding="utf-8")))
    return {_DIRECTORY / f"dbtrack-{each.name}.1": _page(each, tree.members, rows) for each in tree.members}


def _page(
    command: CommandDescription, all_commands: Sequence[CommandDescription], rows: dict[str, str]
) -> str:
    connects = _connects(command)
    environment = [*(_CONNECTION_ENVIRONMENT if connects else ()), *_ENVIRONMENT]
    files = [*(_CONNECTION_FILES if connects else ()), *_OWN_FILES.get(command.name, ())]
    parts = [
        f'.TH DBTRACK\\-{escape(command.name.upper())} 1 "" "dbtrack" "User Commands"\n.nh\n.ad l\n',
        f".SH NAME\ndbtrack\\-{escape(command.name)} \\- {escape(_headline(command))}\n",
        ".SH SYNOPSIS\n" + "".join(_synopsis(command)),
        f".SH DESCRIPTION\n{paragraphs(command.summary)}{paragraphs(command.text)}",
        "".join(_section(each) for each in command.walk()),
        _connection_options(command) if connects else "",
        f".SH EXIT STATUS\n{definitions(_exit_codes(command, rows, connects=connects))}",
        f".SH ENVIRONMENT\n{definitions(environment)}",
        f".SH FILES\n{definitions(files)}" if files else "",
        f".SH EXAMPLES\n{_examples(command)}" if _examples(command) else "",
        f".SH SEE ALSO\n{_see_also(command, all_commands, connects=connects)}",
    ]
    return tidied("".join(parts))


def _headline(command: CommandDescription) -> str:
    return command.summary[:1].lower() + command.summary[1:].rstrip(".")


def _connects(command: CommandDescription) -> bool:
    return any("--dbname" in option.names for each in command.walk() for option in each.options)


def _synopsis(command: CommandDescription) -> Iterator[str]:
    for each in command.walk():
        if not each.members:
            yield f".B {escape(each.usage)}\n.br\n"


def _section(command: CommandDescription) -> str:
    """Return the arguments and options of one command, under its name if it is a subcommand."""
    own = [option for option in command.options if option.heading != CONNECTION_OPTIONS]
    listed = definitions((each.metavar, each.help) for each in command.arguments) + options_of(own)
    if len(command.path) == 2:
        return f".SH OPTIONS\n{listed}" if listed and not command.members else ""
    heading = f".SH {escape(' '.join(command.path).upper())}\n"
    return f"{heading}{paragraphs(command.summary)}{paragraphs(command.text)}{listed}"


def _connection_options(command: CommandDescription) -> str:
    found: dict[str, OptionDescription] = {}
    for each in command.walk():
        for option in each.options:
            if option.heading == CONNECTION_OPTIONS:
                found.setdefault(option.names[0], option)
    return f".SH CONNECTION OPTIONS\n{options_of(found.values())}"


def _exit_codes(
    command: CommandDescription, rows: dict[str, str], *, connects: bool
) -> Iterator[tuple[str, str]]:
    general = _EVERY | (_CONNECTING if connects else {})
    for code in _OWN_ORDER:
        own = _own_sentences(command.name, rows.get(code, ""))
        text = " ".join([*([general[code]] if code in general else []), *own])
        if text:
            yield code, text


def _own_sentences(name: str, row: str) -> list[str]:
    """Return the sentences of a row of docs/exit-codes.md that are about the command."""
    sentences = re.split(r"(?<=\.) (?=[A-Z`])", row)
    return [
        re.sub(r"`", "", sentence)
        for sentence in sentences
        if re.search(rf"`{re.escape(name)}(?=[ `])", sentence)
    ]


def _examples(command: CommandDescription) -> str:
    return "".join(examples_of(each.examples) for each in command.walk())


def _see_also(
    command: CommandDescription, all_commands: Sequence[CommandDescription], *, connects: bool
) -> str:
    """Return the pages of the commands that the text names, and of those under the same heading."""
    texts = [
        text for each in command.walk() for text in (each.summary, each.text, *(o.help for o in each.options))
    ]
    named = {name for text in texts for name in _MENTION.findall(text)}
    near = [each.name for each in all_commands if each.name in named or each.section == command.section]
    pages = ["dbtrack", *(f"dbtrack-{name}" for name in near if name != command.name)]
    others = ["psql"] if connects else []
    return ",\n".join(f".BR {escape(page)} (1)" for page in [*pages, *others]) + "\n"
