from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from dbtrack.config import KeyRing
from dbtrack.errors import UsageError
from dbtrack.operations import NewOperation, OperationSecrets

KEY = bytes(32)


def secrets(keys: KeyRing) -> OperationSecrets:
    return OperationSecrets({"token": "hunter2"}, keys, "load")


def binding(metadata: Mapping[str, object]) -> str:
    [sealed] = cast("list[dict[str, str]]", metadata["encrypted"])
    return sealed["bound_to"]


def test_a_default_tenant_replaces_none_and_nothing_else() -> None:
    assert NewOperation("load").with_default_tenant("acme").tenant == "acme"
    assert NewOperation("load", tenant="globex").with_default_tenant("acme").tenant == "globex"


def test_metadata_is_added_and_the_later_value_wins() -> None:
    operation = NewOperation("load", metadata={"ticket": "A", "rows": 1}).with_metadata({"rows": 2})
    assert operation.metadata == {"ticket": "A", "rows": 2}


def test_secrets_are_encrypted_in_the_metadata_and_shown_nowhere() -> None:
    keys = KeyRing({"k": "env:KEY"}, "k", {"KEY": "ab" * 32})
    operation = NewOperation("load").with_secrets(secrets(keys))
    assert binding(operation.metadata) == "operation"
    assert binding(operation.bound_secrets(KEY)) == KEY.hex()
    assert "hunter2" not in repr(operation)


def test_without_a_key_secrets_are_refused() -> None:
    with pytest.raises(UsageError, match="no key"):
        NewOperation("load").with_secrets(secrets(KeyRing({}, None, {})))


def test_without_secrets_there_is_nothing_to_bind() -> None:
    operation = NewOperation("load")
    assert operation.with_secrets(None) is operation
    assert operation.bound_secrets(KEY) == {}
