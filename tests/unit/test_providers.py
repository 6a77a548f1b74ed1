"""The data about providers of managed PostgreSQL, and the page that is written from it."""

from __future__ import annotations

import re

import pytest

from dbtrack.schema.providers import Provider, providers
from tests.support.paths import DOCS

_PAGE = (DOCS / "managed-services.md").read_text(encoding="utf-8")
_ASKED = {
    "rds",
    "aurora",
    "cloudsql",
    "alloydb",
    "azure",
    "supabase",
    "neon",
    "aiven",
    "heroku",
    "digitalocean",
}


def test_each_provider_is_there_and_in_the_help_of_doctor() -> None:
    assert set(providers()) == _ASKED
    help_text = (DOCS / "commands.md").read_text(encoding="utf-8")
    for name in _ASKED:
        assert re.search(rf"\b{name}\b", help_text), name


@pytest.mark.parametrize("provider", providers().values(), ids=lambda each: each.name)
def test_a_fact_has_a_source_that_was_read_or_is_not_checked(provider: Provider) -> None:
    assert provider.signs
    assert provider.facts[0].area == "DDL"
    for fact in provider.facts:
        assert fact.captured in {"yes", "no", "in part", "not checked"}
        assert (fact.source is None) == (fact.checked is None), fact
        assert fact.source is not None or fact.captured == "not checked", fact
        assert fact.source is None or fact.source.startswith(("https://", "docs/"))


@pytest.mark.parametrize("provider", providers().values(), ids=lambda each: each.name)
def test_the_page_says_what_the_data_say(provider: Provider) -> None:
    (row,) = re.findall(rf"^\| `{provider.name}` \|(.*)\|$", _PAGE, re.MULTILINE)
    title, captured, installer, simulated = (cell.strip() for cell in row.split(" | "))
    ddl = provider.facts[0]
    source = f"[{ddl.captured}]({ddl.source})" if ddl.source else ddl.captured
    assert (title, captured, installer, simulated) == (
        provider.title,
        source,
        provider.installer,
        provider.simulated,
    )
