"""Write roff: the language of man pages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbtrack.cli.program.command_tree import OptionDescription
from dbtrack.cli.program.typer_adapter import Example


def options_of(options: Iterable[OptionDescription]) -> str:
    """Return the options, each with its help; not --help, which all commands have."""
    return "".join(
        f".TP\n{_names(option)}\n{escape(option.help)}\n"
        for option in options
        if "--help" not in option.names
    )


def _names(option: OptionDescription) -> str:
    value = "" if option.metavar is None else f" \\fI{escape(option.metavar)}\\fR"
    return ", ".join(f"\\fB{escape(name)}\\fR{value}" for name in option.names)


def definitions(entries: Iterable[tuple[str, str]]) -> str:
    """Return a list of terms, each with what it means."""
    return "".join(f".TP\n\\fI{escape(term)}\\fR\n{escape(text)}\n" for term, text in entries)


def examples_of(examples: Iterable[Example]) -> str:
    """Return the examples, each with what it does."""
    return "".join(
        f".PP\n.nf\n\\fB{escape(example.line)}\\fR\n.fi\n.RS\n{escape(example.meaning)}\n.RE\n"
        for example in examples
    )


def paragraphs(text: str) -> str:
    """Return the paragraphs of a text, which an empty line separates."""
    blocks = (" ".join(block.split()) for block in text.split("\n\n"))
    return "".join(f".PP\n{escape(block)}\n" for block in blocks if block)


def escape(text: str) -> str:
    """Return the text as one line in which nothing is taken for a request."""
    escaped = re.sub(r"\s+", " ", text.strip()).replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    # A line that begins with a dot is a request.
    return f"\\&{escaped}" if escaped.startswith(".") else escaped


def tidied(page: str) -> str:
    """Return a page without the requests for space that begin or end a section."""
    return re.sub(
        r"^\.br\n(?=\.S[HS] |\Z)", "", re.sub(r"(?m)^(\.S[HS] .*\n)\.PP\n", r"\1", page), flags=re.MULTILINE
    )
