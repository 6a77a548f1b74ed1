"""`dbtrack vault receive`: sources that push over HTTPS."""

from __future__ import annotations

import gzip
import json
import ssl
from pathlib import Path

import httpx
import pytest

from tests.support.api_server import failure, serving
from tests.support.certificates import self_signed
from tests.support.command_line import done, run_dbtrack
from tests.support.vaulted import OBJECTS, VERSIONS, WAITS, Vault

pytestmark = pytest.mark.any_server


def refuses_what_is_malformed(vault: Vault, url: str, certificate: Path, token: str) -> None:
    with httpx.Client(
        base_url=f"{url}/vault/v1", verify=ssl.create_default_context(cafile=certificate)
    ) as client:
        assert failure(client.post("/begin", content=b"{}"))[0] == 401
        bearer = {"Authorization": f"Bearer {token}"}
        for body, encoding in (
            (b"\xff", "identity"),
            (b"no gzip", "gzip"),
            (gzip.compress(b"x")[:-4], "gzip"),
        ):
            answer = client.post("/events", content=body, headers={**bearer, "Content-Encoding": encoding})
            assert failure(answer)[0] in {400, 413}
        assert failure(client.post("/events", content=b"nothing", headers=bearer))[0] == 422
        other = json.dumps({"place": {"system": "1"}, "block": {}, "leaves": None, "is_final": False})
        assert failure(client.post("/block", content=other, headers=bearer))[0] == 403
        done(run_dbtrack("vault", "remove", "remote", "-d", vault.conninfo))
        assert (
            failure(client.post("/begin", content=b'{"place":{},"last_block":0}', headers=bearer))[0] == 403
        )


def test_over_https(vault: Vault, tmp_path: Path) -> None:
    token = done(run_dbtrack("vault", "add", "remote", "-d", vault.conninfo)).strip()
    assert token.startswith("dbv_")
    # The token is nowhere in the vault.
    assert (
        vault.value(f"SELECT count(*) FROM script_tracking.vault_source AS s WHERE s::text LIKE '%{token}%'")
        == 0
    )
    (tmp_path / "token").write_text(token + "\n")
    (tmp_path / "wrong").write_text("dbv_wrong")
    for name in ("token", "wrong"):
        (tmp_path / name).chmod(0o600)
    files = self_signed(tmp_path, "vault")
    login = vault.sandbox.role("receiver", member_of=["dbtrack_vault"])
    tls = ("--tls-cert", str(files.certificate), "--tls-key", str(files.key))
    with serving(f"{vault.conninfo} user={login}", *tls, command=("vault", "receive")) as server:
        source = vault.database_of(("--to", server.url, "--token", f"file:{tmp_path / 'token'}"))
        source.environment["SSL_CERT_FILE"] = str(files.certificate)
        source.sql("CREATE TABLE orders (id int)")
        done(source.push())
        source.seal()
        source.wait("CREATE TABLE")
        done(source.push())
        assert vault.waits("remote") == source.database.value(WAITS) is not None
        assert vault.versions("remote") == source.database.value(VERSIONS)
        assert vault.objects("remote") == source.database.value(OBJECTS) is not None
        assert vault.findings("remote") == []
        assert vault.sources()["remote"]["verified_rows"] == source.database.value(
            "SELECT count(*) FROM script_tracking.seal_leaf"
        )
        wrong = source.push("--token", f"file:{tmp_path / 'wrong'}")
        assert (wrong.returncode, "not the token of a source" in wrong.stderr) == (1, True)
        # A certificate that nobody vouches for.
        del source.environment["SSL_CERT_FILE"]
        unknown = source.push()
        assert (unknown.returncode, "certificate" in unknown.stderr) == (12, True)
        # A file that others can read.
        (tmp_path / "token").chmod(0o644)
        assert source.push().returncode == 2
        refuses_what_is_malformed(vault, server.url, files.certificate, token)
        assert server.stop() == 0


def test_a_login_that_may_more(vault: Vault) -> None:
    refused = run_dbtrack("vault", "receive", "-d", vault.conninfo, "--listen", "127.0.0.1:0")
    assert (refused.returncode, "may do more than receive" in refused.stderr) == (2, True)
    stranger = vault.sandbox.role("stranger")
    refused = run_dbtrack(
        "vault", "receive", "-d", f"{vault.conninfo} user={stranger}", "--listen", "127.0.0.1:0"
    )
    assert (refused.returncode, "may not receive" in refused.stderr) == (2, True)
