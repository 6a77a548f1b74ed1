"""Digests that leave for S3, a timestamp authority, a directory and a webhook, and are read back.

Tested against moto and SeaweedFS for S3, and against OpenSSL as the timestamp authority.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dbtrack.db import Database
from dbtrack.proof.digest import read_digests
from dbtrack.proof.digest_file import current_digest
from dbtrack.proof.seal import seal
from tests.support.command_line import done, run_dbtrack
from tests.support.digest_places import (
    Storage,
    TimestampAuthority,
    moto_storage,
    seaweed_storage,
    timestamp_authority,
)
from tests.support.receiver import Receiver, Reply
from tests.support.sealed import sealed

pytestmark = [pytest.mark.any_server, pytest.mark.slow]

_SECRETS = ("hook-path-secret", "header-secret", "weed-secret")


@dataclass
class Places:
    """A sealed database with a key, and all kinds of places."""

    conninfo: str
    database: Database
    directory: Path
    storage: Storage
    authority: TimestampAuthority
    tsa: Receiver
    webhook: Receiver

    def run(self, *words: str, **environment: str) -> Any:
        """Run a command for the database."""
        return run_dbtrack(
            words[0], "-d", self.conninfo, *words[1:], environment=self.storage.environment | environment
        )

    def send(self, *places: str, options: tuple[str, ...] = ("--retain", "6y")) -> Any:
        """Send the digest, signed."""
        named = [word for place in places for word in ("--to", place)]
        rest = (
            "--allow-private",
            "--allow-plain",
            "--headers",
            str(self.directory / "headers"),
            "-v",
            *options,
        )
        return self.run("digest", "--key", str(self.directory / "seal.key"), *named, *rest)

    def verify(self, *words: str) -> Any:
        """Verify, and return the result with the findings."""
        ran = self.run("verify", "--public-key", str(self.directory / "seal.pub"), *words, "--format", "json")
        return ran, [(row["finding"], row["details"]) for row in json.loads(ran.stdout)["rows"]]


@pytest.fixture
def storage() -> Callable[[Path], AbstractContextManager[Storage]]:
    """What S3 is; a test can say otherwise."""
    return moto_storage


@pytest.fixture
def places(
    storage: Callable[[Path], AbstractContextManager[Storage]],
    installed_conninfo: str,
    installed: Database,
    tmp_path: Path,
) -> Iterator[Places]:
    (tmp_path / "store").mkdir()
    (tmp_path / "worm").mkdir()
    (tmp_path / "headers").write_text("# for all\n\nAuthorization: Bearer header-secret\n")
    (tmp_path / "headers").chmod(0o600)
    (tmp_path / "seal.pub").write_text(done(run_dbtrack("digest", "--new-key", str(tmp_path / "seal.key"))))
    sealed(installed)
    with (
        storage(tmp_path / "store") as s3,
        timestamp_authority(tmp_path / "tsa") as (authority, tsa),
        Receiver() as webhook,
    ):
        yield Places(installed_conninfo, installed, tmp_path, s3, authority, tsa, webhook)


@pytest.mark.parametrize("storage", [moto_storage, seaweed_storage], ids=["moto", "seaweedfs"])
def test_a_digest_leaves_for_every_place_once_and_is_read_back(places: Places, tmp_path: Path) -> None:
    places.storage.make_bucket("worm")
    worm, bucket = tmp_path / "worm", "s3://worm/digests/{database}"
    tsa = f"rfc3161:{places.tsa.url(path='/tsr')}"
    hook = places.webhook.url(path="/hook-path-secret")
    everywhere = (hook, f"file://{worm}", bucket, tsa)
    sent = places.send(*everywhere)
    assert (sent.returncode, sent.stderr.count(": left: ")) == (0, 4), sent.stderr
    # A second run sends nothing, and neither does one for a place under another form of its name.
    again = places.send(*everywhere, str(worm))
    assert (again.returncode, again.stderr.count("had left")) == (0, 5), again.stderr
    assert (len(places.webhook.posts), len(places.tsa.posts), len(list(worm.iterdir()))) == (1, 1, 2)

    # Everybody got the same bytes; OpenSSL verifies the token beside them, without dbtrack.
    [document], [token] = worm.glob("*.json"), worm.glob("*.tsr")
    post = places.webhook.posts[0]
    assert (post.body, post.headers["authorization"]) == (document.read_bytes(), "Bearer header-secret")
    assert places.authority.accepts(document, token)
    prefix = f"digests/{places.database.name}/"
    assert sorted(places.storage.names("worm")) == sorted(prefix + each.name for each in (document, token))
    stored = places.storage.client.get_object(Bucket="worm", Key=prefix + document.name)
    assert stored["Body"].read() == document.read_bytes()

    # What each place returned is recorded, and no secret is, anywhere.
    rows = places.database.rows(
        "SELECT destination_kind, proof, digest_document FROM script_tracking.digest_departure"
    )
    proofs = {kind: proof for kind, proof, _ in rows}
    assert {text for *_, text in rows} == {document.read_text()}
    until = datetime.fromisoformat(proofs["s3"]["retain_until"])
    assert until - datetime.now(UTC) > timedelta(days=6 * 365)
    assert (proofs["s3"]["version_id"], proofs["s3"]["mode"]) == (stored["VersionId"], "COMPLIANCE")
    assert base64.b64decode(proofs["rfc3161"]["token"]) == token.read_bytes()
    assert (proofs["directory"]["file"], proofs["webhook"]) == (document.name, {"status": 204})
    kept = str(rows) + str(places.database.call("get_digest_destinations")) + sent.stderr + again.stderr
    assert not [secret for secret in _SECRETS if secret in kept]
    listed = places.run("digest", "--status", "--format", "json")
    assert [row["block_number"] for row in json.loads(listed.stdout)["rows"]] == [1] * 4

    _read_back(places, bucket, document, token, until)


def _read_back(places: Places, bucket: str, document: Path, token: Path, until: datetime) -> None:
    """Read back each version, its retention and the timestamps; then replace, remove and rewrite."""
    worm, prefix = document.parent, f"digests/{places.database.name}/"
    read_back = ("--digests", bucket, "--digests", str(worm), "--tsa-ca", str(places.authority.certificate))
    ran, findings = places.verify(*read_back)
    assert (ran.returncode, findings) == (0, []), ran.stderr
    assert "against 2 digests, with 3 timestamps" in ran.stderr
    assert f"S3 retains 1 digests, all until {until:%Y-%m-%d} at least" in ran.stderr
    assert "timestamps were not verified" in places.verify("--digests", str(worm))[0].stderr

    # Whoever has the bucket's key can add versions and delete names. What is retained stays, and is read.
    places.storage.client.put_object(Bucket="worm", Key=prefix + document.name, Body=b"{}")
    places.storage.client.delete_object(Bucket="worm", Key=prefix + token.name)
    ran, findings = places.verify(*read_back)
    assert (ran.returncode, {kind for kind, _ in findings}) == (3, {"digest"})
    told = "\n".join(details for _, details in findings)
    assert "was deleted" in told
    assert "format is missing" in told
    assert "with 3 timestamps" in ran.stderr

    # The database is rewritten: the digests outside tell. So does a token that the database itself kept.
    places.database.execute(
        "UPDATE script_tracking.seal_block SET block_hash = sha256(block_hash), root_hash = sha256('')"
    )
    for place in (("--digests", bucket), ("--tsa-ca", str(places.authority.certificate))):
        ran, findings = places.verify(*place)
        assert ran.returncode == 3
        assert any(kind == "digest" and "rewritten" in details for kind, details in findings)


def test_what_a_bucket_must_have(places: Places, tmp_path: Path) -> None:
    store = places.storage
    store.make_bucket("plain", lock=False)
    store.make_bucket("locked")
    store.make_bucket("thirty", days=30)
    for bucket, options, message in (
        ("plain", ("--retain", "6y"), "the bucket plain has no Object Lock"),
        ("locked", (), "no default retention; give --retain"),
        ("nowhere", (), "NoSuchBucket"),
    ):
        sent = places.send(f"s3://{bucket}/d", options=options)
        assert (sent.returncode, message in sent.stderr) == (1, True), sent.stderr
    assert (store.names("plain"), store.names("locked")) == ([], [])
    assert places.send("s3://plain", options=("--no-lock",)).returncode == 0
    assert places.send("s3://thirty").returncode == 0
    assert places.send("s3://thirty/default", options=()).returncode == 0
    refused = places.run("verify", "--digests", "s3://plain")
    assert (refused.returncode, "--no-lock" in refused.stderr) == (1, True)
    assert places.verify("--digests", "s3://plain", "--no-lock")[0].returncode == 0
    assert places.verify("--digests", "s3://thirty")[0].returncode == 0
    # A digest that somebody put there in another way, without retention.
    file = tmp_path / "other.json"
    file.write_text(current_digest(places.database, None).text())
    name = f"dbtrack-{1:012d}-{'0' * 16}.json"
    store.client.put_object(Bucket="locked", Key=name, Body=file.read_bytes())
    ran, findings = places.verify("--digests", "s3://locked")
    assert ran.returncode == 3
    assert any("nothing retains it" in details for _, details in findings)
    away = places.run("verify", "--digests", "s3://thirty", AWS_ENDPOINT_URL_S3="http://127.0.0.1:1")
    assert (away.returncode, "cannot read s3://thirty" in away.stderr) == (1, True)


def test_a_place_that_fails_stops_no_other(places: Places, tmp_path: Path) -> None:
    places.storage.make_bucket("worm")
    missing, bucket = tmp_path / "missing", "s3://worm"
    tsa = f"rfc3161+{places.tsa.url()}"
    places.authority.reply = Reply(200, body=b"no token")
    places.webhook.answer = lambda _: Reply(500, body=b"out of order")
    sent = places.send(str(missing), tsa, places.webhook.url(), bucket)
    assert sent.returncode == 1
    for told in ("No such file", "not a timestamp", "500 Internal Server Error: out of order"):
        assert told in sent.stderr
    assert len(places.storage.names("worm")) == 1
    outcomes: list[Any] = places.database.rows(
        "SELECT destination_kind, outcome FROM script_tracking.digest_departure ORDER BY 1"
    )
    assert outcomes == [
        ("directory", "failed"),
        ("rfc3161", "refused"),
        ("s3", "left"),
        ("webhook", "failed"),
    ]

    _all_come_back(places, missing, tsa, bucket)


def _all_come_back(places: Places, missing: Path, tsa: str, bucket: str) -> None:
    """Try again by hand, at once: what failed before leaves now. A token of another request does not count."""
    other = places.authority
    other.reply = None
    stale = other.answer(places.tsa.posts[0])
    other.reply = stale
    assert "answers another request" in places.send(tsa).stderr
    other.reply = None
    missing.mkdir()
    places.webhook.answer = lambda _: Reply(204)
    sent = places.send(str(missing), tsa, places.webhook.url(), bucket)
    assert (sent.returncode, sent.stderr.count(": left: "), sent.stderr.count("had left")) == (0, 3, 1)
    # The bucket has the digest that left first; the others got the same, with the token.
    [document] = missing.glob("*.json")
    [token] = missing.glob("*.tsr")
    assert other.accepts(document, token)
    [name] = places.storage.names("worm")
    assert places.storage.client.get_object(Bucket="worm", Key=name)["Body"].read() == document.read_bytes()
    no_roots = places.run("verify", "--digests", str(missing), "--tsa-ca", str(missing.parent / "seal.pub"))
    assert (no_roots.returncode, "contains no certificate" in no_roots.stderr) == (2, True)
    _a_block_later(places, missing, tsa, bucket)


def _a_block_later(places: Places, missing: Path, tsa: str, bucket: str) -> None:
    """Distrust the authority; let all get one more digest; set the server back behind it."""
    with timestamp_authority(missing.parent / "other tsa") as (stranger, _):
        ran, findings = places.verify("--digests", str(missing), "--tsa-ca", str(stranger.certificate))
    assert (ran.returncode, len(findings)) == (3, 2)
    assert all("the timestamp does not hold" in details for _, details in findings)
    record_some_more(places.database)
    assert places.send(str(missing), tsa, places.webhook.url(), bucket).stderr.count(": left: ") == 4
    assert [digest.block_number for _, digest in read_digests([missing])] == [1, 2]
    places.database.execute("DELETE FROM script_tracking.seal_block WHERE block_number = 2")
    _, findings = places.verify("--digests", bucket)
    assert "rollback" in {kind for kind, _ in findings}


def record_some_more(database: Database) -> None:
    """Record more, and seal it."""
    database.execute("SELECT script_tracking.track_operation('later')")
    assert seal(database).blocks == 1
