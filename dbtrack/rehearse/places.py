"""Find in which file, and on which line, a statement is written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_BLANKS = re.compile(r"\s+")
_MOST_FILES, _MOST_BYTES = 2000, 2 << 20
_SHORTEST = 12
"""A shorter statement, such as COMMIT, is in many places."""


@dataclass(frozen=True)
class Place:
    """A line of a file, with the path as annotations need it: from the current directory."""

    file: str
    line: int


class _Source:
    """A file with each run of white space as one blank, and the line of each of its words."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.after = 0
        parts, self._lines, line, length = [], [], 1, 0
        for word in re.split(r"(\s+)", text):
            if _BLANKS.fullmatch(word):
                line += word.count("\n")
                parts.append(" ")
                length += 1
            elif word:
                self._lines.append((length, line))
                parts.append(word)
                length += len(word)
        self.text = "".join(parts)

    def find(self, wanted: str) -> Place | None:
        """Return where a statement begins; the same one again is looked for behind the last."""
        position = self.text.find(wanted, self.after)
        if position < 0:
            position = self.text.find(wanted)
        if position < 0:
            return None
        self.after = position + 1
        line = next(line for start, line in reversed(self._lines) if start <= position)
        return Place(self.path, line)


class Places:
    """The files in which statements are looked for, the given ones first.

    Args:
        paths: files, and directories with all that is in them.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._sources = [source for path in paths for source in _sources(path)][:_MOST_FILES]

    def find(self, text: str) -> Place | None:
        """Return where a statement is written; None where it is not known."""
        wanted = " ".join(text.split())
        if len(wanted) < _SHORTEST:
            return None
        return next((place for source in self._sources if (place := source.find(wanted))), None)


def _sources(path: Path) -> Iterator[_Source]:
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    for file in files:
        try:
            if file.is_file() and file.stat().st_size <= _MOST_BYTES:
                yield _Source(_shown(file), file.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            continue  # a binary file, or one that may not be read


def _shown(file: Path) -> str:
    relative = os.path.relpath(file)
    return str(file) if relative.startswith("..") else relative


def named_files(command: Sequence[str]) -> list[Path]:
    """Return the files that a command line names: the scripts of psql -f."""
    found = []
    for word in command:
        value = word.partition("=")[2] if word.startswith("--") else word
        if value and not value.startswith("-") and Path(value).is_file() and Path(value).suffix:
            found.append(Path(value))
    return found
