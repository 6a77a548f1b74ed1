"""One POST to a destination, to an address that was checked; what prevents an answer is an outcome."""

from __future__ import annotations

from collections.abc import Mapping

from dbtrack.departures.destination import DigestDestination
from dbtrack.departures.http_headers import read_headers
from dbtrack.departures.outgoing import Departure, DepartureOutcome
from dbtrack.errors import DbtrackError
from dbtrack.notify.destination import parse_destination
from dbtrack.notify.excerpt import excerpt
from dbtrack.notify.http_exchange import Answer, ExchangeError, HttpExchange, Limits
from dbtrack.notify.resolve import RefusedAddressError, ResolutionError
from dbtrack.notify.retry_after import retry_after_seconds
from dbtrack.version import __version__

_LIMITS = Limits(connect_seconds=5.0, total_seconds=20.0, read_bytes=1 << 17)
_GONE = 410
_LATER = {408, 425, 429}


def post(destination: DigestDestination, headers: Mapping[str, str], body: bytes) -> Answer | Departure:
    """Send a request and return a good answer (2xx), or what became of the digest without one."""
    try:
        own = read_headers(destination.options.headers_file)
    except DbtrackError as error:
        return Departure(DepartureOutcome.FAILED, error.message)
    exchange = HttpExchange(
        parse_destination(destination.url, allow_plain=True),
        allow_private=destination.options.allow_private,
        limits=_LIMITS,
    )
    try:
        answer = exchange.send(
            "POST", {"User-Agent": f"dbtrack/{__version__} (digest)", **headers, **own}, body
        )
    except RefusedAddressError as error:
        hint = "" if destination.options.allow_private else "; allow it with --allow-private"
        return Departure(DepartureOutcome.REFUSED, f"{error}{hint}")
    except (ResolutionError, ExchangeError) as error:
        return Departure(DepartureOutcome.FAILED, str(error))
    finally:
        exchange.close()
    return answer if 200 <= answer.status < 300 else _unsuccessful(answer, list(own.values()))


def _unsuccessful(answer: Answer, hidden: list[str]) -> Departure:
    words = excerpt(answer.body[:4096], hidden)
    said = excerpt(f"{answer.status} {answer.reason}", hidden) + (f": {words}" if words else "")
    wait = retry_after_seconds(answer.headers.get("retry-after"))
    if answer.status == _GONE:
        return Departure(DepartureOutcome.GONE, said)
    if answer.status >= 500 or answer.status in _LATER:
        return Departure(DepartureOutcome.FAILED, said, wait_seconds=wait)
    if 300 <= answer.status < 400:
        return Departure(DepartureOutcome.REFUSED, f"{said}; redirects are not followed")
    return Departure(DepartureOutcome.REFUSED, said, wait_seconds=wait)
