"""The documentation is whole: every page can be found, every link and path leads somewhere, no line is too long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dbtrack
from dbtrack.render import Format
from tools.wrap_prose import WIDTH, wrap

ROOT = Path(dbtrack.__file__).parents[1]
DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
PAGES = sorted(path for path in DOCS.glob("*.md") if path != INDEX)
DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))
EVERYWHERE = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    INDEX,
    *PAGES,
    *sorted((DOCS / "decisions").glob("*.md")),
    ROOT / "sql" / "README.md",
    ROOT / "tests" / "README.md",
]
# The pages whose paths are checked.
WITH_PATHS = ("CONTRIBUTING.md", "docs/architecture.md", "sql/README.md", "tests/README.md")

every_page = pytest.mark.parametrize("page", EVERYWHERE, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ (.*)$", without_code(text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> Iterator[tuple[Path, str]]:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", without_code(text_of(page))):
        path, _, anchor = target.partition("#")
        yield (page.parent / path).resolve() if path else page, anchor


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    dead = [
        f"{path.name}#{anchor}"
        for path, anchor in links(page)
        if not path.exists() or (anchor and anchor not in anchors(path))
    ]
    assert dead == []


def test_every_page_is_in_the_index() -> None:
    listed = {path for path, _ in links(INDEX)}
    assert [page.name for page in PAGES if page not in listed] == [], "add these pages to docs/README.md"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_leads_back_to_the_index(page: Path) -> None:
    third = "".join(text_of(page).splitlines(keepends=True)[1:4])
    expected = "\n[Documentation](README.md)\n\n"
    assert third == expected, "the third line is [Documentation](README.md)"


@every_page
def test_no_line_of_prose_is_too_long(page: Path) -> None:
    # A table's row, a comment for a tool and a long address cannot be broken.
    lines = [line for line in without_code(text_of(page)).splitlines() if not line.startswith(("|", "<!--"))]
    name = str(page.relative_to(ROOT))
    too_long = [line for line in lines if len(line) > WIDTH and "](http" not in line]
    assert too_long == [], f"run: python -m tools.wrap_prose {name}"


def test_paths_in_backticks_exist() -> None:
    assert [path for name in WITH_PATHS for path in missing_paths(ROOT, text_of(ROOT / name))] == []


def missing_paths(root: Path, text: str) -> list[str]:
    """Return the paths of the repository that a text names and that do not exist; NAME and * stand for anything."""
    named = set(re.findall(r"`((?:dbtrack|docs|sql|tests|tools|bench|completions|\.ci)/[^`\s]*)`", text))
    patterns = {path: re.sub(r"\b(NNNN_name|NAME)\b", "*", path).rstrip("/") for path in named}
    return sorted(path for path, pattern in patterns.items() if not any(root.glob(pattern)))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda decision: decision.stem[:4])
def test_a_decision_has_the_format_of_all(decision: Path) -> None:
    text = text_of(decision)
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings in (
        ["Context", "Decision", "Measured"],
        ["Context", "Decision", "Measured", "Tried and left"],
    ), "docs/decisions/README.md has the format"
    number = decision.stem[:4]
    assert re.match(
        rf"# {number}: .*\n\n\[Decisions\]\(README\.md\)\n\nStatus: accepted, \d{{4}}-\d\d-\d\d\.", text
    )
    assert f"[{number}]({decision.name})" in text_of(decision.parent / "README.md"), "add it to the index"


@pytest.mark.parametrize("output_format", Format)
def test_every_output_format_is_documented(output_format: Format) -> None:
    text = text_of(DOCS / "output-formats.md")
    assert f"| `{output_format}` |" in text, "add a row to the table of docs/output-formats.md"


def test_wrapped_prose_keeps_its_lists_tables_and_code() -> None:
    page = "# Title\n\n- an item that is followed by\n  a second line\n- another\n\n| a | b |\n|---|---|\n\n```sh\nx - y\n```\n"
    assert wrap(page) == page.replace("by\n  a", "by a")
    long = f"1. {'word ' * 19}ab - word"
    assert wrap(long) == f"1. {('word ' * 19).strip()}\n   ab - word\n", "a line does not begin with a sign"
    assert wrap(wrap(long)) == wrap(long)
    code = f"{'word ' * 19}`a b`"
    assert wrap(code) == f"{('word ' * 19).strip()} `a b`\n"
    assert wrap(f"and {code}") == f"and {('word ' * 18).strip()} word\n`a b`\n", "code stays in one line"
