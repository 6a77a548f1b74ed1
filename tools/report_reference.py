"""The sections of docs/reports.md, one a report, between markers; the other prose is written by hand."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dbtrack.cli.program.command_tree import CommandDescription
from dbtrack.cli.program.typer_adapter import Example
from dbtrack.reports import REPORTS, Column, Parameter, ParameterKind, Report

_BLOCK = re.compile(r"<!-- report: (?P<name>\w+) -->\n.*?<!-- end of report -->\n", re.DOTALL)


def renew(document: str, tree: CommandDescription) -> str:
    """Return the document with every report as its definition has it now, the missing ones added.

    Raises:
        KeyError: the document has a section for a report that does not exist: delete that section.
    """
    examples = {" ".join(command.path[1:]): command.examples for command in tree.walk()}
    blocks = {name: _block(report, examples) for name, report in REPORTS.items()}
    document = _BLOCK.sub(lambda block: blocks[block["name"]], document)
    missing = [name for name in REPORTS if name not in documented(document)]
    end = max((block.end() for block in _BLOCK.finditer(document)), default=len(document))
    added = "".join(f"\n## `{name}`\n{blocks[name]}" for name in missing)
    return document[:end] + added + document[end:]


def documented(document: str) -> set[str]:
    """Return the names of the reports that the document has a section for."""
    return {block["name"] for block in _BLOCK.finditer(document)}


def _block(report: Report, examples: Mapping[str, Sequence[Example]]) -> str:
    parts = [
        _summary(report),
        _columns(report.columns),
        *_options(report),
        *_examples(examples.get(report.name, ()) if report.part_of is None else ()),
    ]
    return "\n\n".join([f"<!-- report: {report.name} -->", *parts, "<!-- end of report -->\n"])


def _summary(report: Report) -> str:
    shown_by = "" if report.part_of is None else f" Shown by `dbtrack {report.part_of}`."
    watched = " Can be watched (`--watch`)." if report.live else ""
    return textwrap.fill(f"{report.summary}{shown_by}{watched}", 100, break_on_hyphens=False)


def _columns(columns: Iterable[Column]) -> str:
    rows = (f"| `{each.name}` | {each.kind.value} | {_cell(each.help)} |" for each in columns)
    return "\n".join(["| column | kind | meaning |", "|---|---|---|", *rows])


def _options(report: Report) -> Iterator[str]:
    # The KEY of `dbtrack show` and the TENANT of `dbtrack tenant show` are arguments.
    options = [each for each in report.parameters if each.kind is not ParameterKind.KEY and not each.required]
    if options:
        command = (report.part_of or report.name).replace(" ", "-")
        names = ", ".join(map(_option, options))
        yield textwrap.fill(
            f"[Options](commands.md#dbtrack-{command}): {names}.", 100, break_on_hyphens=False
        )


def _option(parameter: Parameter) -> str:
    name = f"`--{parameter.name.replace('_', '-')}`"
    return name if parameter.default is None else f"{name} (default {parameter.default})"


def _examples(examples: Sequence[Example]) -> Iterator[str]:
    if examples:
        lines = (f"# {example.meaning}\n{example.line}\n" for example in examples)
        yield f"```sh\n{''.join(lines)}```"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
