"""Wrap the prose of Markdown pages at 100 columns: ``python -m tools.wrap_prose docs/PAGE.md …``.

Tables, code, headings and comments stay as they are; paragraphs and items of lists are filled again.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

WIDTH = 100
_ITEM = re.compile(r" *(?:[-*]|\d+\.) +")
# Headings, tables, comments, pictures, empty lines.
_FIXED = re.compile(r"#|\||<|!\[|\s*$")
# At the beginning of a line these would begin an item, a heading, a table or a quotation.
_SIGN = re.compile(r" (?=(?:[-+*#|>]|\d+\.)(?: |$))")
_CODE = re.compile(r"`[^`]*`")
_GLUE = "\0"


def wrap(text: str) -> str:
    """Return the page with its prose filled."""
    return "".join(f"{line}\n" for block in _blocks(text.splitlines()) for line in _wrapped(block))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Yield each fenced block, each line that stays, and each paragraph or item as the lines of one block."""
    block: list[str] = []
    is_code = False
    for line in lines:
        is_fence = _is_fence(line)
        if not is_code and block and (is_fence or _FIXED.match(line) or _ITEM.match(line)):
            yield block
            block = []
        block.append(line)
        is_code = is_code != is_fence
        if not is_code and (is_fence or _FIXED.match(line)):
            yield block
            block = []
    if block:
        yield block


def _is_fence(line: str) -> bool:
    return line.lstrip().startswith("```")


def _wrapped(block: list[str]) -> list[str]:
    if _is_fence(block[0]) or _FIXED.match(block[0]):
        return block
    item = _ITEM.match(block[0])
    indent = item[0] if item else " " * (len(block[0]) - len(block[0].lstrip()))
    words = " ".join([block[0][len(indent) :], *(line.strip() for line in block[1:])])
    words = _CODE.sub(lambda code: code[0].replace(" ", _GLUE), words)
    filled = textwrap.wrap(
        _SIGN.sub(_GLUE, words),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_GLUE, " ") for line in filled]


def main(names: list[str]) -> None:
    """Wrap the pages of these names."""
    for path in map(Path, names):
        path.write_text(wrap(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
