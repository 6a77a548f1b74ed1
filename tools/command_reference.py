"""The reference parts of docs/commands.md, between markers; what stands around them is written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dbtrack.cli.program.command_tree import CommandDescription, OptionDescription
from dbtrack.cli.program.typer_adapter import CONNECTION_OPTIONS, OUTPUT_OPTIONS

_BLOCK = re.compile(r"(<!-- reference: (?P<name>[^>]+) -->\n).*?(<!-- end of reference -->)", re.DOTALL)
# One sign alone begins a comment in an example.
_HEADING = re.compile(r"^##+ ", re.MULTILINE)
_SHARED = {CONNECTION_OPTIONS: "connection options", OUTPUT_OPTIONS: "output options"}


def renew(document: str, tree: CommandDescription) -> str:
    """Return the document with every reference part as the program has it now.

    A command without a section gets one, after that of the command before it, with its summary and examples.

    Raises:
        KeyError: the document has a part for a command that does not exist: delete its section.
    """
    document = _with_new_sections(document, tree)
    shared = {heading: _shared_options(tree, heading) for heading in _SHARED}
    parts = {" ".join(command.path): _reference(command, shared) for command in tree.walk()}
    parts |= {name: _table(shared[heading]) for heading, name in _SHARED.items()}
    return _BLOCK.sub(lambda block: f"{block[1]}{parts[block['name']]}{block[3]}", document)


def documented(document: str) -> set[str]:
    """Return the names of the reference parts that the document has."""
    return {block["name"] for block in _BLOCK.finditer(document)}


def _with_new_sections(document: str, tree: CommandDescription) -> str:
    before = ""
    for command in tree.walk():
        name = " ".join(command.path)
        if name not in documented(document):
            end = _end_of_section(document, before)
            document = f"{document[:end]}{_new_section(command)}{document[end:]}"
        before = name
    return document


def _end_of_section(document: str, name: str) -> int:
    start = next((block.end() for block in _BLOCK.finditer(document) if block["name"] == name), 0)
    heading = _HEADING.search(document, start)
    return heading.start() if heading else len(document)


def _new_section(command: CommandDescription) -> str:
    name = " ".join(command.path)
    examples = "".join(f"# {example.meaning}\n{example.line}\n" for example in command.examples)
    return (
        f"### {name}\n\n{command.summary}\n\n<!-- reference: {name} -->\n<!-- end of reference -->\n\n"
        f"```sh\n{examples}```\n\n"
    )


def _reference(command: CommandDescription, shared: Mapping[str, list[OptionDescription]]) -> str:
    arguments = [f"| `{each.metavar}` | {_cell(each.help)} |" for each in command.arguments]
    own = [option for option in command.options if option not in shared.get(option.heading, ())]
    rows = arguments + [_row(option) for option in own if "--help" not in option.names]
    headings = {option.heading for option in command.options}
    links = [
        f"[{name}](#{name.replace(' ', '-')})" for heading, name in _SHARED.items() if heading in headings
    ]
    return "".join(
        [
            f"```\n{' '.join(command.usage.split())}\n```\n\n",
            _rows(rows),
            f"Also the {' and '.join(links)}.\n" if links else "",
        ]
    )


def _shared_options(tree: CommandDescription, heading: str) -> list[OptionDescription]:
    """Return the options under a heading as the first command that has them spells them."""
    found = ([option for option in command.options if option.heading == heading] for command in tree.walk())
    return next(options for options in found if options)


def _table(options: Iterable[OptionDescription]) -> str:
    return _rows([_row(option) for option in options])


def _rows(rows: list[str]) -> str:
    return "| | |\n|---|---|\n" + "".join(f"{row}\n" for row in rows) + "\n" if rows else ""


def _row(option: OptionDescription) -> str:
    names = ", ".join(f"`{name}`" for name in option.names)
    value = "" if option.metavar is None else f" `{option.metavar.replace('|', ', ')}`"
    return f"| {names}{value} | {_cell(option.help)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
