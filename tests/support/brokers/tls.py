"""A server that takes TLS off a connection."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def tls_in_front_of(port: int, listening: socket.socket, certificate: Path, key: Path) -> Iterator[None]:
    """Pass what arrives over TLS at a listening socket on to a port of this machine, and the answers back."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def accept() -> None:
        with suppress(OSError):
            while True:
                plain, _ = listening.accept()
                with suppress(OSError):
                    _join(
                        context.wrap_socket(plain, server_side=True),
                        socket.create_connection(("127.0.0.1", port)),
                    )

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _join(one: socket.socket, other: socket.socket) -> None:
    for source, target in ((one, other), (other, one)):
        threading.Thread(target=_copy, args=(source, target), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.close()
