"""Write what is generated: ``python -m tools.generate``.

The command tree gives completions/, docs/dbtrack.1, docs/man/ and the reference parts of docs/commands.md;
the registry of reports gives the sections of docs/reports.md; the definition of a secret gives the blocks of
sql/ that redact; a table of catalogs gives the queries of grant_candidates; docs/model.md gives the
dictionary of metadata, the comments of sql/mart/ give the columns in docs/mart.md, and
tests/golden/topologies.json the outcomes in docs/topologies.md. ``--check`` writes
nothing and exits 1 when a file is out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dbtrack.cli.completion import script
from dbtrack.cli.program.command_tree import describe
from tools import command_reference, mart_reference, report_reference, topology_table
from tools.command_manpage import command_pages
from tools.grant_candidates import renewed_candidates
from tools.manpage import write_manpage
from tools.metadata_dictionary import renewed_dictionary
from tools.secret_definition import renewed_sql

ROOT = Path(__file__).resolve().parent.parent


def generated() -> dict[Path, str]:
    """Return each generated file, relative to the repository, with the text it should have."""
    tree = describe()
    commands, reports, mart = Path("docs/commands.md"), Path("docs/reports.md"), Path("docs/mart.md")
    topologies = Path("docs/topologies.md")
    return {
        Path("completions/dbtrack.bash"): script("bash"),
        Path("completions/_dbtrack"): script("zsh"),
        Path("completions/dbtrack.fish"): script("fish"),
        Path("docs/dbtrack.1"): write_manpage(tree),
        **command_pages(tree),
        **renewed_sql(),
        **renewed_candidates(),
        **renewed_dictionary(),
        commands: command_reference.renew((ROOT / commands).read_text(encoding="utf-8"), tree),
        mart: mart_reference.renew((ROOT / mart).read_text(encoding="utf-8")),
        topologies: topology_table.renew((ROOT / topologies).read_text(encoding="utf-8")),
        reports: report_reference.renew((ROOT / reports).read_text(encoding="utf-8"), tree),
    }


def stale() -> list[Path]:
    """Return the generated files whose text is not what the program would write now."""
    return list(_stale_texts())


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` name those out of date; returns the exit code."""
    outdated = _stale_texts()
    for path, text in outdated.items():
        sys.stderr.write(f"{path}\n")
        if "--check" not in arguments:
            (ROOT / path).write_text(text, encoding="utf-8")
    return 1 if outdated and "--check" in arguments else 0


def _stale_texts() -> dict[Path, str]:
    return {path: text for path, text in generated().items() if not _holds(ROOT / path, text)}


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
