"""What the value of an option or of an argument is, as far as it can be completed."""

from __future__ import annotations

from dbtrack.cli.program.command_tree import ArgumentDescription, CommandDescription, OptionDescription

FILE = "file"
_BY_METAVAR = {
    "DIR": FILE,
    "DIRECTORY": FILE,
    "FILE": FILE,
    "LEFT": "environment",
    "LOG...": FILE,
    "MEMBER": "member",
    "OBJECT": "object",
    "PATH": FILE,
    "RIGHT": "environment",
    "ROLE": "role",
    "SCHEMA": "schema",
    "TABLE": "object",
    "TENANT": "tenant",
}
# A NAME is of the thing that the command manages.
_NAMES = {
    "alert": "alert",
    "endpoint": "endpoint",
    "settings": "setting",
    "track": "operation",
    "webhook": "endpoint",
}
_NEW = frozenset({"add", "create"})
_BY_OPTION = {
    "--env": "environment",
    "--object": "object",
    "--on": "object",
    "--type": "type",
    "--user": "role",
}


def option_kind(option: OptionDescription) -> str | None:
    """Return the kind of an option's values; None if they cannot be completed."""
    if option.names[0] == "--name" and option.metavar in {"WORDS", "NAMES"}:
        return "operation"  # of a report; elsewhere it is the name of something else
    named = _BY_OPTION.get(option.names[0])
    return named or _BY_METAVAR.get(option.metavar or "")


def argument_kind(command: CommandDescription, argument: ArgumentDescription) -> str | None:
    """Return the kind of an argument; None if it cannot be completed."""
    if command.name in _NEW and argument == command.arguments[0] and argument.metavar != "FILE":
        return None  # the name of something new
    match plain_metavar(argument):
        case "NAME":
            return _NAMES.get(command.path[1])
        case "KEY":
            return "open_key" if command.name == "complete" else "key"
        case metavar:
            return _BY_METAVAR.get(metavar) or _BY_METAVAR.get(metavar.rstrip("."))


def plain_metavar(argument: ArgumentDescription) -> str:
    """Return what an argument is called, without the brackets that say that it may be left out."""
    return argument.metavar.replace("[", "").replace("]", "")


def argument_kinds(command: CommandDescription) -> list[str]:
    """Return the kinds of a command's arguments, in order; a dash for one that cannot be completed."""
    return [argument_kind(command, each) or "-" for each in command.arguments]


def names_with_values(command: CommandDescription) -> list[str]:
    """Return the options of a command after which a value follows."""
    return [name for option in command.options if option.metavar is not None for name in option.names]
