"""Where the server listens: the address, the socket, the certificate."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from dbtrack.errors import DbtrackError, UsageError

DEFAULT_PORT = 8470
_BACKLOG = 1024


@dataclass(frozen=True)
class Address:
    """Host and port, as they were given."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Parse HOST:PORT; HOST; PORT, of the loopback address; or :PORT, of all addresses.

        Raises:
            UsageError: it is something else.
        """
        host, separator, port = text.rpartition(":")
        if text.isdecimal():
            host, port = "127.0.0.1", text
        elif not separator or text.endswith("]"):
            host, port = text, str(DEFAULT_PORT)
        host = host.removeprefix("[").removesuffix("]") or "::"
        if not port.isdecimal() or not 0 <= int(port) <= 65535:
            raise UsageError(f"--listen needs HOST:PORT, not {text!r}", hint="for example 127.0.0.1:8470")
        return cls(host, int(port))

    def __str__(self) -> str:
        """Return HOST:PORT, as in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def open_socket(address: Address, *, may_be_reached: bool) -> socket.socket:
    """Listen on an address.

    Args:
        may_be_reached: whether an address may be used that other machines reach: with TLS, or where the user
            asked for it.

    Raises:
        UsageError: the address is not a loopback one, and may not be reached.
        DbtrackError: the address is in use, or is not one of this machine.
    """
    try:
        found = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise DbtrackError(f"cannot listen on {address}: {error.strerror or error}") from error
    family, kind, protocol, _, place = found[0]
    if not may_be_reached and not all(ipaddress.ip_address(str(each[4][0])).is_loopback for each in found):
        raise UsageError(
            f"{address} can be reached by other machines, which without TLS can read the tokens",
            hint="give --tls-cert and --tls-key, or --insecure behind a proxy that speaks TLS",
        )
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # All addresses are those of IPv4 too.
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address.host != "::"))
        listener.bind(place)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise DbtrackError(
            f"cannot listen on {address}: {error.strerror or error}", hint="choose another with --listen"
        ) from error
    listener.setblocking(False)
    return listener


def scheme(tls: ssl.SSLContext | None) -> str:
    """Return the scheme of the server's URLs."""
    return "http" if tls is None else "https"


def tls_pair(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """Return the context of a certificate and its key; None if neither is given.

    Raises:
        UsageError: only one of them is.
        DbtrackError: they cannot be used.
    """
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise UsageError("--tls-cert and --tls-key belong together")
    return tls_context(certificate, key)


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return the context of a server that speaks TLS 1.2 and later.

    Args:
        certificate: the chain in PEM, the server's own certificate first.
        key: its private key in PEM, without a passphrase.

    Raises:
        DbtrackError: a file cannot be read, is not in PEM, or the two do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in (certificate, key):
        try:
            path.read_bytes()
        except OSError as error:
            raise DbtrackError(f"cannot read {path}: {error.strerror}") from error
    try:
        # A passphrase would be asked for on the terminal, by each worker.
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, OSError, ValueError) as error:
        is_pair = "MISMATCH" not in str(getattr(error, "reason", "") or "")
        reason = (
            "one of them is not in PEM, or needs a passphrase" if is_pair else "they do not belong together"
        )
        raise DbtrackError(
            f"the certificate {certificate} and the key {key} cannot be used: {reason}"
        ) from error
    return context
