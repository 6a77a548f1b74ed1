"""Make the options of a report from its parameters: a new report needs no change here."""

from __future__ import annotations

from inspect import Parameter as Argument
from typing import Annotated, Any, NamedTuple

import typer

from dbtrack.cli.parse_values import MOST_DAYS
from dbtrack.cli.program.typer_adapter import choice
from dbtrack.reports.model import Parameter, ParameterKind
from dbtrack.status import Status

MOST_HOURS = MOST_DAYS * 24
# Wider ones would not fit a terminal of 60 columns, and would be cut anywhere.
_WIDEST_CHOICES = 48
_MOMENT = " E.g. 02:00, 24h, 7d, yesterday, friday, '1 march', 2026-01-01 (docs/reports.md)."
_WORDS = " * and ? stand for any text and for one character."


class _OptionForm(NamedTuple):
    """How a parameter of one kind is written as an option.

    Args:
        type: what its value is parsed as.
        metavar: what its value is called in help.
        help: used where the parameter has no help of its own.
        most: the highest number that is accepted; None: any.
        spellings: added to the help: how the value may be written.
        short: a second, short name.
    """

    type: Any
    metavar: str
    help: str
    most: int | None = None
    spellings: str = ""
    short: str | None = None


_OPTION_FORMS = {
    ParameterKind.TENANT: _OptionForm(
        str, "TENANT", "Only this tenant: its short name, or its key in hexadecimal."
    ),
    ParameterKind.SINCE: _OptionForm(
        str, "TIME", "Only executions that started at or after this time.", spellings=_MOMENT
    ),
    ParameterKind.UNTIL: _OptionForm(
        str, "TIME", "Only executions that started before this time.", spellings=_MOMENT
    ),
    ParameterKind.MOMENT: _OptionForm(str, "TIME", "As it stood at this time.", spellings=_MOMENT),
    ParameterKind.DAYS: _OptionForm(int, "DAYS", "Only the last DAYS days.", most=MOST_DAYS),
    ParameterKind.HOURS: _OptionForm(int, "HOURS", "Only the last HOURS hours.", most=MOST_HOURS),
    ParameterKind.LIMIT: _OptionForm(int, "ROWS", "Maximum number of rows."),
    ParameterKind.TEXT: _OptionForm(str, "TEXT", ""),
    ParameterKind.WORDS: _OptionForm(list[str], "WORDS", "", spellings=_WORDS),
    ParameterKind.TYPES: _OptionForm(list[str], "TYPES", ""),
    ParameterKind.OBJECTS: _OptionForm(list[str], "OBJECTS", ""),
    ParameterKind.PHRASE: _OptionForm(str, "TEXT", ""),
    ParameterKind.FLAG: _OptionForm(bool, "", ""),
    ParameterKind.STATUS: _OptionForm(
        Status, "STATUS", "Only this status: RUNNING, COMPLETED, FAILED, CANCELLED or ABANDONED."
    ),
    ParameterKind.KEY: _OptionForm(str, "KEY", "The execution's key, or at least its first 8 digits."),
}


def option_of(parameter: Parameter) -> Argument:
    """Return a parameter of a report as a parameter of a command's function."""
    default = False if parameter.kind is ParameterKind.FLAG else parameter.default
    return Argument(
        parameter.name,
        Argument.KEYWORD_ONLY,
        default=Argument.empty if parameter.required else default,
        annotation=_annotation(parameter),
    )


def argument_of(parameter: Parameter) -> Argument:
    """Return a parameter of a report as an argument of its command, which takes several of them."""
    help_text = f"As --{parameter.name}: {parameter.help}"
    return Argument(
        f"{parameter.name}s",
        Argument.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            list[str] | None,
            typer.Argument(
                metavar=f"[{parameter.name.upper()}...]", help=help_text, callback=_refuse_password
            ),
        ],
    )


def _refuse_password(context: typer.Context, words: list[str] | None) -> list[str] | None:
    """Refuse a word after --password: who expects it to take a value would have the password searched for.

    Raises:
        BadParameter: there is one. It is not repeated.
    """
    if words and context.params.get("password"):
        raise typer.BadParameter("--password takes no value: it asks on the terminal")
    return words


def _annotation(parameter: Parameter) -> Any:
    form = _OPTION_FORMS[parameter.kind]
    option = typer.Option(
        "--" + parameter.name.replace("_", "-"),
        *([form.short] if form.short else []),
        metavar=_metavar(parameter) or form.metavar or None,
        click_type=choice(parameter.choices) if parameter.choices else None,
        min=1 if form.type is int else None,
        max=form.most,
        case_sensitive=False,
        help=f"{parameter.help or form.help}{_named_choices(parameter)}{form.spellings}",
    )
    is_plain = parameter.required or parameter.kind is ParameterKind.FLAG
    return Annotated[form.type if is_plain else form.type | None, option]


def _metavar(parameter: Parameter) -> str:
    """Return the values that it can have, or its name where these do not fit a narrow terminal."""
    choices = "|".join(parameter.choices)
    return parameter.name.upper() if len(choices) > _WIDEST_CHOICES else choices


def _named_choices(parameter: Parameter) -> str:
    is_named = len("|".join(parameter.choices)) > _WIDEST_CHOICES
    return f" One of {', '.join(parameter.choices)}." if is_named else ""
