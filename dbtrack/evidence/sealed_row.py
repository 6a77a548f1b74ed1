"""Compare a sampled change with the version that was sealed: every column that follows from the leaf."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from dbtrack.evidence.model import Change
from dbtrack.proof.leaf_reader import ProvenRow
from dbtrack.proof.strict_json import ProofError, encoded

_ERASED = "[erased]"
_LONGEST_OBJECT = 200
_HEAD = {"status": "execution_status", "script_type": "script_type", "record_source": "record_source"}
# The members of metadata that a change has as they are; sealable_version keeps the first two with the person.
_OF_PERSON = {"acting_role": "role", "application": "application_name"}
_AS_THEY_ARE = ("reason", "pull_request", "ci_run_url", "ci_actor", "git_commit")
_TRIMMED = ("ticket", "approved_by")
_HIDDEN_TEXT = {"affected_objects": [_ERASED], "metadata": {}}
_HIDDEN_PERSON = {"db_session_user": _ERASED}


def difference(row: ProvenRow, change: Change) -> str | None:
    """Return the name of the first column that is not as it was sealed; None if all are.

    Raises:
        ProofError: the proof does not show a part that no erasure hides.
    """
    found = next(_differences(_with_erased(row), change), None)
    return None if found is None else found.replace("_", " ")


def is_hidden(row: ProvenRow) -> bool:
    """Return whether an erasure hides a value of the version that a change has."""
    shown = row.attributes
    return any(name not in shown for name in ("db_session_user", "affected_objects", "metadata"))


def _with_erased(row: ProvenRow) -> dict[str, Any]:
    """Return the values of the version; those that an erasure hides are what it writes in their place."""
    shown = row.attributes
    if row.leaf_format > 1:
        return {**_HIDDEN_PERSON, **_HIDDEN_TEXT, **shown}
    # Format 1 has one salt for all values of a part, and erasing the text removes the person's too: where the
    # text is hidden, nothing says which values were erased.
    return shown if "metadata" not in shown else {**_HIDDEN_PERSON, **shown}


def check_is_shown(leaf: Mapping[str, Any], row: ProvenRow) -> None:
    """Refuse a version of format 2 that does not show its parts: there, an erased value has its commitment.

    Raises:
        ProofError: a part is missing.
    """
    if row.leaf_format > 1 and (leaf["person"] is None or leaf["text"] is None):
        raise ProofError("it does not show what its row says")


def _differences(sealed: Mapping[str, Any], change: Change) -> Iterator[str]:
    yield from _head_differences(sealed, change)
    # Only format 1 can hide the objects so that nothing says what stands in their place.
    subject = sealed["script_name"]
    if "affected_objects" in sealed:
        subject = _subject(subject, sealed["affected_objects"])
    if change.subject != subject and ("affected_objects" in sealed or not change.subject.startswith(subject)):
        yield "subject"
    if "db_session_user" in sealed:
        yield from _person_differences(sealed, change)
    if "metadata" in sealed:
        yield from _metadata_differences(sealed["metadata"], change)


def _head_differences(sealed: Mapping[str, Any], change: Change) -> Iterator[str]:
    for name, column in {"occurred_at": "execution_timestamp", "recorded_at": "load_date"}.items():
        if datetime.fromisoformat(sealed[column]) != getattr(change, name):
            yield name
    for name, column in _HEAD.items():
        if sealed[column] != getattr(change, name):
            yield name
    # A tenant's key is the SHA-256 of its name.
    if (None if change.tenant is None else _key_of(change.tenant)) != sealed["tenant_hk"]:
        yield "tenant"


def _person_differences(sealed: Mapping[str, Any], change: Change) -> Iterator[str]:
    # The population has no login for what nobody did on this node.
    metadata = sealed.get("metadata")
    is_replicated = isinstance(metadata, dict) and "replicated" in metadata
    is_of_nobody = is_replicated or sealed["script_type"] == "UNATTRIBUTED"
    login = None if is_of_nobody else sealed["db_session_user"]
    if login != change.login:
        yield "login"
    address = sealed.get("client_ip")
    if (None if address is None else address.partition("/")[0]) != change.client_address:
        yield "client_address"
    for name, member in _OF_PERSON.items():
        value = sealed.get(member)
        if name == "acting_role" and value == "none":
            value = None
        if not _is_text_of(value, getattr(change, name)):
            yield name


def _metadata_differences(sealed: Any, change: Change) -> Iterator[str]:
    metadata: Mapping[str, Any] = sealed if isinstance(sealed, dict) else {}
    author = metadata.get("git_author")
    values = {name: metadata.get(name) for name in (*_AS_THEY_ARE, *_TRIMMED)}
    values["git_author"] = metadata.get("git_commit_author") if author is None else author
    for name in _TRIMMED:
        said = values[name]
        if isinstance(said, str):
            values[name] = said.strip(" ") or None
    yield from (name for name, value in values.items() if not _is_text_of(value, getattr(change, name)))
    if (metadata.get("emergency") is True) != change.is_emergency:
        yield "is_emergency"


def _is_text_of(value: Any, text: str | None) -> bool:
    """Return whether a text is what PostgreSQL's ->> gives for a JSON value."""
    if value is None or isinstance(value, str) or text is None:
        return bool(value == text)
    read: Any = json.loads(text)
    return bool(read == value) and type(read) is type(value)


def _subject(name: str, objects: Any) -> str:
    if not objects:
        return name
    others = f" and {len(objects) - 1} more" if len(objects) > 1 else ""
    return f"{name} {objects[0][:_LONGEST_OBJECT]}{others}"


def _key_of(tenant: str) -> str:
    return hashlib.sha256(encoded(tenant)).hexdigest()
