"""Commands whose help is plain text, in sections, with examples: all that depends on the inside of typer.

Typer contains a copy of click as ``typer._click``; only this module imports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import typer
from typer import TyperException as CommandLineError
from typer._click import Command, Context, HelpFormatter, Parameter
from typer._click.exceptions import NoArgsIsHelpError, UsageError
from typer._types import TyperChoice
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from dbtrack.cli.program.option_groups import expand

__all__ = [
    "CONNECTION_OPTIONS",
    "HEADINGS",
    "OUTPUT_OPTIONS",
    "Command",
    "CommandDefinition",
    "CommandLineError",
    "Context",
    "Example",
    "GroupDefinition",
    "HelpFormatter",
    "NoArgsIsHelpError",
    "Parameter",
    "PlainCommand",
    "PlainGroup",
    "TyperArgument",
    "TyperOption",
    "UsageError",
    "WrappingCommand",
    "choice",
    "heading",
    "help_record",
    "plain_words",
    "words_after_separator",
]

OWN_OPTIONS = "Options"
OUTPUT_OPTIONS = "Output options"
_SEPARATOR = "--"
_AFTER_SEPARATOR = "dbtrack.after_separator"
CONNECTION_OPTIONS = "Connection options, as psql's"
HEADINGS = ("Arguments", OWN_OPTIONS, OUTPUT_OPTIONS, CONNECTION_OPTIONS)

_NUMBER = r"(\d+(?:\.\d+)?)"
_NUMBERS = (
    (re.compile(r"a valid (int|integer)( range)?\b"), "a whole number"),
    (re.compile(r"a valid float( range)?\b"), "a number"),
    (re.compile(rf"in the range x>={_NUMBER}"), r"\1 or more"),
    (re.compile(rf"x>={_NUMBER}"), r"\1 or more"),
    (re.compile(rf"{_NUMBER}<=x<={_NUMBER}"), r"\1 to \2"),
)


class Example(NamedTuple):
    """A command line that a reader can copy, and what it is for."""

    line: str
    meaning: str


class PlainCommand(TyperCommand):
    """A command whose help has its options in sections, and examples at the end."""

    examples: Sequence[Example] = ()

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """Return the words of the usage line, with brackets around optional ones."""
        return ["[OPTIONS]", *(_usage(each) for each in self.params if isinstance(each, TyperArgument))]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the arguments, then the options, each section under its heading."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            sections.setdefault(heading(parameter), []).append(help_record(parameter, ctx))
        for title in sorted(sections, key=HEADINGS.index):
            with formatter.section(title):
                formatter.write_dl(sections[title])

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the examples."""
        if self.examples:
            with formatter.section("Examples"):
                _write_examples(self.examples, formatter)


class WrappingCommand(PlainCommand):
    """A command that takes the words of another one after ``--``, which the parser drops."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Parse the words; `words_after_separator` has how many of them follow ``--``."""
        ctx.meta[_AFTER_SEPARATOR] = len(args) - args.index(_SEPARATOR) - 1 if _SEPARATOR in args else None
        return super().parse_args(ctx, args)


def words_after_separator(context: Context) -> int | None:
    """Return how many words follow ``--`` in the command line of a `WrappingCommand`; None without ``--``."""
    count: int | None = context.meta[_AFTER_SEPARATOR]
    return count


class PlainGroup(TyperGroup):
    """A command that has subcommands; without one of them it shows its help."""

    examples: Sequence[Example] = ()

    format_epilog = PlainCommand.format_epilog


@dataclass(frozen=True)
class CommandDefinition:
    """A command, from which typer's own is built when it is used.

    Args:
        function: called with what its signature asks for; its docstring is the help that users read. A
            parameter annotated with a dataclass of options stands for all of them
            (``dbtrack.cli.program.option_groups``).
        kind: the class of typer's command.
    """

    function: Callable[..., Any]
    examples: Sequence[Example]
    kind: type[PlainCommand] = PlainCommand

    def build(self, name: str) -> PlainCommand:
        """Return the command under this name."""
        application = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        application.command(name, cls=self.kind)(expand(self.function))
        built = get_command(application)
        if not isinstance(built, PlainCommand):  # pragma: no cover
            raise TypeError(f"typer did not build a PlainCommand for {name}")
        built.examples = self.examples
        return built


@dataclass(frozen=True)
class GroupDefinition:
    """A command that holds other commands, by name, in the order shown."""

    about: str
    members: Mapping[str, CommandDefinition | GroupDefinition]
    examples: Sequence[Example]

    def build(self, name: str) -> PlainGroup:
        """Return the group under this name, with all of its members."""
        built = PlainGroup(
            name=name,
            commands=[member.build(member_name) for member_name, member in self.members.items()],
            help=self.about,
            rich_markup_mode=None,
            no_args_is_help=True,
        )
        built.examples = self.examples
        return built


def choice(words: Iterable[str]) -> TyperChoice[str]:
    """Return the type of an option that takes one of these words, in upper or lower case."""
    return TyperChoice(words, case_sensitive=False)


def heading(parameter: Parameter) -> str:
    """Return the heading of an argument or option in help."""
    if isinstance(parameter, TyperArgument):
        return "Arguments"
    return getattr(parameter, "rich_help_panel", None) or OWN_OPTIONS


def help_record(parameter: Parameter, ctx: Context) -> tuple[str, str]:
    """Return the spelling of an argument or option, and its help."""
    spelling, text = parameter.get_help_record(ctx) or ("", "")
    if isinstance(parameter, TyperArgument):
        return spelling, parameter.help or ""
    return spelling, plain_words(text)


def plain_words(text: str) -> str:
    """Put typer's words about ranges of numbers into plain English."""
    for pattern, words in _NUMBERS:
        text = pattern.sub(words, text)
    return text


def _usage(argument: TyperArgument) -> str:
    name = argument.human_readable_name
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _write_examples(examples: Sequence[Example], formatter: HelpFormatter) -> None:
    for example in examples:
        formatter.write(f"{'':>{formatter.current_indent}}{example.line}\n")
        with formatter.indentation(), formatter.indentation():
            formatter.write_text(example.meaning)
