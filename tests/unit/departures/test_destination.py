"""What `--to` and the configuration may name, and what of it is shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dbtrack.departures.destination import DestinationOptions, find_destination, parse_retention
from dbtrack.departures.directory import send_to_directory
from dbtrack.departures.http_headers import read_headers
from dbtrack.departures.http_request import post
from dbtrack.departures.outgoing import Departure, DepartureOutcome, OutgoingDigest
from dbtrack.departures.token_order import with_sorted_certificates
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.proof.digest import Digest
from tests.unit.test_files import no_room


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("s3://acme-worm", "s3", "s3://acme-worm"),
        ("s3://acme-worm/a/{database}/", "s3", "s3://acme-worm/a/my%20shop"),
        ("rfc3161:https://tsa.example/tsr", "rfc3161", "rfc3161:https://tsa.example/***-"),
        ("rfc3161+http://tsa.example", "rfc3161", "rfc3161:http://tsa.example/"),
        ("file:///mnt/worm", "directory", "/mnt/worm"),
        ("file://localhost/mnt/a%20b", "directory", "/mnt/a b"),
        ("/mnt/{database}", "directory", "/mnt/my shop"),
        ("https://audit.example/secret?token=secret", "webhook", "https://audit.example/***-"),
    ],
)
def test_destinations(text: str, kind: str, name: str) -> None:
    found = find_destination(text, "my shop")
    assert (found.kind.value, found.name[: len(name)]) == (kind, name)
    assert "secret" not in repr(found)


def test_a_relative_directory_is_one_place() -> None:
    assert find_destination("worm", "shop").name == str(Path.cwd() / "worm")


def test_two_webhooks_of_a_host_are_two_destinations() -> None:
    names = {find_destination(f"https://audit.example/{path}", "shop").name for path in ("a", "b")}
    assert len(names) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s3://",
        "s3://Key:hunter2@bucket/x",
        "s3://bucket/x?secret=hunter2",
        "file://elsewhere/mnt",
        "ftp://example.org/hunter2",
        "http://audit.example/hunter2",
        "https://user:hunter2@audit.example/",
        "rfc3161:ftp://tsa.example",
        "rfc3161:tsa.example",
    ],
)
def test_what_is_not_a_destination(text: str) -> None:
    with pytest.raises(UsageError) as error:
        find_destination(text, "shop")
    assert "hunter2" not in str(error.value)


def test_retentions() -> None:
    # Never shorter than calendar years, which have at most two leap days in six.
    assert [parse_retention(text).days for text in ("6y", "1y", "26w", "90d")] == [2192, 366, 182, 90]
    for text in ("6", "y", "6 years", "0d", "101y", "-1d"):
        with pytest.raises(UsageError):
            parse_retention(text)
    assert DestinationOptions(retain=timedelta(days=1)).without_lock is False


def test_headers_are_private_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "headers"
    file.write_text("# ours\nAuthorization: Bearer abc\n\nX-Empty:\n")
    file.chmod(0o640)
    with pytest.raises(DbtrackError, match="others can read"):
        read_headers(file)
    file.chmod(0o600)
    assert read_headers(file) == {"Authorization": "Bearer abc", "X-Empty": ""}
    file.write_text("hunter2 without a colon\n")
    with pytest.raises(UsageError, match="line 1 is not a header") as error:
        read_headers(file)
    assert "hunter2" not in str(error.value)


def test_a_directory_without_room_gets_nothing(tmp_path: Path) -> None:
    digest = Digest(1, b"a" * 32, b"b" * 32, 1, 1, 1, "7", 1, "shop", "2026-01-01T00:00:00Z")
    outgoing = OutgoingDigest(digest, digest.text().encode(), {"tsa.example": b"token"})
    destination = find_destination(str(tmp_path), "shop")
    with no_room():
        departure = send_to_directory(outgoing, destination)
    assert (departure.outcome, "cannot write" in str(departure.detail)) == (DepartureOutcome.FAILED, True)
    assert list(tmp_path.iterdir()) == []
    assert send_to_directory(outgoing, destination).outcome is DepartureOutcome.LEFT
    assert sorted(each.suffix for each in tmp_path.iterdir()) == [".json", ".tsr"]
    assert send_to_directory(outgoing, destination).proof["was_there"] is True


def element(tag: int, *content: bytes) -> bytes:
    """One element of DER, shorter than 128 bytes or with one byte of length."""
    data = b"".join(content)
    return bytes([tag, len(data)] if len(data) < 128 else [tag, 0x81, len(data)]) + data


def test_certificates_are_sorted_and_nothing_else() -> None:
    certificates = [element(0x30, bytes([number]) * 50) for number in (3, 1, 2)]
    algorithms = element(0x31, element(0x30, b"2"), element(0x30, b"1"))

    def response(*inside: bytes) -> bytes:
        signed_data = element(
            0x30, element(2, b"\3"), algorithms, element(0x30, b"x"), *inside, element(0x31)
        )
        return element(
            0x30, element(0x30, b"ok"), element(0x30, element(6, b"oid"), element(0xA0, signed_data))
        )

    found = with_sorted_certificates(response(element(0xA0, *certificates)))
    assert found == response(element(0xA0, *sorted(certificates)))
    for same in (response(), b"", b"\x30", b"\x30\x82\xff\xff", b"no token at all" * 20):
        assert with_sorted_certificates(same) == same


def test_what_refuses_names_digests_and_their_options() -> None:
    with pytest.raises(UsageError, match=r"http:// sends digests unencrypted \(.* --allow-plain\)"):
        find_destination("http://audit.example/", "shop")
    with pytest.raises(UsageError, match=r"give them with --headers FILE"):
        find_destination("https://user@audit.example/", "shop")
    refused = post(find_destination("https://127.0.0.1/", "shop"), {}, b"")
    assert isinstance(refused, Departure)
    assert refused.detail == "127.0.0.1 is a loopback address; allow it with --allow-private"
