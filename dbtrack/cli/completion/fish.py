"""The completion script for fish: one ``complete`` line a command and an option."""

from __future__ import annotations

from collections.abc import Iterator

from dbtrack.cli.completion.kinds import FILE, argument_kinds, names_with_values, option_kind
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

# What the configuration file or the database has; nothing if it does not answer at once.
function __dbtrack_values
    set -l words (commandline -opc)
    command $words[1] __values $argv[1] (commandline -ct) $words[2..] 2>/dev/null </dev/null
end

# Whether the argument of that number comes next. Then: the options that take a value; the command's words.
function __dbtrack_argument
    set -l number $argv[1]
    set -l takes (string split ' ' -- $argv[2])
    set -l path $argv[3..]
    __dbtrack_at $path; or return 1
    string match -q -- '-*' (commandline -ct); and return 1
    set -l words (commandline -opc)[2..]
    set -l position 0
    set -l skips 0
    for word in $words[(math (count $path) + 1)..]
        if test $skips = 1
            set skips 0
        else if test "$word" = --
            return 1
        else if contains -- $word $takes
            set skips 1
        else if not string match -q -- '-*' $word
            set position (math $position + 1)
        end
    end
    test $skips = 0 -a $position -eq $number
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
    yield from _values(command)
    for option in command.options:
        yield f"complete -c dbtrack {only_here if command.members else here} {_option(option)}"


def _values(command: CommandDescription) -> Iterator[str]:
    """Yield a line for each argument whose values are files or in the database."""
    taking = " ".join(names_with_values(command))
    for number, kind in enumerate(argument_kinds(command)):
        if kind != "-":
            condition = f'__dbtrack_argument {number} "{taking}" {" ".join(command.path[1:])}'
            action = "-F" if kind == FILE else f"-k -a '(__dbtrack_values {kind})'"
            yield f"complete -c dbtrack -n {_quote(condition)} {action}"


def _option(option: OptionDescription) -> str:
    parts = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    kind = option_kind(option)
    if option.metavar is not None:
        parts.append("-r -F" if kind == FILE else "-x")
    if kind not in {None, FILE}:
        parts.append(f"-k -a '(__dbtrack_values {kind})'")
    if option.choices:
        parts.append(f"-a {_quote(' '.join(option.choices))}")
    return " ".join([*parts, f"-d {_quote(option.brief)}"])


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
