"""Places that digests go to: a timestamp authority by OpenSSL, and S3 by moto and by SeaweedFS."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.prometheus import free_port
from tests.support.receiver import Receiver, Reply, Request

_WAIT_SECONDS = 60
_CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[tsa_certificate]
basicConstraints = critical, CA:false
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = tsa1
[tsa1]
serial = {directory}/serial
signer_cert = {directory}/tsa.crt
signer_key = {directory}/tsa.key
signer_digest = sha256
certs = {directory}/ca.crt
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


def _openssl(*words: str, data: bytes | None = None) -> bytes:
    return subprocess.run(["openssl", *words], input=data, capture_output=True, check=True).stdout


class TimestampAuthority:
    """A certificate authority, a timestamp authority under it, and what it answers.

    Args:
        reply: what it answers instead; None for a token.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.certificate = directory / "ca.crt"
        self.reply: Reply | None = None
        self._configuration = directory / "openssl.cnf"
        self._configuration.write_text(_CONFIGURATION.format(name=directory.name, directory=directory))
        (directory / "serial").write_text("01\n")
        own = ["-config", str(self._configuration), "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        own += ["-nodes", "-x509", "-days", "2"]
        root = [str(self.certificate), "-keyout", str(directory / "ca.key")]
        _openssl("req", *own, "-subj", f"/CN={directory.name} CA", "-extensions", "ca", "-out", *root)
        issued = ["-CA", str(self.certificate), "-CAkey", str(directory / "ca.key")]
        signer = [str(directory / "tsa.crt"), "-keyout", str(directory / "tsa.key")]
        _openssl("req", *own, *issued, "-extensions", "tsa_certificate", "-out", *signer)
        self._directory = directory

    def answer(self, request: Request) -> Reply:
        """Answer a request, as a receiver."""
        if self.reply is not None:
            return self.reply
        query, token = self._directory / "request.tsq", self._directory / "reply.tsr"
        query.write_bytes(request.body)
        words = ["-queryfile", str(query), "-out", str(token), "-config", str(self._configuration)]
        _openssl("ts", "-reply", *words)
        return Reply(200, {"Content-Type": "application/timestamp-reply"}, token.read_bytes())

    def accepts(self, document: Path, token: Path) -> bool:
        """Whether OpenSSL verifies a token over a document, as somebody without dbtrack does."""
        words = ["ts", "-verify", "-data", document, "-in", token, "-CAfile", self.certificate]
        return subprocess.run(["openssl", *map(str, words)], capture_output=True, check=False).returncode == 0


@dataclass(frozen=True)
class Storage:
    """A service with the API of S3.

    Args:
        environment: what a program needs to reach it.
    """

    environment: dict[str, str]
    client: Any

    def make_bucket(self, name: str, *, lock: bool = True, days: int | None = None) -> None:
        """Make a bucket, with Object Lock, and with a default retention of so many days."""
        self.client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=lock)
        if days is not None:
            rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": days}}
            self.client.put_object_lock_configuration(
                Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
            )

    def names(self, bucket: str) -> list[str]:
        """The names of the objects in a bucket."""
        return [each["Key"] for each in self.client.list_objects_v2(Bucket=bucket).get("Contents", [])]


@contextmanager
def moto_storage(directory: Path) -> Iterator[Storage]:
    """Run moto's server, whose S3 is in memory, in this process."""
    from moto.server import ThreadedMotoServer

    del directory
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        # Other tests of this process may have left buckets.
        storage = _storage(server.get_host_and_port()[1], "testing", "testing")
        urlopen(f"{storage.environment['AWS_ENDPOINT_URL_S3']}/moto-api/reset", data=b"").close()  # noqa: S310
        yield storage
    finally:
        server.stop()


@contextmanager
def seaweed_storage(directory: Path) -> Iterator[Storage]:
    """Run SeaweedFS with a filer and its gateway for S3."""
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    grpc = {name: free_port() for name in ports}
    identity = {
        "name": "dba",
        "credentials": [{"accessKey": "weed", "secretKey": "weed-secret"}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    configuration = directory / "s3.json"
    configuration.write_text(json.dumps({"identities": [identity]}))
    words = [
        "weed",
        "server",
        f"-dir={directory}",
        "-ip=127.0.0.1",
        "-volume.max=30",
        "-master.volumeSizeLimitMB=16",
    ]
    words += ["-filer", "-s3", f"-s3.config={configuration}"]
    words += [f"-{name}.port={port}" for name, port in ports.items()]
    words += [f"-{name}.port.grpc={port}" for name, port in grpc.items()]
    words[0] = str(Path(sys.executable).with_name("weed"))
    with _running(words, directory / "weed.log"):
        yield _storage(ports["s3"], "weed", "weed-secret")


@contextmanager
def _running(words: list[str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output)
    try:
        yield
    finally:
        # What it stored is not needed again.
        process.kill()
        process.wait()


def _storage(port: int, key: str, secret: str) -> Storage:
    url = f"http://127.0.0.1:{port}"
    session = botocore.session.get_session()
    session.set_credentials(key, secret)
    client = session.create_client("s3", region_name="us-east-1", endpoint_url=url)
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            client.list_buckets()
            break
        except (BotoCoreError, ClientError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
    environment = {
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return Storage(environment, client)


@contextmanager
def timestamp_authority(directory: Path) -> Iterator[tuple[TimestampAuthority, Receiver]]:
    """Run a timestamp authority over HTTP."""
    authority = TimestampAuthority(directory)
    with Receiver(authority.answer) as receiver:
        yield authority, receiver
