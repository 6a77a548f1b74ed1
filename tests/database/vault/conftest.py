"""A vault for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.servers.sandbox import Sandbox
from tests.support.vaulted import Vault, vault_of


@pytest.fixture(scope="module")
def vault(
    _module_sandbox: Sandbox, installed_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Vault]:
    with vault_of(_module_sandbox, installed_template, tmp_path_factory.mktemp("state")) as vault:
        yield vault
