"""The words that docs/glossary.md asks to avoid are in no text that has been swept of them."""

from __future__ import annotations

import functools
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import dbtrack

ROOT = Path(dbtrack.__file__).parents[1]
GLOSSARY = ROOT / "docs" / "glossary.md"
SWEPT = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/*.md",
    "docs/decisions/*.md",
    "dbtrack/**/*.py",
    "sql/README.md",
    "sql/**/*.sql",
    "tests/golden/help/*.txt",
)
FROZEN = "sql/migrations/"
# Phrases that are right in some company.
_SPECIAL = {
    "is no …": r"(?<!there )\bis no (?!longer\b|more\b|less\b|other than\b)",
    # Not Python's "is None".
    "is none": r"(?<!there )\bis (?-i:none)\b",
    # Not the column of that name.
    "besides": r"(?<!\bAS )(?<!\.)\bbesides\b",
    "are none": r"(?<!there )\bare none\b",
}


@functools.cache
def avoided() -> dict[str, re.Pattern[str]]:
    """Return the phrases of the glossary's last table, each with what finds it."""
    table = GLOSSARY.read_text(encoding="utf-8").partition("## Words to avoid")[2]
    cells = re.findall(r"^\| (\"[^|]*) \|", table, re.MULTILINE)
    phrases = [phrase for cell in cells for phrase in re.findall(r'"([^"]+)"', cell)]
    return {phrase: re.compile(_pattern(phrase), re.IGNORECASE) for phrase in phrases}


def _pattern(phrase: str) -> str:
    found = _SPECIAL.get(phrase) or rf"\b{re.escape(phrase)}\b"
    # A phrase may be broken between lines, in a comment too.
    return re.sub(r"\\? (?!\))", r"(?:\\s|#|--)+", found)


def swept() -> Iterator[Path]:
    for pattern in SWEPT:
        found = [path for path in ROOT.glob(pattern) if FROZEN not in path.as_posix()]
        assert found, f"{pattern} finds no file"
        yield from found


def text_of(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return prose_of(text)
    return text.partition("## Words to avoid")[0] if path == GLOSSARY else text


def prose_of(source: str) -> str:
    """Return Python source with blanks for its code: comments and strings stay where they are."""
    lines = [list(line) for line in io.StringIO(source)]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in {tokenize.NAME, tokenize.NUMBER, tokenize.OP}:
            (row, start), (_, end) = token.start, token.end
            lines[row - 1][start:end] = " " * (end - start)
    return "".join(character for line in lines for character in line)


@pytest.mark.parametrize("path", list(swept()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_swept_text_has_none_of_the_words_to_avoid(path: Path) -> None:
    text = text_of(path)
    found = [
        f"{path.name}:{text.count(chr(10), 0, match.start()) + 1}: {' '.join(match[0].split())!r}"
        for pattern in avoided().values()
        for match in pattern.finditer(text)
    ]
    assert found == [], "docs/glossary.md says what to write instead"


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("a lock was not to be\n# had in time", True),
        ("it is no superuser", True),
        ("there is no such role, and it is no longer used", False),
        ("errors that are none", True),
        ("there is none", False),
        ("if value is None:", False),
        ("NULL::jsonb AS besides, v_found.besides", False),
        ("recommend", False),
        ("p_besides", False),
    ],
)
def test_what_is_found(text: str, is_found: bool) -> None:
    assert any(pattern.search(text) for pattern in avoided().values()) is is_found


def test_only_comments_and_strings_of_code_are_searched() -> None:
    source = 'besides = value is None  # is none\nnote(f"""of {besides}\nbesides""")\n'
    lines = prose_of(source).splitlines()
    assert lines[0].split() == ["#", "is", "none"]
    assert lines[2].startswith("besides")
    assert len(lines[0]) == len(source.splitlines()[0])
