"""Find the addresses of a destination, at each delivery, and keep those that may be connected to."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from typing import Any

from dbtrack.notify.address import Address, refusal
from dbtrack.notify.destination import Destination

_MOST_ADDRESSES = 4


class RefusedAddressError(Exception):
    """All addresses of the host are ones to which deliveries must not connect."""


class ResolutionError(Exception):
    """The host's name cannot be resolved."""


def resolve(destination: Destination, *, allow_private: bool, seconds: float) -> list[Address]:
    """Return the addresses to try, in the resolver's order, at most four.

    Args:
        seconds: how long to wait for the resolver.

    Raises:
        RefusedAddressError: only addresses that are refused were found.
        ResolutionError: none was found in time.
    """
    found = _addresses(destination, seconds)
    reasons = {address: refusal(address, allow_private=allow_private) for address in found}
    allowed = [address for address, reason in reasons.items() if reason is None]
    if not allowed:
        address, reason = next(iter(reasons.items()))
        if destination.host == str(address):
            raise RefusedAddressError(f"{address} is {reason}")
        raise RefusedAddressError(f"{destination.host} is {address}, {reason}")
    return allowed[:_MOST_ADDRESSES]


def _addresses(destination: Destination, seconds: float) -> list[Address]:
    try:
        return [ipaddress.ip_address(destination.host)]
    except ValueError:
        pass
    answer: queue.SimpleQueue[Any] = queue.SimpleQueue()
    # The resolver has no time limit of its own. A thread that waits for it ends by itself.
    threading.Thread(target=_look_up, args=(destination, answer), daemon=True, name="resolver").start()
    try:
        found = answer.get(timeout=seconds)
    except queue.Empty:
        raise ResolutionError(f"{destination.host} was not resolved within {seconds:g} s") from None
    if isinstance(found, Exception):
        raise ResolutionError(f"{destination.host} cannot be resolved: {found}") from found
    # Without zones: a link-local address is refused or, where it is allowed, unambiguous.
    return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def _look_up(destination: Destination, answer: queue.SimpleQueue[Any]) -> None:
    try:
        answer.put(socket.getaddrinfo(destination.host, destination.port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        answer.put(error)
