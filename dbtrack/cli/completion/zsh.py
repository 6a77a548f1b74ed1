"""The completion script for zsh, on its own `_arguments`."""

from __future__ import annotations

import re

from dbtrack.cli.completion.kinds import FILE, argument_kind, option_kind, plain_metavar
from dbtrack.cli.program.command_tree import ArgumentDescription, CommandDescription, OptionDescription

_HEAD = """\
#compdef dbtrack
# zsh completion of dbtrack, written by 'dbtrack completion zsh'.

# What the configuration file or the database has; nothing if it does not answer at once.
_dbtrack_values() {
    local line
    local -a found shown
    local answer=$($dbtrack_line[1] __values $1 "$PREFIX" "${(@)dbtrack_line[2,-1]}" 2>/dev/null </dev/null)
    for line in "${(@f)answer}"; do
        [[ -n $line ]] || continue
        found+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  }")
    done
    compadd -V values -d shown -a found
}

"""
_WRAPPED = """\
    local separator=${words[(i)--]}
    if ((separator < CURRENT)); then
        # The rest is a command line of its own.
        shift $separator words
        ((CURRENT -= separator))
        _normal
        return
    fi
"""
_TAIL = """
if [[ $funcstack[1] == _dbtrack ]]; then
    _dbtrack "$@"
else
    compdef _dbtrack dbtrack
fi
"""


def write(tree: CommandDescription) -> str:
    """Return the script."""
    return _HEAD + "\n".join(_function(command) for command in tree.walk()) + _TAIL


def _function(command: CommandDescription) -> str:
    if command.members:
        return _group_function(command)
    arguments = [each for each in command.arguments if not each.metavar.startswith("--")]
    wraps = _WRAPPED if len(arguments) < len(command.arguments) else ""
    specifications = [*map(_option, command.options), *(_argument(command, each) for each in arguments)]
    lines = " \\\n".join(f"        {each}" for each in specifications)
    return f"{_name(command)}() {{\n{wraps}    _arguments -s \\\n{lines}\n}}\n"


def _group_function(command: CommandDescription) -> str:
    options = " \\\n".join(f"        {_option(option)}" for option in command.options)
    described = "\n".join(f"        {_quote(f'{each.name}:{each.summary}')}" for each in command.members)
    cases = "\n".join(f"        {each.name}) {_name(each)} ;;" for each in command.members)
    return (
        f"{_name(command)}() {{\n"
        f"{_LINE if len(command.path) == 1 else ''}"
        "    local curcontext=$curcontext state line\n"
        "    local -a members\n"
        f"    members=(\n{described}\n    )\n"
        f"    _arguments -C \\\n{options} \\\n        '1: :->command' '*:: :->rest'\n"
        "    case $state in\n"
        "    command) _describe -t commands command members ;;\n"
        f"    rest)\n        case $line[1] in\n{cases}\n        esac ;;\n"
        "    esac\n}\n"
    )


# The whole line, of which the functions below see only their part.
_LINE = '    local -a dbtrack_line=("${(@)words[1,CURRENT-1]}")\n'


def _name(command: CommandDescription) -> str:
    return "_" + "_".join(command.path).replace("-", "_")


def _option(option: OptionDescription) -> str:
    names = option.names[0] if len(option.names) == 1 else "{" + ",".join(option.names) + "}"
    excluded = "" if option.repeats or len(option.names) == 1 else f"({' '.join(option.names)})"
    value = "" if option.metavar is None else f":{option.metavar.lower()}:{_action(option)}"
    explained = _quote(f"[{_escape(option.brief)}]{value}")
    repeated = "'*'" if option.repeats else (f"'{excluded}'" if excluded else "")
    return f"{repeated}{names}{explained}"


def _action(option: OptionDescription) -> str:
    if option.choices:
        return f"({' '.join(option.choices)})"
    return _of_kind(option_kind(option))


def _of_kind(kind: str | None) -> str:
    if kind is None:
        return " "
    return "_files" if kind == FILE else f" _dbtrack_values {kind}"


def _argument(command: CommandDescription, argument: ArgumentDescription) -> str:
    choices = f"({' '.join(argument.choices)})" if argument.choices else ""
    mark = "*:" if argument.repeats else ":" if argument.required else "::"
    return _quote(
        f"{mark}{plain_metavar(argument).lower()}:{choices or _of_kind(argument_kind(command, argument))}"
    )


def _escape(text: str) -> str:
    return re.sub(r"([\[\]:\\])", r"\\\1", " ".join(text.split()))


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
