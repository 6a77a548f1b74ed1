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
    "CHANGELOG.md",
    "SECURITY.md",
    "bench/**/*.py",
    "bench/README.md",
    "dbtrack/**/*.py",
    "docs/**/*.md",
    "docs/dbtrack.1",
    "sql/**/*.sql",
    "sql/README.md",
    "tests/**/*.py",
    "tests/README.md",
    "tests/golden/help/*.txt",
    "tools/**/*.py",
)
FROZEN = "sql/migrations/"
# Its examples are such words.
EXAMPLES = Path(__file__)
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


def swept(pattern: str) -> list[Path]:
    return [path for path in ROOT.glob(pattern) if FROZEN not in path.as_posix() and path != EXAMPLES]


def avoided_in(text: str) -> Iterator[str]:
    lowered = text.lower()
    for phrase, pattern in avoided().items():
        # Far cheaper than the expression.
        if not all(word in lowered for word in re.findall(r"\w+", phrase)):
            continue
        for match in pattern.finditer(text):
            yield f"{text.count(chr(10), 0, match.start()) + 1}: {' '.join(match[0].split())!r}"


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


@pytest.mark.parametrize("pattern", SWEPT)
def test_a_swept_text_has_none_of_the_words_to_avoid(pattern: str) -> None:
    paths = swept(pattern)
    assert paths, "there is no such file"
    found = [f"{path.relative_to(ROOT)}:{place}" for path in paths for place in avoided_in(text_of(path))]
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
    assert any(avoided_in(text)) is is_found


def test_only_comments_and_strings_of_code_are_searched() -> None:
    source = 'besides = value is None  # is none\nnote(f"""of {besides}\nbesides""")\n'
    lines = prose_of(source).splitlines()
    assert lines[0].split() == ["#", "is", "none"]
    assert lines[2].startswith("besides")
    assert len(lines[0]) == len(source.splitlines()[0])
