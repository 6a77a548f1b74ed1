"""Which network addresses a delivery may connect to.

A URL that somebody configured must not become a way into the network of the machine that delivers: its own
services, its neighbours, the metadata service of its cloud.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Services that hand out credentials of the machine. They are refused even where inside addresses are allowed.
_METADATA = {
    ipaddress.ip_address(text): name
    for text, name in {
        "169.254.169.254": "a cloud's metadata service",
        "169.254.170.2": "a cloud's metadata service",
        "169.254.170.23": "a cloud's metadata service",
        "100.100.100.200": "a cloud's metadata service",
        "168.63.129.16": "a cloud's host agent",
        "192.0.0.192": "a cloud's metadata service",
        "fd00:ec2::254": "a cloud's metadata service",
        "fd00:ec2::23": "a cloud's metadata service",
        "fd20:ce::254": "a cloud's metadata service",
    }.items()
}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
# IPv4-translated addresses (RFC 2765): a translator sends to the IPv4 address.
_TRANSLATED = ipaddress.IPv6Network("::ffff:0:0:0/96")
# Python 3.11 takes these for global: gateways, relays, documentation, segment routing.
_RESERVED = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "5f00::/16")))


def refusal(address: Address, *, allow_private: bool) -> str | None:
    """Return why a delivery may not connect to an address, or None if it may.

    Args:
        allow_private: allow loopback, private and link-local addresses. Metadata services, multicast and
            unspecified addresses stay refused.
    """
    for each in (address, *_embedded(address)):
        reason = _never(each) or (None if allow_private else _inside(each))
        if reason:
            return reason
    return None


def _never(address: Address) -> str | None:
    if address in _METADATA:
        return _METADATA[address]
    if address.is_unspecified or address in ipaddress.IPv4Network("0.0.0.0/8"):
        return "an unspecified address"
    if address.is_multicast or address == ipaddress.IPv4Address("255.255.255.255"):
        return "a multicast address"
    return None


def _inside(address: Address) -> str | None:
    if address.is_loopback:
        return "a loopback address"
    if address.is_link_local:
        return "a link-local address"
    if isinstance(address, ipaddress.IPv6Address):
        if address in _LOCAL_NAT64 or address.is_site_local:
            return "a private address"
        # One that carries an IPv4 address is judged by that one.
        if any(_embedded(address)):
            return None
    is_reserved = any(address in network for network in _RESERVED)
    return None if address.is_global and not is_reserved else "a private or reserved address"


def _embedded(address: Address) -> Iterator[ipaddress.IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address stands for, or tunnels to."""
    if not isinstance(address, ipaddress.IPv6Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    is_mapped = address in _NAT64 or address in _LOCAL_NAT64 or address in _TRANSLATED
    if is_mapped or (address in _COMPATIBLE and int(address) > 1):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
