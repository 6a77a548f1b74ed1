"""Check the server's login: without a token it must see nothing."""

from __future__ import annotations

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.errors import PermissionDeniedError


def check_login(database: Database) -> None:
    """Refuse a login to which row security shows more than the tokens do.

    Raises:
        PermissionDeniedError: it is a superuser, an administrator, has tenants, or is not a member of the
            role for the API.
        DbtrackError: dbtrack is not installed, or is too old.
    """
    row = database.row(sql_files.query("serve/login"))
    if row is None:
        return
    login, bypasses, administers, has_tenants, is_member, api_role = row
    hint = f"create a login for it: CREATE ROLE dbtrack_web LOGIN IN ROLE {api_role}"
    if bypasses:
        raise PermissionDeniedError(
            f"row security does not hold for the login {login}, so every token would see everything",
            hint=hint,
        )
    if administers:
        raise PermissionDeniedError(
            f"the login {login} administers dbtrack, so every token would see everything", hint=hint
        )
    if has_tenants:
        raise PermissionDeniedError(
            f"the login {login} has tenants of its own, which a server must not have", hint=hint
        )
    if not is_member:
        raise PermissionDeniedError(
            f"the login {login} is not a member of {api_role}",
            hint=f"an administrator can run: GRANT {api_role} TO {login}",
        )
