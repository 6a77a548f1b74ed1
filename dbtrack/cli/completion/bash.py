"""The completion script for bash: cases for options, for arguments, and for what a command offers."""

from __future__ import annotations

from collections.abc import Iterable

from dbtrack.cli.completion.kinds import FILE, argument_kinds, names_with_values, option_kind
from dbtrack.cli.program.command_tree import CommandDescription, OptionDescription

_HEAD = """\
# bash completion of dbtrack, written by 'dbtrack completion bash'.

# What the configuration file or the database has; nothing if it does not answer at once.
_dbtrack_values() {
    mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" __values "$1" "$current" "${COMP_WORDS[@]:1:COMP_CWORD-1}" \
        2>/dev/null </dev/null | cut -f 1)
}

_dbtrack() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path=dbtrack word index start=1 position=0 kinds=() takes=""
    COMPREPLY=()

    # readline takes --format=json for three words.
    if [[ $current == = ]]; then
        current=
    elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
    fi

    for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if [[ $word == -- ]]; then
            # The rest is the wrapped command and its arguments.
            if ((index == COMP_CWORD - 1)); then
                mapfile -t COMPREPLY < <(compgen -c -- "$current")
            else
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
            fi
            return
        fi
        case "$path $word" in
"""
_TAIL = """\
    esac

    if [[ $current != -* && ${#kinds[@]} -gt 0 ]]; then
        for ((index = start; index < COMP_CWORD; index++)); do
            word=${COMP_WORDS[index]}
            if [[ $word != -* ]]; then
                ((position += 1))
            elif [[ ${COMP_WORDS[index+1]} == = ]]; then
                ((index += 2))
            elif [[ " $takes " == *" $word "* ]]; then
                ((index += 1))
            fi
        done
        case "${kinds[position]:--}" in
        -) ;;
        file)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        *)
            _dbtrack_values "${kinds[position]}"
            return ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
}

complete -o bashdefault -o filenames -F _dbtrack dbtrack
"""


def write(tree: CommandDescription) -> str:
    """Return the script."""
    commands = list(tree.walk())
    return "".join(
        [
            _HEAD,
            "".join(
                f'            "{_path(each)}") path="{_path(each)}"; start=$((index + 1)) ;;\n'
                for each in commands[1:]
            ),
            "        esac\n    done\n\n",
            '    local key="$path $previous"\n    case "$key" in\n',
            "".join(_values(commands)),
            "    esac\n\n",
            '    local offered=""\n    case "$path" in\n',
            "".join(_offers(each) for each in commands),
            '    esac\n\n    case "$path" in\n',
            "".join(_arguments(each) for each in commands),
            _TAIL,
        ]
    )


def _path(command: CommandDescription) -> str:
    return " ".join(command.path)


def _values(commands: Iterable[CommandDescription]) -> Iterable[str]:
    """Yield one case for all options that are completed alike."""
    patterns: dict[str, list[str]] = {}
    for name, paths in _options_with_values(commands).items():
        alike = len(set(paths.values())) == 1
        for path, completing in paths.items():
            pattern = f'*" {name}"' if alike else f'"{path} {name}"'
            known = patterns.setdefault(completing, [])
            if pattern not in known:
                known.append(pattern)
    for completing, names in patterns.items():
        yield f"        {' | '.join(names)})\n{completing}            return ;;\n"


def _options_with_values(commands: Iterable[CommandDescription]) -> dict[str, dict[str, str]]:
    """Return, for each spelling of an option and each command that has it, how its value is completed."""
    found: dict[str, dict[str, str]] = {}
    for command in commands:
        for option in command.options:
            for name in option.names if option.metavar is not None else ():
                found.setdefault(name, {})[_path(command)] = _completing(option)
    return found


def _completing(option: OptionDescription) -> str:
    if option.choices:
        return _reply(f'-W "{" ".join(option.choices)}"')
    kind = option_kind(option)
    if kind == FILE:
        return _reply("-f")
    return "" if kind is None else f"            _dbtrack_values {kind}\n"


def _reply(source: str) -> str:
    return f'            mapfile -t COMPREPLY < <(compgen {source} -- "$current")\n'


def _arguments(command: CommandDescription) -> str:
    kinds = argument_kinds(command)
    if not any(kind != "-" for kind in kinds):
        return ""
    taking = " ".join(names_with_values(command))
    return f'        "{_path(command)}")\n            kinds=({" ".join(kinds)}) takes="{taking}" ;;\n'


def _offers(command: CommandDescription) -> str:
    names = [member.name for member in command.members]
    values = [choice for argument in command.arguments for choice in argument.choices]
    options = " ".join(option.names[0] for option in command.options)
    # Options are offered once a dash is typed: until then, what a command is for comes first.
    first = " ".join(names + values)
    return (
        f'        "{_path(command)}")\n'
        f'            [[ $current == -* ]] && offered="{options}" || offered="{first}" ;;\n'
    )
