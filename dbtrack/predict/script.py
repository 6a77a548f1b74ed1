r"""Split a script into statements as psql does, with the commands of psql that change what is run.

Supported: `\i`, `\ir`, `\set` and `\unset` with `:name`, `:'name'` and `:"name"`, `\g`, and the data of COPY.
Commands that only show something are left out; those that make other statements of it are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from dbtrack.errors import UsageError
from dbtrack.redaction.sql_tokens import Kind, Token, tokens
from dbtrack.redaction.statement_nesting import StatementNesting

_META = re.compile(r"\\([A-Za-z_!?+.]*)([^\n]*)")
_WORD = re.compile(r"""'((?:[^']|'')*)'|"([^"]*)"|(\S+)""")
_COPY_END = re.compile(r"^\\\.[ \t\r]*$\n?", re.MULTILINE)
_INCLUDES = frozenset({"i", "include", "ir", "include_relative"})
_ENDING = frozenset({"g", "gx", "gset", "gdesc"})
_SILENT = frozenset({
    "a", "C", "conninfo", "d", "echo", "encoding", "errverbose", "f", "h", "H", "html", "l", "o", "p",
    "pset", "qecho", "r", "reset", "restrict", "s", "t", "T", "timing", "unrestrict", "warn", "x", "z",
    "?", "watch", "prompt",
})  # fmt: skip
_REFUSED = {
    "c": "another database",
    "connect": "another database",
    "if": "a condition",
    "elif": "a condition",
    "else": "a condition",
    "endif": "a condition",
    "gexec": "statements that a query returns",
}
_LEFT_OUT = frozenset({"copy", "!", "password", "lo_import", "lo_export", "lo_unlink", "setenv", "cd"})
_DEEPEST_INCLUDE = 20


@dataclass(frozen=True)
class Statement:
    """One statement of a script.

    Args:
        text: as written, without the semicolon and the comments around it.
        line: where it begins, from 1.
        file: the file that contains it; None for a statement of the command line.
    """

    text: str
    line: int
    file: str | None
    tokens: tuple[Token, ...] = field(repr=False)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words in upper case; an empty text for each other token."""
        return tuple(token.word for token in self.tokens)


@dataclass(frozen=True)
class Script:
    """The statements of a script, and what was left out of it."""

    statements: tuple[Statement, ...]
    notes: tuple[str, ...]


def read_script(text: str, path: Path | None = None, variables: Mapping[str, str] | None = None) -> Script:
    """Split a text into statements.

    Args:
        path: the file that it comes from.
        variables: psql's variables, as `-v NAME=VALUE` sets them.

    Raises:
        UsageError: a command of psql's with which it cannot be known what is run.
    """
    reader = _Reader(dict(variables or {}))
    reader.read(text, path, 0)
    return Script(tuple(reader.statements), tuple(dict.fromkeys(reader.notes)))


def read_script_file(path: Path) -> str:
    """Return the text of a script.

    Raises:
        UsageError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8") from error


class _Reader:
    def __init__(self, variables: dict[str, str]) -> None:
        self.statements: list[Statement] = []
        self.notes: list[str] = []
        self._variables = variables

    def read(self, text: str, path: Path | None, depth: int) -> None:
        if depth > _DEEPEST_INCLUDE:
            raise UsageError(f"{path}: files include each other")
        _Text(self, text, path, depth, self._variables).read()


