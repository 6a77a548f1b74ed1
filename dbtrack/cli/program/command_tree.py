"""The command tree as plain data, from which completions, the man page and the reference are made."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dbtrack.cli.program.command_list import entries
from dbtrack.cli.program.lazy_group import program
from dbtrack.cli.program.typer_adapter import (
    HEADINGS,
    Command,
    Context,
    Example,
    Parameter,
    PlainCommand,
    PlainGroup,
    TyperArgument,
    TyperOption,
    heading,
    help_record,
)


@dataclass(frozen=True)
class OptionDescription:
    """One option.

    Args:
        names: as typed, the long one first.
        metavar: the placeholder of its value; None for a flag.
        choices: the values that it accepts; empty for any.
        heading: the heading of ``--help`` that it is under.
        repeats: whether it may be given more than once.
    """

    names: tuple[str, ...]
    metavar: str | None
    help: str
    choices: tuple[str, ...]
    heading: str
    repeats: bool

    @property
    def brief(self) -> str:
        """The first sentence of its help, without the full stop."""
        return re.split(r"\. (?=[A-Z\[])", " ".join(self.help.split()))[0].rstrip(".")


@dataclass(frozen=True)
class ArgumentDescription:
    """One argument; ``metavar`` is as in the usage line, without brackets."""

    metavar: str
    help: str
    choices: tuple[str, ...]
    required: bool
    repeats: bool


@dataclass(frozen=True)
class CommandDescription:
    """One command.

    Args:
        path: its words, ``("dbtrack", "tenant", "add")``.
        summary: the first line of its help.
        text: the rest of its help, in paragraphs.
        section: the heading of ``dbtrack --help`` that it is under; empty below the first level.
        members: its subcommands.
    """

    path: tuple[str, ...]
    usage: str
    summary: str
    text: str
    options: tuple[OptionDescription, ...]
    arguments: tuple[ArgumentDescription, ...]
    examples: tuple[Example, ...]
    section: str = ""
    members: tuple[CommandDescription, ...] = field(default=())

    @property
    def name(self) -> str:
        """The last of its words."""
        return self.path[-1]

    def walk(self) -> Iterator[CommandDescription]:
        """Yield this command and all below it."""
        yield self
        for member in self.members:
            yield from member.walk()


def describe() -> CommandDescription:
    """Return the whole tree, importing every command."""
    tree = program()
    return _describe(tree, Context(tree, info_name="dbtrack"))


def _describe(command: Command, context: Context) -> CommandDescription:
    path = tuple(context.command_path.split())
    summary, _, text = inspect.cleandoc(command.help or "").partition("\n\n")
    parameters = sorted(command.get_params(context), key=lambda each: HEADINGS.index(heading(each)))
    members = _members(command, context)
    entry = entries().get(path[-1]) if len(path) == 2 else None
    return CommandDescription(
        path=path,
        usage=command.get_usage(context).removeprefix("Usage: "),
        summary=" ".join(summary.split()),
        text=text,
        options=tuple(_option(each, context) for each in parameters if isinstance(each, TyperOption)),
        arguments=tuple(_argument(each) for each in parameters if isinstance(each, TyperArgument)),
        examples=tuple(command.examples) if isinstance(command, PlainCommand | PlainGroup) else (),
        section=entry.section.value if entry else "",
        members=members,
    )


def _members(command: Command, context: Context) -> tuple[CommandDescription, ...]:
    if not isinstance(command, PlainGroup):
        return ()
    found = ((name, command.get_command(context, name)) for name in command.list_commands(context))
    return tuple(
        _describe(member, Context(member, info_name=name, parent=context)) for name, member in found if member
    )


def _option(option: TyperOption, context: Context) -> OptionDescription:
    return OptionDescription(
        names=tuple(sorted(option.opts, key=lambda name: not name.startswith("--"))),
        metavar=None if option.is_flag else option.make_metavar(ctx=context),
        help=help_record(option, context)[1],
        choices=_choices(option),
        heading=heading(option),
        repeats=option.multiple,
    )


def _argument(argument: TyperArgument) -> ArgumentDescription:
    return ArgumentDescription(
        metavar=argument.human_readable_name,
        help=argument.help or "",
        choices=_choices(argument),
        required=argument.required,
        repeats=argument.nargs == -1,
    )


def _choices(parameter: Parameter) -> tuple[str, ...]:
    values = getattr(parameter.type, "choices", ())
    return tuple(str(getattr(value, "value", value)) for value in values)
