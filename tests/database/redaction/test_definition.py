"""The functions in the database and those of the command line take the same for a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import islice, product
from typing import Any

import pytest

from dbtrack.db import Database
from dbtrack.redaction import definition
from dbtrack.redaction.free_text import carries_secret, redact
from dbtrack.redaction.storable_text import metadata_text
from tests.support.expression_samples import samples
from tests.support.redaction_corpus import COMMANDS, HARMLESS, HARMLESS_TEXTS, SECRETS, TEXTS

_ANY_CASE = re.DOTALL | re.ASCII | re.IGNORECASE
_CASE_COUNTS = re.DOTALL | re.ASCII
_FRAGMENTS = (
    "password", "PGPASSWORD", "db_pass", "token", "secret", "api-key", "sig", "pat", "=", ":", " = ", ": ", " ", "  ", "\n", "'", '"',
    "\\", '\\"', "''", "&", ",", ";", ")", "}", "@", "://", "a", "x1", "bob", "--", "-p", "-u", "mysql", "curl ", "sshpass ",
    "Authorization", "Cookie", "Bearer ", "ghp_abcdef1234567890", "eyJhbGciOiJIUzI1NiJ9", "$$", "$x$", "E'", "***", "é", "İ", "ſ",
    "$2a$06$abc", "identified by ", "set ", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "AKIAIOSFODNN7EXAMPLE",
)  # fmt: skip


def _texts() -> list[str]:
    texts = [sample.text for sample in (*SECRETS, *HARMLESS, *TEXTS, *HARMLESS_TEXTS, *COMMANDS)]
    texts += samples(definition.STATEMENT_WORDS, _ANY_CASE) + samples(definition.SECRET_KEY, _ANY_CASE)
    for rule in definition.RULES:
        texts += samples(rule.expression, _ANY_CASE if rule.ignores_case else _CASE_COUNTS)
    for _, expression in definition.FORMS:
        texts += samples(expression, _CASE_COUNTS)
    # One in so many of all ways to join fragments, each way of two among them.
    texts += map("".join, product(_FRAGMENTS, repeat=2))
    texts += map("".join, islice(product(_FRAGMENTS, repeat=4), 0, None, 3559))
    texts += map("".join, islice(product(_FRAGMENTS, repeat=3), 0, None, 61))
    return list(dict.fromkeys(texts))


@pytest.mark.every_server
@pytest.mark.parametrize(
    ("expression", "python"),
    [
        ("script_tracking.redact_message(t)", redact),
        ("script_tracking.carries_secret(t)", carries_secret),
        (
            "script_tracking.redact_metadata(jsonb_build_object(t, 1, 'a', jsonb_build_array(t)))",
            lambda text: json.loads(metadata_text({text: 1, "a": [text]})),
        ),
    ],
    ids=["redact", "carries_secret", "metadata"],
)
def test_both_find_the_same(installed: Database, expression: str, python: Callable[[str], Any]) -> None:
    texts = _texts()
    found = installed.rows(
        f"SELECT t, {expression} FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS u (t, n) ORDER BY n",
        {"texts": texts},
    )
    assert [(text, server, python(text)) for text, server in found if server != python(text)] == []
