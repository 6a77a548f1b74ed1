"""Which of dbtrack's roles gives a right that was missing."""

from __future__ import annotations

import re

# The server names a function without its schema.
_FUNCTION = re.compile(r"permission denied for (?:function|procedure) (\w+)")
_ADMINISTRATION = re.compile(
    r"permission denied for (?:table|view) (?:log_position|tenant_role_\w+|tenant_schema_\w+|tenant_key"
    r"|seal\w+|rollup_total|open_execution|capture_failure|catalog_\w+|setting_s|setting_history"
    r"|archivable_row|late_arrival)\b"
)
# Readers may read the first, administrators the second: an install writes it, an uninstall begins with it.
_INSTALLATION = re.compile(r"permission denied for table (?:schema_migration|installed_routine)\b")
_DEFAULT_ROLE = re.compile(r"\bdbtrack_(reader|operator|admin)\b")
_RECORDING = {"track_operation", "complete_operation", "record_operations"}


def grant_hint(message: str) -> str:
    """The next step after "permission denied", by the thing that the server's message names.

    Args:
        message: the server's; without the name of a function in it, reading is what was tried.
    """
    if message.startswith("must be owner of"):
        return "connect as its owner or as a superuser"
    if _INSTALLATION.search(message):
        return "connect as a superuser, or as the role that installed dbtrack"
    return f"ask an administrator for a role that may: GRANT {_role(message)} TO your login"


def with_prefix(hint: str, prefix: str) -> str:
    """The hint with the roles' names as an installation with another `--role-prefix` has them."""
    return _DEFAULT_ROLE.sub(rf"{prefix}_\1", hint)


def _role(message: str) -> str:
    if _ADMINISTRATION.search(message):
        return "dbtrack_admin"
    match = _FUNCTION.search(message)
    function = match[1] if match else None
    if function is None or function.startswith("get_"):
        return "dbtrack_reader"
    return "dbtrack_operator" if function in _RECORDING else "dbtrack_admin"
