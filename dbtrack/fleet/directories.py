"""Directory services that know where a cluster's servers are: Patroni's REST API, and SRV records of DNS."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from dbtrack.errors import MissingExtraError, NoConnectionError, UsageError

_MOST_BYTES = 1 << 20
_LEADERS = ("leader", "master", "standby_leader")
_DNS_PORT = 53


def patroni_leader(urls: str, seconds: float) -> dict[str, str]:
    """Return host and port of the leader of a Patroni cluster, from its route `/cluster`.

    Args:
        urls: the REST API of some of its nodes, with commas between them; the first that answers counts.
        seconds: how long each may take.

    Raises:
        UsageError: a URL is malformed.
        NoConnectionError: no node answers as Patroni does, or the cluster has no leader.
    """
    reasons: list[str] = []
    for url in (each.strip() for each in urls.split(",")):
        try:
            return _leader(_cluster(url, seconds), url)
        except NoConnectionError as error:
            reasons.append(error.message)
    raise NoConnectionError("; ".join(reasons), hint="is the URL that of Patroni's REST API?")


def _cluster(url: str, seconds: float) -> Mapping[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError("the URL of Patroni's REST API begins with http:// or https://")
    if parts.username or parts.password:
        raise UsageError("the URL of Patroni's REST API takes no login: /cluster needs none")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=seconds)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/cluster")
        answer = connection.getresponse()
        body = answer.read(_MOST_BYTES)
        found = json.loads(body) if answer.status == http.client.OK else None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoConnectionError(f"Patroni at {parts.hostname} does not answer: {error}") from error
    finally:
        connection.close()
    if not isinstance(found, dict):
        raise NoConnectionError(f"Patroni at {parts.hostname} answered {answer.status}")
    return found


def _leader(cluster: Mapping[str, Any], url: str) -> dict[str, str]:
    members = cluster.get("members")
    nodes = [node for node in members if isinstance(node, dict)] if isinstance(members, list) else []
    for node in nodes:
        if node.get("role") in _LEADERS and node.get("host"):
            # Patroni has written the port of a node as a text and as a number.
            return {"host": str(node["host"]), "port": str(node.get("port", 5432))}
    scope = cluster.get("scope") or urlsplit(url).hostname
    raise NoConnectionError(f"the Patroni cluster {scope} has no leader now", may_pass=True)


def srv_hosts(name: str, nameserver: str | None, seconds: float) -> dict[str, str]:
    """Return the hosts and ports of a name's SRV records, in the order of their priority (RFC 2782).

    Within one priority the records with more weight come first.

    Args:
        name: for example `_postgresql._tcp.db.example.com`.
        nameserver: `HOST` or `HOST:PORT`; None for those of the system.
        seconds: how long the answer may take.

    Raises:
        MissingExtraError: the library is not installed.
        NoConnectionError: the name has no such records, or no server answers.
        UsageError: the name or the nameserver is malformed.
    """
    try:
        import dns.exception
        import dns.resolver
    except ImportError as error:
        raise MissingExtraError("srv", "fleet") from error
    try:
        resolver = _resolver(nameserver)
        answer = resolver.resolve(name, "SRV", lifetime=seconds)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
        raise NoConnectionError(f"DNS has no SRV records of {name}") from error
    except dns.exception.SyntaxError as error:
        raise UsageError(f"{name} is not a DNS name") from error
    except (dns.exception.DNSException, OSError) as error:
        raise NoConnectionError(f"cannot look up {name}: {_one_line(error)}") from error
    records = sorted(answer, key=lambda record: (record.priority, -record.weight, str(record.target)))
    targets = [(str(record.target).rstrip("."), str(record.port)) for record in records]
    if not any(host for host, _ in targets):
        raise NoConnectionError(f"DNS says that {name} is not available")
    hosts = ",".join(host for host, _ in targets)
    # The first of these that accepts writes: after a failover that is another one.
    return {
        "host": hosts,
        "port": ",".join(port for _, port in targets),
        "target_session_attrs": "read-write" if len(targets) > 1 else "any",
    }


def _resolver(nameserver: str | None) -> Any:
    import dns.resolver

    if nameserver is None:
        return dns.resolver.Resolver()
    host, _, port = nameserver.rpartition(":") if nameserver.count(":") == 1 else (nameserver, "", "")
    if port and not port.isdecimal():
        raise UsageError("nameserver is HOST or HOST:PORT")
    resolver = dns.resolver.Resolver(configure=False)
    try:
        resolver.nameservers = [host]
    except ValueError as error:
        raise UsageError("nameserver takes an IP address, with a port or without one") from error
    resolver.port = int(port) if port else _DNS_PORT
    return resolver


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
