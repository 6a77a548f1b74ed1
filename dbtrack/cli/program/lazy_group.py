"""The command ``dbtrack`` itself, which imports a command only when that command is used."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property
from importlib import import_module

import typer

from dbtrack import __version__
from dbtrack.cli.program.command_list import Entry, Section, entries
from dbtrack.cli.program.typer_adapter import (
    Command,
    Context,
    HelpFormatter,
    PlainGroup,
    TyperOption,
    UsageError,
)

ABOUT = """
Record and show the changes of a PostgreSQL database: by whom, when, how long they took, and whether they
succeeded.

Every command takes psql's connection options (-h -p -U -d -w -W) and variables. Passwords come from
.pgpass, PGPASSWORD or a prompt, never from an option. For details of a command, use 'dbtrack COMMAND
--help'.
"""


class Program(PlainGroup):
    """All commands; the module of each is imported on first use, and its `COMMANDS` has the definition."""

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        return entries()

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the names of the commands, in the order shown."""
        return list(self._entries)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import and build one command; return None when there is no such command."""
        if cmd_name in self.commands or cmd_name not in self._entries:
            return self.commands.get(cmd_name)
        module = import_module(f"dbtrack.cli.commands.{self._entries[cmd_name].module}")
        built: Command = module.COMMANDS[cmd_name].build(cmd_name)
        self.add_command(built, cmd_name)
        return built

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """Find the command that the first word names.

        Raises:
            UsageError: there is no such command; the message has similar names.
        """
        name = args[0]
        if not name.startswith("-") and name not in self._entries and not ctx.resilient_parsing:
            raise UsageError(_no_such_command(name, self.list_commands(ctx)), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the commands section by section, without importing them."""
        for section in Section:
            rows = [
                (entry.name, entry.summary) for entry in self._entries.values() if entry.section is section
            ]
            with formatter.section(section.value):
                # The names have the same width in all sections, so that the summaries line up.
                formatter.write_dl([(name.ljust(self._name_width), summary) for name, summary in rows])

    @cached_property
    def _name_width(self) -> int:
        return max(map(len, self._entries))


def program() -> Program:
    """Return the command tree of ``dbtrack``."""
    return Program(
        name="dbtrack",
        help=ABOUT,
        params=[_version_option()],
        rich_markup_mode=None,
        no_args_is_help=True,
        subcommand_metavar="COMMAND [OPTIONS]",
        options_metavar="",
    )


def _version_option() -> TyperOption:
    return TyperOption(
        param_decls=["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        default=False,
        callback=_print_version,
        help="Show the version of dbtrack and exit.",
    )


def _print_version(ctx: Context, _parameter: object, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        typer.echo(f"dbtrack {__version__}")
        ctx.exit()


def _no_such_command(name: str, known: list[str]) -> str:
    nearest = get_close_matches(name, known)
    return f"no such command: {name}" + (f"; did you mean: {', '.join(nearest)}" if nearest else "")
