"""The completion script for bash: one case for what an option takes, one for what a command offers."""

from __future__ import annotations

from collections.abc import Iterable

from dbtrack.cli.program.command_tree import CommandDescription, OptionDescription

_HEAD = """\
# bash completion of dbtrack, written by 'dbtrack completion bash'.

_dbtrack() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
    local path=dbtrack word index
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
            "".join(f'            "{_path(each)}") path="{_path(each)}" ;;\n' for each in commands[1:]),
            "        esac\n    done\n\n",
            '    local key="$path $previous"\n    case "$key" in\n',
            "".join(_values(commands)),
            "    esac\n\n",
            '    local offered=""\n    case "$path" in\n',
            "".join(_offers(each) for each in commands),
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
    return _reply("-f") if option.takes_file else ""


def _reply(source: str) -> str:
    return f'            mapfile -t COMPREPLY < <(compgen {source} -- "$current")\n'


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
