"""What can be configured is documented, and what the documentation shows works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dbtrack.config import ConnectionOptions, configuration_file, find_target, resolve_target
from dbtrack.config.libpq_settings import LIBPQ_KEYWORDS
from tests.support.paths import DOCS

TEXT = (DOCS / "connections.md").read_text()


@pytest.mark.parametrize(
    "key", [*LIBPQ_KEYWORDS, *configuration_file._TOP_KEYS[:1], *configuration_file._OWN_KEYS]
)
def test_key_is_documented(key: str) -> None:
    assert f"`{key}`" in TEXT, "explain this key in docs/connections.md"


def test_documented_libpq_keys_are_accepted() -> None:
    paragraph = TEXT.partition("All other keys")[2].partition("[PostgreSQL's manual]")[0]
    documented = set(re.findall(r"`(\w+)`", paragraph)) - {"dsn"}
    assert documented == set(LIBPQ_KEYWORDS), "change the paragraph 'All other keys' of docs/connections.md"


@pytest.mark.parametrize("variable", find_target._CHOOSING_VARIABLES)
def test_choosing_variable_is_documented(variable: str) -> None:
    assert f"`{variable}`" in TEXT, "explain this variable in docs/connections.md"


def test_example_file_works(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    match = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert match
    path.write_text(match[1])
    environ = {"DBTRACK_CONFIG": str(path)}
    assert resolve_target(ConnectionOptions(), environ).source == f"environment test ({path})"
    assert resolve_target(ConnectionOptions(environment="prod"), environ).tenant == "acme"
    billing = resolve_target(ConnectionOptions(environment="billing"), environ)
    assert billing.overrides == {"service": "billing"}
