"""A real rsyslog that takes messages over TLS and TCP, with certificates of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.servers.server import _free_port

_START_SECONDS = 30
_CONFIGURATION = """
global(workDirectory="{directory}" maxMessageSize="16k" defaultNetstreamDriverCAFile="{directory}/ca.pem"
    defaultNetstreamDriverCertFile="{directory}/server.pem" defaultNetstreamDriverKeyFile="{directory}/server.pem")
module(load="imtcp" {driver})
template(name="whole" type="list") {{ property(name="rawmsg") constant(value="\\n") }}
template(name="message" type="list") {{
    property(name="app-name") constant(value=" ") property(name="syslogseverity-text") constant(value=" ")
    property(name="syslogfacility-text") constant(value=" ") property(name="msg") constant(value="\\n") }}
ruleset(name="keep") {{
    action(type="omfile" file="{directory}/whole" template="whole")
    action(type="omfile" file="{directory}/message" template="message") }}
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="keep")
"""
_TLS = 'streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="{mode}"'


@dataclass(frozen=True)
class LogServer:
    """A running log server.

    Args:
        directory: has `ca.pem`, and `client.pem`, which is a certificate that the server accepts, with its key.
    """

    directory: Path
    port: int

    @property
    def words(self) -> tuple[str, ...]:
        """Return the options that lead an export here."""
        return ("--syslog", f"localhost:{self.port}", "--syslog-ca", str(self.directory / "ca.pem"))

    def whole(self) -> list[str]:
        """Return what it received, as it came."""
        return _lines(self.directory / "whole")

    def messages(self) -> list[str]:
        """Return program, severity, facility and text of each message, as the server understood it."""
        return _lines(self.directory / "message")


def find_rsyslog() -> str | None:
    """Return the path of the program, or None where it or its module for TLS is not installed."""
    program = shutil.which("rsyslogd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    modules = [
        *Path("/usr/lib").glob("*/rsyslog/lmnsd_gtls.so"),
        *Path("/usr/lib/rsyslog").glob("lmnsd_gtls.so"),
    ]
    return program if modules else None


@contextmanager
def running_log_server(
    program: str, directory: Path, *, tls: str | None = "anon", configuration: str | None = None
) -> Iterator[LogServer]:
    """Run a log server in a directory, and stop it at the end.

    Args:
        tls: how it checks its clients: `anon`, or `x509/certvalid`; None for no TLS.
        configuration: another one, whose port 6514 is replaced by a free one.
    """
    write_certificates(directory)
    port = _free_port()
    driver = _TLS.format(mode=tls) if tls else ""
    own = _CONFIGURATION.format(directory=directory, driver=driver, port=port)
    (directory / "conf").write_text(configuration.replace("6514", str(port)) if configuration else own)
    with (directory / "said").open("wb") as said:
        process = subprocess.Popen(
            [program, "-n", "-f", str(directory / "conf"), "-i", str(directory / "pid")],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        _await(process, port, directory / "said")
        yield LogServer(directory, port)
    finally:
        process.terminate()
        process.wait()


def write_certificates(directory: Path) -> None:
    """Write `ca.pem`, and `server.pem` for localhost and `client.pem`, each with its key."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("authority", authority_key, None, authority_key)
    (directory / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    for name in ("server", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(name, key, authority, authority_key)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (directory / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM) + text)
        (directory / f"{name}.key").write_bytes(text)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    signing_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(signing_key, hashes.SHA256())
    )


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def _await(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"rsyslog did not start: {said.read_text()}")
