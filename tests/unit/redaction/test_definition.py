"""There is one definition of a secret, and the words that are looked for first miss nothing that it finds."""

from __future__ import annotations

import re

import pytest

from dbtrack.redaction import definition
from dbtrack.redaction.free_text import carries_secret, like_expression, redact
from tests.support.expression_samples import samples
from tools.secret_definition import ROOT, renewed_sql

_ANY_CASE = re.DOTALL | re.ASCII | re.IGNORECASE
_CASE_COUNTS = re.DOTALL | re.ASCII


def test_the_routines_have_the_definition() -> None:
    files = renewed_sql()
    assert {path.stem for path in files} >= {
        "carries_secret",
        "redact_message",
        "redact_metadata",
        "redact_statement",
    }
    assert [
        path for path, text in files.items() if (ROOT / path).read_text(encoding="ascii") != text
    ] == [], "run: python -m tools.generate"


def test_the_capture_function_looks_for_the_words_of_the_definition() -> None:
    text = (ROOT / "sql/routines/capture/event_trigger_ddl_end.sql").read_text(encoding="ascii")
    assert "-- <secrets:statement_look " in text
    assert "-- <secrets:name_look " in text


@pytest.mark.parametrize(
    ("expression", "flags", "words"),
    [
        (definition.STATEMENT_WORDS, _ANY_CASE, definition.STATEMENT_LOOK),
        *((expression, _CASE_COUNTS, definition.STATEMENT_LOOK) for _, expression in definition.FORMS),
        *((expression, _CASE_COUNTS, words) for words, expression in definition.FORMS),
    ],
    ids=["words", "tokens", "hashes", "words of tokens", "words of hashes"],
)
def test_the_first_look_misses_nothing_in_a_statement(
    expression: str, flags: int, words: tuple[str, ...]
) -> None:
    found = samples(expression, flags)
    assert len(found) > 15
    for sample in found:
        text = f"COMMENT ON TABLE t IS 'x {sample} x'"
        assert carries_secret(text), sample
        assert like_expression(words).search(text.lower()), sample


@pytest.mark.parametrize("rule", definition.RULES, ids=lambda rule: rule.expression[:30])
def test_the_first_look_misses_nothing_in_free_text(rule: definition.Rule) -> None:
    flags = _ANY_CASE if rule.ignores_case else _CASE_COUNTS
    found = samples(rule.expression, flags)
    assert found
    for sample in found:
        text = f" {sample} "
        assert like_expression(rule.words).search(text.lower()), sample
        assert like_expression(definition.TEXT_LOOK).search(text.lower()), sample
        is_beside_dash = "-" in text and like_expression(definition.NAME_LOOK_BESIDE_DASH).search(
            text.lower()
        )
        assert is_beside_dash or like_expression(definition.NAME_LOOK).search(text.lower()), sample
        assert not rule.marks or set(rule.marks) & set(text), sample
        assert definition.REDACTED in redact(text), sample


def test_words_are_plain_enough_for_like() -> None:
    for words in (definition.STATEMENT_LOOK, definition.TEXT_LOOK):
        assert all(word == word.lower() and "%" not in word.replace("%3", "") for word in words)


def test_no_expression_reads_differently_in_postgresql() -> None:
    """What Python and PostgreSQL read differently, or PostgreSQL slowly, is in none of them."""
    expressions = [
        definition.STATEMENT_WORDS,
        definition.SECRET_KEY,
        definition.BEFORE_SETTING_VALUE,
        definition.SECRET_OPTION,
    ]
    expressions += [rule.expression for rule in definition.RULES]
    expressions += [expression for _, expression in definition.FORMS]
    for expression in expressions:
        assert not re.search(
            r"(?<!\\)\\[bBmMyYAZ1-9]|[*+?}]\?|\(\?P", re.sub(r"\[[^]]*\]", "x", expression)
        ), expression
        assert not re.search(r"\(\?<[=!](?!\[[^]]*\]\)|\\?.\))", expression), expression
