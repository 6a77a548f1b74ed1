"""Deliveries connect to the outside only, in whatever form an inside address is written."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from dbtrack.errors import UsageError
from dbtrack.notify.address import refusal
from dbtrack.notify.destination import parse_destination
from dbtrack.notify.resolve import RefusedAddressError, ResolutionError, resolve

INSIDE = (
    "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "192.0.0.1",
    "198.18.0.1", "192.0.2.1", "240.0.0.1", "192.88.99.1", "::1", "fe80::1", "fc00::1", "fec0::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808",
    "2002:7f00:1::", "2002:a00:1::", "::7f00:1", "100::1", "::ffff:0:127.0.0.1", "::ffff:0:10.0.0.1", "192.0.0.8",
    "3fff::1", "5f00::1",
)  # fmt: skip
NEVER = (
    str(ipaddress.IPv4Address(0)), "0.1.2.3", "255.255.255.255", "224.0.0.1", "239.1.1.1", "ff02::1", "::", "169.254.169.254",
    "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "::ffff:0.0.0.0",
)  # fmt: skip
OUTSIDE = ("93.184.215.14", "8.8.8.8", "2606:4700::6810:84e5", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("text", [*INSIDE, *NEVER])
def test_inside_addresses_are_refused(text: str) -> None:
    assert refusal(ipaddress.ip_address(text), allow_private=False)


@pytest.mark.parametrize("text", NEVER)
def test_some_are_refused_even_where_inside_ones_are_allowed(text: str) -> None:
    assert refusal(ipaddress.ip_address(text), allow_private=True)


@pytest.mark.parametrize("text", OUTSIDE)
def test_outside_addresses_are_allowed(text: str) -> None:
    assert refusal(ipaddress.ip_address(text), allow_private=False) is None


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "10.0.0.1", "::1", "fc00::1", "169.254.1.1", "::ffff:10.0.0.1"]
)
def test_inside_addresses_can_be_allowed(text: str) -> None:
    assert refusal(ipaddress.ip_address(text), allow_private=True) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://0x7f.1/",
        "https://1.2.3.4.5/", "https://example.com.0x7f/", "https://[fe80::1%25eth0]/", "https://[::1/",
        "https://user@example.com/", "https://user:word@example.com/", "http://example.com/", "ftp://example.com/",
        "file:///etc/passwd", "gopher://example.com/", "https:///path", "https://exa mple.com/",
        "https://example.com\\@127.0.0.1/", "https://example.com/\r\nHost: x", "https://example.com:0/",
        "https://example.com:99999/", "https://exam_ple..com/", "https://-a.com/", "//example.com/", "example.com",
        "https://" + "a" * 5000 + ".com/",
    ],
)  # fmt: skip
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_destination(url)
    assert url not in str(caught.value)


def test_the_parts_of_a_url() -> None:
    found = parse_destination("HTTPS://Example.COM:8443/a b".replace(" ", "%20") + "?token=x#part")
    assert (found.host, found.port, found.target) == ("example.com", 8443, "/a%20b?token=x")
    assert found.host_header == "example.com:8443"
    assert found.shown == "https://example.com:8443/***"
    assert "token" not in repr(found)
    assert parse_destination("https://bücher.example/").host == "xn--bcher-kva.example"
    assert parse_destination("https://[2001:db8::1]/").host_header == "[2001:db8::1]"


def test_a_name_is_judged_by_its_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"mixed.example": ["10.0.0.1", "8.8.8.8"], "inside.example": ["10.0.0.1", "::1"]}

    def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host not in answers:
            raise socket.gaierror(-2, "Name or service not known")
        return [(2, 1, 6, "", (address, port)) for address in answers[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    mixed = parse_destination("https://mixed.example/")
    assert [str(each) for each in resolve(mixed, allow_private=False, seconds=5)] == ["8.8.8.8"]
    with pytest.raises(RefusedAddressError, match=r"inside\.example is 10\.0\.0\.1, a private"):
        resolve(parse_destination("https://inside.example/"), allow_private=False, seconds=5)
    with pytest.raises(ResolutionError, match="cannot be resolved"):
        resolve(parse_destination("https://gone.example/"), allow_private=False, seconds=5)


def test_a_resolver_that_does_not_answer_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(30))
    with pytest.raises(ResolutionError, match="not resolved within"):
        resolve(parse_destination("https://slow.example/"), allow_private=False, seconds=0.05)
    over.set()
