"""The URL that events are sent to: its parts, and what is refused about it before any connection."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from dbtrack.errors import UsageError

_DEFAULT_PORTS = {"http": 80, "https": 443, "smtp": 587, "smtps": 465}
_PLAIN = {"http"}
_NUMERIC_LABEL = re.compile(r"(?:0[xX][0-9a-fA-F]*|[0-9]+)")
_HOST = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?"
)
_KEPT_IN_TARGET = "/?&=:@!$'()*+,;~%-._[]"
_LONGEST_URL = 4096


@dataclass(frozen=True)
class Destination:
    """Where to connect. Its repr shows no path, because a path may be a secret.

    Args:
        scheme: `https`, `http`, `smtp` or `smtps`.
        host: the name or address, in ASCII and small letters, an IPv6 address without brackets.
        target: path and query, as a request line has them.
        user: the login of a mail server; None without one.
    """

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)
    user: str | None = None

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted from its first byte."""
        return self.scheme in {"https", "smtps"}

    @property
    def host_header(self) -> str:
        """The host as the Host header has it, with a port that is not the scheme's own."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def shown(self) -> str:
        """The URL as people may see it: without path, query and login."""
        return f"{self.scheme}://{self.host_header}/" + ("***" if self.target not in {"", "/"} else "")


def parse_destination(
    url: str,
    *,
    allow_plain: bool = False,
    may_have_user: bool = False,
    sent: str = "events",
    login_options: str = "--header or --secret",
) -> Destination:
    """Return the parts of a URL.

    Args:
        allow_plain: allow http.
        may_have_user: allow a login, without a password, before the host.
        sent: what is sent there, for messages.
        login_options: the options that give a login instead, for messages.

    Raises:
        UsageError: the URL is malformed, or of a kind that is refused. The message does not repeat the URL.
    """
    if len(url) > _LONGEST_URL or any(
        not character.isprintable() or character.isspace() for character in url
    ):
        raise UsageError("the URL is too long, or contains spaces or control characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError("the URL is malformed: its host or port") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise UsageError(
            f"a URL of the kind {parts.scheme or url[:0]!a} cannot receive {sent}", hint="use https://…"
        )
    if parts.scheme in _PLAIN and not allow_plain:
        raise UsageError(
            f"http:// sends {sent} unencrypted", hint="use https://, or allow it with --allow-plain"
        )
    if "\\" in url or not parts.hostname:
        raise UsageError("the URL has no valid host")
    user = _user(parts.netloc, may_have_user=may_have_user, login_options=login_options)
    target = quote(parts.path or "/", safe=_KEPT_IN_TARGET)
    if parts.query:
        target += "?" + quote(parts.query, safe=_KEPT_IN_TARGET)
    if port == 0:
        raise UsageError("the URL has port 0")
    return Destination(
        parts.scheme, _host(parts.hostname), port or _DEFAULT_PORTS[parts.scheme], target, user
    )


def _user(netloc: str, *, may_have_user: bool, login_options: str) -> str | None:
    login, separator, _ = netloc.rpartition("@")
    if not separator:
        return None
    if not may_have_user or ":" in login:
        raise UsageError(
            "the URL must not contain a login or password", hint=f"give them with {login_options}"
        )
    from urllib.parse import unquote

    return unquote(login)


def _host(name: str) -> str:
    if ":" in name:
        return _literal(name)
    if _NUMERIC_LABEL.fullmatch(name.rstrip(".").rpartition(".")[2]):
        # Resolvers also read 2130706433, 0x7f.1 and 0177.0.0.1 as addresses.
        return _literal(name)
    try:
        ascii_name = name.lower() if name.isascii() else name.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise UsageError("the URL has no valid host") from error
    if len(ascii_name) > 253 or not _HOST.fullmatch(ascii_name):
        raise UsageError("the URL has no valid host")
    return ascii_name


def _literal(name: str) -> str:
    try:
        address = ipaddress.ip_address(name)
    except ValueError as error:
        raise UsageError(
            "the URL's host is a number in an unusual form",
            hint="write an address as 192.0.2.1 or [2001:db8::1]",
        ) from error
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        raise UsageError("the URL's host has a zone")
    return str(address)
