"""Find the script that a psql command line runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dbtrack.predict.script import Script, read_script, read_script_file

_LONG = {"--file": "f", "--command": "c", "--set": "v", "--variable": "v"}
# Options of psql's that take another value than a file or a statement.
_WITH_VALUE = frozenset("cdfFhLoPpRTUv")


def script_of(words: Sequence[str]) -> tuple[Script, bool] | None:
    """Return what psql would run, and whether it is one transaction; None for another command.

    Raises:
        UsageError: a file cannot be read, or cannot be predicted.
    """
    if not words or Path(words[0]).name != "psql":
        return None
    options = list(_options(words[1:]))
    variables = dict(value.split("=", 1) for letter, value in options if letter == "v" and "=" in value)
    scripts = [
        read_script(value, None, variables) if letter == "c" else _file(Path(value), variables)
        for letter, value in options
        if letter in {"c", "f"} and value != "-"
    ]
    statements = tuple(statement for script in scripts for statement in script.statements)
    notes = tuple(note for script in scripts for note in script.notes)
    return (Script(statements, notes), any(letter == "1" for letter, _ in options)) if statements else None


def _file(path: Path, variables: dict[str, str]) -> Script:
    return read_script(read_script_file(path), path, variables)


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return each option by its letter, with its value."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            name, separator, value = word.partition("=")
            letter = _LONG.get(name)
            if letter:
                yield letter, value if separator or not rest else rest.pop(0)
            elif name == "--single-transaction":
                yield "1", ""
        elif word.startswith("-"):
            yield from _letters(word[1:], rest)


def _letters(letters: str, rest: list[str]) -> Iterator[tuple[str, str]]:
    for position, letter in enumerate(letters):
        if letter in _WITH_VALUE:
            value = letters[position + 1 :] or (rest.pop(0) if rest else "")
            yield letter, value
            return
        yield letter, ""
