"""The completion script for fish: one ``complete`` line a command and an option."""

from __future__ import annotations

from collections.abc import Iterator

from dbtrack.cli.program.command_tree import CommandDescription, OptionDescription

_HEAD = """\
# fish completion of dbtrack, written by 'dbtrack completion fish'.

# Whether the words of a command stand where commands stand; with 'only', nothing after them yet.
function __dbtrack_at
    set -l words (commandline -opc)[2..]
    if test "$argv[1]" = only
        set -e argv[1]
        test (count $words) -eq (count $argv); or return 1
    end
    test (count $words) -ge (count $argv); or return 1
    for index in (seq (count $argv))
        test "$words[$index]" = "$argv[$index]"; or return 1
    end
end

# What could follow in the command line after --.
function __dbtrack_wrapped
    set -l words (commandline -opc)
    set -l index (contains -i -- -- $words); or return 1
    set -l wrapped (string escape -- $words[(math $index + 1)..])
    complete -C "$(string join ' ' -- $wrapped '')$(commandline -ct)"
end

complete -c dbtrack -f
"""


def write(tree: CommandDescription) -> str:
    """Return the script."""
    return _HEAD + "".join(f"{line}\n" for command in tree.walk() for line in _lines(command))


def _lines(command: CommandDescription) -> Iterator[str]:
    words = " ".join(command.path[1:])
    here = f"-n {_quote(f'__dbtrack_at {words}')}"
    only_here = f"-n {_quote(f'__dbtrack_at only {words}')}"
    for member in command.members:
        yield f"complete -c dbtrack {only_here} -a {member.name} -d {_quote(member.summary)}"
    for argument in command.arguments:
        if argument.choices:
            yield f"complete -c dbtrack {only_here} -a {_quote(' '.join(argument.choices))}"
        if argument.repeats:
            yield f"complete -c dbtrack {here} -a '(__dbtrack_wrapped)'"
    for option in command.options:
        yield f"complete -c dbtrack {only_here if command.members else here} {_option(option)}"


def _option(option: OptionDescription) -> str:
    parts = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    if option.metavar is not None:
        parts.append("-x" if not option.takes_file else "-r -F")
    if option.choices:
        parts.append(f"-a {_quote(' '.join(option.choices))}")
    return " ".join([*parts, f"-d {_quote(option.brief)}"])


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