class _Text:
    """One text: of the command line, or of one file."""

    def __init__(
        self, reader: _Reader, text: str, path: Path | None, depth: int, variables: dict[str, str]
    ) -> None:
        self._reader = reader
        self._text = text
        self._path = path
        self._include_depth = depth
        self._variables = variables
        self._current: list[Token] = []
        self._nesting = StatementNesting()
        # What variables have replaced in the current statement: from where, to where, by what.
        self._replaced: list[tuple[int, int, str]] = []
        self._begin = self._end = self._shift = 0
        # A position whose line is known, so that no newline is counted twice.
        self._known_position, self._known_line = 0, 1

    def read(self) -> None:
        position = 0
        while position < len(self._text):
            position = self._read_from(position)
        self._end_statement()

    def _read_from(self, base: int) -> int:
        """Read tokens up to something that changes the text behind it; return where to go on."""
        previous_end, before = -1, ""
        for token in tokens(self._text, base):
            start = token.start
            if token.text == "\\":
                return self._meta(start)
            if before == ":" and previous_end == start and self._is_variable(token):
                return self._substitute(start - 1, token)
            if token.text == ";" and self._nesting.is_outside:
                ended = self._end_statement()
                if ended and _reads_data(ended):
                    return self._behind_data(start + 1)
            else:
                self._append(token, start, token.end)
            # The second colon of a cast begins no variable.
            before = "" if token.text == ":" and before == ":" and previous_end == start else token.text
            previous_end = token.end
        return len(self._text)

    def _append(self, token: Token, start: int, end: int) -> None:
        """Add a token to the current statement.

        Args:
            start: where it, or the variable that it comes from, begins in the text.
            end: where that ends.
        """
        if not self._current:
            self._begin = start
        self._end = end
        self._nesting.pass_over(token)
        self._current.append(Token(token.kind, token.text, token.start + self._shift))

    def _is_variable(self, token: Token) -> bool:
        """Return whether a token behind a colon is a variable; psql leaves an unknown name alone."""
        return token.kind is not Kind.SYMBOL and token.inside in self._variables

    def _substitute(self, colon: int, token: Token) -> int:
        """Replace `:name` by the variable's value; return where to go on."""
        value = self._variables[token.inside]
        if token.kind is Kind.LITERAL:
            value = "'" + value.replace("'", "''") + "'"
        elif token.kind is Kind.NAME:
            value = '"' + value.replace('"', '""') + '"'
        end = colon + 1 + len(token.text)
        if self._current and self._current[-1].text == ":":
            self._current.pop()
        found = list(tokens(value))
        if not found or not _is_part_of_a_statement(value, found):
            # It may end the statement or lead to other variables: read it as if it were written there.
            self._text = self._text[:colon] + value + self._text[end:]
            return colon
        for each in found:
            self._append(Token(each.kind, each.text, colon + each.start), colon, end)
        self._replaced.append((colon, end, value))
        self._shift += len(value) - (end - colon)
        return end

    def _meta(self, start: int) -> int:
        match = _META.match(self._text, start)
        name, rest = (match[1], match[2]) if match else ("", "")
        end = match.end() if match else start + 1
        if name == "" and self._text[start + 1 : start + 2] in {";", "\\"}:
            return start + 2
        if name in _ENDING:
            self._end_statement()
        elif name in _INCLUDES:
            self._include(rest, is_relative=name in {"ir", "include_relative"})
        elif name in {"set", "unset"}:
            self._set(name, rest)
        elif name in _LEFT_OUT:
            self._reader.notes.append(f"\\{name} was left out")
        elif name in _REFUSED:
            raise UsageError(
                f"{self._place(start)}: \\{name}: {_REFUSED[name]} cannot be predicted",
                hint="give the statements themselves",
            )
        elif name.rstrip("+") not in _SILENT and not name.startswith("d"):
            raise UsageError(f"{self._place(start)}: unknown command of psql: \\{name}")
        return end

    def _include(self, rest: str, *, is_relative: bool) -> None:
        words = _words(rest)
        if not words:
            raise UsageError("\\i: the file is missing")
        path = Path(words[0]).expanduser()
        if is_relative and self._path is not None and not path.is_absolute():
            path = self._path.parent / path
        self._reader.read(read_script_file(path), path, self._include_depth + 1)

    def _set(self, name: str, rest: str) -> None:
        words = _words(rest)
        if not words:
            return
        if name == "set":
            self._variables[words[0]] = "".join(
                self._variables.get(word[1:], word) if word.startswith(":") else word for word in words[1:]
            )
        else:
            self._variables.pop(words[0], None)

    def _behind_data(self, position: int) -> int:
        self._reader.notes.append("the data of COPY was left out")
        end = _COPY_END.search(self._text, position)
        return end.end() if end else len(self._text)

    def _end_statement(self) -> Statement | None:
        current, replaced = self._current, self._replaced
        self._current, self._replaced, self._nesting, self._shift = [], [], StatementNesting(), 0
        if not current:
            return None
        statement = Statement(
            self._written(replaced),
            self._line_of(self._begin),
            str(self._path) if self._path else None,
            tuple(current),
        )
        self._reader.statements.append(statement)
        return statement

    def _written(self, replaced: list[tuple[int, int, str]]) -> str:
        """Return the text of the current statement, with the values of its variables."""
        parts, position = [], self._begin
        for start, end, value in replaced:
            parts += [self._text[position:start], value]
            position = end
        return "".join([*parts, self._text[position : self._end]])

    def _line_of(self, position: int) -> int:
        self._known_line += self._text.count("\n", self._known_position, position)
        self._known_position = position
        return self._known_line

    def _place(self, position: int) -> str:
        line = self._text.count("\n", 0, position) + 1
        return f"{self._path}:{line}" if self._path else f"line {line}"


def _is_part_of_a_statement(value: str, found: list[Token]) -> bool:
    """Return whether the value of a variable is whole tokens, and none that means something to psql."""
    covers = found[0].start == 0 and found[-1].end == len(value)
    is_whole = all(token.kind not in {Kind.LITERAL, Kind.NAME} or token.text[-1] in "'\"$" for token in found)
    return covers and is_whole and not any(token.text in {";", "\\", ":"} for token in found)


def _words(rest: str) -> list[str]:
    found = []
    for single, double, plain in _WORD.findall(rest):
        found.append(single.replace("''", "'") if single else double or plain)
    return found


def _reads_data(statement: Statement) -> bool:
    words = statement.words
    return words[0] == "COPY" and "STDIN" in words and "FROM" in words
