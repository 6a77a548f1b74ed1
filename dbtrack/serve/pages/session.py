"""The session of a browser: a cookie that stands for a token, without being one.

A browser cannot send `Authorization`. The cookie has what a request needs to prove the token to the database,
the SHA-256 of its secret, encrypted and authenticated with a key that only this server's processes have: they
make it when they start and write it nowhere. So a cookie is worth nothing at another server, after a restart,
or to who reads the database; and the token itself is in no cookie.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

LIFETIME_SECONDS = 12 * 3600
_NONCE_BYTES = 16
_KEY_BYTES = 32
_MAC_BYTES = 32
_HEAD = struct.Struct(">16sQ6s32s")  # nonce, end in seconds since 1970, token id, masked key


@dataclass(frozen=True)
class Session:
    """Who signed in.

    Args:
        token_id: the part of the token that everybody may know, 12 hexadecimal digits.
        key: SHA-256 of the token's secret.
    """

    token_id: str
    key: bytes = field(repr=False)


def seal(session: Session, server_key: bytes, now: float) -> str:
    """Return the value of the cookie.

    Args:
        session: who signed in.
        server_key: of this server's processes, 32 random bytes.
        now: seconds since 1970.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    masked = _exclusive_or(session.key, _derived(server_key, b"mask" + nonce))
    head = _HEAD.pack(nonce, int(now) + LIFETIME_SECONDS, bytes.fromhex(session.token_id), masked)
    return base64.urlsafe_b64encode(head + _derived(server_key, b"seal" + head)).decode()


def unseal(value: str, server_key: bytes, now: float) -> Session | None:
    """Return who signed in; None if this server did not make the cookie, or it has ended."""
    try:
        data = base64.urlsafe_b64decode(value)
    except (binascii.Error, ValueError):
        return None
    if len(data) != _HEAD.size + _MAC_BYTES:
        return None
    head, mac = data[: _HEAD.size], data[_HEAD.size :]
    if not hmac.compare_digest(mac, _derived(server_key, b"seal" + head)):
        return None
    nonce, end, token_id, masked = _HEAD.unpack(head)
    if now >= end:
        return None
    return Session(token_id.hex(), _exclusive_or(masked, _derived(server_key, b"mask" + nonce)))


def cookie_name(request: Request) -> str:
    """Return the cookie's name; under TLS the prefix keeps other hosts of the domain from setting it."""
    return "__Host-dbtrack" if _is_tls(request) else "dbtrack"


def set_cookie(response: Response, request: Request, value: str) -> None:
    """Keep a session in the browser: no script reads it, and no other site's link sends it."""
    response.set_cookie(
        cookie_name(request),
        value,
        max_age=LIFETIME_SECONDS,
        path="/",
        httponly=True,
        samesite="strict",
        secure=_is_tls(request),
    )


def forget_cookie(response: Response, request: Request) -> None:
    """Remove the session from the browser."""
    response.delete_cookie(
        cookie_name(request), path="/", httponly=True, samesite="strict", secure=_is_tls(request)
    )


def is_same_origin(request: Request) -> bool:
    """Return whether a form was sent from a page of this server, as the browser says."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    # Programs send neither; they have no cookie that somebody could misuse.
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def local_path(path: str | None) -> str:
    """Return where to go after signing in: a path of this server, never another one."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return "/"
    return path


def _is_tls(request: Request) -> bool:
    return request.url.scheme == "https"


def _derived(key: bytes, subject: bytes) -> bytes:
    return hmac.new(key, subject, hashlib.sha256).digest()


def _exclusive_or(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))
